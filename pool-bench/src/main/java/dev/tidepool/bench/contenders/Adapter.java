package dev.tidepool.bench.contenders;

import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Promise;
import dev.tidepool.bench.Terms;
import java.sql.SQLException;
import java.util.Map;

/** Starts pools of one make. */
public interface Adapter {
  /** Starts a pool that keeps the terms. */
  PooledSource open(Terms terms) throws SQLException;

  /** For every promise the properties that carry it, or what the pool does instead. */
  Map<Promise, String> settings();
}
