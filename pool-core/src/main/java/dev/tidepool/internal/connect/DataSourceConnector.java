package dev.tidepool.internal.connect;

import dev.tidepool.api.Credentials;
import dev.tidepool.net.AttemptSockets;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Connects by a {@code DataSource}. */
final class DataSourceConnector implements Connector {
  private final DataSource dataSource;
  private final SocketTable.Plan plan;
  private final boolean lendsReadTimeout;

  DataSourceConnector(DataSource dataSource, SocketTable.Plan plan, boolean lendsReadTimeout) {
    this.dataSource = dataSource;
    this.plan = plan;
    this.lendsReadTimeout = lendsReadTimeout;
  }

  @Override
  public @Nullable Connection connect(AttemptSockets sockets, @Nullable Credentials credentials)
      throws SQLException {
    return credentials == null || credentials.username() == null
        ? dataSource.getConnection()
        : dataSource.getConnection(credentials.username(), credentials.password());
  }

  @Override
  public SocketTable.Plan plan() {
    return plan;
  }

  @Override
  public boolean lendsReadTimeout() {
    return lendsReadTimeout;
  }

  @Override
  public DataSource dataSource() {
    return dataSource;
  }

  @Override
  public String describe() {
    // Not its toString: that of many a DataSource shows the password.
    return "DataSource " + dataSource.getClass().getName();
  }
}
