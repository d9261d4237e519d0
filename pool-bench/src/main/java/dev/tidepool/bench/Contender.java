package dev.tidepool.bench;

import dev.tidepool.bench.contenders.HikariSource;
import dev.tidepool.bench.contenders.TidepoolSource;
import dev.tidepool.bench.driver.NoopDriver;
import java.util.function.Function;

/**
 * The pools that are compared. A new one takes an adapter in {@code contenders} and a line here.
 */
public enum Contender {
  /** This project. */
  TIDEPOOL(TidepoolSource::new),
  /** The yardstick: ratios are relative to it. */
  HIKARICP(HikariSource::new);

  private final Function<Terms, PooledSource> factory;

  Contender(Function<Terms, PooledSource> factory) {
    this.factory = factory;
  }

  /** Starts a pool on the {@link NoopDriver}. */
  public PooledSource open(Terms terms) {
    return factory.apply(terms);
  }
}
