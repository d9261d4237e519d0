package dev.tidepool.internal.upkeep;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.EventQueue;
import dev.tidepool.internal.runtime.PoolRuntime;
import dev.tidepool.internal.runtime.Reminder;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Ends the service of all connections that were opened before some moment. */
final class Generations {
  /** How long lent connections have to prove that they live, when the others do not. */
  static final long TESTIMONY_NANOS = 1_000_000_000L;

  private static final Logger log = LoggerFactory.getLogger(Generations.class);

  private final String poolName;
  private final PoolRuntime runtime;
  private final Exchange<Entry> exchange;
  private final Inventory inventory;
  private final EventQueue events;
  private final PathLearning path;
  private final @Nullable LostSessions lost;
  private final Reminder reminder;

  /**
   * For one pool.
   *
   * @param lost null to leave calls in flight alone
   */
  Generations(
      String poolName,
      PoolRuntime runtime,
      Exchange<Entry> exchange,
      Inventory inventory,
      EventQueue events,
      PathLearning path,
      @Nullable LostSessions lost) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.exchange = exchange;
    this.inventory = inventory;
    this.events = events;
    this.path = path;
    this.lost = lost;
    this.reminder = new Reminder(runtime);
  }

  /** Looks for lost sessions no more. */
  void stop() {
    if (lost != null) {
      lost.stop();
    }
  }

  /**
   * Those opened before then are dead, and new ones work: retires the idle ones now and, a little
   * later, the lent ones that show no life.
   */
  void retireDead(int ended, long before) {
    int[] idle = new int[1];
    long[] youngest = {PathLimit.NOBODY};
    exchange.forEach(
        entry -> {
          if (entry.isOldAndSilent(before) && (entry.retireIdle() || entry.retireChecking())) {
            youngest[0] = Math.min(youngest[0], before - entry.lastTraffic());
            idle[0]++;
            inventory.retire(entry, Doom.of(RetireReason.GENERATION_DEAD));
          }
        });
    path.generationEnded(youngest[0], before);
    events.publish(l -> l.generationRetired(ended, idle[0]));
    runtime.schedule(() -> doomSilent(before), TESTIMONY_NANOS);
    report(idle[0]);
  }

  /** Sessions that die each second are not reported each second. */
  private void report(int idle) {
    Level level = reminder.level(Level.WARN);
    runtime.execute(
        () ->
            log.atLevel(level)
                .log(
                    "{}: connections opened so far are dead, new ones work: {} retired now, beside"
                        + " those that died one by one; those in use when they come back, unless"
                        + " they show life within {} s",
                    poolName,
                    idle,
                    TESTIMONY_NANOS / 1_000_000_000L));
  }

  /** Everything opened before then leads to a server that takes no writes. */
  void retireWrongNode(long before) {
    int ended = inventory.nextGeneration();
    int[] idle = new int[1];
    Doom doom = Doom.of(RetireReason.WRONG_ROLE);
    exchange.forEach(
        entry -> {
          if (!entry.isOld(before)) {
            return;
          }
          // It may change hands between two looks; it cannot escape all of them for ever.
          while (entry.state() != SlotState.RETIRED && entry.state() != SlotState.DOOMED) {
            if (entry.retireIdle() || entry.retireChecking()) {
              idle[0]++;
              inventory.retire(entry, doom);
            } else if (entry.doom(doom)) {
              break;
            }
          }
        });
    events.publish(l -> l.generationRetired(ended, idle[0]));
  }

  /** Who used a lent connection of the dead generation since then has shown that it lives. */
  private void doomSilent(long before) {
    exchange.forEach(
        entry -> {
          if (entry.isOldAndSilent(before)) {
            Doom doom = Doom.of(RetireReason.GENERATION_DEAD);
            if (entry.retireIdle()) {
              inventory.retire(entry, doom); // given back meanwhile, unused
            } else {
              entry.doom(doom);
            }
          }
        });
    if (lost != null) {
      lost.end(before);
    }
  }
}
