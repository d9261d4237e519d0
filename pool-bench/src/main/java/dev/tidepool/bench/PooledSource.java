package dev.tidepool.bench;

import java.sql.SQLException;
import javax.sql.DataSource;

/**
 * A running pool of any make.
 *
 * @param dataSource where connections are borrowed
 * @param closing what ends the pool
 */
public record PooledSource(DataSource dataSource, Closing closing) implements AutoCloseable {
  /** Ends a pool. */
  public interface Closing {
    /** Closes all connections and returns when the pool has ended as far as it waits for that. */
    void close() throws SQLException;
  }

  @Override
  public void close() throws SQLException {
    closing.close();
  }
}
