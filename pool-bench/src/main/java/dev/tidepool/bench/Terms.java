package dev.tidepool.bench;

import dev.tidepool.bench.driver.NoopDriver;
import java.time.Duration;

/**
 * What every contender promises, so that none is faster by doing less. An adapter sets each of
 * these, whatever its pool's default is, and says in a table how it does and what it cannot do; see
 * {@link Promise}.
 *
 * @param url the database
 * @param driver class of its driver
 * @param minimumIdle connections that are kept open
 * @param poolSize most connections
 * @param connectionTimeout longest wait of a borrower
 * @param maxLifetime age at which a connection is replaced
 */
public record Terms(
    String url,
    String driver,
    int minimumIdle,
    int poolSize,
    Duration connectionTimeout,
    Duration maxLifetime) {
  private static final Duration KEEPALIVE_TIME = Duration.ofMinutes(2);

  /** A full pool of fixed size on the no-op driver, with HikariCP's defaults, as most users run. */
  public static Terms of(int poolSize) {
    return new Terms(
        NoopDriver.URL,
        NoopDriver.class.getName(),
        poolSize,
        poolSize,
        Duration.ofSeconds(30),
        Duration.ofMinutes(30));
  }

  /** A connection quiet for longer is validated before it is lent. */
  public Duration validateAfterIdle() {
    return Duration.ofMillis(500);
  }

  /** Longest time of one validation. */
  public Duration validationTimeout() {
    return Duration.ofSeconds(5);
  }

  /** Whether connections live long enough to be pinged; some pools refuse pings that never come. */
  public boolean pings() {
    return KEEPALIVE_TIME.compareTo(maxLifetime) < 0;
  }

  /** A connection quiet for so long is pinged. */
  public Duration keepaliveTime() {
    return KEEPALIVE_TIME;
  }

  /** The same on another database. */
  public Terms at(String otherUrl, String otherDriver) {
    return new Terms(otherUrl, otherDriver, minimumIdle, poolSize, connectionTimeout, maxLifetime);
  }

  /** The same on the no-op driver, which takes so long for a connect. */
  public Terms withConnectsOf(Duration latency) {
    return withLatencies(latency, Duration.ZERO);
  }

  /**
   * The same on the no-op driver, which takes so long for a connect and so long for a statement.
   */
  public Terms withLatencies(Duration connect, Duration statement) {
    return at(NoopDriver.url(connect, statement, Duration.ZERO), driver);
  }

  /** The same with a pool that starts empty and keeps nothing it does not need. */
  public Terms startingEmpty() {
    return new Terms(url, driver, 0, poolSize, connectionTimeout, maxLifetime);
  }

  /** The same with borrowers that wait so long. */
  public Terms waiting(Duration wait) {
    return new Terms(url, driver, minimumIdle, poolSize, wait, maxLifetime);
  }

  /** The same with connections that are replaced at this age. */
  public Terms living(Duration lifetime) {
    return new Terms(url, driver, minimumIdle, poolSize, connectionTimeout, lifetime);
  }
}
