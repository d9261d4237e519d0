package dev.tidepool.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class SlotTest {
  private static final class Place extends Slot {}

  /** Every verb of a slot, called with the lease that is in force. */
  private static final Map<String, Predicate<Slot>> VERBS = new LinkedHashMap<>();

  static {
    VERBS.put("tryAcquire", Slot::tryAcquire);
    VERBS.put("tryRelease", s -> s.tryRelease(s.lease()));
    VERBS.put("beginReturn", s -> s.beginReturn(s.lease()));
    VERBS.put("setAside", s -> s.setAside(s.lease()));
    VERBS.put("beginDoomedReturn", s -> s.beginDoomedReturn(s.lease()));
    VERBS.put("retireDoomed", s -> s.retireDoomed(s.lease()));
    VERBS.put("reserve", Slot::reserve);
    VERBS.put("lend", Slot::lend);
    VERBS.put("check", Slot::check);
    VERBS.put("makeIdle", Slot::makeIdle);
    VERBS.put("doom", Slot::doom);
    VERBS.put("retireIdle", Slot::retireIdle);
    VERBS.put("retireChecking", Slot::retireChecking);
    VERBS.put("retireOwned", Slot::retireOwned);
    VERBS.put("endReturn", s -> s.endReturn(s.lease()));
    VERBS.put("condemn", Slot::condemn);
    VERBS.put("reclaim", s -> s.reclaim(s.lease()));
  }

  private static Slot in(SlotState state) {
    Slot slot = new Place();
    boolean there =
        switch (state) {
          case CHECKING -> true;
          case IDLE -> slot.makeIdle();
          case IN_USE -> slot.lend();
          case RETURNING -> slot.lend() && slot.beginReturn(slot.lease());
          case DOOMED -> slot.lend() && slot.doom();
          case RETIRED -> slot.condemn();
        };
    assertThat(there).isTrue();
    assertThat(slot.state()).isEqualTo(state);
    return slot;
  }

  @ParameterizedTest
  @EnumSource(SlotState.class)
  void verbs_makeLegalMovesOnly_andSayWhetherTheyMoved(SlotState from) {
    VERBS.forEach(
        (name, verb) -> {
          Slot slot = in(from);
          boolean moved = verb.test(slot);
          if (moved) {
            assertThat(from.next()).as("%s from %s", name, from).contains(slot.state());
          } else {
            assertThat(slot.state()).as("%s from %s", name, from).isEqualTo(from);
          }
        });
  }

  @ParameterizedTest(name = "{0} from {1} to {2}")
  @CsvSource({
    "tryAcquire, IDLE, IN_USE",
    "tryRelease, IN_USE, IDLE",
    "beginReturn, IN_USE, RETURNING",
    "setAside, IN_USE, CHECKING",
    "retireDoomed, DOOMED, RETIRED",
    "reclaim, IN_USE DOOMED, RETIRED",
    "reserve, IDLE, CHECKING",
    "lend, RETURNING CHECKING, IN_USE",
    "check, RETURNING, CHECKING",
    "makeIdle, RETURNING CHECKING, IDLE",
    "doom, IN_USE RETURNING, DOOMED",
    "retireIdle, IDLE, RETIRED",
    "retireChecking, CHECKING, RETIRED",
    "retireOwned, RETURNING CHECKING DOOMED, RETIRED",
    "endReturn, RETURNING DOOMED, RETIRED",
    "condemn, IDLE IN_USE RETURNING CHECKING DOOMED, RETIRED",
  })
  void eachVerb_movesFromItsStates_andFromNoOther(String verb, String from, SlotState to) {
    Set<SlotState> sources = EnumSet.noneOf(SlotState.class);
    for (SlotState state : SlotState.values()) {
      Slot slot = in(state);
      if (VERBS.get(verb).test(slot)) {
        sources.add(state);
        assertThat(slot.state()).as("from %s", state).isEqualTo(to);
      }
    }
    assertThat(sources.stream().map(SlotState::name).collect(Collectors.joining(" ")))
        .isEqualTo(from);
  }

  @Test
  void everyLegalMoveIsMadeBySomeVerb() {
    Map<SlotState, Set<SlotState>> made = new EnumMap<>(SlotState.class);
    for (SlotState from : SlotState.values()) {
      Set<SlotState> to = EnumSet.noneOf(SlotState.class);
      for (Predicate<Slot> verb : VERBS.values()) {
        Slot slot = in(from);
        if (verb.test(slot)) {
          to.add(slot.state());
        }
      }
      made.put(from, to);
    }
    for (SlotState from : SlotState.values()) {
      assertThat(made.get(from)).as("moves from %s", from).isEqualTo(from.next());
    }
  }

  @ParameterizedTest
  @EnumSource(SlotState.class)
  void leaseThatIsOver_neitherUsesNorReturnsNorRetires(SlotState state) {
    Slot slot = in(state);
    long over = slot.lease() - 1;
    assertThat(slot.isLeased(over)).isFalse();
    assertThat(slot.tryRelease(over)).isFalse();
    assertThat(slot.beginReturn(over)).isFalse();
    assertThat(slot.setAside(over)).isFalse();
    assertThat(slot.retireDoomed(over)).isFalse();
    assertThat(slot.beginDoomedReturn(over)).isFalse();
    assertThat(slot.reclaim(over)).isFalse();
    assertThat(slot.endReturn(over)).isFalse();
    assertThat(slot.state()).isEqualTo(state);
  }

  @Test
  void returning_endsTheLease_whicheverWayItGoes() {
    for (Predicate<Slot> way :
        java.util.List.<Predicate<Slot>>of(
            s -> s.tryRelease(s.lease()),
            s -> s.beginReturn(s.lease()),
            s -> s.setAside(s.lease()),
            Slot::condemn)) {
      Slot slot = in(SlotState.IN_USE);
      long lease = slot.lease();
      assertThat(slot.isLeased(lease)).isTrue();
      assertThat(way.test(slot)).isTrue();
      assertThat(slot.isLeased(lease)).isFalse();
      assertThat(slot.tryRelease(lease)).isFalse();
    }
  }

  /** Leases that have been given are never given again. */
  @Test
  void leases_growByOne() {
    for (Predicate<Slot> way :
        java.util.List.<Predicate<Slot>>of(
            s -> s.tryRelease(s.lease()),
            s -> s.beginReturn(s.lease()),
            s -> s.setAside(s.lease()))) {
      Slot slot = in(SlotState.IN_USE);
      long lease = slot.lease();
      assertThat(way.test(slot)).isTrue();
      assertThat(slot.lease()).isEqualTo(lease + 1);
    }
    Slot doomed = in(SlotState.DOOMED);
    long lease = doomed.lease();
    assertThat(doomed.beginDoomedReturn(lease)).isTrue();
    assertThat(doomed.lease()).isEqualTo(lease + 1);
  }

  @Test
  void doomedSlot_staysUsableForItsBorrower_untilReturned() {
    Slot slot = in(SlotState.IN_USE);
    long lease = slot.lease();
    assertThat(slot.doom()).isTrue();
    assertThat(slot.isLeased(lease)).isTrue();
    assertThat(slot.tryRelease(lease)).isFalse();
    assertThat(slot.retireDoomed(lease)).isTrue();
    assertThat(slot.retireDoomed(lease)).isFalse();
    assertThat(slot.isLeased(lease)).isFalse();
  }

  @Test
  void leaseOfTheNextBorrower_differs() {
    Slot slot = in(SlotState.IDLE);
    assertThat(slot.tryAcquire()).isTrue();
    long first = slot.lease();
    assertThat(slot.tryRelease(first)).isTrue();
    assertThat(slot.tryAcquire()).isTrue();
    assertThat(slot.lease()).isNotEqualTo(first);
    assertThat(slot.isLeased(first)).isFalse();
  }
}
