package dev.tidepool.internal.upkeep;

import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.inventory.Counters;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.EventQueue;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Pings and validations: both ask one connection for a sign of life on a worker thread, under a
 * deadline of the pool's own. When the deadline passes first, the connection is retired and cut
 * off, and its place is free; the worker comes back when the driver lets it, and is interrupted if
 * the pool can reach the driver's socket.
 *
 * <p>A connection handed in is in CHECKING and belongs to the checker from then on.
 */
public final class Checker {
  private static final int MAX_PROBES = 16;

  /** Longest wait for an answer that decides on the others, too. */
  private static final Duration LONGEST_PROBE = Duration.ofSeconds(1);

  /** Made beforehand: whoever hands a slot in must not fail before it is handed in. */
  private static final Judge AS_ANSWERED = alive -> alive;

  private final CheckKind ping;
  private final CheckKind validation;
  private final CheckKind unsure;
  private final CheckKind other;

  // What each check needs, and counts.
  final String poolName;
  final PoolRuntime runtime;
  final Exchange<Entry> exchange;
  final Inventory inventory;
  final EventQueue events;
  final long hedgeAfter;
  final Runnable demand;
  final Witness witness;
  final AtomicInteger pinging = new AtomicInteger();
  final AtomicInteger running = new AtomicInteger();
  final AtomicInteger overdue = new AtomicInteger();

  /** Checks given up whose driver call has still not returned. */
  final AtomicInteger hung = new AtomicInteger();

  private volatile Duration pingTimeout;
  private volatile Duration validationTimeout;

  /**
   * A checker with nothing to do yet.
   *
   * @param hedgeAfter time after which a check no longer counts as a likely source, 0 for never
   * @param demand called when that happens, so that another source is started
   * @param witness told how checks end
   */
  public Checker(
      String poolName,
      PoolRuntime runtime,
      Probe probe,
      Exchange<Entry> exchange,
      Inventory inventory,
      EventQueue events,
      Counters counters,
      Duration pingTimeout,
      Duration validationTimeout,
      Duration hedgeAfter,
      Runnable demand,
      Witness witness) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.exchange = exchange;
    this.inventory = inventory;
    this.events = events;
    this.pingTimeout = pingTimeout;
    this.validationTimeout = validationTimeout;
    this.hedgeAfter = hedgeAfter.toNanos();
    this.demand = demand;
    this.witness = witness;
    this.ping = CheckKind.ping(probe, counters);
    this.validation = CheckKind.validation(probe, counters);
    this.unsure = CheckKind.unsure(probe, counters);
    this.other = CheckKind.other(probe, counters);
  }

  /** Changes the deadlines of checks from now on. */
  public void setTimeouts(Duration ping, Duration validation) {
    pingTimeout = ping;
    validationTimeout = validation;
  }

  /** Checks under way. */
  public int running() {
    return running.get();
  }

  /**
   * Checks under way that have not taken suspiciously long: each will likely yield a connection.
   */
  public int promising() {
    return Math.max(0, running.get() - overdue.get());
  }

  /** Pings under way. */
  int pinging() {
    return pinging.get();
  }

  /** Sends a heartbeat. */
  public void ping(Entry entry) {
    begin(entry, ping, pingTimeout);
  }

  /**
   * Whether fewer heartbeats are under way than may be, so that a thousand news ask no thousand.
   */
  boolean mayProbe() {
    return pinging.get() < MAX_PROBES;
  }

  /** Sends a heartbeat whose answer others depend on, so that it is not waited for as long. */
  void probe(Entry entry) {
    begin(entry, ping, forAnImpatient(pingTimeout));
  }

  private static Duration forAnImpatient(Duration timeout) {
    return timeout.compareTo(LONGEST_PROBE) > 0 ? LONGEST_PROBE : timeout;
  }

  /**
   * Asks whether the server takes writes.
   *
   * @param judge told the answer if there is one; decides whether the connection stays
   */
  void askWritable(Entry entry, Judge judge) {
    ask(entry, other.exam(), judge);
  }

  /** Asks anything, under the deadline of a heartbeat. */
  void ask(Entry entry, CheckKind.Exam exam, Judge judge) {
    begin(entry, other, pingTimeout, exam, judge);
  }

  /** Decides whether a connection that answered stays. */
  interface Judge {
    boolean keeps(boolean alive);
  }

  /** Time after which an answer is late, in nanoseconds; 0 for never. */
  long hedgeAfter() {
    return hedgeAfter;
  }

  /** Checks a connection before it is handed out. */
  public void validate(Entry entry) {
    begin(entry, validation, validationTimeout);
  }

  /**
   * Checks whether a connection can be handed out whose borrower may have left it in the middle of
   * something. It has just come back, so that a living one answers soon.
   */
  public void validateUnsure(Entry entry) {
    begin(entry, unsure, forAnImpatient(validationTimeout));
  }

  private void begin(Entry entry, CheckKind kind, Duration timeout) {
    begin(entry, kind, timeout, kind.exam(), AS_ANSWERED);
  }

  private void begin(
      Entry entry, CheckKind kind, Duration timeout, CheckKind.Exam exam, Judge judge) {
    boolean begun = false;
    try {
      new Check(this, entry, kind, timeout, exam, judge).start();
      begun = true;
    } finally {
      if (!begun) { // no memory, no stack: the slot must not be lost
        doWithout(entry, kind);
      }
    }
  }

  private void doWithout(Entry entry, CheckKind kind) {
    if (kind.speaksForOthers()) {
      exchange.putBack(entry);
    } else if (entry.retireOwned()) {
      inventory.retire(entry, Doom.of(kind.failed()));
    }
  }
}
