package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.PoolStartException;
import dev.tidepool.testing.LogCapture;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class StartPauseTest {
  private final SQLException down = new SQLException("starting up", "57P03");
  private final SQLException refusal = new SQLException("wrong password", "28P01");

  private final AtomicLong now = new AtomicLong(-5_000_000_000L);
  private final StartPause pause = new StartPause(now::get);

  private SQLTransientConnectionException fail(@Nullable Throwable cause) throws SQLException {
    return pause.failed("p", pause.begin(), new PoolStartException("p: no start", cause));
  }

  private void advance(long millis) {
    now.addAndGet(Duration.ofMillis(millis).toNanos());
  }

  private boolean isPausing() {
    try {
      pause.begin();
      return false;
    } catch (SQLException e) {
      return true;
    }
  }

  /** In steps of a millisecond. */
  private long pauseMillis() {
    long millis = 0;
    for (; isPausing(); millis++) {
      advance(1);
    }
    return millis;
  }

  @Test
  void withoutFailure_nothingWaits() {
    assertThat(isPausing()).isFalse();
    assertThat(pause.isRepetition()).isFalse();
  }

  @Test
  void withinThePause_theFailureIsToldAgain_andWhenTheNextTryIsDue() throws SQLException {
    SQLTransientConnectionException first = fail(down);
    assertThat((Throwable) first).hasMessage("p: no start").hasCause(down);
    assertThat(first.getSQLState()).isEqualTo("57P03");
    assertThatThrownBy(pause::begin)
        .isInstanceOf(SQLTransientConnectionException.class)
        .isNotSameAs(first)
        .hasCause(down)
        .hasMessageMatching("p: no start; the next try is due in [1-9]\\d{1,2} ms")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("57P03");
    assertThat(pause.isRepetition()).isTrue();
  }

  @Test
  void failureWithoutACause_hasTheStateOfAFailedConnect() throws SQLException {
    assertThat(fail(null).getSQLState()).isEqualTo("08001");
    assertThatThrownBy(pause::begin).hasNoCause();
  }

  /** A database that is back must be found within 0.8 s, as by a pool that runs. */
  @Test
  void pausesDouble_upTo800ms() throws SQLException {
    for (long longest : new long[] {100, 200, 400, 800, 800, 800, 800}) {
      fail(down);
      assertThat(pauseMillis()).isBetween(longest / 2, longest);
    }
  }

  @Test
  void afterRefusedLogins_upToFiveSeconds() throws SQLException {
    for (long longest : new long[] {100, 200, 400, 800, 1600, 3200, 5000, 5000}) {
      fail(refusal);
      assertThat(pauseMillis()).isBetween(longest / 2, longest);
    }
  }

  @Test
  void success_beginsAnew() throws SQLException {
    for (int i = 0; i < 8; i++) {
      fail(refusal);
      advance(5000);
    }
    pause.ended("p", true);
    assertThat(pause.isRepetition()).isFalse();
    fail(refusal);
    assertThat(pauseMillis()).isLessThanOrEqualTo(100);
  }

  /** Its borrower did not wait for as long as a login takes: nothing is known to work. */
  @Test
  void startThatGoesOn_isNotToldOfAsASuccess() throws SQLException {
    try (LogCapture log = new LogCapture(StartPause.class)) {
      fail(down);
      pause.ended("p", false);
      assertThat(log.lines()).isEmpty();
      assertThat(isPausing()).isFalse();
    }
  }

  @Test
  void changedProperty_endsThePause() throws SQLException {
    fail(refusal);
    pause.changed();
    assertThat(isPausing()).isFalse();
    assertThat(pause.isRepetition()).isFalse();
  }

  /** The start that failed had read the old one. */
  @Test
  void propertyChangedDuringTheStart_thereIsNoPause() throws SQLException {
    int begun = pause.begin();
    pause.changed();
    Throwable told = pause.failed("p", begun, new PoolStartException("p: no start", refusal));
    assertThat(told).hasMessage("p: no start");
    assertThat(isPausing()).isFalse();
  }

  @Test
  void log_hearsOfARowOnceInHalfAMinute_andOfItsEnd() throws SQLException {
    try (LogCapture log = new LogCapture(StartPause.class)) {
      for (int i = 0; i < 60; i++) {
        fail(down);
        advance(1000);
      }
      assertThat(log.lines()).hasSize(1);
      assertThat(log.lines().get(0))
          .contains(" WARN ", "p: still cannot start (attempt 31): p: no");
      pause.ended("p", true);
      assertThat(log.lines()).hasSize(2);
      assertThat(log.lines().get(1)).contains(" INFO ", "p: started after 60 failed attempts");
      pause.ended("p", true);
      assertThat(log.lines()).hasSize(2);
    }
  }
}
