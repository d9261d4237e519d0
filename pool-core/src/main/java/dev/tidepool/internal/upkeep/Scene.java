package dev.tidepool.internal.upkeep;

import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What a look at all connections found. */
final class Scene {
  /**
   * What spoke with the server so lately is not asked if its socket can be looked at: whoever uses
   * it will tell, and then the ends of the others are seen.
   */
  static final long RECENT_NANOS = 100_000_000L;

  final List<Entry> unasked = new ArrayList<>();

  /**
   * Idle ones that spoke just before the suspicion; asked in a moment unless somebody uses them.
   */
  int hot;

  /** In use and silent: nobody can ask them, but their borrowers may be inside a long query. */
  int lent;

  final List<Entry> silent = new ArrayList<>();
  final List<Entry> asked = new ArrayList<>();
  final long now;
  private final long since;
  private final long silenceCounts;
  boolean life;

  /** Whether one is there that was opened since the doubt began. */
  boolean renewed;

  Scene(long now, long since, long silenceCounts) {
    this.now = now;
    this.since = since;
    this.silenceCounts = silenceCounts;
  }

  void add(Entry entry) {
    SlotState state = entry.state();
    if (!isWitness(entry, state)) {
      return;
    }
    if (!entry.isOld(since)) {
      renewed = true;
      return;
    }
    if (entry.lastTraffic() - since >= 0) {
      life = true;
      return;
    }
    switch (state) {
      case IDLE -> {
        if (now - entry.lastTraffic() > RECENT_NANOS || entry.physical().socket() == null) {
          unasked.add(entry);
        } else {
          hot++;
        }
      }
      case CHECKING -> {
        boolean silence = entry.isAsked() && now - entry.askedAt() >= silenceCounts;
        (silence ? silent : asked).add(entry);
      }
      case IN_USE, RETURNING, DOOMED -> lent++;
      case RETIRED -> {}
    }
  }

  /** Whether a word from it speaks for the others. */
  static boolean isWitness(Entry entry) {
    return isWitness(entry, entry.state());
  }

  /** One that is too old, for example, is as good a witness as the others until it is back. */
  private static boolean isWitness(Entry entry, SlotState state) {
    Doom doom = entry.doomed();
    return state == SlotState.DOOMED
        ? doom != null && doom.isRoutine()
        : state != SlotState.RETIRED;
  }

  int pending() {
    return unasked.size() + asked.size() + hot;
  }

  /** The connection that has been asked longest ago, if its answer is late. */
  @Nullable Entry latest(long hedgeAfter) {
    Entry oldest = null;
    for (Entry entry : asked) {
      if (entry.isAsked()
          && now - entry.askedAt() >= hedgeAfter
          && (oldest == null || entry.askedAt() - oldest.askedAt() < 0)) {
        oldest = entry;
      }
    }
    return oldest;
  }
}
