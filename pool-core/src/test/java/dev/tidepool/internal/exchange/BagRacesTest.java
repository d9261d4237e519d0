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

/** What only threads that meet can show, in many rounds. */
class BagRacesTest {
  private static final class Place extends Slot {
    final AtomicInteger users = new AtomicInteger();
  }

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

  /**
   * One thread returns the only slot while another finds it taken and hides it: it must not stay
   * hidden.
   */
  @Test
  void slotReturnedWhileItIsHidden_isFound() throws Exception {
    fill(1);
    int rounds = 50_000;
    AtomicInteger step = new AtomicInteger();
    Place[] taken = new Place[1];
    Thread seeker =
        new Thread(
            () -> {
              for (int i = 1; i <= rounds; i++) {
                await(step, 3 * i - 2);
                taken[0] = bag.tryAcquire();
                step.incrementAndGet();
              }
            });
    seeker.start();
    for (int i = 1; i <= rounds; i++) {
      Place mine = bag.tryAcquire();
      assertThat(mine).as("round %d", i).isNotNull();
      bag.forgetHints();
      long lease = mine.lease();
      step.set(3 * i - 2);
      for (int spin = i % 60; spin > 0; spin--) {
        Thread.onSpinWait();
      }
      mine.tryRelease(lease);
      bag.show(mine);
      await(step, 3 * i - 1);
      if (taken[0] != null) {
        release(taken[0]);
      }
      bag.forgetHints();
    }
    seeker.join();
  }

  private static void await(AtomicInteger step, int value) {
    while (step.get() != value) {
      Thread.onSpinWait();
    }
  }

  @Test
  void manyThreads_neverShareASlot_andLoseNone() throws InterruptedException {
    int threads = 8;
    int rounds = 50_000;
    List<Place> places = fill(3);
    AtomicInteger shared = new AtomicInteger();
    AtomicInteger taken = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(threads);
    for (int t = 0; t < threads; t++) {
      new Thread(
              () -> {
                for (int i = 0; i < rounds; i++) {
                  Place place = bag.tryAcquire();
                  if (place != null) {
                    taken.incrementAndGet();
                    if (place.users.incrementAndGet() != 1) {
                      shared.incrementAndGet();
                    }
                    place.users.decrementAndGet();
                    place.tryRelease(place.lease());
                    bag.show(place);
                  }
                }
                done.countDown();
              })
          .start();
    }
    assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
    assertThat(shared).hasValue(0);
    assertThat(taken.get()).isPositive();
    // All are idle, so all must still be visible: a lost bit would hide one for ever.
    Set<Place> found = new HashSet<>();
    for (Place p = bag.tryAcquire(); p != null; p = bag.tryAcquire()) {
      found.add(p);
    }
    assertThat(found).containsExactlyInAnyOrderElementsOf(places);
  }
}
