package dev.tidepool.bench.soak.client;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.api.PoolStats;
import java.sql.SQLException;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Looks at the pool all the time, whether it keeps its bounds and gets on; and interrupts borrowers
 * now and then.
 */
final class Watcher implements Runnable {
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
  private static final long INTERRUPT_NANOS = TimeUnit.MILLISECONDS.toNanos(150);

  /**
   * One look at a busy pool can be off by what is in motion; that so many in a row are off cannot
   * be by chance.
   */
  private static final int LOOKS_IN_A_ROW = 50;

  /** The longest step has two socket timeouts and the pool's own limit for a reset on return. */
  private static final long STUCK_NANOS = TimeUnit.SECONDS.toNanos(45);

  /** The longest pause between connects is 0.8 s, and a login may take its 5 s. */
  private static final long RECOVERY_NANOS = TimeUnit.SECONDS.toNanos(20);

  private final TidepoolDataSource pool;
  private final List<Worker> workers;
  private final Operator operator;
  private final Terms terms;
  private final Worker.Common common;
  private final Heap heap;
  private final long heapNanos;
  private final Random random;
  private final Set<String> told = new HashSet<>();
  private volatile boolean stopping;
  private int tooMany;
  private int mostOpen;
  private long repair;
  private long nextInterrupt;
  private long nextHeap;

  Watcher(
      List<Worker> workers,
      Operator operator,
      Terms terms,
      Worker.Common common,
      Heap heap,
      long heapNanos,
      long seed) {
    this.pool = common.pool();
    this.workers = workers;
    this.operator = operator;
    this.terms = terms;
    this.common = common;
    this.heap = heap;
    this.heapNanos = heapNanos;
    random = new Random(seed);
    repair = common.weather().since();
    nextInterrupt = System.nanoTime();
    nextHeap = nextInterrupt + heapNanos;
  }

  @Override
  public void run() {
    try {
      while (!stopping) {
        long now = System.nanoTime();
        lookAtSize();
        lookForRecovery(now);
        common.ledger().reap();
        if (now - nextInterrupt > 0) {
          nextInterrupt = now + INTERRUPT_NANOS;
          interrupt();
          lookForHangs();
        }
        if (now - nextHeap > 0) {
          nextHeap = now + heapNanos;
          heap.sample();
        }
        LockSupport.parkNanos(LOOK_NANOS);
      }
    } catch (RuntimeException | Error | SQLException e) {
      common.ledger().broken("the watcher ended with " + e);
      e.printStackTrace(System.err);
    }
  }

  /** P6: never more than the maximum. */
  private void lookAtSize() {
    PoolStats stats = pool.stats();
    int open = stats.total() + stats.connecting();
    mostOpen = Math.max(mostOpen, open);
    tooMany = open > terms.mostOpen() ? tooMany + 1 : 0;
    if (tooMany == LOOKS_IN_A_ROW) {
      common.ledger().broken("P6: more than " + terms.mostOpen() + " connections: " + stats);
    }
  }

  /** P4: when a fault is repaired, somebody is served soon. */
  private void lookForRecovery(long now) {
    long since = common.weather().since();
    if (repair == since || !common.weather().isFineFor(0)) {
      return;
    }
    if (common.latencies().newest() - since > 0) {
      repair = since;
      common.latencies().recovered(common.latencies().newest() - since);
    } else if (now - since > RECOVERY_NANOS) {
      repair = since;
      common.ledger().hangs("P4: nobody was served for long after a repair: " + pool.stats());
    }
  }

  private void interrupt() {
    workers.get(random.nextInt(workers.size())).interrupt();
  }

  private void lookForHangs() {
    for (Worker worker : workers) {
      tell(worker.stuckFor(STUCK_NANOS));
    }
    tell(operator.stuckFor(STUCK_NANOS));
  }

  private void tell(@Nullable String stuck) {
    if (stuck != null && !stuck.isEmpty() && told.add(stuck)) {
      common.ledger().hangs("P2: no end: " + stuck + "; " + pool.stats());
    }
  }

  int mostOpen() {
    return mostOpen;
  }

  void stop() {
    stopping = true;
  }
}
