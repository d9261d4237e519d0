package dev.tidepool.bench.faults.model;

/** The servers of the lab. */
public enum Database {
  /** PostgreSQL, by pgjdbc. */
  POSTGRESQL("PostgreSQL"),
  /** MariaDB, by MariaDB Connector/J. */
  MARIADB("MariaDB");

  private final String title;

  Database(String title) {
    this.title = title;
  }

  /** As people write it. */
  public String title() {
    return title;
  }
}
