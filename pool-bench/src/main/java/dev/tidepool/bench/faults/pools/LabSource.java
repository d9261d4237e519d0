package dev.tidepool.bench.faults.pools;

import java.sql.SQLException;
import java.util.OptionalLong;
import javax.sql.DataSource;

/** A running pool of any make, and what it tells about itself. */
public interface LabSource extends AutoCloseable {
  /** Where connections are borrowed. */
  DataSource dataSource();

  /** Connections it has open, if it tells. */
  OptionalLong open();

  /** Heartbeats it has sent so far, if it tells. */
  default OptionalLong pings() {
    return OptionalLong.empty();
  }

  /** Whether the pool tells when it condemns a connection. */
  default boolean tellsRetirements() {
    return false;
  }

  @Override
  void close() throws SQLException;
}
