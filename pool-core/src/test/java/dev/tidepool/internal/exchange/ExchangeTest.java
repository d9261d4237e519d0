package dev.tidepool.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class ExchangeTest {
  private static final class Place extends Slot {
    final AtomicInteger users = new AtomicInteger();
  }

  private static final class RealParking implements Parking {
    @Override
    public long nanoTime() {
      return System.nanoTime();
    }

    @Override
    public void park(Object blocker, long nanos) {
      LockSupport.parkNanos(blocker, nanos);
    }

    @Override
    public void unpark(Thread thread) {
      LockSupport.unpark(thread);
    }
  }

  private final RealParking parking = new RealParking();
  private final Exchange<Place> exchange = new Exchange<>(parking, this::demand);

  /** The least that a demand must do: pair idle slots with waiters. */
  private void demand() {
    assertThat(exchange.serve(any -> true)).isNull();
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

  @Test
  void returnedSlot_goesToTheFirstWaiter_andIsNeverFreeInBetween() throws InterruptedException {
    add();
    Place mine = exchange.tryAcquire();
    assertThat(mine).isNotNull();
    long lease = mine.lease();
    Waiter<Place> first = enqueue();
    Waiter<Place> second = enqueue();
    assertThat(mine.beginReturn(lease)).isTrue();
    assertThat(exchange.pass(mine)).isTrue();
    assertThat(mine.state()).isEqualTo(SlotState.IN_USE);
    assertThat(exchange.tryAcquire()).isNull();
    assertThat(exchange.await(first, soon())).isSameAs(mine);
    assertThat(exchange.await(second, System.nanoTime())).isNull();
    assertThat(exchange.waiting()).isEqualTo(1);
  }

  @Test
  void waiterWhoLeft_isSkipped() throws InterruptedException {
    add();
    Place mine = exchange.tryAcquire();
    Waiter<Place> left = enqueue();
    Waiter<Place> stays = enqueue();
    assertThat(exchange.cancel(left)).isNull();
    assertThat(exchange.waiting()).isEqualTo(1);
    assertThat(mine.beginReturn(mine.lease())).isTrue();
    assertThat(exchange.pass(mine)).isTrue();
    assertThat(exchange.await(stays, soon())).isSameAs(mine);
  }

  @Test
  void waiterServedWhileLeaving_getsTheSlotFromCancel() {
    add();
    Place mine = exchange.tryAcquire();
    Waiter<Place> waiter = enqueue();
    assertThat(mine.beginReturn(mine.lease())).isTrue();
    assertThat(exchange.pass(mine)).isTrue();
    assertThat(exchange.cancel(waiter)).isSameAs(mine);
    assertThat(exchange.waiting()).isZero();
  }

  @Test
  void tooManyWaiters_areRefused() {
    assertThat(exchange.enqueue(1)).isNotNull();
    assertThat(exchange.enqueue(1)).isNull();
    assertThat(exchange.waiting()).isEqualTo(1);
  }

  @Test
  void interruptedWaiter_leavesTheQueue() {
    Waiter<Place> waiter = enqueue();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> exchange.await(waiter, soon()))
        .isInstanceOf(InterruptedException.class);
    assertThat(exchange.waiting()).isZero();
  }

  @Test
  void interruptedAfterBeingServed_keepsSlotAndInterrupt() throws InterruptedException {
    Waiter<Place> waiter = enqueue();
    Place place = new Place();
    exchange.add(place);
    assertThat(exchange.pass(place)).isTrue();
    Thread.currentThread().interrupt();
    assertThat(exchange.await(waiter, soon())).isSameAs(place);
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void close_wakesWaiters_nowAndLater() throws InterruptedException {
    Waiter<Place> before = enqueue();
    exchange.close();
    Waiter<Place> after = enqueue();
    for (Waiter<Place> waiter : List.of(before, after)) {
      assertThat(exchange.await(waiter, soon())).isNull();
      assertThat(waiter.isClosed()).isTrue();
    }
    assertThat(exchange.waiting()).isZero();
    assertThat(exchange.tryAcquire()).isNull();
  }

  @Test
  void heldSlots_reachNobody_untilLetThrough() throws InterruptedException {
    Place place = add();
    exchange.hold(true);
    assertThat(exchange.tryAcquire()).isNull();
    Waiter<Place> waiter = enqueue();
    demand();
    assertThat(exchange.await(waiter, System.nanoTime())).isNull();
    exchange.hold(false);
    demand();
    assertThat(exchange.await(waiter, soon())).isSameAs(place);
  }

  @Test
  void slotDoomedWhileReturning_isNotPassedOn() {
    add();
    Place mine = exchange.tryAcquire();
    assertThat(mine.beginReturn(mine.lease())).isTrue();
    assertThat(mine.doom()).isTrue();
    assertThat(exchange.pass(mine)).isFalse();
    enqueue();
    assertThat(exchange.pass(mine)).isFalse();
    assertThat(mine.retireOwned()).isTrue();
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
