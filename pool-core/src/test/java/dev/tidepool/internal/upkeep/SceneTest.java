package dev.tidepool.internal.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.net.Watchable;
import dev.tidepool.testing.Entries;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a look finds; the suspicion is half a minute old, the entries an hour unless told. */
class SceneTest {
  private static final long SINCE = Long.MAX_VALUE - s(10);

  /** Beyond the overflow of the clock. */
  private static final long NOW = SINCE + s(30);

  private static final long SILENCE_COUNTS = s(2);
  private static final Doom TOO_OLD = Doom.of(RetireReason.MAX_LIFETIME);

  private final Scene scene = new Scene(NOW, SINCE, SILENCE_COUNTS);

  private static long s(double seconds) {
    return (long) (seconds * TimeUnit.SECONDS.toNanos(1));
  }

  private static Entry old(SlotState state) {
    return old(state, Entries.quietSocket());
  }

  private static Entry old(SlotState state, @Nullable Watchable socket) {
    return Entries.in(state, Entries.opened(SINCE - s(3600), socket), TOO_OLD);
  }

  private static Entry asked(long at) {
    Entry entry = old(SlotState.CHECKING);
    entry.ask(at);
    return entry;
  }

  private void assertSeen(int unasked, int hot, int lent, int silent, int asked) {
    assertThat(scene.unasked).as("unasked").hasSize(unasked);
    assertThat(scene.hot).as("hot").isEqualTo(hot);
    assertThat(scene.lent).as("lent").isEqualTo(lent);
    assertThat(scene.silent).as("silent").hasSize(silent);
    assertThat(scene.asked).as("asked").hasSize(asked);
    assertThat(scene.pending()).as("pending").isEqualTo(unasked + asked + hot);
  }

  @ParameterizedTest
  @EnumSource
  void openedSince_isNoneOfTheOld(SlotState state) {
    scene.add(Entries.in(state, Entries.opened(SINCE, null), TOO_OLD));
    assertSeen(0, 0, 0, 0, 0);
    assertThat(scene.life).isFalse();
    assertThat(scene.renewed).isEqualTo(state != SlotState.RETIRED);
  }

  @Test
  void openedJustBefore_isOld_andToBeAsked() {
    Entry entry = Entries.in(SlotState.IDLE, Entries.opened(SINCE - 1, null), TOO_OLD);
    scene.add(entry);
    assertThat(scene.unasked).containsExactly(entry);
    assertSeen(1, 0, 0, 0, 0);
    assertThat(scene.renewed).isFalse();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "RETIRED")
  void aWordSinceThen_isLife(SlotState state) {
    Entry entry = old(state);
    entry.touch(SINCE);
    scene.add(entry);
    assertThat(scene.life).isTrue();
    assertSeen(0, 0, 0, 0, 0);
  }

  @ParameterizedTest
  @EnumSource
  void aWordBefore_isNoLife(SlotState state) {
    Entry entry = old(state);
    entry.touch(SINCE - 1);
    scene.add(entry);
    assertThat(scene.life).isFalse();
  }

  @Test
  void retired_saysNothing() {
    Entry entry = old(SlotState.RETIRED);
    entry.touch(NOW);
    scene.add(entry);
    assertThat(scene.life).isFalse();
    assertSeen(0, 0, 0, 0, 0);
    assertThat(Scene.isWitness(entry)).isFalse();
  }

  @ParameterizedTest
  @EnumSource(names = {"IN_USE", "RETURNING", "DOOMED"})
  void inUse_cannotBeAsked(SlotState state) {
    Entry entry = old(state);
    scene.add(entry);
    scene.add(old(state));
    assertSeen(0, 0, 2, 0, 0);
    assertThat(Scene.isWitness(entry)).isTrue();
  }

  @Test
  void doomedByADeath_isNoWitness() {
    Entry entry = Entries.opened(SINCE - s(3600), null);
    Entries.in(SlotState.DOOMED, entry, Doom.of(RetireReason.FATAL_ERROR));
    entry.touch(NOW);
    scene.add(entry);
    assertThat(scene.life).isFalse();
    assertSeen(0, 0, 0, 0, 0);
    assertThat(Scene.isWitness(entry)).isFalse();
  }

  @Test
  void doomedWithoutAReasonYet_isNoWitness() {
    Entry entry = old(SlotState.IN_USE);
    assertThat(entry.doom()).isTrue();
    assertThat(Scene.isWitness(entry)).isFalse();
  }

  // ---- idle

  private Scene justAfter(double silence) {
    return new Scene(SINCE + s(silence), SINCE, SILENCE_COUNTS);
  }

  @Test
  void idle_spokeJustNow_isHot_ifItsSocketCanBeLookedAt() {
    Entry entry = old(SlotState.IDLE);
    entry.touch(SINCE - 1);
    Scene soon = new Scene(SINCE - 1 + Scene.RECENT_NANOS, SINCE, SILENCE_COUNTS);
    soon.add(entry);
    soon.add(entry);
    assertThat(soon.hot).isEqualTo(2);
    assertThat(soon.unasked).isEmpty();
    assertThat(soon.pending()).isEqualTo(2);
    Scene later = new Scene(SINCE + Scene.RECENT_NANOS, SINCE, SILENCE_COUNTS);
    later.add(entry);
    assertThat(later.hot).isZero();
    assertThat(later.unasked).containsExactly(entry);
  }

  @Test
  void idle_spokeJustNow_isAsked_ifItsSocketIsOutOfReach() {
    Entry entry = old(SlotState.IDLE, null);
    entry.touch(SINCE - 1);
    Scene soon = justAfter(0.01);
    soon.add(entry);
    assertThat(soon.unasked).containsExactly(entry);
    assertThat(soon.hot).isZero();
  }

  // ---- asked

  @Test
  void askedLongAgo_isSilent() {
    Entry silent = asked(NOW - SILENCE_COUNTS);
    Entry late = asked(NOW - SILENCE_COUNTS + 1);
    scene.add(silent);
    scene.add(late);
    assertThat(scene.silent).containsExactly(silent);
    assertThat(scene.asked).containsExactly(late);
    assertSeen(0, 0, 0, 1, 1);
  }

  @Test
  void checkedForAnotherReason_isNotSilent_howeverLong() {
    Entry entry = asked(SINCE);
    entry.asked();
    scene.add(entry);
    assertSeen(0, 0, 0, 0, 1);
    assertThat(scene.latest(0)).as("nobody waits for its answer").isNull();
  }

  @Test
  void latest_isTheOneAskedLongestAgo_ifItsAnswerIsLate() {
    Entry young = asked(NOW - s(0.1));
    Entry oldest = asked(NOW - s(0.3));
    Entry middle = asked(NOW - s(0.2));
    for (Entry entry : new Entry[] {young, oldest, middle}) {
      scene.add(entry);
    }
    assertThat(scene.latest(s(0.1))).isSameAs(oldest);
    assertThat(scene.latest(s(0.3))).isSameAs(oldest);
    assertThat(scene.latest(s(0.3) + 1)).isNull();
  }

  @Test
  void latest_ofTwoAskedAtOnce_isTheFirst() {
    Entry first = asked(NOW - s(0.3));
    scene.add(first);
    scene.add(asked(NOW - s(0.3)));
    assertThat(scene.latest(s(0.1))).isSameAs(first);
  }
}
