package dev.tidepool.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class ExchangeTest {
  private static final class Place extends Slot {}

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
}
