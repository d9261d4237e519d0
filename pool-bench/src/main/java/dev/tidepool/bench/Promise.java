package dev.tidepool.bench;

/** What a contender is configured to keep; the rows of the table in the report. */
public enum Promise {
  /** {@link Terms#minimumIdle()} and {@link Terms#poolSize()}. */
  SIZE("connections, least and most"),
  /** {@link Terms#connectionTimeout()}. */
  WAIT("longest wait of a borrower, 30 s"),
  /** {@link Terms#validateAfterIdle()}. */
  VALIDATION("validated before lending if quiet for 500 ms"),
  /** {@link Terms#validationTimeout()}. */
  VALIDATION_BOUND("longest validation, 5 s"),
  /** {@link Terms#keepaliveTime()}. */
  KEEPALIVE("pinged if quiet for 2 min"),
  /** {@link Terms#maxLifetime()}. */
  LIFETIME("replaced at the age of 30 min"),
  /** No search for leaks, no figures kept for others, no JMX. */
  SILENCE("leak detection, metrics, JMX off"),
  /** The next borrower finds a connection as the first one did. */
  CLEANING("on return: statements closed, state reset, transaction rolled back");

  private final String title;

  Promise(String title) {
    this.title = title;
  }

  /** What is promised. */
  public String title() {
    return title;
  }
}
