package dev.tidepool.internal.pool;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.Counts;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.PoolRuntime;
import dev.tidepool.internal.upkeep.Checker;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees to it that every waiter has a source: an idle connection, a check that will yield one, or a
 * connect.
 *
 * <p>It is level-triggered. {@link #run} looks at what there is and starts what is missing, and
 * everybody calls it after any event that could change the answer; nobody remembers requests, so
 * none can be lost. Calls do not block. To hand out what is idle is everybody's own work; what has
 * to count first does not run side by side: a caller that finds another at work leaves word, and
 * that one looks again.
 */
final class Supply implements Runnable {
  private static final Logger log = LoggerFactory.getLogger(Supply.class);

  private static final int MOST_ROUNDS = 8;
  private static final int MOST_HANDED_OUT = 64;

  /** Whoever is at work takes a step each moment. */
  private static final long STUCK_NANOS = 1_000_000_000L;

  private final String poolName;
  private final PoolRuntime runtime;

  /** When whoever is at work took the last step. */
  private volatile long steppedAt;

  /** Calls that have not been seen to; replaced where whoever saw to them is gone. */
  private volatile AtomicInteger calls = new AtomicInteger();

  /** Failures that could not be logged, and are told with the next one that can. */
  private final AtomicInteger untold = new AtomicInteger();

  private final Exchange<Entry> exchange;
  private final Inventory inventory;
  private final Checker checker;
  private final Predicate<Entry> fresh;
  private final Consumer<Entry> retireDoomed = this::retireDoomed;
  private volatile int minimumIdle;

  /**
   * Whether connections are opened that nobody waits for; not before one has succeeded or failed.
   */
  private volatile boolean refilling;

  Supply(
      String poolName,
      PoolRuntime runtime,
      Exchange<Entry> exchange,
      Inventory inventory,
      Checker checker,
      Predicate<Entry> fresh,
      int minimumIdle) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.exchange = exchange;
    this.inventory = inventory;
    this.checker = checker;
    this.fresh = fresh;
    this.minimumIdle = minimumIdle;
  }

  void setMinimumIdle(int value) {
    minimumIdle = value;
  }

  /** From now on {@code minimumIdle} counts; {@link #run} should follow. */
  void refill() {
    refilling = true;
  }

  /**
   * Throws nothing: whoever calls may have been served meanwhile, and must get hold of its slot.
   */
  @Override
  public void run() {
    try {
      inventory.finishRetiring();
      handOutFresh();
    } catch (Throwable t) {
      tell(t);
    }
    try {
      // With more borrowers than connections this is where it ends: nothing is idle, nothing may
      // be opened. Whoever changes that calls again.
      if (exchange.mayHaveIdle() || inventory.hasRoom()) {
        AtomicInteger present = calls;
        if (present.getAndIncrement() == 0) {
          work(present, 1);
        }
      }
    } catch (Throwable t) {
      tell(t);
    }
  }

  /**
   * Called by each pass. Who works may be gone without a word: where HotSpot leaves compiled code
   * and has no memory for objects that it had done without, it drops the frames, finally blocks and
   * all. Should somebody be at work all the same, two count at once, and the places bound what they
   * open.
   */
  void runUnstuck() {
    if (calls.get() != 0 && runtime.coarseNanos() - steppedAt > STUCK_NANOS) {
      calls = new AtomicInteger();
    }
    run();
  }

  private void work(AtomicInteger mine, int left) {
    int seen = left;
    boolean ended = false;
    try {
      for (int round = 0; seen != 0; round++) {
        steppedAt = runtime.coarseNanos();
        if (round == MOST_ROUNDS) {
          // Others keep calling; this may be a borrower with a deadline, or the timer.
          int rest = seen;
          runtime.execute(() -> work(mine, rest));
          break;
        }
        fillOrLog();
        seen = mine.addAndGet(-seen);
      }
      ended = true;
    } finally {
      if (!ended) { // no memory, no stack: the next caller must not take us for still at work
        mine.set(0);
      }
    }
  }

  private void fillOrLog() {
    try {
      fill();
    } catch (Throwable t) {
      // Word left by others must not go unheard because this look failed; upkeep calls again in a
      // few seconds.
      tell(t);
    }
  }

  private void tell(Throwable t) {
    if (t instanceof StackOverflowError) {
      tellOfStack(t);
      return;
    }
    // Taken, so that nobody else takes them too.
    int before = untold.getAndSet(0);
    try {
      if (before > 0) {
        log.error("{}: {} failures while supplying could not be logged", poolName, before);
      }
      log.error(
          "{}: unexpected failure while supplying connections; please report it", poolName, t);
    } catch (Throwable again) { // who has no memory to look often has none to say so
      untold.addAndGet(before + 1);
    }
  }

  /** A borrower's own recursion is no failure of the pool's, and he hears of it soon. */
  private void tellOfStack(Throwable t) {
    try {
      log.debug("{}: no stack left to supply connections; the next pass does", poolName, t);
    } catch (Throwable again) {
      untold.incrementAndGet();
    }
  }

  private void fill() {
    if (exchange.isHeld()) {
      return;
    }
    Counts counts = inventory.counts();
    // What is here already is tried whatever connects are under way: they may hang.
    int unserved = useIdle(exchange.waiting() - checker.promising()) - counts.promising();
    if (counts.hasRoom()) {
      int ready = idleOrChecking() + counts.connecting();
      int wanted = Math.max(unserved, refilling ? minimumIdle - ready : 0);
      if (wanted > 0) {
        inventory.connect(wanted, exchange.waiting() > 0);
      }
    }
  }

  /** Not among what is done by one at a time: others would wait for one that is held up. */
  private void handOutFresh() {
    if (!exchange.serve(fresh, MOST_HANDED_OUT, retireDoomed)) {
      runtime.execute(this); // it may be a borrower with a deadline, or the timer
    }
  }

  /**
   * Doomed in the moment between taking it and finding the waiter gone: nobody else will retire it.
   */
  private void retireDoomed(Entry doomed) {
    if (doomed.retireOwned()) {
      Doom doom = doomed.doomed();
      inventory.retire(doomed, doom != null ? doom : Doom.of(RetireReason.EVICTED));
    }
  }

  /** Puts what is idle to use; returns how many are still without a source. */
  private int useIdle(int unserved) {
    int left = unserved;
    while (left > 0) {
      Entry entry = freshest();
      if (entry == null) {
        break;
      }
      if (entry.reserve()) {
        use(entry);
        left--;
      }
    }
    return left;
  }

  /**
   * Most are quiet, or they would have been handed out. But one may have become idle since, or look
   * fresh now and not then: left to others it might be left by all.
   */
  private void use(Entry entry) {
    if (!fresh.test(entry)) {
      checker.validate(entry);
    } else if (!exchange.pass(entry)) {
      retireDoomed(entry);
    }
  }

  /** The idle connection that spoke with the server last: the likeliest to be alive. */
  private @Nullable Entry freshest() {
    Entry[] best = new Entry[1];
    exchange.forEachIdle(
        entry -> {
          if (best[0] == null || entry.lastTraffic() - best[0].lastTraffic() > 0) {
            best[0] = entry;
          }
        });
    return best[0];
  }

  private int idleOrChecking() {
    int[] n = new int[1];
    exchange.forEach(
        entry -> {
          SlotState state = entry.state();
          if (state == SlotState.IDLE || state == SlotState.CHECKING) {
            n[0]++;
          }
        });
    return n[0];
  }
}
