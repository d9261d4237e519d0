package dev.tidepool.bench.faults.model;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who ends quiet connections in {@link Fault#F8}, each at about two seconds. */
public enum Killer {
  /** PostgreSQL's {@code idle_session_timeout}. */
  IDLE_SESSION_TIMEOUT("idle_session_timeout", Database.POSTGRESQL),
  /** MariaDB's {@code wait_timeout}. */
  WAIT_TIMEOUT("wait_timeout", Database.MARIADB),
  /** HAProxy's {@code timeout client} and {@code timeout server}. */
  HAPROXY("HAProxy", null),
  /** nginx's {@code proxy_timeout} for streams. */
  NGINX("nginx stream", null),
  /** PgBouncer's {@code client_idle_timeout}, session pooling. */
  PGBOUNCER_SESSION("PgBouncer session", Database.POSTGRESQL),
  /** PgBouncer's {@code client_idle_timeout}, transaction pooling. */
  PGBOUNCER_TRANSACTION("PgBouncer transaction", Database.POSTGRESQL),
  /** A firewall that forgets the flow and drops what belongs to none. */
  FIREWALL_DROP("firewall, drop", null),
  /** A firewall that forgets the flow and resets what belongs to none. */
  FIREWALL_RST("firewall, RST", null),
  /**
   * Nobody: every connection is used each 200 ms, and what is counted are the pings that a pool
   * sends all the same.
   */
  NONE_STEADY_USE("none, steady use", null);

  private final String title;
  private final @Nullable Database only;

  Killer(String title, @Nullable Database only) {
    this.title = title;
    this.only = only;
  }

  /** In a few words, for tables. */
  public String title() {
    return title;
  }

  /** True if this killer can stand before that database. */
  public boolean fits(Database database) {
    return only == null || only == database;
  }

  /** One of each kind, for a short run. */
  public static List<Killer> few() {
    return List.of(IDLE_SESSION_TIMEOUT, HAPROXY, FIREWALL_DROP, NONE_STEADY_USE);
  }
}
