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
 * @param validateAfterIdle a connection quiet for longer is validated before it is lent
 * @param validationTimeout longest time of one validation
 * @param keepaliveTime a connection quiet for so long is pinged
 * @param maxLifetime age at which a connection is replaced
 */
public record Terms(
    String url,
    String driver,
    int minimumIdle,
    int poolSize,
    Duration connectionTimeout,
    Duration validateAfterIdle,
    Duration validationTimeout,
    Duration keepaliveTime,
    Duration maxLifetime) {

  /** A full pool of fixed size on the no-op driver, with HikariCP's defaults, as most users run. */
  public static Terms of(int poolSize) {
    return new Terms(
        NoopDriver.URL,
        NoopDriver.class.getName(),
        poolSize,
        poolSize,
        Duration.ofSeconds(30),
        Duration.ofMillis(500),
        Duration.ofSeconds(5),
        Duration.ofMinutes(2),
        Duration.ofMinutes(30));
  }

  /** The same on another database. */
  public Terms at(String otherUrl, String otherDriver) {
    return new Terms(
        otherUrl,
        otherDriver,
        minimumIdle,
        poolSize,
        connectionTimeout,
        validateAfterIdle,
        validationTimeout,
        keepaliveTime,
        maxLifetime);
  }

  /** The same on the no-op driver, which takes so long for a connect. */
  public Terms withConnectsOf(Duration latency) {
    return at(NoopDriver.url(latency, Duration.ZERO, Duration.ZERO), driver);
  }

  /** The same with a pool that starts empty and keeps nothing it does not need. */
  public Terms startingEmpty() {
    return new Terms(
        url,
        driver,
        0,
        poolSize,
        connectionTimeout,
        validateAfterIdle,
        validationTimeout,
        keepaliveTime,
        maxLifetime);
  }

  /** The same with borrowers that wait so long. */
  public Terms waiting(Duration wait) {
    return new Terms(
        url,
        driver,
        minimumIdle,
        poolSize,
        wait,
        validateAfterIdle,
        validationTimeout,
        keepaliveTime,
        maxLifetime);
  }

  /** The same with connections that are replaced at this age. */
  public Terms living(Duration lifetime) {
    return new Terms(
        url,
        driver,
        minimumIdle,
        poolSize,
        connectionTimeout,
        validateAfterIdle,
        validationTimeout,
        keepaliveTime,
        lifetime);
  }
}
