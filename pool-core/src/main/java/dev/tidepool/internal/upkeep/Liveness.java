package dev.tidepool.internal.upkeep;

import dev.tidepool.api.Health;
import dev.tidepool.api.RetireReason;
import dev.tidepool.config.TidepoolConfig;
import dev.tidepool.internal.connect.DefaultFailureClassifier;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.Counters;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.EventQueue;
import dev.tidepool.internal.runtime.PoolRuntime;
import dev.tidepool.net.Watchable;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the pool knows and concludes about its connections and its database: whoever meets a sign of
 * life or of death tells it here. No method blocks.
 */
public final class Liveness implements Witness {
  private static final long WATCH_AFTER_NANOS = 1_000_000_000L;

  /** A server that never stops talking is asked this seldom, at most, because of what it says. */
  private static final long NEWS_PAUSE_NANOS = 100_000_000L;

  /** Between a server's last words and the end of the stream: a process exits meanwhile. */
  private static final long FAREWELL_NANOS = 3_000_000L;

  private static final Logger log = LoggerFactory.getLogger(Liveness.class);

  private final String poolName;
  private final PoolRuntime runtime;
  private final Exchange<Entry> exchange;
  private final Inventory inventory;
  private final EventQueue events;
  private final Counters counters;
  private final boolean readOnlyPool;
  private final Checker checker;
  private final PathLearning path;
  private final Recovery recovery;
  private final WrongNode wrongNode;

  /**
   * Liveness of one pool, with nothing known yet.
   *
   * @param demand called when a check is late, so that another source is started
   */
  public Liveness(
      TidepoolConfig config,
      PoolRuntime runtime,
      Probe probe,
      Exchange<Entry> exchange,
      Inventory inventory,
      EventQueue events,
      Counters counters,
      Runnable demand) {
    String name = config.poolName();
    this.poolName = name;
    this.runtime = runtime;
    this.exchange = exchange;
    this.inventory = inventory;
    this.events = events;
    this.counters = counters;
    this.readOnlyPool = config.readOnly();
    this.checker =
        new Checker(
            name,
            runtime,
            probe,
            exchange,
            inventory,
            events,
            counters,
            config.keepaliveTimeout(),
            config.validationTimeout(),
            config.hedgeAfter(),
            demand,
            this);
    this.path = new PathLearning(name, runtime, events, config.keepaliveAdaptive());
    LostSessions lost =
        config.abortInUseOnFailover()
            ? new LostSessions(name, runtime, exchange, inventory, checker, probe::sessions)
            : null;
    Generations generations =
        new Generations(name, runtime, exchange, inventory, events, path, lost);
    this.recovery =
        new Recovery(
            name, runtime, exchange, inventory, events, counters, checker, path, generations);
    this.wrongNode = new WrongNode(name, runtime, exchange, inventory, checker, generations);
  }

  /** Asks connections for signs of life. */
  public Checker checker() {
    return checker;
  }

  PathLearning path() {
    return path;
  }

  /** What the pool makes of its database. */
  public Health health() {
    return recovery.health();
  }

  /** Whether nothing is in doubt. */
  boolean isCalm() {
    return recovery.isCalm();
  }

  /** How long the path lets a connection be silent, as learned; null if nothing was. */
  public @Nullable Duration pathIdleLimit() {
    return path.limit();
  }

  /** Draws conclusions that no event has led to; called now and then. */
  void look() {
    recovery.lookIfInDoubt();
  }

  /** Draws no conclusions any more. */
  public void stop() {
    recovery.stop();
  }

  /**
   * Watches the socket of a connection that nobody has borrowed for a while, if it can be watched
   * and is not. What is in steady use is not watched: there the news are answers, and somebody
   * reads them.
   *
   * <p>The watch ends with the first news, which are most often the answer to somebody who has
   * borrowed the connection meanwhile: that costs the watching thread a look, and borrowers
   * nothing. It also ends if the watch itself fails.
   *
   * @return false if it can be watched and is not
   */
  boolean watchIfUnused(Entry entry, long now) {
    Watchable socket = entry.physical().socket();
    if (socket == null || entry.isWatched()) {
      return true;
    }
    if (now - entry.idleSince() < WATCH_AFTER_NANOS || now - entry.newsAt() < NEWS_PAUSE_NANOS) {
      return false;
    }
    // Before the call: the news may be there already, and they end the watch.
    entry.watched(true);
    boolean watched = false;
    try {
      watched = runtime.watch(socket, () -> news(entry, socket));
    } finally {
      if (!watched) {
        entry.watched(false);
      }
    }
    return watched;
  }

  /** Runs on the watching thread. */
  private void news(Entry entry, Watchable socket) {
    entry.watched(false);
    // What is not idle is answered just now; and an answer is no reason to watch less.
    if (entry.state() != SlotState.IDLE || !socket.hasNews()) {
      return;
    }
    exchange.stir(); // after a notice it is to be watched again
    entry.news(runtime.nanoTime());
    if (socket.hasEnded()) {
      hungUp();
    } else {
      // Words are no death: they may be a notice. They may also be the last.
      runtime.schedule(() -> heard(entry, socket), FAREWELL_NANOS);
    }
  }

  /** Asks, unless the end is there by now or a borrower has found the words. */
  private void heard(Entry entry, Watchable socket) {
    if (entry.state() != SlotState.IDLE || !socket.hasNews()) {
      return;
    }
    if (socket.hasEnded()) {
      hungUp();
    } else if (checker.mayProbe() && entry.reserve()) {
      try {
        tellNews(entry, "it is asked for a sign of life");
      } finally { // no memory to tell: the slot must not be lost with it
        checker.probe(entry);
      }
    }
  }

  /**
   * One was hung up on, or may have been. Those that are hung up on together are found together:
   * first all are taken out of service. To close them, to open others and to draw conclusions takes
   * longer, and is left to a worker, so that this thread is free for those whose end is just
   * arriving.
   */
  private void hungUp() {
    long at = runtime.nanoTime();
    SQLException cause = HangUp.asException();
    Doom doom = Doom.of(RetireReason.HUNG_UP, cause);
    List<Runnable> conclusions = new ArrayList<>();
    try {
      exchange.forEachIdle(
          entry -> {
            if (HangUp.isSeen(entry) && entry.retireIdle()) {
              takeOut(entry, doom);
              conclusions.add(() -> dead(entry, at - entry.lastTraffic(), at, cause));
            }
          });
    } finally { // should there be no memory for that, the upkeep pass closes them
      if (!conclusions.isEmpty()) {
        runtime.execute(() -> follow(conclusions));
      }
    }
  }

  private void follow(List<Runnable> conclusions) {
    try {
      inventory.closePutOff();
    } finally {
      conclusions.forEach(Runnable::run);
    }
  }

  private void takeOut(Entry entry, Doom doom) {
    try {
      tellNews(entry, "it was the end");
    } finally {
      inventory.takeOut(entry, doom);
    }
  }

  private void tellNews(Entry entry, String consequence) {
    counters.idleNews.increment();
    events.publish(l -> l.idleNews(entry.info(runtime.nanoTime())));
    debug(entry, "something arrived while nobody used it; " + consequence);
  }

  /** On a worker: this is the watching or the timer thread, which must not wait for a log. */
  private void debug(Entry entry, String what) {
    if (log.isDebugEnabled()) {
      runtime.execute(() -> log.debug("{}: connection #{}: {}", poolName, entry.id(), what));
    }
  }

  // ---- signs

  @Override
  public void late(Entry entry) {
    try {
      counters.lateAnswers.increment();
      events.publish(l -> l.answerLate(entry.info(runtime.nanoTime())));
      debug(entry, "no answer within hedgeAfter; others are tried for whoever waits");
    } finally {
      recovery.late(entry);
    }
  }

  @Override
  public long patience() {
    return recovery.patience();
  }

  @Override
  public void alive(Entry entry, long silence, long took) {
    // The answer was news, and ended the watch. After other news the next pass watches again.
    watchIfUnused(entry, runtime.nanoTime());
    path.survived(silence);
    recovery.answered(took);
  }

  @Override
  public void dead(Entry entry, long silence, long at, @Nullable Throwable cause) {
    path.died(silence, cause);
    recovery.died(entry, at, cause);
  }

  /** A lent connection ended in an error; not every such error says something of the others. */
  public void failed(Entry entry, @Nullable Throwable cause) {
    if (DefaultFailureClassifier.concernsOthers(cause)) {
      long now = runtime.nanoTime();
      path.diedInUse(now - entry.lastTraffic(), cause);
      try {
        // What was used a moment ago is handed out unseen: one error for each would be the price.
        hungUp();
      } finally {
        recovery.died(entry, now, cause);
      }
    }
  }

  /**
   * A write was refused on a connection that is meant to be written to.
   *
   * @return whether another connection might do better, so that this one is to be retired
   */
  public boolean refusedToWrite(Throwable cause) {
    return readOnlyPool || wrongNode.suspect(cause);
  }

  /**
   * A connection was opened.
   *
   * @param took nanoseconds
   * @param answer nanoseconds for one question after the login; 0 if it was asked none
   */
  public void opened(Entry entry, long took, long answer) {
    if (entry.physical().socket() != null) {
      runtime.prepareWatch();
    }
    recovery.opened(took, answer);
  }

  /** A connect failed. */
  public void connectFailed(Throwable cause) {
    path.connectFailed();
    recovery.connectFailed(cause);
  }

  /** Whether a connection that has just been opened is taken over, to be asked something first. */
  public boolean takes(Entry fresh) {
    return wrongNode.takes(fresh);
  }

  /** A place may have become free. */
  public void changed() {
    wrongNode.changed();
  }
}
