package dev.tidepool.bench.faults.model;

import java.util.Arrays;
import java.util.Optional;

/** What is recorded of a cell. Times are milliseconds from the injection unless said otherwise. */
public enum Figure {
  /** First connection that the pool condemned. */
  DETECT("detectMs", "noticed"),
  /** As many connections condemned as the pool had. */
  RETIRED_ALL("retiredAllMs", "all retired"),
  /** First success of a caller that had begun after the injection. */
  FIRST("firstMs", "first success"),
  /** The moment when each caller had such a success. */
  ALL("allMs", "all clear"),
  /** The moment of the repair; absent if nothing is repaired. */
  HEALED("healedMs", "repaired"),
  /** From the repair to {@link #ALL}; 0 if that came first. */
  ALL_AFTER_HEAL("allAfterHealMs", "all clear after repair"),
  /** From the callers' start in {@link Load#IDLE} to {@link #FIRST}: without the quiet before. */
  FIRST_AFTER_ASK("firstAfterAskMs", "first success after asking"),
  /** Borrows that succeeded after the injection. */
  BORROWS("borrows", "borrows"),
  /** Borrows that threw after the injection, whenever they began. */
  FAILED_BORROWS("failedBorrows", "failed borrows"),
  /** Queries on connections borrowed after the injection that threw. */
  FAILED_QUERIES("failedQueries", "failed queries"),
  /** Longest time inside {@code getConnection} of borrows that ended after the injection. */
  LONGEST_BORROW("longestBorrowMs", "longest borrow"),
  /** Calls under way at the injection whose query threw, or that took more than a second. */
  CAUGHT("caughtCalls", "caught in flight"),
  /** Callers that were in one call for more than 20 s at the end. */
  STUCK("stuckThreads", "threads stuck"),
  /** How many of the pool's connections cannot be borrowed at once at the end. */
  SLOTS_LOST("slotsLost", "slots lost"),
  /** Connections that the pool has open at the end, as far as it tells. */
  OPEN("openConnections", "open"),
  /** Sessions of this pool on the server at the end. */
  SESSIONS("serverSessions", "sessions on server"),
  /** Sessions on the server beyond those that the pool has open. */
  ORPHANS("orphanSessions", "sessions left"),
  /** Heartbeats that the pool sent after the injection, as far as it tells. */
  PINGS("pings", "pings"),
  /** Those of them, in steady use, that no delay of the caller accounts for. */
  NEEDLESS_PINGS("needlessPings", "needless pings");

  private final String key;
  private final String title;

  Figure(String key, String title) {
    this.key = key;
    this.title = title;
  }

  /** Its name in files. */
  public String key() {
    return key;
  }

  /** Its name in tables. */
  public String title() {
    return title;
  }

  /** The figure of that name in files. */
  public static Optional<Figure> ofKey(String key) {
    return Arrays.stream(values()).filter(figure -> figure.key.equals(key)).findFirst();
  }
}
