package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.FailureClassifier;
import dev.tidepool.api.Role;
import dev.tidepool.internal.connect.Checks.Verdict;
import dev.tidepool.internal.connect.ConnectSettings.Session;
import dev.tidepool.testing.QuietStatus;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChecksTest {
  private static final Duration TIMEOUT = Duration.ofMillis(1500);

  private final Checks checks = new Checks("p", Session.DEFAULT);
  private final Stub stub = new Stub();

  private static Session isolating() {
    return new Session(
        false, false, null, null, null, Duration.ZERO, null, "test", null, true, Role.ANY);
  }

  @Test
  void isAlive_setsALimitBehindTheCallersFirstAndRestoresIt() throws SQLException {
    // With the caller's own limit the driver gave up after a standstill, answer or not.
    assertThat(checks.isAlive(stub.physical(true, 30_000), TIMEOUT, null)).isTrue();
    assertThat(stub.calls)
        .containsExactly("setNetworkTimeout(4000)", "isValid(4)", "setNetworkTimeout(30000)");
  }

  @Test
  void isAlive_withoutNetworkTimeout_usesIsValidAlone() throws SQLException {
    assertThat(checks.isAlive(stub.physical(true, -1), Duration.ofNanos(1), null)).isTrue();
    assertThat(stub.calls).containsExactly("isValid(2)");
  }

  @Test
  void isAlive_zeroTimeout_neverBecomesNoLimit() throws SQLException {
    checks.isAlive(stub.physical(true, 0), Duration.ZERO, null);
    assertThat(stub.calls).startsWith("setNetworkTimeout(1000)", "isValid(1)");
  }

  @Test
  void isAlive_queryWithoutNetworkTimeout_setsTheQueryTimeout() throws SQLException {
    assertThat(checks.isAlive(stub.physical(true, -1), TIMEOUT, "q")).isTrue();
    assertThat(stub.calls)
        .containsExactly("createStatement()", "setQueryTimeout(4)", "execute(q)", "close()");
  }

  @Test
  void isAlive_queryUnderManualCommit_endsTheTransaction() throws SQLException {
    assertThat(checks.isAlive(stub.physical(false, -1), TIMEOUT, "q")).isTrue();
    assertThat(stub.calls).endsWith("rollback()");
  }

  @Test
  void isAlive_isValidUnderManualCommit_rollsBackOnlyIfIsolating() throws SQLException {
    checks.isAlive(stub.physical(false, -1), TIMEOUT, null);
    assertThat(stub.calls).doesNotContain("rollback()");
    new Checks("p", isolating()).isAlive(stub.physical(false, -1), TIMEOUT, null);
    assertThat(stub.calls).endsWith("isValid(4)", "rollback()");
  }

  @Test
  void isAlive_noQueryGiven_usesTheConfiguredOne() throws SQLException {
    new Checks("p", isolating()).isAlive(stub.physical(false, -1), TIMEOUT);
    assertThat(stub.calls).contains("execute(test)");
  }

  @Test
  void isAlive_notValid_isDeadAndNothingIsRestored() throws SQLException {
    stub.on("isValid", arguments -> false);
    assertThat(checks.isAlive(stub.physical(false, 0), TIMEOUT, null)).isFalse();
    assertThat(stub.calls).containsExactly("setNetworkTimeout(4000)", "isValid(4)");
  }

  /** Nobody was told why each check ended its connection. */
  @ParameterizedTest
  @ValueSource(classes = {AbstractMethodError.class, UnsupportedOperationException.class})
  void isAlive_driverWithoutIsValid_saysWhatToDo(Class<? extends Throwable> refusal)
      throws Exception {
    Throwable failure = refusal.getConstructor().newInstance();
    stub.on(
        "isValid",
        arguments -> {
          throw failure;
        });
    assertThatThrownBy(() -> checks.isAlive(stub.physical(true, -1), TIMEOUT, null))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("the driver has no isValid()")
        .hasMessageContaining("set connectionTestQuery")
        .hasCause(failure);
  }

  @Test
  void isAlive_settingTheTimeoutFails_throws() {
    stub.on(
        "setNetworkTimeout",
        arguments -> {
          throw new SQLException("closed", "08003");
        });
    assertThatThrownBy(() -> checks.isAlive(stub.physical(true, 0), TIMEOUT, null))
        .hasMessage("closed");
    assertThat(stub.calls).containsExactly("setNetworkTimeout(4000)");
  }

  @Test
  void isAlive_restoringTheTimeoutFails_throws() {
    AtomicInteger calls = new AtomicInteger();
    stub.on(
        "setNetworkTimeout",
        arguments -> {
          if (calls.incrementAndGet() == 2) {
            throw new SQLException("closed", "08003");
          }
          return null;
        });
    assertThatThrownBy(() -> checks.isAlive(stub.physical(true, 0), TIMEOUT, null))
        .hasMessage("closed");
  }

  /** It answers, but what was prepared was the old one. */
  @Test
  void isAlive_sessionThatTheDriverHasReplaced_isNot() throws SQLException {
    PhysicalConnection bare = stub.physical(true, 0);
    for (boolean replaced : new boolean[] {true, false}) {
      ServerStatus status =
          new QuietStatus() {
            @Override
            public boolean isReplaced() {
              return replaced;
            }
          };
      PhysicalConnection physical =
          new PhysicalConnection(
              bare.connection(), bare.defaults(), null, null, null, false, null, status);
      assertThat(checks.isAlive(physical, TIMEOUT, null)).isEqualTo(!replaced);
    }
  }

  // ---- an error that the classifier keeps the connection for

  private void failOnce(String method, Object otherwise, SQLException error) {
    AtomicInteger calls = new AtomicInteger();
    stub.on(
        method,
        arguments -> {
          if (calls.incrementAndGet() == 1) {
            throw error;
          }
          return otherwise;
        });
  }

  private static Checks judging(FailureClassifier classifier) {
    return new Checks("p", Session.DEFAULT, classifier);
  }

  /** So says a driver that fails over by itself: the session is another, and works. */
  @Test
  void forgivenError_isFollowedByTheSameQuestion() throws SQLException {
    failOnce("isValid", true, new SQLException("re-established", "08S02"));
    Checks forgiving = judging(error -> FailureClassifier.Verdict.KEEP);
    assertThat(forgiving.ping(stub.physical(true, 30_000), TIMEOUT, null)).isEqualTo(Verdict.ALIVE);
    assertThat(stub.calls)
        .containsExactly(
            "setNetworkTimeout(4000)",
            "isValid(4)",
            "setNetworkTimeout(4000)",
            "isValid(4)",
            "setNetworkTimeout(30000)");
  }

  @Test
  void errorThatIsNotForgiven_isTheAnswer() {
    failOnce("isValid", true, new SQLException("gone", "08S02"));
    assertThatThrownBy(() -> checks.isAlive(stub.physical(true, -1), TIMEOUT, null))
        .hasMessage("gone");
    assertThat(stub.calls).containsExactly("isValid(4)");
  }

  @Test
  void secondError_isTheAnswer_forgivenOrNot() {
    stub.on(
        "isValid",
        arguments -> {
          throw new SQLException("again", "08S02");
        });
    Checks forgiving = judging(error -> FailureClassifier.Verdict.KEEP);
    assertThatThrownBy(() -> forgiving.isAlive(stub.physical(true, -1), TIMEOUT, null))
        .hasMessage("again");
    assertThat(stub.calls).containsExactly("isValid(4)", "isValid(4)");
  }

  @Test
  void ordinaryError_underManualCommit_itsTransactionIsEndedFirst() throws SQLException {
    failOnce("execute", false, new SQLException("canceled", "57014"));
    assertThat(checks.isAlive(stub.physical(false, -1), TIMEOUT, "q")).isTrue();
    assertThat(stub.calls)
        .containsSubsequence("execute(q)", "rollback()", "execute(q)", "rollback()");
  }

  @Test
  void classifierThatThrows_hidesNoError() {
    RuntimeException broken = new IllegalStateException("of the user's");
    failOnce("isValid", true, new SQLException("gone"));
    Checks judged =
        judging(
            error -> {
              throw broken;
            });
    assertThatThrownBy(() -> judged.isAlive(stub.physical(true, -1), TIMEOUT, null))
        .hasMessage("gone")
        .satisfies(e -> assertThat(e.getSuppressed()).containsExactly(broken));
  }

  /** By its class, say. What is told of it does not show what the query says. */
  @Test
  void errorThatQuotesTheQuery_isJudgedAsItIs_andToldWithoutItsValues() {
    SQLException quoting = new SQLException("failed: check_in('pearl1')", "08006");
    List<SQLException> judgedErrors = new ArrayList<>();
    failOnce("execute", false, quoting);
    Checks judged =
        judging(
            error -> {
              judgedErrors.add(error);
              return FailureClassifier.Verdict.RETIRE;
            });
    assertThatThrownBy(
            () -> judged.isAlive(stub.physical(true, -1), TIMEOUT, "select check_in('pearl1')"))
        .hasMessageContaining("failed: check_in")
        .hasMessageNotContaining("pearl1");
    assertThat(judgedErrors).singleElement().isSameAs(quoting);
  }

  @Test
  void ping_noRoleRequired_isACheck() throws SQLException {
    assertThat(checks.ping(stub.physical(true, -1), TIMEOUT, null)).isEqualTo(Verdict.ALIVE);
    stub.on("isValid", arguments -> false);
    assertThat(checks.ping(stub.physical(true, -1), TIMEOUT, null)).isEqualTo(Verdict.DEAD);
  }

  @Test
  void ping_serverBecameReadOnly_isTheWrongRole() throws SQLException {
    Checks requiring = new Checks("p", Fixtures.requiring(Role.PRIMARY));
    stub.on("getMetaData", arguments -> stub.proxy(DatabaseMetaData.class));
    assertThat(requiring.ping(stub.physical(true, 0), TIMEOUT, null)).isEqualTo(Verdict.ALIVE);
    stub.on("isReadOnly", arguments -> true);
    assertThat(requiring.ping(stub.physical(true, 0), TIMEOUT, null)).isEqualTo(Verdict.WRONG_ROLE);
    assertThat(stub.calls).doesNotContain("isValid(4)");
  }

  @Test
  void close_manualCommit_rollsBackFirst() {
    new Closer("p", connection -> {}).close(stub.physical(false, 0));
    assertThat(stub.calls).containsSubsequence("rollback()", "close()");
  }

  @Test
  void close_autoCommit_justCloses() {
    new Closer("p", connection -> {}).close(stub.physical(true, 0));
    assertThat(stub.calls).contains("close()").doesNotContain("rollback()");
  }

  @Test
  void close_rollbackFails_closesAllTheSame() {
    stub.on(
        "rollback",
        arguments -> {
          throw new StackOverflowError();
        });
    new Closer("p", connection -> {}).close(stub.physical(false, 0));
    assertThat(stub.isClosed()).isTrue();
    // Some drivers commit on close what could not be rolled back, so that comes last.
    assertThat(stub.calls).contains("abort()").doesNotContainSubsequence("close()", "abort()");
  }

  @Test
  void cutOff_closesTheSocketBeforeTheDriverIsAsked() {
    PhysicalConnection physical = stub.physical(true, 0);
    PhysicalConnection reachable =
        new PhysicalConnection(
            physical.connection(),
            physical.defaults(),
            () -> stub.calls.add("raw"),
            null,
            null,
            false,
            null,
            null);
    new Closer("p", connection -> {}).cutOff(reachable);
    // Not closed again, which may wait for the lock of a call that is still under way (MySQL).
    assertThat(stub.calls).containsExactly("raw", "abort()", "isClosed()");
  }

  @Test
  void cutOff_abortDoesNothing_closes() {
    stub.on("abort", arguments -> null);
    new Closer("p", connection -> {}).cutOff(stub.physical(true, 0));
    assertThat(stub.calls).endsWith("close()");
  }

  /** H2, for one: a rollback would wait for the statement under way, which close ends. */
  @Test
  void cutOff_abortDoesNothing_manualCommit_closesAtOnce() {
    stub.on("abort", arguments -> null);
    new Closer("p", connection -> {}).cutOff(stub.physical(false, 0));
    assertThat(stub.calls).doesNotContain("rollback()").endsWith("close()");
  }

  /** Oracle's drivers commit on close; those for JDBC 4.0 do not know abort. */
  @Test
  void cutOff_abortThrows_manualCommit_rollsBackBeforeItCloses() {
    stub.on(
        "abort",
        arguments -> {
          throw new AbstractMethodError();
        });
    new Closer("p", connection -> {}).cutOff(stub.physical(false, 0));
    assertThat(stub.calls).containsSubsequence("abort()", "rollback()", "close()");
  }

  @Test
  void giveUp_abortThrows_closesWithoutARollbackThatMayHang() {
    stub.on(
        "abort",
        arguments -> {
          throw new AbstractMethodError();
        });
    new Closer("p", connection -> {}).giveUp(stub.physical(false, 0));
    assertThat(stub.calls).doesNotContain("rollback()").endsWith("close()");
  }

  /** What hangs may be its close: one thread in there is enough. */
  @Test
  void giveUp_ofWhatAbortHasClosed_doesNotCloseItAgain() {
    new Closer("p", connection -> {}).giveUp(stub.physical(true, 0));
    assertThat(stub.calls).contains("abort()").doesNotContain("close()");
  }

  @Test
  void cutOff_abortThrows_closes() {
    stub.on(
        "abort",
        arguments -> {
          throw new AbstractMethodError();
        });
    new Closer("p", connection -> {}).cutOff(stub.physical(true, 0));
    assertThat(stub.isClosed()).isTrue();
  }
}
