package dev.tidepool.internal.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.RetireReason;
import java.util.EnumSet;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DoomTest {
  /** A polite close of one of these could hang, or commit what was not to be committed. */
  private static final EnumSet<RetireReason> IN_DOUBT =
      EnumSet.of(
          RetireReason.PING_FAILED,
          RetireReason.HUNG_UP,
          RetireReason.PING_TIMEOUT,
          RetireReason.VALIDATION_FAILED,
          RetireReason.VALIDATION_TIMEOUT,
          RetireReason.OVERTAKEN,
          RetireReason.GENERATION_DEAD,
          RetireReason.SESSION_LOST,
          RetireReason.FATAL_ERROR,
          RetireReason.BORROWED_TOO_LONG,
          RetireReason.RESET_FAILED,
          RetireReason.ABORTED);

  @ParameterizedTest
  @EnumSource
  void onlySessionsInDoubt_areCutOff(RetireReason reason) {
    assertThat(Doom.of(reason).isDead()).isEqualTo(IN_DOUBT.contains(reason));
  }
}
