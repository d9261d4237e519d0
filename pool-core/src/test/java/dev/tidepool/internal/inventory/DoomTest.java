package dev.tidepool.internal.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.RetireReason;
import java.sql.SQLException;
import java.util.EnumSet;
import org.junit.jupiter.api.Test;
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

  /** Those in doubt do not speak for the others, nor does one that leads to the wrong server. */
  @ParameterizedTest
  @EnumSource
  void whatWasAsGoodAsAnyOther_isRoutine(RetireReason reason) {
    assertThat(Doom.of(reason).isRoutine())
        .isEqualTo(!IN_DOUBT.contains(reason) && reason != RetireReason.WRONG_ROLE);
  }

  @Test
  void cause_isKept_ifThereIsOne() {
    SQLException cause = new SQLException("gone", "08006");
    Doom doom = Doom.of(RetireReason.FATAL_ERROR, cause);
    assertThat(doom.reason()).isEqualTo(RetireReason.FATAL_ERROR);
    assertThat(doom.cause()).isSameAs(cause);
    assertThat(Doom.of(RetireReason.EVICTED, null)).isEqualTo(new Doom(RetireReason.EVICTED, null));
    assertThat(Doom.of(RetireReason.EVICTED)).isEqualTo(new Doom(RetireReason.EVICTED, null));
  }

  @Test
  void noMemoryToLookAtTheCause_theReasonIsKept() {
    SQLException cause =
        new SQLException() {
          private static final long serialVersionUID = 1L;

          @Override
          public String getMessage() {
            throw new OutOfMemoryError("as if");
          }
        };
    assertThat(Doom.of(RetireReason.FATAL_ERROR, cause))
        .isEqualTo(new Doom(RetireReason.FATAL_ERROR, null));
  }
}
