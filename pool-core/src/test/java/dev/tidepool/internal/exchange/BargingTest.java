package dev.tidepool.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Everything happens on one thread: time, sleep and races are what the test says. */
@Timeout(20)
class BargingTest {
  private static final long BUDGET = Exchange.BARGING_BUDGET_NANOS;

  private static final class Place extends Slot {}

  private static final class ScriptedParking implements Parking {
    long now;
    Runnable whenTimeIsRead = () -> {};
    Runnable whenParked = () -> {};
    final List<Thread> unparked = new ArrayList<>();

    @Override
    public long nanoTime() {
      Runnable once = whenTimeIsRead;
      whenTimeIsRead = () -> {};
      once.run();
      return now;
    }

    @Override
    public void park(Object blocker, long nanos) {
      whenParked.run();
    }

    @Override
    public void unpark(Thread thread) {
      unparked.add(thread);
    }
  }

  private final ScriptedParking parking = new ScriptedParking();
  private final Exchange<Place> exchange = new Exchange<>(parking, this::demand);

  private void demand() {
    Serving.all(exchange, any -> true);
  }

  /** A slot that its borrower is giving back. */
  private Place returning() {
    Place place = new Place();
    exchange.add(place);
    assertThat(place.lend()).isTrue();
    assertThat(place.beginReturn(place.lease())).isTrue();
    return place;
  }

  private Waiter<Place> enqueue() {
    Waiter<Place> waiter = exchange.enqueue(Integer.MAX_VALUE);
    assertThat(waiter).isNotNull();
    return waiter;
  }

  @Test
  void withinTheBudget_newcomersMayOvertake_andTheHeadIsCalled() {
    Place place = returning();
    Waiter<Place> head = enqueue();
    parking.now += BUDGET - 1;
    assertThat(exchange.offer(place)).isTrue();
    assertThat(parking.unparked).containsExactly(Thread.currentThread());
    assertThat(exchange.tryAcquire()).isSameAs(place);
    assertThat(head.isOpen()).isTrue();
  }

  @Test
  void beyondTheBudget_theHeadIsServed_andNobodyOvertakes() {
    Place place = returning();
    Waiter<Place> head = enqueue();
    parking.now += BUDGET;
    assertThat(exchange.offer(place)).isTrue();
    assertThat(exchange.tryAcquire()).isNull();
    assertThat(head.slot()).isSameAs(place);
  }

  @Test
  void thatTheLastWaitersAreYoung_doesNotShortenTheTurnOfTheHead() {
    Place place = returning();
    Waiter<Place> head = enqueue();
    parking.now += BUDGET;
    Waiter<Place> young = enqueue();
    assertThat(exchange.offer(place)).isTrue();
    assertThat(head.slot()).isSameAs(place);
    Place next = returning();
    assertThat(exchange.offer(next)).isTrue();
    assertThat(young.isOpen()).isTrue();
    assertThat(next.state()).isEqualTo(SlotState.IDLE);
  }

  @Test
  void whoIsCalled_takesTheSlotIfNobodyWasFaster() throws InterruptedException {
    Place place = returning();
    Waiter<Place> head = enqueue();
    parking.whenParked = () -> assertThat(exchange.offer(place)).isTrue();
    assertThat(exchange.await(head, Long.MAX_VALUE)).isSameAs(place);
    assertThat(exchange.waiting()).isZero();
  }

  @Test
  void whoIsCalledAtItsDeadline_stillTakesTheSlot() throws InterruptedException {
    Place place = returning();
    Waiter<Place> head = enqueue();
    assertThat(exchange.offer(place)).isTrue();
    assertThat(exchange.await(head, parking.now)).isSameAs(place);
  }

  @Test
  void whoIsCalledInVain_isCalledAgainByTheNextReturn() throws InterruptedException {
    Place place = returning();
    Waiter<Place> head = enqueue();
    int[] parks = new int[1];
    parking.whenParked =
        () -> {
          Place next = parks[0]++ == 0 ? place : returning();
          assertThat(exchange.offer(next)).isTrue();
          if (parks[0] < 5) {
            assertThat(exchange.tryAcquire()).isSameAs(next);
          }
        };
    assertThat(exchange.await(head, Long.MAX_VALUE)).isNotNull();
    assertThat(parks[0]).isEqualTo(5);
    assertThat(parking.unparked).hasSizeGreaterThanOrEqualTo(5);
  }

  @Test
  void twoReturns_callTheHeadOnce_andItServesWhoStandsBehindIt() throws InterruptedException {
    Place one = returning();
    Place two = returning();
    Waiter<Place> head = enqueue();
    Waiter<Place> second = enqueue();
    assertThat(exchange.offer(one)).isTrue();
    assertThat(exchange.offer(two)).isTrue();
    assertThat(parking.unparked).hasSize(1);
    assertThat(exchange.await(head, Long.MAX_VALUE)).isNotNull();
    assertThat(second.slot()).isNotNull();
    assertThat(exchange.tryAcquire()).isNull();
  }

  @Test
  void whoGivesUp_handsItsCallOn() {
    Place place = returning();
    Waiter<Place> head = enqueue();
    Waiter<Place> second = enqueue();
    assertThat(exchange.offer(place)).isTrue();
    assertThat(exchange.cancel(head)).isNull();
    assertThat(second.slot()).isSameAs(place);
  }

  @Test
  void whoIsInterrupted_handsItsCallOn() {
    Place place = returning();
    Waiter<Place> head = enqueue();
    Waiter<Place> second = enqueue();
    assertThat(exchange.offer(place)).isTrue();
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> exchange.await(head, Long.MAX_VALUE))
        .isInstanceOf(InterruptedException.class);
    assertThat(second.slot()).isSameAs(place);
  }

  @Test
  void whoIsServedOtherwise_handsItsCallOn() throws InterruptedException {
    Place offered = returning();
    Place passed = returning();
    Waiter<Place> head = enqueue();
    Waiter<Place> second = enqueue();
    assertThat(exchange.offer(offered)).isTrue();
    assertThat(exchange.pass(passed)).isTrue();
    assertThat(head.slot()).isSameAs(passed);
    assertThat(exchange.await(head, Long.MAX_VALUE)).isSameAs(passed);
    assertThat(second.slot()).isSameAs(offered);
  }

  @Test
  void callThatComesTooLate_isAnsweredByTheCaller() {
    Place place = returning();
    Waiter<Place> head = enqueue();
    Waiter<Place> second = enqueue();
    parking.whenTimeIsRead = () -> assertThat(exchange.cancel(head)).isNull();
    assertThat(exchange.offer(place)).isTrue();
    assertThat(second.slot()).isSameAs(place);
  }

  @Test
  void nobodyWaits_theSlotIsIdle() {
    Place place = returning();
    assertThat(exchange.offer(place)).isTrue();
    assertThat(exchange.tryAcquire()).isSameAs(place);
  }

  @Test
  void doomedSlot_isNotOffered() {
    Place place = returning();
    enqueue();
    assertThat(place.doom()).isTrue();
    assertThat(exchange.offer(place)).isFalse();
  }

  @Test
  void heldBack_nobodyGetsIt() {
    Place place = returning();
    Waiter<Place> head = enqueue();
    exchange.hold(true);
    assertThat(exchange.offer(place)).isTrue();
    assertThat(exchange.tryAcquire()).isNull();
    assertThat(head.isOpen()).isTrue();
    exchange.hold(false);
    demand();
    assertThat(head.slot()).isSameAs(place);
  }

  @Test
  void whoWasServed_countsNoMore_whenItComesBack() {
    Place place = returning();
    Waiter<Place> first = exchange.enqueue(1);
    assertThat(first).isNotNull();
    // As if the thread that serves it stood still between the gift and the count.
    assertThat(place.lend()).isTrue();
    assertThat(first.give(place)).isTrue();
    assertThat(exchange.cancel(first)).isSameAs(place);
    assertThat(exchange.enqueue(1)).isNotNull();
  }
}
