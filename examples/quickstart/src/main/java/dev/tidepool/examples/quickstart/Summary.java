package dev.tidepool.examples.quickstart;

import dev.tidepool.api.PoolStats;
import dev.tidepool.api.RetireReason;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * What came out of it.
 *
 * @param took how long it ran
 * @param clerks what the clerks did
 * @param checked whether the heartbeat reached every connection after some were killed
 * @param killed sessions ended behind the pool's back
 * @param audit what the books say
 * @param pool the pool's own figures, just before it was closed
 */
record Summary(
    Duration took,
    Clerks.Counts clerks,
    boolean checked,
    int killed,
    Ledger.Audit audit,
    PoolStats pool) {
  private static final long MONEY = Ledger.ACCOUNTS * Ledger.OPENING_BALANCE;

  /** What went wrong, in a line each; empty if nothing did. */
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    if (clerks.failed() > 0) {
      problems.add("queries that failed: " + clerks.failed() + ", first: " + clerks.firstFailure());
    }
    if (audit.money() != MONEY) {
      problems.add("the accounts hold " + audit.money() + " instead of " + MONEY);
    }
    if (audit.sumOfEntries() != 0 || audit.wrongAccounts() != 0) {
      problems.add("accounts that differ from their entries: " + audit.wrongAccounts());
    }
    if (clerks.booked() == 0 || audit.entries() != 2 * clerks.booked()) {
      problems.add(clerks.booked() + " transfers, but " + audit.entries() + " entries");
    }
    if (!checked || pool.pings() == 0) {
      problems.add("the heartbeat did not reach every connection in time");
    }
    for (RetireReason reason : List.of(RetireReason.MAX_LIFETIME, RetireReason.EVICTED)) {
      if (pool.retired(reason) == 0) {
        problems.add("no connection was retired for " + reason);
      }
    }
    return problems;
  }

  /** Prints the figures and the verdict. */
  void print(PrintStream out) {
    out.println();
    out.printf("Summary after %.1f s%n", took.toMillis() / 1e3);
    out.printf(
        "  transfers    %,d booked, %,d declined and rolled back, %d failed%n",
        clerks.booked(), clerks.declined(), clerks.failed());
    out.printf("  borrows      %,d served, %d timed out%n", pool.borrows(), pool.acquireTimeouts());
    out.printf(
        "  connections  %d opened, %d retired (%s)%n",
        pool.opened(),
        pool.retired().values().stream().mapToLong(Long::longValue).sum(),
        new TreeMap<>(pool.retired())
            .entrySet().stream()
                .map(e -> e.getValue() + " " + e.getKey())
                .collect(Collectors.joining(", ")));
    out.printf(
        "  heartbeat    %d pings; %d sessions were killed, %d found dead by a ping%n",
        pool.pings(), killed, pool.retired(RetireReason.PING_FAILED));
    out.printf(
        "  books        %,d in %d accounts; %,d entries add up to %d%n%n",
        audit.money(), Ledger.ACCOUNTS, audit.entries(), audit.sumOfEntries());
    problems().forEach(problem -> out.println("FAILED: " + problem));
    if (problems().isEmpty()) {
      out.println("OK: no query failed, and the books balance.");
    }
  }
}
