package dev.tidepool.bench;

import javax.sql.DataSource;

/** A running pool of any make. */
public interface PooledSource extends AutoCloseable {
  /** Name and version, for reports. */
  String name();

  /** Where connections are borrowed. */
  DataSource dataSource();

  /** Ends the pool and closes its connections. */
  @Override
  void close();
}
