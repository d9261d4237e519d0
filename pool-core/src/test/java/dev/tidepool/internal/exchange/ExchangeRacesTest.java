package dev.tidepool.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** What only threads that meet can show, in many rounds. */
class ExchangeRacesTest {
  private static final class Place extends Slot {
    final AtomicInteger users = new AtomicInteger();
  }

  private final Parking parking = new RealParking();
  private final Exchange<Place> exchange = new Exchange<>(parking, this::demand);

  /** The least that a demand must do: pair idle slots with waiters. */
  private void demand() {
    Serving.all(exchange, any -> true);
  }

  private Place add() {
    Place place = new Place();
    exchange.add(place);
    assertThat(exchange.pass(place)).isTrue();
    return place;
  }

  private long soon() {
    return System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
  }

  private Waiter<Place> enqueue() {
    Waiter<Place> waiter = exchange.enqueue(Integer.MAX_VALUE);
    assertThat(waiter).isNotNull();
    return waiter;
  }

  /**
   * One return and one waiter at the same moment, and nothing after: only the second looks can
   * bring them together.
   */
  @Test
  void loneReturn_findsTheLoneWaiter() throws Exception {
    add();
    int rounds = 20_000;
    CyclicBarrier round = new CyclicBarrier(2);
    Thread holder =
        new Thread(
            () -> {
              try {
                for (int i = 0; i < rounds; i++) {
                  Place place = exchange.tryAcquire();
                  long lease = place.lease();
                  round.await();
                  pause(i);
                  exchange.release(place, lease);
                  round.await();
                }
              } catch (InterruptedException | BrokenBarrierException e) {
                Thread.currentThread().interrupt();
              }
            });
    holder.start();
    try {
      for (int i = 0; i < rounds; i++) {
        round.await(20, TimeUnit.SECONDS);
        Waiter<Place> waiter = enqueue();
        demand();
        Place place = exchange.await(waiter, System.nanoTime() + TimeUnit.SECONDS.toNanos(5));
        assertThat(place).as("round %d", i).isNotNull();
        assertThat(place.tryRelease(place.lease())).isTrue();
        round.await(20, TimeUnit.SECONDS);
      }
    } finally {
      holder.interrupt();
      holder.join();
    }
  }

  /** Shifts two threads against each other by a little more each round. */
  private static void pause(int round) {
    for (int i = round % 200; i > 0; i--) {
      Thread.onSpinWait();
    }
  }

  @Test
  void manyBorrowers_noneSleepsBesideAnIdleSlot() throws InterruptedException {
    int threads = 6;
    int rounds = 20_000;
    add();
    add();
    AtomicInteger shared = new AtomicInteger();
    AtomicInteger starved = new AtomicInteger();
    CountDownLatch done = new CountDownLatch(threads);
    for (int t = 0; t < threads; t++) {
      Thread worker =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < rounds; i++) {
                    Place place = borrow();
                    if (place == null) {
                      starved.incrementAndGet();
                      return;
                    }
                    if (place.users.incrementAndGet() != 1) {
                      shared.incrementAndGet();
                    }
                    place.users.decrementAndGet();
                    giveBack(place);
                  }
                } catch (InterruptedException e) {
                  starved.incrementAndGet();
                } finally {
                  done.countDown();
                }
              });
      worker.start();
    }
    assertThat(done.await(120, TimeUnit.SECONDS)).isTrue();
    assertThat(starved).hasValue(0);
    assertThat(shared).hasValue(0);
    assertThat(exchange.waiting()).isZero();
  }

  private Place borrow() throws InterruptedException {
    Place place = exchange.tryAcquire();
    if (place != null) {
      return place;
    }
    Waiter<Place> waiter = enqueue();
    demand();
    place = exchange.await(waiter, soon());
    return place != null ? place : exchange.cancel(waiter);
  }

  private void giveBack(Place place) {
    long lease = place.lease();
    if (exchange.waiting() == 0) {
      assertThat(exchange.release(place, lease)).isTrue();
    } else {
      assertThat(place.beginReturn(lease)).isTrue();
      assertThat(exchange.pass(place)).isTrue();
    }
  }
}
