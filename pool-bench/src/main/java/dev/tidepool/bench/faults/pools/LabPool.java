package dev.tidepool.bench.faults.pools;

import java.sql.SQLException;

/** The pools that meet the faults. A new one takes an adapter in this package and a line here. */
public enum LabPool {
  /** This project. */
  TIDEPOOL(
      "Tidepool",
      "defaults; `connectionTimeout`, `validationTimeout`, `validateAfterIdle`, `keepaliveTime`"
          + " to the terms; `keepaliveTimeout` 1 s, its default",
      TidepoolLab::new),
  /** HikariCP. */
  HIKARICP(
      "HikariCP 7.1.0",
      "`connectionTimeout`, `validationTimeout`; alive window by system property;"
          + " `keepaliveTime` 30 s, its least",
      HikariLab::new),
  /** Agroal. */
  AGROAL(
      "Agroal 3.2.1",
      "`acquisitionTimeout`, `idleValidationTimeout`, `validationTimeout` (its ping period),"
          + " `defaultValidatorWithTimeout`, `exceptionSorter` of the database, `loginTimeout`",
      AgroalLab::new),
  /** Apache Commons DBCP. */
  DBCP2(
      "DBCP 2.14.0",
      "`maxWait`, `testOnBorrow` (always), `testWhileIdle` every `timeBetweenEvictionRuns` for all,"
          + " `validationQueryTimeout`, `fastFailValidation`",
      DbcpLab::new),
  /** Tomcat's JDBC pool. */
  TOMCAT(
      "Tomcat JDBC 11.0.25",
      "`maxWait`, `testOnBorrow` with `validationInterval`, `testWhileIdle`,"
          + " `validationQueryTimeout`, `timeBetweenEvictionRunsMillis`",
      TomcatLab::new),
  /** Alibaba's Druid. */
  DRUID(
      "Druid 1.2.28",
      "`maxWait`, `validationQuery`, `testOnBorrow` (always), `keepAlive` with `keepAliveBetweenTimeMillis`,"
          + " `validationQueryTimeout`, `connectTimeout`, `socketTimeout`",
      DruidLab::new);

  private final String title;
  private final String settings;
  private final Factory factory;

  LabPool(String title, String settings, Factory factory) {
    this.title = title;
    this.settings = settings;
    this.factory = factory;
  }

  /** Name and version. */
  public String title() {
    return title;
  }

  /** Which of its settings carry the terms, for the table in the report. */
  public String settings() {
    return settings;
  }

  /**
   * Starts the pool.
   *
   * @param retirements is called for each connection that the pool condemns, if it tells
   */
  public LabSource open(LabTerms terms, Runnable retirements) throws SQLException {
    return factory.open(terms, retirements);
  }

  /** Starts one. */
  private interface Factory {
    LabSource open(LabTerms terms, Runnable retirements) throws SQLException;
  }
}
