package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.internal.exchange.Lincheck;
import dev.tidepool.internal.inventory.Entry;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.TimeUnit;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.IntGen;
import org.jetbrains.lincheck.datastructures.Operation;
import org.jetbrains.lincheck.datastructures.Param;
import org.jetbrains.lincheck.datastructures.ThreadIdGen;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledForJreRange;

/**
 * The list of what is open, in random scenarios: whatever the threads open, close and take out, the
 * answers are those of a stack, although some of its steps take the lock and others do not.
 */
@NullUnmarked // neither a driver nor a connection behind the entry
class TrackedListLincheckTest {
  /** Threads have the small numbers and open one object each; these two are open from the start. */
  private static final int FIRST = 4;

  private static final int SECOND = 5;

  @Test
  @DisabledForJreRange(minVersion = 21, disabledReason = "the same orders as on JDK 17")
  void list() {
    Lincheck.SHORT.modelCheck(FromNone.class, Specification.class, 2);
    Lincheck.SHORT.modelCheck(FromTwo.class, SpecificationFromTwo.class, 2);
    Lincheck.SHORT.modelCheck(FromTwo.class, SpecificationFromTwo.class, 3);
    Lincheck.SHORT.stress(FromTwo.class, SpecificationFromTwo.class, 3);
  }

  @Test
  @DisabledForJreRange(minVersion = 21, disabledReason = "the same orders as on JDK 17")
  void removalThatIgnoresWhatIsOlder_isFoundOut() {
    assertThatThrownBy(
            () -> Lincheck.FIND.modelCheck(Forgetful.class, SpecificationFromTwo.class, 2))
        .isInstanceOf(LincheckAssertionError.class);
  }

  @Test
  @Tag("stress")
  @Timeout(value = 1, unit = TimeUnit.HOURS)
  void inFull() {
    Lincheck.FULL.modelCheck(FromNone.class, Specification.class, 2);
    Lincheck.FULL.modelCheck(FromNone.class, Specification.class, 3);
    Lincheck.FULL.modelCheck(FromTwo.class, SpecificationFromTwo.class, 2);
    Lincheck.FULL.modelCheck(FromTwo.class, SpecificationFromTwo.class, 3);
    Lincheck.FULL.stress(FromTwo.class, SpecificationFromTwo.class, 3);
  }

  /** Something open, with a number. */
  private static final class Item extends Tracked {
    final int number;

    Item(int number) {
      super(null);
      this.number = number;
    }

    @Override
    void closeDelegate() {
      throw new IllegalStateException("the list closes nothing itself");
    }
  }

  private static final class Items extends TrackedList {
    private final Item[] items = new Item[Lincheck.NUMBERS];
    private final boolean[] opened = new boolean[Lincheck.NUMBERS];

    Items() {
      super(new Entry(1, null, 0));
      for (int i = 0; i < items.length; i++) {
        items[i] = new Item(i);
      }
    }

    boolean open(int number) {
      if (opened[number]) {
        return false;
      }
      opened[number] = true;
      add(items[number]);
      return true;
    }

    boolean close(int number) {
      return remove(items[number]);
    }

    int takeOut() {
      return poll() instanceof Item item ? item.number : -1;
    }
  }

  /** Nothing is open at first: the way without the lock. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  @Param(name = "number", gen = IntGen.class, conf = "1:3")
  public static class FromNone {
    private final Items items = new Items();

    @Operation
    public boolean open(@Param(name = "thread") int thread) {
      return items.open(thread);
    }

    @Operation
    public boolean close(@Param(name = "number") int number) {
      return items.close(number);
    }

    @Operation
    public int takeOut() {
      return items.takeOut();
    }
  }

  /** Two are open at first: both ways, and what lies between them. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  @Param(name = "number", gen = IntGen.class, conf = "1:5")
  public static class FromTwo {
    private final Items items = new Items();

    public FromTwo() {
      items.open(FIRST);
      items.open(SECOND);
    }

    @Operation
    public boolean open(@Param(name = "thread") int thread) {
      return items.open(thread);
    }

    @Operation
    public boolean close(@Param(name = "number") int number) {
      return items.close(number);
    }

    @Operation
    public int takeOut() {
      return items.takeOut();
    }
  }

  /** As {@link FromTwo}, but it closes as if nothing had been opened before. */
  @Param(name = "thread", gen = ThreadIdGen.class)
  @Param(name = "number", gen = IntGen.class, conf = "1:5")
  public static class Forgetful {
    private final Items items = new Items();

    public Forgetful() {
      items.open(FIRST);
      items.open(SECOND);
    }

    @Operation
    public boolean open(@Param(name = "thread") int thread) {
      return items.open(thread);
    }

    @Operation
    public boolean close(@Param(name = "number") int number) {
      items.items[number].older = null;
      return items.close(number);
    }

    @Operation
    public int takeOut() {
      return items.takeOut();
    }
  }

  /** What the list must do if its calls came one after the other. */
  public static class Specification {
    final Deque<Integer> open = new ArrayDeque<>();
    private final boolean[] opened = new boolean[Lincheck.NUMBERS];

    public boolean open(int number) {
      if (opened[number]) {
        return false;
      }
      opened[number] = true;
      open.push(number);
      return true;
    }

    public boolean close(int number) {
      return open.remove(number);
    }

    public int takeOut() {
      Integer newest = open.poll();
      return newest == null ? -1 : newest;
    }
  }

  /** The same with two open at first. */
  public static class SpecificationFromTwo extends Specification {
    public SpecificationFromTwo() {
      open(FIRST);
      open(SECOND);
    }
  }
}
