package dev.tidepool.bench;

import java.time.Duration;

/**
 * What every contender promises, so that none is faster by doing less. An adapter sets each of
 * these, whatever its pool's default is; what a pool cannot promise is noted in the table of the
 * module's README.
 *
 * <p>The same for all without being a field: connections are opened before the measurement,
 * auto-commit is on, leak detection, metrics and JMX are off, and state and statements left behind
 * by a borrower are cleaned up on return.
 *
 * @param poolSize connections, fixed: least and most are the same
 * @param connectionTimeout longest wait of a borrower
 * @param validateAfterIdle a connection quiet for longer is validated before it is lent
 * @param validationTimeout longest time of one validation
 * @param keepaliveTime a connection quiet for so long is pinged
 * @param maxLifetime age at which a connection is replaced
 */
public record Terms(
    int poolSize,
    Duration connectionTimeout,
    Duration validateAfterIdle,
    Duration validationTimeout,
    Duration keepaliveTime,
    Duration maxLifetime) {

  /** The terms of the micro-benchmarks: HikariCP's defaults, as most users run with them. */
  public static Terms of(int poolSize) {
    return new Terms(
        poolSize,
        Duration.ofSeconds(30),
        Duration.ofMillis(500),
        Duration.ofSeconds(5),
        Duration.ofMinutes(2),
        Duration.ofMinutes(30));
  }
}
