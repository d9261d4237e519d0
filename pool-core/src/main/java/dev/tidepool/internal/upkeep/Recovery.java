package dev.tidepool.internal.upkeep;

import dev.tidepool.api.Health;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.ConnectFailure;
import dev.tidepool.internal.inventory.Counters;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.EventQueue;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Draws conclusions from the death or silence of single connections.
 *
 * <p>The first sign puts the others in doubt ({@link Health#SUSPECT}): the idle ones are asked at
 * once, side by side, and a new connection is opened. If there is no place for it and somebody
 * waits, the connection that has kept silent longest gives up its own. {@link Evidence} says what
 * follows: it was one connection only; or the old ones are dead and are retired together; or
 * nothing answers and the database is {@link Health#DOWN}.
 *
 * <p>It is level-triggered as {@code Supply} is: every event leads to a look at all connections,
 * and no event has to be remembered. Looks take a lock that is never held while anything blocks;
 * what they decide is carried out after it is given up.
 */
public final class Recovery {
  /** From one suspicion to the next, so that a trickle of deaths does not ping without end. */
  private static final long GAP_NANOS = 1_000_000_000L;

  /** A thread may wait for a processor that long. */
  private static final long SHORTEST_SILENCE_NANOS = 100_000_000L;

  private final PoolRuntime runtime;
  private final Exchange<Entry> exchange;
  private final Inventory inventory;
  private final Counters counters;
  private final Checker checker;
  private final Generations generations;
  private final HealthReport report;
  private final Inquiry inquiry;
  private final Object lock = new Object();
  private volatile boolean stopped;

  /** How long a login takes, in nanoseconds; 0 until the first. */
  private volatile long login;

  /** How long an answer takes, in nanoseconds; 0 until the first. */
  private volatile long answer;

  // ---- written under the lock

  private volatile boolean suspicious;

  /** What was opened before then is, or was last, in doubt; who has spoken since then lives. */
  private long since;

  private long raisedAt;

  private boolean raisedBefore;

  /** When the first sign of the present, or of a coming, suspicion came; null if there is none. */
  private HealthReport.@Nullable Beginning beginning;

  private boolean againLater;
  private boolean diedMeanwhile;

  private @Nullable Throwable cause;
  private int dead;

  /** How many in use had kept silent since then when the last look was taken. */
  private int lentSilent;

  private boolean overtaken;
  private boolean connected;

  /** Who has not answered for as long as that is silent; the time of the fastest login since. */
  private long silenceCounts;

  /** Recovery for one pool; {@code checker} reports to it. */
  Recovery(
      String poolName,
      PoolRuntime runtime,
      Exchange<Entry> exchange,
      Inventory inventory,
      EventQueue events,
      Counters counters,
      Checker checker,
      PathLearning path,
      Generations generations) {
    this.runtime = runtime;
    this.exchange = exchange;
    this.inventory = inventory;
    this.counters = counters;
    this.checker = checker;
    this.generations = generations;
    this.report =
        new HealthReport(poolName, runtime, events, counters, inventory.connectLog()::level);
    this.inquiry = new Inquiry(runtime, exchange, inventory, checker, path);
  }

  /** What the pool makes of its database. */
  public Health health() {
    return report.health();
  }

  /** Draws no conclusions any more. */
  public void stop() {
    stopped = true;
    generations.stop();
  }

  // ---- signs

  /**
   * A connection died, in a check or in the hands of a borrower, as was seen {@code at} that time:
   * what was opened in its place since then is not in doubt.
   */
  public void died(Entry entry, long at, @Nullable Throwable why) {
    act(
        now -> {
          if (!suspicious) {
            suspect(now, at, why, true);
          } else if (entry.isOld(since)) {
            dead++;
          }
        });
  }

  /** A connection takes longer than {@code hedgeAfter} to answer. */
  public void late(Entry entry) {
    long more = patience() - checker.hedgeAfter();
    if (more > 0) {
      // As everywhere: what nobody could listen to, as the process stood still, is no silence.
      Runnable askAnew = () -> entry.askedAt(runtime.nanoTime());
      Deadline.start(runtime, more, more, askAnew, () -> lateIndeed(entry, more));
    } else {
      act(now -> suspect(now, entry.askedAt(), null, false));
    }
  }

  /** The first part of the patience was over before; after a standstill only this part is anew. */
  private void lateIndeed(Entry entry, long more) {
    act(
        now -> {
          if (isSilent(entry, now, more)) {
            suspect(now, entry.askedAt(), null, false);
          }
        });
  }

  private boolean isLate(Entry entry, long now) {
    return isSilent(entry, now, patience());
  }

  private static boolean isSilent(Entry entry, long now, long atLeast) {
    return entry.state() == SlotState.CHECKING
        && entry.isAsked()
        && now - entry.askedAt() >= atLeast;
  }

  /**
   * How long an answer may take before it means anything: what takes no longer than twice the usual
   * time is a distant server, not a silent one. A login is several round trips, and in a young
   * process much work besides; half of it is the most.
   */
  long patience() {
    long usual = answer;
    long distance = usual == 0 ? login / 2 : Math.min(login / 2, 2 * usual);
    return Math.max(checker.hedgeAfter(), distance);
  }

  /** Down at once, up slowly: a burst slows each of many. A lost update does no harm. */
  private static long usual(long before, long took) {
    return before == 0 || took < before ? took : before + (took - before) / 8;
  }

  /** A connection answered in so many nanoseconds. */
  public void answered(long took) {
    answer = usual(answer, took);
    lookIfInDoubt();
  }

  /** Whether nothing is in doubt. */
  boolean isCalm() {
    return !suspicious && health() == Health.UP;
  }

  /**
   * Should an event be missing, for example because nobody asks for a connect any more, or because
   * there was no memory for its timer; called now and then.
   */
  void lookIfInDoubt() {
    if (!isCalm()) {
      act(now -> {});
    }
  }

  /** A connection was opened; see {@link Liveness#opened}. */
  public void opened(long took, long firstAnswer) {
    login = usual(login, took);
    if (firstAnswer > 0) {
      answer = usual(answer, firstAnswer);
    }
    if (!isCalm()) {
      act(
          now -> {
            silenceCounts =
                Math.max(SHORTEST_SILENCE_NANOS, connected ? Math.min(took, silenceCounts) : took);
            connected = true;
            // By then whoever has been asked already has been silent for as long as a login takes.
            runtime.schedule(() -> act(later -> {}), silenceCounts);
          });
    }
  }

  /** A connect failed. */
  public void connectFailed(Throwable why) {
    if (health() == Health.UP || suspicious) {
      act(
          now -> {
            begin(now, 1);
            suspect(now, now, why, false);
          });
    }
  }

  // ---- conclusions

  private interface Sign {
    void note(long now);
  }

  private void act(Sign sign) {
    if (stopped) {
      return;
    }
    List<Runnable> actions = new ArrayList<>();
    synchronized (lock) {
      long now = runtime.nanoTime();
      sign.note(now);
      look(now, actions);
    }
    actions.forEach(Runnable::run);
  }

  /**
   * Puts in doubt what was opened before then. Of a silent connection that is the time when it was
   * asked: who has answered since then lives.
   */
  private void suspect(long now, long then, @Nullable Throwable why, boolean death) {
    if (suspicious) {
      cause = cause == null ? why : cause;
      return;
    }
    begin(now, 0);
    long left = raisedBefore ? raisedAt + GAP_NANOS - now : 0;
    if (left > 0) {
      diedMeanwhile |= death;
      cause = cause == null ? why : cause;
      if (!againLater) {
        runtime.schedule(this::suspectAgain, left);
        againLater = true;
      }
      return;
    }
    suspicious = true;
    raisedBefore = true;
    raisedAt = now;
    since = then;
    cause = why;
    dead = death ? 1 : 0;
    connected = false;
    overtaken = false;
    counters.suspicions.increment();
    // By then those that spoke just now can be asked as well.
    runtime.schedule(() -> act(later -> {}), Scene.RECENT_NANOS + 1);
    // And by then those in use have had their time to speak.
    runtime.schedule(() -> act(later -> {}), Generations.TESTIMONY_NANOS);
  }

  private void begin(long now, int failed) {
    beginning = beginning == null ? report.begin(now, failed) : beginning;
  }

  private void suspectAgain() {
    act(
        now -> {
          boolean death = diedMeanwhile;
          againLater = false;
          diedMeanwhile = false;
          // What was merely late or failed may be over by now.
          if (death || inventory.isFailing() || isAnyLate(now)) {
            suspect(now, now, cause, death);
          } else if (!suspicious) {
            cause = null;
            beginning = null;
          }
        });
  }

  private boolean isAnyLate(long now) {
    boolean[] late = new boolean[1];
    exchange.forEach(entry -> late[0] |= isLate(entry, now));
    return late[0] && checker.hedgeAfter() > 0;
  }

  private void look(long now, List<Runnable> actions) {
    boolean failing = inventory.isFailing();
    if (suspicious) {
      boolean counts = connected && !stoodStill(now);
      Scene scene = new Scene(now, since, counts ? silenceCounts : Long.MAX_VALUE);
      exchange.forEach(scene::add);
      lentSilent = scene.lent;
      Evidence evidence =
          new Evidence(
              scene.life,
              dead,
              scene.silent.size(),
              scene.pending(),
              scene.hot,
              now - raisedAt < Generations.TESTIMONY_NANOS ? scene.lent : 0,
              // A death can be told of after others have been opened. Were they not counted, a full
              // pool would be in doubt for ever: nobody is left to ask, and none can be opened.
              connected || scene.renewed,
              failing);
      conclude(evidence.conclusion(), scene, failing, actions);
    } else if (health() != Health.UP && !failing) {
      become(Health.UP, null, actions);
    } else if (health() != Health.UP) {
      lookWhileFailing(now, actions);
    }
  }

  /**
   * Whether the timer thread has not had its turn for so long that the whole process may have stood
   * still: whoever goes on first must not take the others for silent. The next look comes within a
   * second.
   */
  private boolean stoodStill(long now) {
    return now - runtime.coarseNanos() >= 2 * PoolRuntime.TICK_NANOS;
  }

  private void lookWhileFailing(long now, List<Runnable> actions) {
    boolean living = isLiving();
    if (living && inventory.counts().isFull()) {
      // The maximum was lowered: no success will ever make up for the failure.
      become(Health.UP, null, actions);
    } else if (health() == Health.DOWN && living) {
      become(Health.SUSPECT, null, actions); // what is left serves, though nothing can be opened
    } else if (health() == Health.SUSPECT && !living) {
      // Those that saved the database's name are gone, and nobody died who would have told.
      ConnectFailure newest = inventory.lastFailure();
      suspect(now, now, newest == null ? null : newest.cause(), false);
    }
    // Nobody may want a connection, least of all from a pool that says it is down.
    actions.add(inquiry::tryToOpen);
  }

  private void conclude(
      Evidence.Conclusion conclusion, Scene scene, boolean failing, List<Runnable> actions) {
    switch (conclusion) {
      case OPEN -> {
        become(Health.SUSPECT, cause, actions);
        boolean opened = connected;
        long patience = stoodStill(scene.now) ? Long.MAX_VALUE : patience();
        actions.add(() -> inquiry.pursue(scene, opened, patience, this::takePlace));
      }
      case ISOLATED -> {
        settle(failing ? Health.SUSPECT : Health.UP, actions);
        if (checker.hedgeAfter() > 0) {
          Deadline.start(runtime, patience(), patience(), () -> {}, this::giveUpSilent);
        }
      }
      case DOWN -> settle(Health.DOWN, actions);
      case GENERATION_DEAD -> {
        long before = since;
        int ended = inventory.nextGeneration();
        settle(Health.UP, actions);
        actions.add(() -> generations.retireDead(ended, before));
      }
    }
  }

  private void settle(Health next, List<Runnable> actions) {
    become(next, cause, actions);
    suspicious = false;
    cause = null;
    beginning = null;
  }

  private void become(Health next, @Nullable Throwable why, List<Runnable> actions) {
    HealthReport.Trouble trouble =
        new HealthReport.Trouble(why, dead > 0, lentSilent, beginning, inventory.refusal());
    Runnable telling = report.become(next, trouble);
    if (telling != null) {
      actions.add(telling);
    }
  }

  /** Whether any connection has spoken with the server since the last suspicion began. */
  private boolean isLiving() {
    boolean[] living = new boolean[1];
    exchange.forEach(entry -> living[0] |= Scene.isWitness(entry) && !entry.isSilent(since));
    return living[0];
  }

  private void giveUpSilent() {
    if (!stopped) {
      inquiry.giveUpSilent(patience());
    }
  }

  /** Once for each suspicion: whether it was worth it shows when the new connection is there. */
  private boolean takePlace(Entry oldest) {
    synchronized (lock) {
      // Whoever has died meanwhile is counted already, and leaves its place to others anyway.
      if (!suspicious || overtaken || !oldest.retireChecking()) {
        return false;
      }
      overtaken = true;
      dead++;
      return true;
    }
  }
}
