package dev.tidepool.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class BagTest {
  private static final class Place extends Slot {}

  private final Bag<Place> bag = new Bag<>();

  private List<Place> fill(int n) {
    List<Place> places = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      Place place = new Place();
      bag.add(place);
      place.makeIdle();
      bag.show(place);
      places.add(place);
    }
    return places;
  }

  private void release(Place place) {
    assertThat(place.tryRelease(place.lease())).isTrue();
    bag.show(place);
  }

  @Test
  void emptyBag_hasNothing() {
    assertThat(bag.tryAcquire()).isNull();
    assertThat(bag.tryReserve(any -> true)).isNull();
  }

  @Test
  void everySlotCanBeTakenOnce_alsoAcrossChunks() {
    List<Place> places = fill(200);
    Set<Place> taken = new HashSet<>();
    for (Place p = bag.tryAcquire(); p != null; p = bag.tryAcquire()) {
      assertThat(taken.add(p)).isTrue();
    }
    assertThat(taken).containsExactlyInAnyOrderElementsOf(places);
  }

  @Test
  void slotMadeIdleAgain_isFoundAgain() {
    fill(3);
    Place a = bag.tryAcquire();
    Place b = bag.tryAcquire();
    Place c = bag.tryAcquire();
    assertThat(bag.tryAcquire()).isNull();
    assertThat(b).isNotNull();
    release(b);
    assertThat(bag.tryAcquire()).isSameAs(b);
    assertThat(List.of(a, c)).doesNotContainNull();
  }

  @Test
  void thread_getsTheSlotItHadLast() {
    fill(5);
    Place first = bag.tryAcquire();
    Place second = bag.tryAcquire();
    release(first);
    release(second);
    assertThat(bag.tryAcquire()).isSameAs(second);
  }

  @Test
  void twoThreads_getTheirOwnSlotsBack() throws InterruptedException {
    fill(2);
    Place mine = bag.tryAcquire();
    Place[] its = new Place[2];
    CountDownLatch taken = new CountDownLatch(1);
    CountDownLatch free = new CountDownLatch(1);
    Runnable borrowTwice =
        () -> {
          its[0] = bag.tryAcquire();
          taken.countDown();
          if (awaited(free)) {
            release(its[0]);
            its[1] = bag.tryAcquire();
          }
        };
    Thread other = new Thread(borrowTwice);
    while (other.getId() % 64 == Thread.currentThread().getId() % 64) {
      other = new Thread(borrowTwice); // those two would share a place
    }
    other.start();
    assertThat(awaited(taken)).isTrue();
    assertThat(mine).isNotNull();
    release(mine);
    free.countDown();
    other.join();
    assertThat(its[0]).isNotNull().isNotSameAs(mine);
    assertThat(its[1]).isSameAs(its[0]);
    assertThat(bag.tryAcquire()).isSameAs(mine);
  }

  private static boolean awaited(CountDownLatch latch) {
    try {
      return latch.await(20, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Threads are numbered as long as the JVM lives. */
  @Test
  void threadOfAnyNumber_findsASlot() throws InterruptedException {
    fill(1);
    AtomicInteger found = new AtomicInteger();
    for (int i = 0; i < 200; i++) {
      Thread thread =
          new Thread(
              () -> {
                Place place = bag.tryAcquire();
                if (place != null && place.tryRelease(place.lease())) {
                  bag.show(place);
                  found.incrementAndGet();
                }
              });
      thread.start();
      thread.join();
    }
    assertThat(found).hasValue(200);
  }

  @Test
  void slotsOfAllChunks_areSeenAndReserved() {
    List<Place> places = fill(130);
    assertThat(bag.mayHaveIdle()).isTrue();
    List<Place> idle = new ArrayList<>();
    bag.forEachIdle(idle::add);
    assertThat(idle).containsExactlyElementsOf(places);
    List<Place> all = new ArrayList<>();
    bag.forEach(all::add);
    assertThat(all).containsExactlyElementsOf(places);
    for (Place place : places) {
      assertThat(bag.tryReserve(any -> true)).isSameAs(place);
    }
    assertThat(bag.tryReserve(any -> true)).isNull();
    for (Place place : places) {
      place.condemn();
      bag.remove(place);
    }
    all.clear();
    bag.forEach(all::add);
    assertThat(all).isEmpty();
    assertThat(fill(1).get(0).seat).isZero();
  }

  @Test
  void slotOfTheSecondChunk_mayBeIdleToo() {
    List<Place> places = fill(65);
    for (Place place : places) {
      assertThat(place.tryAcquire()).isTrue();
    }
    assertThat(bag.tryAcquire()).isNull();
    assertThat(bag.mayHaveIdle()).as("all are hidden").isFalse();
    release(places.get(64));
    assertThat(bag.mayHaveIdle()).isTrue();
    assertThat(bag.tryAcquire()).isSameAs(places.get(64));
  }

  @Test
  void threads_addAndRemove_oneAfterTheOther() throws InterruptedException {
    bag.remove(fill(1).get(0));
    List<Place> added = new ArrayList<>();
    Thread other =
        new Thread(
            () -> {
              added.addAll(fill(1));
              bag.remove(added.get(0));
            });
    other.setDaemon(true);
    other.start();
    other.join(5_000);
    assertThat(other.isAlive()).as("waits for the lock").isFalse();
    assertThat(added).hasSize(1);
  }

  /** It never sat in a bag, or the one it sat in is long closed. */
  @Test
  void slotOfNoBag_isNeitherShownNorRemoved() {
    fill(1);
    Place stranger = new Place();
    bag.show(stranger);
    bag.remove(stranger);
    List<Place> all = new ArrayList<>();
    bag.forEach(all::add);
    assertThat(all).hasSize(1);
  }

  @Test
  void forgottenHints_leadBackToTheLowestSeat() {
    fill(5);
    Place first = bag.tryAcquire();
    Place second = bag.tryAcquire();
    release(first);
    release(second);
    bag.forgetHints();
    assertThat(bag.tryAcquire()).isSameAs(first);
  }

  @Test
  void removedSlot_isNotFound_andItsSeatIsUsedAgain() {
    List<Place> places = fill(64);
    Place gone = places.get(10);
    assertThat(gone.retireIdle()).isTrue();
    bag.remove(gone);
    bag.remove(gone);
    Place added = fill(1).get(0);
    assertThat(added.seat).isEqualTo(10);
    List<Place> all = new ArrayList<>();
    bag.forEach(all::add);
    assertThat(all).hasSize(64).contains(added).doesNotContain(gone);
  }

  @Test
  void removingASlotTwice_sparesTheNewcomerOnItsSeat() {
    Place gone = fill(1).get(0);
    gone.condemn();
    bag.remove(gone);
    Place added = fill(1).get(0);
    assertThat(added.chunk).as("no further chunk is made").isSameAs(gone.chunk);
    bag.remove(gone);
    assertThat(bag.tryAcquire()).isSameAs(added);
  }

  @Test
  void reserve_takesOnlyWhatIsWanted() {
    List<Place> places = fill(4);
    assertThat(bag.tryReserve(p -> p == places.get(2))).isSameAs(places.get(2));
    assertThat(bag.tryReserve(p -> p == places.get(2))).isNull();
    assertThat(places.get(2).state()).isEqualTo(SlotState.CHECKING);
  }
}
