package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.PoolListener;
import dev.tidepool.api.PoolStats;
import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.upkeep.Checker;
import dev.tidepool.testing.LogCapture;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/**
 * Random actions on whole pools, a million in each run, with the accounts checked after each; now
 * and then there is no memory for a task, a timer or a watch. A failure names the seed that repeats
 * it: {@code -Dtidepool.seed=SEED}.
 */
class RandomActionsTest {
  private static final int ACTIONS = Integer.getInteger("tidepool.actions", 1_000_000);
  private static final int ACTIONS_PER_POOL = 2_000;

  private final Map<String, Long> totals = new TreeMap<>();

  @Test
  void randomActions_loseNothing_lendNothingTwice_leakNothing() {
    long seed = Long.getLong("tidepool.seed", System.nanoTime());
    System.out.println("RandomActionsTest: " + ACTIONS + " actions, -Dtidepool.seed=" + seed);
    try (LogCapture log =
        LogCapture.of(Supply.class.getName(), Checker.class.getPackageName() + ".Check")) {
      runPools(seed);
      assertThat(log.count("unexpected failure"))
          .as("each for want of memory:%n%s", log.text())
          .isEqualTo(log.count(SimulatedPool.NoMemory.class.getName()));
    }
    System.out.println("RandomActionsTest: " + totals);
    if (ACTIONS >= 100_000) {
      // A run that never came to something proves nothing about it.
      for (RetireReason reason : RetireReason.values()) {
        if (reason != RetireReason.SESSION_LOST) { // it ends connections under their borrowers
          assertThat(totals).containsKey(reason.name());
        }
      }
      assertThat(totals).containsKeys("acquireTimeouts", "connectFailures", "leaks");
    }
  }

  private void runPools(long seed) {
    for (int pool = 0; pool < ACTIONS / ACTIONS_PER_POOL; pool++) {
      int step = 0;
      try {
        SimulatedPool simulated = new SimulatedPool(new Random(seed + pool));
        if (pool % 2 == 0) {
          simulated.addListener(new PoolListener() {}); // only then there are events to deliver
        }
        simulated.start();
        for (; step < ACTIONS_PER_POOL; step++) {
          simulated.act();
          simulated.audit();
        }
        simulated.recovers();
        simulated.close();
        add(simulated.stats());
      } catch (Throwable t) {
        throw new AssertionError(
            "pool " + pool + ", action " + step + "; repeat with -Dtidepool.seed=" + (seed + pool),
            t);
      }
    }
  }

  private void add(PoolStats stats) {
    add("borrows", stats.borrows());
    add("opened", stats.opened());
    add("pings", stats.pings());
    add("validations", stats.validations());
    add("acquireTimeouts", stats.acquireTimeouts());
    add("connectFailures", stats.connectFailures());
    add("leaks", stats.leaks());
    stats.retired().forEach((reason, n) -> add(reason.name(), n));
  }

  private void add(String what, long n) {
    if (n > 0) {
      totals.merge(what, n, Long::sum);
    }
  }
}
