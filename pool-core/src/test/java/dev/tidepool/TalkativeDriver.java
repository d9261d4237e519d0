package dev.tidepool;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.Properties;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;

/** Names whatever it knows, with a name and without. */
public final class TalkativeDriver implements Driver {
  static final String IN_THE_URL = "c4n4ry-2";
  static final String URL = "jdbc:canary://host/db?password=" + IN_THE_URL + "&ssl=on";

  static volatile Failure failure = Failure.NONE;

  /** How the driver fails. */
  enum Failure {
    NONE,
    WITH_SQL_EXCEPTION,
    WITH_RUNTIME_EXCEPTION,
    WITH_ERROR
  }

  /** For the pool. */
  public TalkativeDriver() {}

  @Override
  public @Nullable Connection connect(String url, Properties info) throws SQLException {
    String all =
        "login with "
            + info
            + " at "
            + url
            + ": user "
            + info.getProperty("user")
            + " with "
            + info.getProperty("password")
            + ", "
            + info.getProperty("sslpassword")
            + " and "
            + IN_THE_URL;
    switch (failure) {
      case WITH_SQL_EXCEPTION -> {
        SQLException error = new SQLException(all, "28000", 7, new IOException(all));
        error.addSuppressed(new IOException(all));
        error.setNextException(new SQLException(all));
        throw error;
      }
      case WITH_RUNTIME_EXCEPTION -> throw new IllegalStateException(all, new IOException(all));
      case WITH_ERROR -> throw new LinkageError(all, new IOException(all));
      case NONE -> {}
    }
    return connection();
  }

  static Connection connection() {
    ClassLoader loader = TalkativeDriver.class.getClassLoader();
    return (Connection)
        Proxy.newProxyInstance(
            loader, new Class<?>[] {Connection.class}, (p, method, args) -> answer(p, method));
  }

  @SuppressWarnings("StatementSwitchToExpressionSwitch")
  private static @Nullable Object answer(Object self, Method method) throws SQLException {
    switch (method.getName()) {
      case "toString":
        return "connection to " + URL;
      case "hashCode":
        return System.identityHashCode(self);
      case "equals":
        return false;
      case "getAutoCommit":
        return true;
      case "getTransactionIsolation":
        return Connection.TRANSACTION_READ_COMMITTED;
      case "getHoldability", "getNetworkTimeout":
        return 0;
      case "isReadOnly", "isClosed", "isWrapperFor":
        return false;
      case "isValid", "createStatement", "rollback", "close", "abort", "getMetaData", "unwrap":
        throw new SQLException("lost " + URL, "08006", new IOException("lost " + URL));
      default:
        return null;
    }
  }

  @Override
  public boolean acceptsURL(String url) throws SQLException {
    if (url.contains("unreadable")) {
      throw new SQLException("cannot read " + url + ", not even " + IN_THE_URL);
    }
    return url.startsWith("jdbc:canary:");
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return 1;
  }

  @Override
  public int getMinorVersion() {
    return 0;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("none");
  }
}
