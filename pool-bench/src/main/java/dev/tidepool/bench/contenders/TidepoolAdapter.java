package dev.tidepool.bench.contenders;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.api.ConnectionInfo;
import dev.tidepool.api.PoolListener;
import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Promise;
import dev.tidepool.bench.Terms;
import dev.tidepool.config.TidepoolConfig;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Tidepool, also with everything on that a user might want to see. */
public final class TidepoolAdapter implements Adapter {
  private static final Duration LEAK = Duration.ofMinutes(1);

  private final boolean watched;

  /** With leak detection, JMX and a listener, or without. */
  public TidepoolAdapter(boolean watched) {
    this.watched = watched;
  }

  @Override
  public PooledSource open(Terms terms) {
    TidepoolDataSource pool =
        new TidepoolDataSource(
            TidepoolConfig.builder()
                .jdbcUrl(terms.url())
                .driverClassName(terms.driver())
                .maximumPoolSize(terms.poolSize())
                .minimumIdle(terms.minimumIdle())
                .connectionTimeout(terms.connectionTimeout())
                .validateAfterIdle(terms.validateAfterIdle())
                .validationTimeout(terms.validationTimeout())
                .keepaliveTime(terms.pings() ? terms.keepaliveTime() : Duration.ZERO)
                .maxLifetime(terms.maxLifetime())
                .autoCommit(true)
                .leakDetectionThreshold(watched ? leak(terms) : Duration.ZERO)
                .registerMbeans(watched)
                .build());
    if (watched) {
      pool.addListener(new Counting());
    }
    return new PooledSource(pool, pool::close);
  }

  /** No connection may be lent for longer than it lives. */
  private static Duration leak(Terms terms) {
    return LEAK.compareTo(terms.maxLifetime()) < 0 ? LEAK : terms.maxLifetime();
  }

  @Override
  public Map<Promise, String> settings() {
    return Map.of(
        Promise.SIZE, "`minimumIdle`, `maximumPoolSize`",
        Promise.WAIT, "`connectionTimeout`",
        Promise.VALIDATION, "`validateAfterIdle`",
        Promise.VALIDATION_BOUND, "`validationTimeout`",
        Promise.KEEPALIVE, "`keepaliveTime`",
        Promise.LIFETIME, "`maxLifetime`, spread over the last quarter",
        Promise.SILENCE,
            watched
                ? "no: `leakDetectionThreshold` 1 min, a listener, `registerMbeans`; counts uses"
                : "`leakDetectionThreshold` 0, `registerMbeans` false; still counts uses",
        Promise.CLEANING, "always");
  }

  /** What a metrics library would do with the events. */
  private static final class Counting implements PoolListener {
    private final LongAdder opened = new LongAdder();
    private final LongAdder leaks = new LongAdder();

    @Override
    public void connectionOpened(ConnectionInfo connection, Duration took) {
      opened.increment();
    }

    @Override
    public void leakSuspected(ConnectionInfo connection, String holder, Duration held) {
      leaks.increment();
    }
  }
}
