package dev.tidepool;

import dev.tidepool.api.Credentials;
import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.ShardingKeyBuilder;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The part of the pool that {@code javax.sql} asks for beside connections. Extended through {@link
 * TidepoolDataSource}.
 */
public abstract class AbstractDataSource extends TidepoolProperties implements DataSource {
  private volatile @Nullable PrintWriter logWriter;
  private volatile int loginTimeout;

  AbstractDataSource() {}

  /**
   * What the pool connects by: the {@code dataSource} given, or what {@code dataSourceClassName} or
   * {@code dataSourceJNDI} stands for, which is made or looked up when the pool starts. Null before
   * that, and where it connects by a driver.
   */
  abstract @Nullable DataSource driversDataSource();

  /** Lets pass who names the user that the sessions of this pool log in as, with the password. */
  final void refuseUnlessOwn(@Nullable String username, @Nullable String password)
      throws SQLFeatureNotSupportedException {
    if (getCredentialsProvider() != null || getCredentialsProviderClassName() != null) {
      throw new SQLFeatureNotSupportedException(
          getPoolName()
              + " lends connections of its own user only, whom its credentials provider chooses;"
              + " use getConnection() without a user, or another pool for another user");
    }
    if (!new Credentials(username, password).equals(getCredentials())) {
      throw new SQLFeatureNotSupportedException(
          getPoolName()
              + " lends connections of its own user only, and user or password differ from those"
              + " of the pool; use another pool for another user");
    }
  }

  /**
   * A builder that borrows from this pool. With a sharding key, {@code build()} sets it on the
   * connection ({@link Connection#setShardingKeyIfValid}, with {@code validationTimeout}), which is
   * then closed when it comes back, as JDBC cannot take a key back; it fails if the driver has no
   * keys or refuses this one. With a user or a password it does as {@link #getConnection(String,
   * String)}, where what was not said is as the pool has it. Not thread-safe.
   */
  @Override
  public ConnectionBuilder createConnectionBuilder() {
    return new PoolConnectionBuilder(this);
  }

  /**
   * The builder of the driver's DataSource, if the pool connects by one: given as {@code
   * dataSource}, or made or looked up when the pool started. What it makes is for {@link
   * #createConnectionBuilder} and {@link Connection#setShardingKey}.
   *
   * @throws SQLFeatureNotSupportedException if there is none, or the driver has no sharding keys
   */
  @Override
  public ShardingKeyBuilder createShardingKeyBuilder() throws SQLException {
    DataSource target = driversDataSource();
    if (target == null) {
      throw new SQLFeatureNotSupportedException(
          getPoolName()
              + " makes no sharding keys by itself; give it the driver's DataSource as dataSource, or"
              + " have it started with dataSourceClassName or dataSourceJNDI");
    }
    return target.createShardingKeyBuilder();
  }

  /**
   * This object for every type it is, so that {@code unwrap(DataSource.class)} is the pool itself,
   * never the driver's; else the driver's DataSource, where {@link #createShardingKeyBuilder} finds
   * one.
   *
   * @throws SQLException if it is no such thing
   */
  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    if (type.isInstance(this)) {
      return type.cast(this);
    }
    DataSource target = driversDataSource();
    if (target != null && target.isWrapperFor(type)) {
      return target.unwrap(type);
    }
    throw new SQLException(getPoolName() + " is not a wrapper for " + type.getName());
  }

  @Override
  public boolean isWrapperFor(Class<?> type) throws SQLException {
    if (type.isInstance(this)) {
      return true;
    }
    DataSource target = driversDataSource();
    return target != null && target.isWrapperFor(type);
  }

  @Override
  public @Nullable PrintWriter getLogWriter() {
    return logWriter;
  }

  /** Kept and answered; the pool logs through SLF4J. */
  @Override
  public void setLogWriter(@Nullable PrintWriter writer) {
    logWriter = writer;
  }

  @Override
  public int getLoginTimeout() {
    return loginTimeout;
  }

  /** Kept and answered; what bounds a login is {@code connectTimeout}. */
  @Override
  public void setLoginTimeout(int seconds) {
    loginTimeout = seconds;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("the pool logs through SLF4J");
  }
}
