package dev.tidepool.internal.upkeep;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.Counters;
import dev.tidepool.internal.inventory.Counts;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.EventQueue;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries out the verdicts over all connections of a pool, in one pass that returns the delay until
 * the next. A pass runs on the timer thread and never blocks: pings, connects and closes go to
 * workers.
 */
public final class Upkeep {
  /** A pass that comes so late comes after a standstill of the whole process. */
  private static final long STANDSTILL_NANOS = 10_000_000_000L;

  private static final int MAX_PINGS = 16;
  private static final Logger log = LoggerFactory.getLogger(Upkeep.class);

  private final String poolName;
  private final PoolRuntime runtime;
  private final Exchange<Entry> exchange;
  private final Inventory inventory;
  private final Checker checker;
  private final EventQueue events;
  private final Runnable shortage;
  private final AtomicBoolean stopped = new AtomicBoolean();
  private final Supplier<@Nullable Duration> idleLimit;
  private final Liveness liveness;
  private final Renewal renewal;
  private final Leaks leaks;
  private final Strays strays;
  private volatile Limits limits;

  /** See {@link Limits#lenientSince()}. */
  private volatile @Nullable Long lenientSince;

  /** Only the pass reads and writes it, once they have begun. */
  private long nextPassAt;

  /** Only the pass reads and writes it. */
  private @Nullable Duration lastIdleLimit;

  /** Likewise; see {@link PoolRuntime#suspendedNanos}. */
  private long suspendedBefore;

  /** Likewise: more pings were due than may be under way at once. */
  private boolean pingsPutOff;

  /** Null before the start. */
  private volatile PoolRuntime.@Nullable Repeated passes;

  /**
   * Upkeep for one pool; nothing happens before {@link #start}.
   *
   * @param idleLimit how long the server lets a session be idle, or null
   * @param shortage called at the end of each pass, to open what is missing
   */
  public Upkeep(
      String poolName,
      PoolRuntime runtime,
      Exchange<Entry> exchange,
      Inventory inventory,
      Checker checker,
      EventQueue events,
      Counters counters,
      Runnable shortage,
      Supplier<@Nullable Duration> idleLimit,
      Liveness liveness,
      Limits limits) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.exchange = exchange;
    this.inventory = inventory;
    this.strays = new Strays(exchange, inventory);
    this.checker = checker;
    this.events = events;
    this.shortage = shortage;
    this.idleLimit = idleLimit;
    this.liveness = liveness;
    this.limits = limits;
    this.renewal = new Renewal(poolName, runtime, exchange, inventory);
    this.leaks = new Leaks(poolName, runtime, inventory, events, counters);
  }

  /** Changes the limits from the next pass on. */
  public void setLimits(Limits changed) {
    if (changed.shortensLives(limits)) {
      lenientSince = runtime.nanoTime(); // first, or a pass between would meet the new limits alone
    }
    limits = changed;
  }

  /** Begins the passes; once. */
  public void start() {
    nextPassAt = runtime.nanoTime();
    suspendedBefore = runtime.suspendedNanos();
    PoolRuntime.Repeated begun = runtime.repeat(this::pass);
    passes = begun;
    if (stopped.get()) { // a stop meanwhile may have come too early to call them off
      begun.cancel();
    }
  }

  /** Ends the passes. */
  public void stop() {
    stopped.set(true);
    PoolRuntime.Repeated begun = passes;
    if (begun != null) {
      begun.cancel();
    }
  }

  private void stirred() {
    passWithin(Limits.LONGEST_PAUSE_NANOS);
  }

  private void passWithin(long nanos) {
    PoolRuntime.Repeated begun = passes;
    if (begun != null) {
      begun.within(nanos);
    }
  }

  private long pass() {
    if (stopped.get()) {
      return Long.MAX_VALUE;
    }
    long now = runtime.nanoTime();
    if (now - nextPassAt > STANDSTILL_NANOS) {
      lenientSince = now;
    }
    long delay = pass(now);
    nextPassAt = now + delay;
    return delay;
  }

  /** One pass; returns the nanoseconds until the next. */
  long pass(long now) {
    liveness.path().settle(now, this.limits.keepaliveTime() > 0);
    Limits configured = this.limits.lenientSince(lenientSince);
    Limits limits = withinServer(configured).within(liveness.pathIdleLimit());
    pingsPutOff = false;
    countSuspension();
    // First: whoever borrows from now on, and may not be seen below, has the next pass come soon.
    exchange.whenStirred(this::stirred);
    exchange.forgetHints();
    Findings found = new Findings(liveness.isCalm() && exchange.waiting() == 0);
    exchange.forEach(entry -> look(entry, limits, now, found));
    trim(found.trim, limits, now);
    boolean replacing = replace(found.replace, limits);
    boolean renewing = renewal.step();
    retireSurplus();
    shortage.run();
    inventory.closePutOff();
    liveness.look();
    if (replacing || renewing || pingsPutOff) {
      return 0;
    }
    // Of a pool without connections nothing is known yet, such as its server's limits.
    boolean undisturbed = found.quiet && found.due != Verdict.NEVER;
    return Math.min(found.due, limits.longestPause(undisturbed));
  }

  /** The silence of connections goes on while the machine is suspended. */
  private void countSuspension() {
    long more = runtime.suspendedNanos() - suspendedBefore;
    if (more > 0) {
      suspendedBefore += more;
      exchange.forEach(entry -> entry.silentFor(more));
    }
  }

  /** What one pass has found. */
  private static final class Findings {
    final List<Unused> trim = new ArrayList<>();
    final List<Entry> replace = new ArrayList<>();
    long due = Verdict.NEVER;
    boolean quiet;

    Findings(boolean quiet) {
      this.quiet = quiet;
    }
  }

  private void look(Entry entry, Limits limits, long now, Findings found) {
    strays.see(entry, now);
    forgetThreadThatEnded(entry);
    Leaks.see(entry, now);
    Look look = Look.at(entry);
    found.quiet &= look.state() == SlotState.IDLE && liveness.watchIfUnused(entry, now);
    Verdict verdict = Verdict.of(look, limits, now);
    found.due = Math.min(found.due, verdict.dueIn());
    switch (verdict.action()) {
      case KEEP -> {}
      case PING -> ping(entry);
      case REPLACE -> {
        found.replace.add(entry);
        pingIfDue(entry, look, limits, now);
      }
      case TRIM -> found.trim.add(new Unused(entry, look));
      case EXPIRE -> retire(entry, RetireReason.MAX_LIFETIME);
      case WEAR_OUT -> retireIfIdle(entry, RetireReason.MAX_USES);
      case REPORT_LEAK -> leaks.report(entry, limits.leakThreshold(), now);
      case RECLAIM -> leaks.reclaim(entry, limits.maxBorrow(), now);
    }
  }

  private Limits withinServer(Limits configured) {
    Duration limit = idleLimit.get();
    Limits effective = configured.within(limit);
    if (!Objects.equals(limit, lastIdleLimit)) {
      lastIdleLimit = limit;
      if (limit != null) {
        events.publish(l -> l.serverIdleLimitLearned(limit));
        runtime.execute(() -> logIdleLimit(limit, configured, effective));
      }
    }
    return effective;
  }

  private void logIdleLimit(Duration limit, Limits configured, Limits effective) {
    if (effective.keepaliveTime() == 0) {
      log.warn(
          "{}: the server ends sessions that are idle for {} ms, but keepaliveTime=0 turns the"
              + " heartbeat off; set keepaliveTime below that",
          poolName,
          limit.toMillis());
    } else {
      log.info(
          "{}: the server ends sessions that are idle for {} ms; quiet connections are pinged after"
              + " {} ms at the latest (keepaliveTime is {} ms)",
          poolName,
          limit.toMillis(),
          effective.keepaliveTime() / 1_000_000,
          configured.keepaliveTime() / 1_000_000);
    }
  }

  private void ping(Entry entry) {
    if (checker.pinging() >= MAX_PINGS) {
      pingsPutOff = true;
    } else if (entry.reserve()) {
      checker.ping(entry);
    }
  }

  private void pingIfDue(Entry entry, Look look, Limits limits, long now) {
    if (Verdict.untilPing(look, limits, now) <= 0) {
      ping(entry);
    }
  }

  private void retire(Entry entry, RetireReason reason) {
    if (!retireIfIdle(entry, reason)) {
      entry.doom(Doom.of(reason));
    }
  }

  private boolean retireIfIdle(Entry entry, RetireReason reason) {
    if (!entry.retireIdle()) {
      return false;
    }
    inventory.retire(entry, Doom.of(reason));
    return true;
  }

  /**
   * Closes what nobody has used for long, the longest unused first, down to the minimum; the others
   * stay alive.
   */
  private void trim(List<Unused> unused, Limits limits, long now) {
    if (unused.isEmpty()) {
      return;
    }
    // The time as it was seen: sorting by a field that changes meanwhile would break the sort's
    // contract.
    unused.sort(Comparator.comparingLong(u -> u.look().idleSince() - now));
    int spare = count(SlotState.IDLE) - limits.minimumIdle();
    for (Unused u : unused) {
      if (spare > 0 && retireIfIdle(u.entry(), RetireReason.IDLE_TIMEOUT)) {
        spare--;
      } else {
        pingIfDue(u.entry(), u.look(), limits, now);
      }
    }
  }

  private record Unused(Entry entry, Look look) {}

  /**
   * Lets connections near the end of their time go as soon as the idle ones without them make up
   * the minimum. Where there is room, a replacement is opened first; a full pool can only close
   * first, and does so one at a time.
   *
   * @return whether some still wait for their turn: it must come before their time is up, or they
   *     all go at once
   */
  private boolean replace(List<Entry> old, Limits limits) {
    if (old.isEmpty() || exchange.isHeld()) { // held: nothing is opened, and it can wait
      return false;
    }
    int spare = count(SlotState.IDLE) - limits.minimumIdle();
    Counts counts = inventory.counts();
    int missing = 0;
    for (Entry entry : old) {
      if (spare > 0) {
        if (retireIfIdle(entry, RetireReason.MAX_LIFETIME)) {
          spare--;
        }
      } else if (!counts.hasRoom() && counts.connecting() + counts.leaving() == 0) {
        retireIfIdle(entry, RetireReason.MAX_LIFETIME);
        return true;
      } else {
        missing++;
      }
    }
    if (missing > counts.connecting()) {
      inventory.connect(missing - counts.connecting(), false);
    }
    return missing > 0;
  }

  /** An idle connection must not keep a thread, and with it a class loader, that is gone. */
  private void forgetThreadThatEnded(Entry entry) {
    Thread last = entry.holder();
    if (last != null && !last.isAlive() && entry.reserve()) {
      entry.forgetBorrower();
      exchange.putBack(entry); // whoever came for it meanwhile is seen to at the end of the pass
    }
  }

  /** Closes what is too many now, and has the next pass come on the next tick. */
  public void soon() {
    runtime.schedule(this::retireSurplus, 0); // on the timer thread, where all passes run
    passWithin(0);
  }

  /** After the maximum was lowered: idle connections go now, lent ones when they come back. */
  private void retireSurplus() {
    Counts counts = inventory.counts();
    if (counts.open() <= counts.maximum()) {
      return;
    }
    int[] surplus = {counts.open() - counts.maximum() - count(SlotState.DOOMED)};
    if (surplus[0] <= 0) {
      return;
    }
    exchange.forEach(
        entry -> {
          if (surplus[0] > 0 && retireIfIdle(entry, RetireReason.SURPLUS)) {
            surplus[0]--;
          }
        });
    exchange.forEach(
        entry -> {
          if (surplus[0] > 0 && entry.doom(Doom.of(RetireReason.SURPLUS))) {
            surplus[0]--;
          }
        });
  }

  private int count(SlotState state) {
    int[] n = new int[1];
    exchange.forEach(
        entry -> {
          if (entry.state() == state) {
            n[0]++;
          }
        });
    return n[0];
  }
}
