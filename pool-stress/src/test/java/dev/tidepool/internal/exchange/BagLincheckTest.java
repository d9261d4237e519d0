package dev.tidepool.internal.exchange;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jetbrains.lincheck.datastructures.Validate;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledForJreRange;

/**
 * The bag in random scenarios. With one slot and two threads every answer must be true at some
 * moment of the call. With more of either, "nothing there" may be an illusion: a borrower looks at
 * one slot after the other, and meanwhile they change places. Then only the sum is checked: nothing
 * is lost, and nothing is lent twice.
 */
class BagLincheckTest {
  @Test
  @DisabledForJreRange(minVersion = 21, disabledReason = "the same orders as on JDK 17")
  void oneSlot() {
    Lincheck.SHORT.modelCheck(OneSlot.class, OneSlotSpecification.class, 2);
    Lincheck.SHORT.stress(OneSlot.class, OneSlotSpecification.class, 2);
  }

  @Test
  @DisabledForJreRange(minVersion = 21, disabledReason = "the same orders as on JDK 17")
  void twoSlots() {
    Lincheck.SHORT.modelCheck(TwoSlots.class, AnyAnswer.class, 3);
    Lincheck.SHORT.stress(TwoSlots.class, AnyAnswer.class, 3);
  }

  @Test
  @DisabledForJreRange(minVersion = 21, disabledReason = "the same orders as on JDK 17")
  void bagThatLosesSlots_isFoundOut() {
    assertThatThrownBy(() -> Lincheck.FIND.modelCheck(LosingTwo.class, AnyAnswer.class, 3))
        .isInstanceOf(LincheckAssertionError.class)
        .hasMessageContaining("a slot that nobody finds");
  }

  @Test
  @Tag("stress")
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void inFull() {
    Lincheck.FULL.modelCheck(OneSlot.class, OneSlotSpecification.class, 2);
    Lincheck.FULL.stress(OneSlot.class, OneSlotSpecification.class, 2);
    Lincheck.FULL.modelCheck(TwoSlots.class, AnyAnswer.class, 3);
    Lincheck.FULL.stress(TwoSlots.class, AnyAnswer.class, 3);
  }

  /** A bag with one slot, and what each thread holds. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public static class OneSlot {
    private final Bag<Place> bag = filled(1);
    private final Place[] held = new Place[Lincheck.NUMBERS];

    @Operation
    public boolean acquire(@Param(name = "thread") int thread) {
      return take(thread, held[thread] == null ? bag.tryAcquire() : null);
    }

    @Operation
    public boolean reserve(@Param(name = "thread") int thread) {
      return take(thread, held[thread] == null ? bag.tryReserve(any -> true) : null);
    }

    private boolean take(int thread, @Nullable Place slot) {
      if (slot != null) {
        held[thread] = slot;
      }
      return slot != null;
    }

    @Operation
    public boolean giveBack(@Param(name = "thread") int thread) {
      Place slot = held[thread];
      held[thread] = null;
      return slot != null && makeIdle(bag, slot);
    }
  }

  /** What {@link OneSlot} must do if its calls came one after the other. */
  public static class OneSlotSpecification {
    private final boolean[] holds = new boolean[Lincheck.NUMBERS];
    private boolean idle = true;

    public boolean acquire(int thread) {
      boolean mine = idle && !holds[thread];
      holds[thread] |= mine;
      idle &= !mine;
      return mine;
    }

    public boolean reserve(int thread) {
      return acquire(thread);
    }

    public boolean giveBack(int thread) {
      boolean mine = holds[thread];
      holds[thread] = false;
      idle |= mine;
      return mine;
    }
  }

  /** Two slots; answers are not told, the sum is checked at the end. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public static class TwoSlots {
    private final Bag<Place> bag = filled(2);
    private final Place[] held = new Place[Lincheck.NUMBERS];

    @Operation
    public void acquire(@Param(name = "thread") int thread) {
      held[thread] = held[thread] == null ? bag.tryAcquire() : held[thread];
    }

    @Operation
    public void reserve(@Param(name = "thread") int thread) {
      held[thread] = held[thread] == null ? bag.tryReserve(any -> true) : held[thread];
    }

    @Operation
    public void giveBack(@Param(name = "thread") int thread) {
      if (held[thread] != null) {
        makeIdle(bag, held[thread]);
        held[thread] = null;
      }
    }

    @Validate
    public void sum() {
      List<Place> all = heldBy(held);
      for (Place slot = bag.tryAcquire(); slot != null; slot = bag.tryAcquire()) {
        all.add(slot);
      }
      checkSum(all);
    }
  }

  /** As {@link TwoSlots}, with the bag that does not look again. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  public static class LosingTwo {
    private final BlindBag bag = new BlindBag(2);
    private final Place[] held = new Place[Lincheck.NUMBERS];

    @Operation
    public void acquire(@Param(name = "thread") int thread) {
      held[thread] = held[thread] == null ? bag.tryAcquire() : held[thread];
    }

    @Operation
    public void giveBack(@Param(name = "thread") int thread) {
      if (held[thread] != null) {
        bag.release(held[thread]);
        held[thread] = null;
      }
    }

    @Validate
    public void sum() {
      List<Place> all = heldBy(held);
      for (Place slot = bag.tryAcquire(); slot != null; slot = bag.tryAcquire()) {
        all.add(slot);
      }
      checkSum(all);
    }
  }

  /** Does not look at the answers. */
  public static class AnyAnswer {
    public void acquire(int thread) {}

    public void reserve(int thread) {}

    public void giveBack(int thread) {}
  }

  private static Bag<Place> filled(int slots) {
    Bag<Place> bag = new Bag<>();
    for (int i = 0; i < slots; i++) {
      Place slot = new Place();
      bag.add(slot);
      slot.makeIdle();
      bag.show(slot);
    }
    return bag;
  }

  /** As a borrower gives back, or as the pool does with what it reserved. */
  private static boolean makeIdle(Bag<Place> bag, Place slot) {
    boolean moved =
        slot.state() == SlotState.CHECKING ? slot.makeIdle() : slot.tryRelease(slot.lease());
    bag.show(slot);
    return moved;
  }

  private static List<Place> heldBy(Place[] held) {
    List<Place> all = new ArrayList<>();
    for (Place slot : held) {
      if (slot != null) {
        all.add(slot);
      }
    }
    return all;
  }

  private static void checkSum(List<Place> all) {
    if (all.size() < 2) {
      throw new IllegalStateException("a slot that nobody finds");
    }
    if (all.size() > 2 || all.get(0) == all.get(1)) {
      throw new IllegalStateException("a slot lent twice");
    }
  }
}
