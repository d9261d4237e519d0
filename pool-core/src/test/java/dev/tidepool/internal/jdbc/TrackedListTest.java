package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The list of what is open; the orders of several threads' steps are pool-stress's affair. */
class TrackedListTest {
  private final BorrowedConnection list = new FakeLender(new RecordingJdbc().connection()).lend();

  private static final class Item extends Tracked {
    Item(BorrowedConnection connection) {
      super(connection);
    }

    @Override
    void closeDelegate() {
      throw new IllegalStateException("the list closes nothing itself");
    }
  }

  private Item added() {
    Item item = new Item(list);
    list.add(item);
    return item;
  }

  private List<Tracked> drained() {
    List<Tracked> all = new ArrayList<>();
    for (Tracked next = list.poll(); next != null; next = list.poll()) {
      all.add(next);
    }
    return all;
  }

  @Test
  void newestComesFirst() {
    Item first = added();
    Item second = added();
    Item third = added();
    assertThat(drained()).containsExactly(third, second, first);
    assertThat(list.poll()).isNull();
  }

  @Test
  void removal_fromEveryPlace_isToldOnce() {
    for (int place = 0; place < 3; place++) {
      List<Item> left = new ArrayList<>(List.of(added(), added(), added()));
      Item gone = left.remove(place);
      assertThat(list.remove(gone)).isTrue();
      assertThat(list.remove(gone)).isFalse();
      assertThat(drained()).containsExactly(left.get(1), left.get(0));
    }
  }

  @Test
  void onlyOne_isRemovedOnce_andNothingIsLeft() {
    Item only = added();
    assertThat(list.remove(only)).isTrue();
    assertThat(list.remove(only)).isFalse();
    assertThat(list.poll()).isNull();
  }

  @Test
  void whatWasNeverAdded_isNotRemoved() {
    Item never = new Item(list);
    assertThat(list.remove(never)).isFalse();
    Item other = added();
    assertThat(list.remove(never)).isFalse();
    assertThat(drained()).containsExactly(other);
  }

  @Test
  void removed_holdsNoOther() {
    Item older = added();
    Item middle = added();
    added();
    list.remove(middle);
    list.remove(older);
    assertThat(middle.newer).isNull();
    assertThat(middle.isLoose()).isTrue();
    assertThat(older.newer).isNull();
    assertThat(older.isLoose()).isTrue();
  }

  @Test
  void randomOrder_behavesAsAList() {
    Random random = new Random(42);
    List<Item> model = new ArrayList<>();
    for (int step = 0; step < 20_000; step++) {
      // Mostly short, as the ways for none, one and more differ.
      if (random.nextInt(model.size() + 2) < 2) {
        model.add(added());
      } else {
        Item gone = model.remove(random.nextInt(model.size()));
        assertThat(list.remove(gone)).isTrue();
      }
    }
    List<Tracked> newestFirst = new ArrayList<>();
    for (Item item : model) {
      newestFirst.add(0, item);
    }
    assertThat(drained()).isEqualTo(newestFirst);
  }

  /**
   * Each thread opens and closes up to three of its own, while one more takes out what it finds.
   */
  @Test
  void severalThreads_removeEachObjectOnce() throws Exception {
    int threads = 3;
    int rounds = 20_000;
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    CyclicBarrier start = new CyclicBarrier(threads);
    List<Callable<Integer>> tasks = new ArrayList<>();
    for (int thread = 1; thread < threads; thread++) {
      int open = thread;
      tasks.add(
          () -> {
            start.await(10, TimeUnit.SECONDS);
            return openAndClose(rounds, open);
          });
    }
    tasks.add(
        () -> {
          start.await(10, TimeUnit.SECONDS);
          int polled = 0;
          for (int round = 0; round < rounds; round++) {
            polled += list.poll() == null ? 0 : 1;
          }
          return polled;
        });
    int removed = 0;
    try {
      for (Future<Integer> one : executor.invokeAll(tasks, 60, TimeUnit.SECONDS)) {
        removed += one.get();
      }
    } finally {
      executor.shutdownNow();
    }
    assertThat(removed).isEqualTo(rounds * (1 + 2));
    assertThat(list.poll()).isNull();
  }

  private int openAndClose(int rounds, int open) {
    int removed = 0;
    for (int round = 0; round < rounds; round++) {
      List<Item> mine = new ArrayList<>();
      for (int i = 0; i < open; i++) {
        mine.add(added());
      }
      for (Item item : mine) {
        removed += list.remove(item) ? 1 : 0;
      }
    }
    return removed;
  }
}
