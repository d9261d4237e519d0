package dev.tidepool;

import dev.tidepool.api.Credentials;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.SQLNonTransientException;
import java.sql.ShardingKey;
import org.jspecify.annotations.Nullable;

/** Borrows a connection, and sets the sharding key asked for. Not thread-safe. */
final class PoolConnectionBuilder implements ConnectionBuilder {
  private final AbstractDataSource pool;

  /** A null that was given means the pool's, too; but it asks for the check. */
  private boolean userGiven;

  private @Nullable String user;
  private @Nullable String password;
  private @Nullable ShardingKey shardingKey;
  private @Nullable ShardingKey superShardingKey;

  PoolConnectionBuilder(AbstractDataSource pool) {
    this.pool = pool;
  }

  @Override
  public ConnectionBuilder user(@Nullable String name) {
    user = name;
    userGiven = true;
    return this;
  }

  @Override
  public ConnectionBuilder password(@Nullable String word) {
    password = word;
    userGiven = true;
    return this;
  }

  @Override
  public ConnectionBuilder shardingKey(@Nullable ShardingKey key) {
    shardingKey = key;
    return this;
  }

  @Override
  public ConnectionBuilder superShardingKey(@Nullable ShardingKey key) {
    superShardingKey = key;
    return this;
  }

  @Override
  public Connection build() throws SQLException {
    Connection connection = userGiven ? borrowAsUser() : pool.getConnection();
    if (shardingKey == null && superShardingKey == null) {
      return connection;
    }
    boolean built = false;
    try {
      int seconds = (int) Math.max(1, pool.getValidationTimeout().toSeconds());
      built = connection.setShardingKeyIfValid(shardingKey, superShardingKey, seconds);
      if (!built) {
        throw new SQLNonTransientException(
            pool.getPoolName() + ": the sharding key is not valid for the pool's database");
      }
      return connection;
    } finally {
      if (!built) {
        connection.close();
      }
    }
  }

  /** What was not said is as the pool has it. */
  private Connection borrowAsUser() throws SQLException {
    Credentials own = pool.getCredentials();
    return pool.getConnection(
        user != null ? user : own.username(), password != null ? password : own.password());
  }
}
