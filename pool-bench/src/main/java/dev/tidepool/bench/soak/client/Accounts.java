package dev.tidepool.bench.soak.client;

import dev.tidepool.api.ConnectionInfo;
import dev.tidepool.api.PoolListener;
import dev.tidepool.api.PoolState;
import dev.tidepool.api.PoolStats;
import dev.tidepool.api.RetireReason;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** Whether the pool's figures agree with each other, with its events and with the ledger. */
final class Accounts implements PoolListener {
  private static final String DRIVER = "(of these for a RuntimeException or Error of the driver)";
  private static final int MOST_STACKS = 3;

  private final Ledger ledger;
  private final LongAdder opened = new LongAdder();
  private final LongAdder retired = new LongAdder();
  private final List<String> lines = new ArrayList<>();

  Accounts(Ledger ledger) {
    this.ledger = ledger;
  }

  @Override
  public void connectionOpened(ConnectionInfo connection, Duration took) {
    opened.increment();
  }

  @Override
  public void connectionRetired(
      ConnectionInfo connection, RetireReason reason, @Nullable Throwable cause) {
    retired.increment();
    String state = cause instanceof SQLException e ? " " + e.getSQLState() : "";
    String why = cause == null ? "" : ": " + cause.getClass().getSimpleName() + state;
    ledger.count(Ledger.RETIRED, reason + why);
    if (cause instanceof RuntimeException || cause instanceof Error) {
      tellOfDriver(cause);
    }
    ledger.event(
        "retired " + connection + ": " + reason + (cause == null ? "" : ", " + cause.getMessage()));
  }

  /** Something that no driver should throw: the first few tell where to look. */
  private void tellOfDriver(Throwable cause) {
    if (ledger.counted(Ledger.RETIRED, DRIVER) < MOST_STACKS) {
      cause.printStackTrace(System.err);
    }
    ledger.count(Ledger.RETIRED, DRIVER);
  }

  @Override
  public void stateChanged(PoolState from, PoolState to) {
    ledger.event(from + " -> " + to);
  }

  /** The lines of the report so far. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  void line(String text) {
    lines.add(text);
  }

  /** To be called when nothing is in motion and nobody has a connection. */
  void check(String when, PoolStats stats) {
    long gone = stats.retired().values().stream().mapToLong(Long::longValue).sum();
    same(when, "opened", stats.opened(), "closed + open", stats.closed() + stats.total());
    same(when, "retired, of all reasons", gone, "closed", stats.closed());
    same(when, "in use", stats.active(), "nobody", 0);
    same(
        when,
        "borrowed, by the pool",
        stats.borrows(),
        "by the borrowers",
        ledger.counted(Ledger.BORROWS, "borrowed"));
    same(
        when,
        "borrowed",
        ledger.counted(Ledger.BORROWS, "borrowed"),
        "returned + taken back",
        ledger.counted(Ledger.BORROWS, "returned") + ledger.counted(Ledger.BORROWS, "taken back"));
    same(
        when,
        "time-outs, by the pool",
        stats.acquireTimeouts(),
        "by the borrowers",
        refused("PoolTimeoutException"));
    same(
        when,
        "refusals, by the pool",
        stats.acquireRefusals(),
        "by the borrowers",
        refused("PoolBusyException"));
    if (stats.eventsDropped() == 0) {
      same(when, "events of opening", opened.sum(), "opened", stats.opened());
      same(when, "events of retiring", retired.sum(), "retired", gone);
    }
  }

  boolean haveEventsArrived(PoolStats stats) {
    return opened.sum() >= stats.opened() && retired.sum() >= stats.closed();
  }

  private long refused(String exception) {
    return ledger.counts().entrySet().stream()
        .filter(each -> each.getKey().startsWith(Ledger.FAILURES + "\tgetConnection: " + exception))
        .mapToLong(each -> each.getValue())
        .sum();
  }

  private void same(String when, String what, long one, String other, long two) {
    boolean equal = one == two;
    line("%s: %s %d = %s %d%s".formatted(when, what, one, other, two, equal ? "" : "  BROKEN"));
    if (!equal) {
      ledger.broken("P6: " + when + ", " + what + " " + one + ", but " + other + " " + two);
    }
  }
}
