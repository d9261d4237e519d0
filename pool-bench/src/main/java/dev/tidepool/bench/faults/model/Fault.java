package dev.tidepool.bench.faults.model;

import java.time.Duration;

/** What goes wrong. Each constant says how it is done; the times are those of a full run. */
public enum Fault {
  /** The server dies without a farewell and starts again after {@link #outage}. */
  F1("crash, restart", Duration.ofSeconds(3), Duration.ZERO),
  /** An administrator ends every session; the server goes on. */
  F2("all sessions killed", Duration.ZERO, Duration.ofMillis(500)),
  /** The flows of all present connections vanish, new connects work. */
  F3("old flows dropped", Duration.ZERO, Duration.ZERO),
  /** Everything vanishes for {@link #outage}, which ends when no usual time-out does. */
  F4("everything dropped", Duration.ofMillis(6_500), Duration.ZERO),
  /** The server's processes are stopped for {@link #outage}; its kernel still acknowledges. */
  F5("server frozen", Duration.ofSeconds(5), Duration.ofMillis(2_500)),
  /** The server refuses writes from now on; new connects reach another that takes them. */
  F6("role change", Duration.ZERO, Duration.ZERO),
  /** All connections are reset; of the new ones every second hangs in its login. */
  F7("every 2nd login hangs", Duration.ofSeconds(10), Duration.ZERO),
  /** Something ends connections that are quiet for about two seconds. */
  F8("idle killer", Duration.ZERO, Duration.ZERO);

  private final String title;
  private final Duration outage;
  private final Duration quiet;

  Fault(String title, Duration outage, Duration quiet) {
    this.title = title;
    this.outage = outage;
    this.quiet = quiet;
  }

  /** In a few words, for tables. */
  public String title() {
    return title;
  }

  /** From injection to repair; zero if nothing is repaired and the pool has to find its way. */
  public Duration outage() {
    return outage;
  }

  /**
   * In {@link Load#IDLE}, from injection to the first borrow: what the pool notices without being
   * asked shows in it.
   */
  public Duration quiet() {
    return quiet;
  }

  /**
   * True if nobody can be served before the repair, so that recovery is counted from it. In {@link
   * #F7} every second login passes all the time, and a pool need not wait.
   */
  public boolean waitsForRepair() {
    return this == F1 || this == F4 || this == F5;
  }

  /** True if a heartbeat is part of the answer, so pools ping as often as they can. */
  public boolean needsHeartbeat() {
    return this == F5 || this == F8;
  }

  /** True if the callers write, because reading would not show the fault. */
  public boolean writes() {
    return this == F6;
  }

  /** True if what was borrowed before and after makes a figure: all but the idle killers. */
  public boolean measuresRecovery() {
    return this != F8;
  }
}
