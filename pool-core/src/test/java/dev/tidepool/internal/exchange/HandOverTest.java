package dev.tidepool.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What each step of the exchange does and what it leaves alone, on one thread. */
@Timeout(20)
class HandOverTest {
  private static final class Place extends Slot {}

  private static final class NotedParking implements Parking {
    long now = Long.MAX_VALUE - 100;
    final List<Long> parked = new ArrayList<>();
    final List<Thread> unparked = new ArrayList<>();

    @Override
    public long nanoTime() {
      return now;
    }

    @Override
    public void park(Object blocker, long nanos) {
      parked.add(nanos);
      now += nanos;
    }

    @Override
    public void unpark(Thread thread) {
      unparked.add(thread);
    }
  }

  private final NotedParking parking = new NotedParking();
  private final Exchange<Place> exchange = new Exchange<>(parking, this::demand);
  private int demands;

  private void demand() {
    demands++;
    Serving.all(exchange, any -> true);
  }

  /** In CHECKING. */
  private Place added() {
    Place place = new Place();
    exchange.add(place);
    return place;
  }

  private Place idle() {
    Place place = added();
    assertThat(exchange.pass(place)).isTrue();
    return place;
  }

  private Place lent() {
    Place place = added();
    assertThat(place.lend()).isTrue();
    return place;
  }

  private Waiter<Place> enqueue() {
    Waiter<Place> waiter = exchange.enqueue(Integer.MAX_VALUE);
    assertThat(waiter).isNotNull();
    return waiter;
  }

  // ---- slots come and go

  @Test
  void allSlots_areSeen_untilTheyAreRemoved() {
    Place one = idle();
    Place two = lent();
    List<Place> seen = new ArrayList<>();
    exchange.forEach(seen::add);
    assertThat(seen).containsExactly(one, two);
    exchange.remove(one);
    seen.clear();
    exchange.forEach(seen::add);
    assertThat(seen).containsExactly(two);
  }

  @Test
  void idleSlots_areSeen_asLongAsTheyAreIdle() {
    Place one = idle();
    Place two = idle();
    lent();
    assertThat(two.tryAcquire()).isTrue();
    List<Place> seen = new ArrayList<>();
    exchange.forEachIdle(seen::add);
    assertThat(seen).containsExactly(one);
  }

  @Test
  void reservation_isUndone_andTheSlotIsFound() {
    Place place = idle();
    assertThat(exchange.tryReserve(any -> false)).isNull();
    assertThat(exchange.tryReserve(any -> true)).isSameAs(place);
    assertThat(exchange.tryAcquire()).isNull();
    assertThat(exchange.mayHaveIdle()).as("who looked in vain has hidden it").isFalse();
    exchange.putBack(place);
    assertThat(exchange.mayHaveIdle()).isTrue();
    assertThat(exchange.tryAcquire()).isSameAs(place);
    assertThat(demands).isZero();
  }

  @Test
  void slotThatIsRetiredMeanwhile_isNotPutBack() {
    Place place = added();
    assertThat(place.condemn()).isTrue();
    exchange.putBack(place);
    assertThat(place.state()).isEqualTo(SlotState.RETIRED);
    assertThat(exchange.mayHaveIdle()).isFalse();
  }

  @Test
  void emptyExchange_hasNothingIdle() {
    assertThat(exchange.mayHaveIdle()).isFalse();
    lent();
    assertThat(exchange.mayHaveIdle()).isFalse();
    idle();
    assertThat(exchange.mayHaveIdle()).isTrue();
  }

  @Test
  void hints_areForgotten_onRequest() {
    Place low = idle();
    Place high = idle();
    assertThat(exchange.tryAcquire()).isSameAs(low);
    assertThat(exchange.tryAcquire()).isSameAs(high);
    assertThat(exchange.release(low, low.lease())).isTrue();
    assertThat(exchange.release(high, high.lease())).isTrue();
    exchange.forgetHints();
    assertThat(exchange.tryAcquire()).isSameAs(low);
  }

  @Test
  void whoLooksWithoutAHint_stirs_once() {
    Place place = idle();
    int[] stirred = new int[1];
    assertThat(exchange.tryAcquire()).isSameAs(place);
    assertThat(exchange.release(place, place.lease())).isTrue();
    exchange.whenStirred(() -> stirred[0]++);
    assertThat(exchange.tryAcquire()).isSameAs(place);
    assertThat(stirred[0]).as("had a hint").isZero();
    assertThat(exchange.tryAcquire()).isNull();
    assertThat(exchange.tryAcquire()).isNull();
    assertThat(stirred[0]).isEqualTo(1);
    exchange.whenStirred(() -> stirred[0]++);
    exchange.stir();
    exchange.stir();
    assertThat(stirred[0]).isEqualTo(2);
  }

  // ---- returning

  @Test
  void return_isSeenByWhoWaits() throws InterruptedException {
    Place place = lent();
    Waiter<Place> waiter = enqueue();
    assertThat(exchange.release(place, place.lease())).isTrue();
    assertThat(demands).isEqualTo(1);
    assertThat(exchange.await(waiter, parking.now)).isSameAs(place);
    assertThat(parking.unparked).containsExactly(Thread.currentThread());
  }

  @Test
  void return_withNobodyWaiting_asksForNothing() {
    Place place = lent();
    assertThat(exchange.release(place, place.lease())).isTrue();
    assertThat(demands).isZero();
    assertThat(exchange.pass(added())).isTrue();
    assertThat(demands).isZero();
    assertThat(exchange.isAwaited()).isFalse();
    enqueue();
    assertThat(exchange.isAwaited()).isTrue();
  }

  @Test
  void secondReturn_doesNothing() {
    Place place = lent();
    long lease = place.lease();
    assertThat(exchange.release(place, lease)).isTrue();
    assertThat(place.tryAcquire()).isTrue();
    enqueue();
    assertThat(exchange.release(place, lease)).isFalse();
    assertThat(place.state()).isEqualTo(SlotState.IN_USE);
    assertThat(demands).isZero();
  }

  @Test
  void passedSlot_thatNobodyTakes_isIdle() {
    Waiter<Place> waiter = enqueue();
    // Served by another thread, which has not taken it off the count yet.
    Place other = lent();
    assertThat(waiter.give(other)).isTrue();
    Place place = added();
    assertThat(exchange.pass(place)).isTrue();
    assertThat(place.state()).isEqualTo(SlotState.IDLE);
    assertThat(exchange.waiting()).isEqualTo(1);
    assertThat(exchange.tryAcquire()).isSameAs(place);
  }

  @Test
  void passedSlot_whileHeldBack_isIdle_andReachesNobody() {
    Waiter<Place> waiter = enqueue();
    exchange.hold(true);
    assertThat(exchange.isHeld()).isTrue();
    Place place = added();
    assertThat(exchange.pass(place)).isTrue();
    assertThat(place.state()).isEqualTo(SlotState.IDLE);
    assertThat(waiter.isOpen()).isTrue();
    assertThat(demands).as("who comes or resumes meanwhile is looked for").isEqualTo(1);
    exchange.hold(false);
    assertThat(exchange.isHeld()).isFalse();
  }

  @Test
  void retiredSlot_isNotPassedOn_withNobodyOrSomebodyWaiting() {
    Place place = added();
    assertThat(place.condemn()).isTrue();
    assertThat(exchange.pass(place)).isFalse();
    assertThat(exchange.offer(place)).isFalse();
    Waiter<Place> waiter = enqueue();
    assertThat(exchange.pass(place)).isFalse();
    assertThat(exchange.offer(place)).isFalse();
    assertThat(waiter.isOpen()).isTrue();
    assertThat(demands).isZero();
    assertThat(exchange.mayHaveIdle()).isFalse();
  }

  @Test
  void serving_endsWithTheWaiters_orTheSlotsThatAreReady() {
    Place ready = idle();
    Place other = idle();
    Waiter<Place> first = enqueue();
    Waiter<Place> second = enqueue();
    Serving.all(exchange, place -> place == ready);
    assertThat(first.slot()).isSameAs(ready);
    assertThat(second.isOpen()).isTrue();
    assertThat(exchange.waiting()).isEqualTo(1);
    Serving.all(exchange, any -> true);
    assertThat(second.slot()).isSameAs(other);
    assertThat(exchange.waiting()).isZero();
    idle();
    Serving.all(exchange, any -> true);
    assertThat(exchange.mayHaveIdle()).isTrue();
  }

  @Test
  void serving_endsAfterSoMany_andSaysSo() {
    for (int i = 0; i < 3; i++) {
      idle();
    }
    Waiter<Place> first = enqueue();
    Waiter<Place> second = enqueue();
    Waiter<Place> third = enqueue();
    assertThat(exchange.serve(any -> true, 2, slot -> {})).isFalse();
    assertThat(first.isOpen() || second.isOpen()).isFalse();
    assertThat(third.isOpen()).isTrue();
    assertThat(exchange.serve(any -> true, 2, slot -> {})).isTrue();
    assertThat(third.isOpen()).isFalse();
  }

  // ---- waiting

  @Test
  void wait_isAsLongAsTheDeadlineSays_andNoLonger() throws InterruptedException {
    Waiter<Place> waiter = enqueue();
    assertThat(exchange.await(waiter, parking.now)).isNull();
    assertThat(parking.parked).isEmpty();
    assertThat(exchange.await(waiter, parking.now + 1_000)).isNull();
    assertThat(parking.parked).containsExactly(1_000L);
    assertThat(exchange.waiting()).as("still in the queue").isEqualTo(1);
    assertThat(demands).as("nobody called").isZero();
    assertThat(exchange.cancel(waiter)).isNull();
    assertThat(exchange.waiting()).isZero();
    assertThat(exchange.isAwaited()).isFalse();
  }

  @Test
  void whoHasLeft_isGivenNothing_andIsNotClosed() {
    Waiter<Place> waiter = enqueue();
    assertThat(exchange.cancel(waiter)).isNull();
    assertThat(waiter.isOpen()).isFalse();
    assertThat(waiter.isClosed()).isFalse();
    assertThat(waiter.slot()).isNull();
    assertThat(waiter.give(lent())).isFalse();
    assertThat(waiter.close()).isFalse();
    assertThat(waiter.giveUp()).isFalse();
  }

  @Test
  void refusedWaiter_isNotCounted() {
    assertThat(exchange.enqueue(2)).isNotNull();
    assertThat(exchange.enqueue(2)).isNotNull();
    assertThat(exchange.enqueue(2)).isNull();
    assertThat(exchange.waiting()).isEqualTo(2);
  }

  @Test
  void whoIsServedOrClosed_isTakenOffTheCountOnce() throws InterruptedException {
    Waiter<Place> served = enqueue();
    Waiter<Place> closed = enqueue();
    assertThat(exchange.pass(added())).isTrue();
    assertThat(exchange.waiting()).isEqualTo(1);
    assertThat(exchange.await(served, parking.now)).isNotNull();
    assertThat(exchange.cancel(served)).isNotNull();
    assertThat(exchange.waiting()).isEqualTo(1);
    exchange.close();
    assertThat(closed.isClosed()).isTrue();
    assertThat(exchange.waiting()).isZero();
    assertThat(exchange.cancel(closed)).isNull();
    assertThat(exchange.waiting()).isZero();
  }

  @Test
  void close_wakesEachWaiter_andHoldsBackEverySlot() {
    Place place = idle();
    Waiter<Place> one = enqueue();
    Waiter<Place> two = enqueue();
    exchange.close();
    assertThat(parking.unparked).hasSize(2);
    assertThat(one.isClosed()).isTrue();
    assertThat(two.isClosed()).isTrue();
    assertThat(exchange.isHeld()).isTrue();
    assertThat(exchange.tryAcquire()).isNull();
    assertThat(place.state()).isEqualTo(SlotState.IDLE);
    Waiter<Place> late = enqueue();
    assertThat(late.isClosed()).isTrue();
    assertThat(exchange.waiting()).isZero();
  }

  @Test
  void call_isToldOnce_untilItIsTaken() {
    Waiter<Place> waiter = enqueue();
    assertThat(waiter.thread()).isSameAs(Thread.currentThread());
    assertThat(waiter.since()).isEqualTo(parking.now);
    assertThat(waiter.takeCall()).isFalse();
    assertThat(waiter.call()).isTrue();
    assertThat(waiter.call()).isFalse();
    assertThat(waiter.takeCall()).isTrue();
    assertThat(waiter.takeCall()).isFalse();
    assertThat(waiter.call()).isTrue();
    assertThat(waiter.uncount()).isTrue();
    assertThat(waiter.uncount()).isFalse();
  }
}
