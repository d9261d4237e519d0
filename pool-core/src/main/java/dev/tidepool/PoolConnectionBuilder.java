package dev.tidepool;

import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.SQLException;
import java.sql.ShardingKey;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Borrows a connection and has it serve the shard asked for. Not thread-safe. */
final class PoolConnectionBuilder implements ConnectionBuilder {
  private final DataSource pool;
  private boolean userGiven;
  private @Nullable String user;
  private @Nullable String password;
  private @Nullable ShardingKey shardingKey;
  private @Nullable ShardingKey superShardingKey;

  PoolConnectionBuilder(DataSource pool) {
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
    Connection connection = userGiven ? pool.getConnection(user, password) : pool.getConnection();
    if (shardingKey == null && superShardingKey == null) {
      return connection;
    }
    boolean built = false;
    try {
      connection.setShardingKey(shardingKey, superShardingKey);
      built = true;
      return connection;
    } finally {
      if (!built) {
        connection.close();
      }
    }
  }
}
