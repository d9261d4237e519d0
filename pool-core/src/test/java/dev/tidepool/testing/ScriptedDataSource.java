package dev.tidepool.testing;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.jspecify.annotations.Nullable;

/** An embedded database whose logins fail or hang as a test wants them to, on real threads. */
public final class ScriptedDataSource implements DataSource {
  /** What a login does first. */
  @FunctionalInterface
  public interface Login {
    /** May take its time, or throw. */
    void run() throws SQLException;
  }

  private final JdbcDataSource target = new JdbcDataSource();
  private final List<Connection> opened = new CopyOnWriteArrayList<>();
  private volatile Login login = () -> {};
  private volatile @Nullable Connection only;

  /** A database of its own, which lives as long as somebody is connected. */
  public ScriptedDataSource(String name) {
    target.setURL("jdbc:h2:mem:" + name);
  }

  /** What further logins do first. */
  public void onLogin(Login action) {
    login = action;
  }

  /** Further logins get this connection, every one of them. */
  public void repeat(Connection connection) {
    only = connection;
  }

  /** Every connection handed out so far. */
  public List<Connection> opened() {
    return opened;
  }

  /** How many of them are open. */
  public long openNow() {
    return opened.stream().filter(ScriptedDataSource::isOpen).count();
  }

  private static boolean isOpen(Connection connection) {
    try {
      return !connection.isClosed();
    } catch (SQLException e) {
      throw new AssertionError("H2 does not know", e);
    }
  }

  @Override
  public Connection getConnection() throws SQLException {
    login.run();
    @Nullable Connection repeated = only;
    Connection connection = repeated != null ? repeated : target.getConnection();
    opened.add(connection);
    return connection;
  }

  @Override
  public Connection getConnection(String username, String password) throws SQLException {
    return getConnection();
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return null;
  }

  @Override
  public void setLogWriter(@Nullable PrintWriter out) {}

  @Override
  public void setLoginTimeout(int seconds) {}

  @Override
  public int getLoginTimeout() {
    return 0;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("none");
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(target)) {
      return type.cast(target);
    }
    throw new SQLException("not a wrapper for " + type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(target);
  }
}
