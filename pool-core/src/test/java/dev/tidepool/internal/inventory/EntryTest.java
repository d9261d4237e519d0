package dev.tidepool.internal.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.testing.Entries;
import dev.tidepool.testing.StackEnd;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class EntryTest {
  /** Just below the overflow of the clock. */
  private static final long OPENED = Long.MAX_VALUE - 2;

  private static final Doom TOO_OLD = Doom.of(RetireReason.MAX_LIFETIME);
  private static final Doom EVICTED = Doom.of(RetireReason.EVICTED);
  private static final Doom FAILED = Doom.of(RetireReason.FATAL_ERROR);

  private final Entry entry = Entries.opened(OPENED, null);

  private static long s(double seconds) {
    return (long) (seconds * 1e9);
  }

  @Test
  void opened_isTheFirstWord() {
    assertThat(entry.id()).isEqualTo(7);
    assertThat(entry.credentials()).isZero();
    assertThat(new Entry(8, entry.physical(), 5, 3).credentials()).isEqualTo(3);
    assertThat(entry.openedAt()).isEqualTo(OPENED);
    assertThat(entry.lastTraffic()).isEqualTo(OPENED);
    assertThat(entry.idleSince()).isEqualTo(OPENED);
    assertThat(entry.newsAt()).isEqualTo(OPENED);
    assertThat(entry.uses()).isZero();
    assertThat(entry.holder()).isNull();
    assertThat(entry.isLentOn(entry.lease())).isFalse();
    assertThat(entry.leakReported()).isFalse();
    assertThat(entry.isWatched()).isFalse();
    assertThat(entry.physical().connection()).isNotNull();
    assertThat(entry.originals()).isNotNull().isSameAs(entry.originals());
  }

  @Test
  void whatABorrowerSendsLast_isToldOfThatBorrowerOnly_untilForgotten() {
    assertThat(entry.lastSent(4, OPENED)).isEmpty();
    entry.sending(4, "select a", OPENED);
    assertThat(entry.lastSent(4, OPENED + s(1.5))).isEqualTo(", 1500 ms ago it sent: select a");
    assertThat(entry.lastSent(4, OPENED - s(1))).isEqualTo(", 0 ms ago it sent: select a");
    assertThat(entry.lastSent(5, OPENED)).isEmpty();
    entry.sending(5, "select b", OPENED);
    assertThat(entry.lastSent(4, OPENED)).isEmpty();
    assertThat(entry.lastSent(5, OPENED)).endsWith("select b");
    entry.forgetSent();
    assertThat(entry.lastSent(5, OPENED)).isEmpty();
  }

  @Test
  void callUnderWay_isEndedOnce_byWhoNamesIt() {
    Entry.Call call = new Entry.Call(4, OPENED);
    assertThat(entry.call()).isNull();
    entry.begin(call);
    assertThat(entry.call()).isSameAs(call);
    assertThat(entry.end(new Entry.Call(4, OPENED))).as("another, though alike").isFalse();
    assertThat(entry.end(call)).isTrue();
    assertThat(entry.end(call)).isFalse();
    assertThat(entry.call()).isNull();
  }

  @Test
  void retiredOverTheBorrowersHead_theFirstReasonIsTold() {
    assertThat(entry.isRetiredFor(RetireReason.BORROWED_TOO_LONG)).isFalse();
    entry.retiredFor(Doom.of(RetireReason.BORROWED_TOO_LONG));
    assertThat(entry.isRetiredFor(RetireReason.BORROWED_TOO_LONG)).isTrue();
    entry.retiredFor(TOO_OLD);
    assertThat(entry.isRetiredFor(RetireReason.BORROWED_TOO_LONG)).isTrue();
    Entry other = Entries.opened(0, null);
    other.retiredFor(TOO_OLD);
    assertThat(other.isRetiredFor(RetireReason.BORROWED_TOO_LONG)).isFalse();
  }

  @Test
  void silenceThatTheClockLeftOut_counts() {
    entry.touch(s(10));
    entry.silentFor(s(3));
    assertThat(entry.lastTraffic()).isEqualTo(s(7));
    assertThat(entry.openedAt()).isEqualTo(OPENED);
  }

  @Test
  void spreads_differFromEntryToEntry_andPingsFromAnswerToAnswer() {
    Set<Double> lifetimes = new HashSet<>();
    Set<Double> pings = new HashSet<>();
    for (int i = 0; i < 20; i++) {
      Entry other = Entries.opened(0, null);
      lifetimes.add(other.lifetimeSpread());
      pings.add(other.pingSpread());
      other.answered(i);
      pings.add(other.pingSpread());
    }
    assertThat(lifetimes).hasSizeGreaterThan(10).allMatch(x -> x >= 0 && x < 1);
    assertThat(pings).hasSizeGreaterThan(20).allMatch(x -> x >= 0 && x < 1);
  }

  @Test
  void traffic_isAWord_answersToo_andOnlyThoseDrawThePingAnew() {
    double spread = entry.pingSpread();
    entry.touch(OPENED + 1);
    assertThat(entry.lastTraffic()).isEqualTo(OPENED + 1);
    assertThat(entry.pingSpread()).isEqualTo(spread);
    entry.answered(OPENED + 2);
    assertThat(entry.lastTraffic()).isEqualTo(OPENED + 2);
  }

  @Test
  void old_isWhatWasOpenedBefore_silentWhatHasNotSpokenSince() {
    assertThat(entry.isOld(OPENED)).isFalse();
    assertThat(entry.isOld(OPENED + s(1))).as("beyond the overflow").isTrue();
    assertThat(entry.isOld(OPENED + 1)).isTrue();
    assertThat(entry.isSilent(OPENED)).isFalse();
    assertThat(entry.isSilent(OPENED + 1)).isTrue();
    assertThat(entry.isOldAndSilent(OPENED)).isFalse();
    assertThat(entry.isOldAndSilent(OPENED + s(1))).isTrue();
    entry.touch(OPENED + s(1));
    assertThat(entry.isOldAndSilent(OPENED + s(1))).as("old, and spoke").isFalse();
  }

  @Test
  void question_isOutstanding_untilItIsAnsweredOrGivenUp() {
    assertThat(entry.isAsked()).isFalse();
    entry.ask(5);
    assertThat(entry.isAsked()).isTrue();
    assertThat(entry.askedAt()).isEqualTo(5);
    entry.askedAt(9);
    assertThat(entry.askedAt()).isEqualTo(9);
    entry.asked();
    assertThat(entry.isAsked()).isFalse();
  }

  @Test
  void watch_andItsNews() {
    entry.watched(true);
    assertThat(entry.isWatched()).isTrue();
    entry.watched(false);
    assertThat(entry.isWatched()).isFalse();
    entry.news(4);
    assertThat(entry.newsAt()).isEqualTo(4);
  }

  // ---- borrowers

  private long borrow(long now) {
    assertThat(entry.state() == SlotState.CHECKING ? entry.lend() : entry.tryAcquire()).isTrue();
    entry.borrowed(Thread.currentThread(), now);
    return entry.lease();
  }

  @Test
  void borrower_isNoted_withItsLease() {
    long lease = borrow(11);
    assertThat(entry.borrowedAt()).isEqualTo(11);
    assertThat(entry.holder()).isSameAs(Thread.currentThread());
    assertThat(entry.uses()).isEqualTo(1);
    assertThat(entry.isLentOn(lease)).isTrue();
    assertThat(entry.isLentOn(lease + 1)).isFalse();
    assertThat(entry.isLentOn(lease - 1)).isFalse();
  }

  /** A second close() of the same connection may do this when the next borrower has come. */
  @Test
  void returnThatIsTried_touchesNothingThatABorrowerNoted() {
    long lease = borrow(11);
    RuntimeException place = new IllegalStateException("borrowed here");
    entry.borrowedFrom(place);
    entry.returning(12);
    assertThat(entry.idleSince()).isEqualTo(12);
    assertThat(entry.holder()).isSameAs(Thread.currentThread());
    assertThat(entry.borrowStack()).isSameAs(place);
    assertThat(entry.isLentOn(lease)).isTrue();
    assertThat(entry.borrowedAt()).isEqualTo(11);
    assertThat(entry.uses()).isEqualTo(1);
  }

  @Test
  void returnByTheOwner_forgetsTheBorrower() {
    borrow(11);
    entry.borrowedFrom(new IllegalStateException("borrowed here"));
    entry.returned(13);
    assertThat(entry.holder()).isNull();
    assertThat(entry.borrowStack()).isNull();
    assertThat(entry.idleSince()).isEqualTo(13);
    assertThat(entry.uses()).isEqualTo(1);
  }

  @Test
  void leak_isReportedForOneBorrow() {
    long lease = borrow(11);
    assertThat(entry.leakReported()).isFalse();
    entry.reportLeak();
    assertThat(entry.leakReported()).isTrue();
    assertThat(entry.tryRelease(lease)).isTrue();
    borrow(12);
    assertThat(entry.leakReported()).isFalse();
    entry.reportLeak();
    assertThat(entry.leakReported()).isTrue();
  }

  @ParameterizedTest
  @EnumSource(
      mode = EnumSource.Mode.EXCLUDE,
      names = {"RETURNING", "DOOMED"})
  void whatIsNotOnItsWay_isNotBeingReturned(SlotState state) {
    Entries.in(state, entry, TOO_OLD);
    assertThat(entry.isBeingReturned(entry.lease())).isFalse();
    assertThat(entry.isBeingReturned(entry.lease() + 1)).isFalse();
  }

  @Test
  void returning_isBeingReturned_doomedOrNot() {
    borrow(11);
    assertThat(entry.beginReturn(entry.lease())).isTrue();
    assertThat(entry.isBeingReturned(entry.lease())).isTrue();
    assertThat(entry.doom(TOO_OLD)).isTrue();
    assertThat(entry.isBeingReturned(entry.lease())).isTrue();
  }

  @Test
  void doomedInTheHandsOfItsBorrower_isNotBeingReturned() {
    borrow(11);
    assertThat(entry.doom(TOO_OLD)).isTrue();
    assertThat(entry.isBeingReturned(entry.lease())).isFalse();
  }

  @Test
  void timeOfAReturn_isWhatWasSeenOfIt_standstillsCountForTwoSeconds() {
    assertThat(entry.seenFor(5, s(100))).isZero();
    assertThat(entry.seenFor(5, s(101))).isEqualTo(s(1));
    assertThat(entry.seenFor(5, s(102.5))).isEqualTo(s(2.5));
    assertThat(entry.seenFor(5, s(104.5))).isEqualTo(s(4.5));
    assertThat(entry.seenFor(5, s(1_000))).as("a standstill").isEqualTo(s(6.5));
    assertThat(entry.seenFor(5, s(1_001))).isEqualTo(s(7.5));
    assertThat(entry.seenFor(6, s(1_002))).as("another return").isZero();
    assertThat(entry.seenFor(6, s(1_003))).isEqualTo(s(1));
  }

  // ---- doom

  @Test
  void firstReason_stays() {
    borrow(11);
    assertThat(entry.doomed()).isNull();
    assertThat(entry.doom(TOO_OLD)).isTrue();
    assertThat(entry.doom(EVICTED)).isFalse();
    assertThat(entry.doomed()).isSameAs(TOO_OLD);
    assertThat(entry.state()).isEqualTo(SlotState.DOOMED);
  }

  /** Nobody else would hear of its death, and its close would wait for the server in vain. */
  @Test
  void deathOfWhatWasToBeClosedInPeace_isTheReason_once() {
    borrow(11);
    assertThat(entry.doom(TOO_OLD)).isTrue();
    assertThat(entry.doom(FAILED)).isTrue();
    assertThat(entry.doomed()).isSameAs(FAILED);
    assertThat(entry.doom(Doom.of(RetireReason.GENERATION_DEAD))).isFalse();
    assertThat(entry.doom(TOO_OLD)).isFalse();
    assertThat(entry.doomed()).isSameAs(FAILED);
  }

  /** As out of a borrower's recursion; the reason that was noted first moved nothing. */
  @Test
  void doomWithoutStack_canBeRepeated() {
    AtomicReference<Entry> deep = new AtomicReference<>();
    List<Entry> failed = new ArrayList<>();
    StackEnd.reach(
        500,
        () -> {
          deep.set(Entries.in(SlotState.IN_USE, Entries.opened(0, null), FAILED));
          deep.get().doom(FAILED);
        },
        () -> failed.add(deep.get()));
    assertThat(failed).isNotEmpty().allMatch(entry -> entry.doom(TOO_OLD) || isDoomed(entry));
  }

  private static boolean isDoomed(Entry deep) {
    return deep.state() == SlotState.DOOMED && FAILED.equals(deep.doomed());
  }

  /**
   * Upkeep dooms what has just become idle, and a borrower takes it at the same moment: the reason
   * that was noted for an attempt that failed stayed, or none did.
   */
  @Test
  void doomedByTwoAtOnce_theReasonIsOfTheOneThatDidIt() throws Exception {
    ExecutorService upkeep = Executors.newSingleThreadExecutor();
    try {
      int wrong = 0;
      for (int i = 0; i < 2_000; i++) {
        wrong += doomByTwo(upkeep);
      }
      assertThat(wrong).isZero();
    } finally {
      upkeep.shutdownNow();
    }
  }

  /** Returns how many have another's reason, or none. */
  private int doomByTwo(ExecutorService upkeep) throws Exception {
    Entry[] entries = new Entry[500];
    for (int i = 0; i < entries.length; i++) {
      entries[i] = Entries.in(SlotState.IDLE, new Entry(i, entry.physical(), 0), TOO_OLD);
    }
    CyclicBarrier together = new CyclicBarrier(2);
    Future<?> other =
        upkeep.submit(
            () -> {
              together.await();
              for (Entry each : entries) {
                each.doom(TOO_OLD);
              }
              return null;
            });
    together.await();
    Doom[] expected = new Doom[entries.length];
    for (int i = 0; i < entries.length; i++) {
      assertThat(entries[i].tryAcquire()).isTrue();
      expected[i] = entries[i].doom(EVICTED) ? EVICTED : TOO_OLD;
    }
    other.get();
    int wrong = 0;
    for (int i = 0; i < entries.length; i++) {
      wrong += expected[i].equals(entries[i].doomed()) ? 0 : 1;
    }
    return wrong;
  }

  @ParameterizedTest
  @EnumSource(names = {"IDLE", "CHECKING", "RETIRED"})
  void whatIsNotLent_isNotDoomed_andKeepsNoReason(SlotState state) {
    Entries.in(state, entry, TOO_OLD);
    assertThat(entry.doom(FAILED)).isFalse();
    assertThat(entry.doomed()).isNull();
    assertThat(entry.state()).isEqualTo(state);
  }

  @Test
  void info_saysAgeAndUses() {
    borrow(11);
    assertThat(entry.info(OPENED + s(3)).id()).isEqualTo(7);
    assertThat(entry.info(OPENED + s(3)).age()).isEqualTo(Duration.ofSeconds(3));
    assertThat(entry.info(OPENED - 1).age()).as("the clock is coarse").isEqualTo(Duration.ZERO);
    assertThat(entry.info(OPENED).uses()).isEqualTo(1);
  }
}
