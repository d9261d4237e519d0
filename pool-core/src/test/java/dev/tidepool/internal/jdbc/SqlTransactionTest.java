package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.connect.ServerStatus;
import dev.tidepool.internal.exchange.SlotState;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What close() undoes of transactions and auto-commit that SQL has changed, and not JDBC. */
@NullUnmarked // set by each test
class SqlTransactionTest {
  private final RecordingJdbc jdbc = new RecordingJdbc();
  private FakeLender lender;

  private Connection lend(ServerStatus status) {
    lender = new FakeLender(jdbc.connection(), status);
    return lender.lend();
  }

  /** Lent, and in a transaction of JDBC's. */
  private Connection writing(ServerStatus status) throws SQLException {
    Connection connection = lend(status);
    connection.setAutoCommit(false);
    connection.createStatement().execute("insert");
    return connection;
  }

  private List<String> callsOfClose(Connection connection) throws SQLException {
    jdbc.forgetCalls();
    connection.close();
    return jdbc.log();
  }

  private void assertLendable() {
    assertThat(lender.returns).containsExactly(new FakeLender.Returned("reset", null, null));
    assertThat(lender.entry.state()).isEqualTo(SlotState.IDLE);
  }

  @Test
  void transactionBegunBySql_isRolledBackBySql() throws SQLException {
    Connection connection = lend(new Said(jdbc, true, true));
    connection.createStatement().execute("begin");
    lender.now++;

    assertThat(callsOfClose(connection))
        .containsExactly(
            "Statement.close()",
            "Connection.createStatement()",
            "Statement.setFetchSize(0)",
            "Statement.execute(ROLLBACK)",
            "Statement.close()",
            "Connection.clearWarnings()");
    assertThat(lender.entry.lastTraffic()).isEqualTo(lender.now);
    assertLendable();
  }

  /** After a ping MySQL's driver takes the connection for one without a transaction. */
  @Test
  void statusThatTheDriverHasForgotten_isLearnedByARollback_andIsNoChange() throws SQLException {
    Connection connection = lend(new Said(jdbc, false, true).forgotten());
    assertThat(connection.isValid(1)).isTrue();

    assertThat(callsOfClose(connection))
        .containsExactly(
            "Connection.createStatement()",
            "Statement.setFetchSize(0)",
            "Statement.execute(ROLLBACK)",
            "Statement.close()",
            "Connection.clearWarnings()");
    assertLendable();
  }

  /** With useLocalTransactionState MySQL's driver sends no rollback then. */
  @Test
  void forgottenStatus_withoutAutoCommit_isRolledBackBySql() throws SQLException {
    Said said = new Said(jdbc, true, true);
    Connection connection = writing(said);
    said.forgotten();

    assertThat(callsOfClose(connection))
        .containsSubsequence("Statement.execute(ROLLBACK)", "Connection.setAutoCommit(true)")
        .doesNotContain("Connection.rollback()");
    assertLendable();
  }

  @Test
  void forgottenStatus_ofAnUnwrappedConnection_isRolledBackBySql() throws SQLException {
    Said said = new Said(jdbc, true, true);
    Connection connection = lend(said);
    connection.setAutoCommit(false);
    connection.unwrap(Connection.class);
    said.forgotten();

    assertThat(callsOfClose(connection))
        .contains("Statement.execute(ROLLBACK)")
        .doesNotContain("Connection.rollback()");
  }

  /** A procedure that has inserted before it failed: nothing was answered. */
  @Test
  void forgottenStatus_afterACallThatFailedHalfWay_isRolledBackBySql() throws SQLException {
    Said said = new Said(jdbc, true, true);
    Connection connection = lend(said);
    connection.setAutoCommit(false);
    SQLException failure = new SQLException("signal", "45000");
    jdbc.fail("Statement.execute", failure);
    assertThatThrownBy(() -> connection.createStatement().execute("call half()")).isSameAs(failure);
    said.forgotten();

    assertThat(callsOfClose(connection))
        .containsSubsequence("Statement.execute(ROLLBACK)", "Connection.setAutoCommit(true)");
    assertLendable();
  }

  /** The driver may have passed over it, and the next borrower could commit what was done. */
  @Test
  void endOfATransaction_thatTheDriverHadForgotten_isNotBelieved() throws SQLException {
    Said said = new Said(jdbc, true, true);
    Connection connection = writing(said);
    said.forgotten();
    connection.rollback();

    assertThat(callsOfClose(connection))
        .containsSubsequence("Statement.execute(ROLLBACK)", "Connection.setAutoCommit(true)");
    assertLendable();
  }

  /** That the driver has forgotten it does no harm where it sends the rollback all the same. */
  @Test
  void endOfATransaction_thatIsSentForgottenOrNot_isBelieved() throws SQLException {
    Said said = new Said(jdbc, true, true).sendingEnds();
    Connection connection = writing(said);
    said.forgotten();
    connection.rollback();

    assertThat(callsOfClose(connection))
        .contains("Connection.setAutoCommit(true)")
        .doesNotContain("Statement.execute(ROLLBACK)", "Connection.rollback()");
    assertLendable();
  }

  /** As frameworks do: MySQL's driver would send it once more. */
  @Test
  void autoCommitThatWasSetBack_isNotSetAgain() throws SQLException {
    Connection connection = writing(new Said(jdbc, false, true));
    connection.commit();
    connection.setAutoCommit(true);

    assertThat(callsOfClose(connection)).noneMatch(call -> call.contains("setAutoCommit"));
    assertLendable();
  }

  /** What was prepared is not there, and what was begun cannot be reached. */
  @Test
  void sessionThatTheDriverHasReplaced_retires() throws SQLException {
    Said said = new Said(jdbc, false, true);
    Connection connection = lend(said);
    connection.createStatement().execute("insert");
    said.replace();

    assertThat(callsOfClose(connection)).isEmpty();
    assertThat(lender.returns.get(0).reason()).isEqualTo(RetireReason.RESET_FAILED);
    assertThat(lender.returns.get(0).cause()).hasMessageContaining("by itself");
  }

  @Test
  void sessionThatTheDriverReplaces_withAStatementOfTheReset_retires() throws SQLException {
    Said said = new Said(jdbc, true, true);
    Connection connection = lend(said);
    connection.createStatement().execute("begin");
    jdbc.answerWith(
        "Statement.execute",
        () -> {
          said.replace();
          return false;
        });
    connection.close();
    assertThat(lender.returns.get(0).reason()).isEqualTo(RetireReason.RESET_FAILED);
  }

  /** Nor is anything else: of these drivers it is known that a question begins no transaction. */
  @Test
  void questionAfterACommit_isNotRolledBack() throws SQLException {
    Connection connection = lend(new Said(jdbc, false, true));
    connection.setAutoCommit(false);
    Statement statement = connection.createStatement();
    statement.execute("insert");
    connection.commit();
    connection.isReadOnly();
    statement.getQueryTimeout();

    assertThat(callsOfClose(connection))
        .noneMatch(call -> call.toLowerCase(Locale.ROOT).contains("rollback"));
    assertLendable();
  }

  /** SQL may have turned auto-commit on, which only an answer shows. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void forgottenStatus_withoutAutoCommit_isLearned_thoughNothingWasSeen(boolean savesEnds)
      throws SQLException {
    Said said = new Said(jdbc, false, true);
    Connection connection = lend(savesEnds ? said : said.sendingEnds());
    connection.setAutoCommit(false);
    connection.createStatement();
    said.forgotten();

    assertThat(callsOfClose(connection))
        .contains(savesEnds ? "Statement.execute(ROLLBACK)" : "Connection.rollback()")
        .doesNotContain(savesEnds ? "Connection.rollback()" : "Statement.execute(ROLLBACK)");
    assertLendable();
  }

  @Test
  void transactionBegunBySql_thatCannotBeRolledBack_retires() throws SQLException {
    Connection connection = lend(new Said(jdbc, true, true));
    connection.createStatement();
    SQLException cause = new SQLException("gone");
    jdbc.fail("Statement.execute", cause);
    connection.close();

    assertThat(lender.returns)
        .containsExactly(new FakeLender.Returned("reset", RetireReason.RESET_FAILED, cause));
    assertThat(lender.entry.state()).isEqualTo(SlotState.RETIRED);
  }

  /** PostgreSQL's driver asks the server for what a result set's metadata does not have at hand. */
  @Test
  void transactionThatTheDriverBegan_afterTheCommit_isRolledBack() throws SQLException {
    Connection connection = writing(new Said(jdbc, true, false));
    connection.commit();

    assertThat(callsOfClose(connection)).contains("Connection.rollback()");
    assertLendable();
  }

  @Test
  void transactionEndedByTheBorrower_costsNoRollback() throws SQLException {
    Connection connection = lend(new Said(jdbc, false, true));
    connection.createStatement().execute("begin; commit");
    long before = lender.entry.lastTraffic();
    lender.now++;

    assertThat(callsOfClose(connection))
        .containsExactly("Statement.close()", "Connection.clearWarnings()");
    assertThat(lender.entry.lastTraffic()).isEqualTo(before);
  }

  /** To turn auto-commit on again, as the return does, would commit it. */
  @Test
  void transactionBegunBySql_beforeAutoCommitIsTurnedOff_isRolledBack() throws SQLException {
    lender = new FakeLender(jdbc.connection());
    Connection connection = lender.lend();
    connection.createStatement().execute("begin");
    connection.setAutoCommit(false);

    assertThat(callsOfClose(connection))
        .containsSubsequence("Connection.rollback()", "Connection.setAutoCommit(true)");
  }

  @Test
  void autoCommitTurnedOffFirst_needsNoRollbackUntilSomethingIsDone() throws SQLException {
    lender = new FakeLender(jdbc.connection());
    Connection connection = lender.lend();
    connection.setAutoCommit(false);

    assertThat(callsOfClose(connection))
        .containsExactly("Connection.setAutoCommit(true)", "Connection.clearWarnings()");
  }

  @Test
  void autoCommitTurnedOffBySql_isRolledBackAndTurnedOn() throws SQLException {
    lender = new FakeLender(jdbc.connection());
    Connection connection = lender.lend();
    connection.createStatement().execute("set autocommit = 0");
    jdbc.turnAutoCommit(false);

    assertThat(callsOfClose(connection))
        .containsExactly(
            "Statement.close()",
            "Connection.rollback()",
            "Connection.setAutoCommit(true)",
            "Connection.clearWarnings()");
    assertLendable();
  }

  @Test
  void autoCommitTurnedOnBySql_isTurnedOffWhereThePoolsIsOff() throws SQLException {
    jdbc.turnAutoCommit(false);
    lender = new FakeLender(jdbc.connection(), FakeLender.MANUAL_DEFAULTS, false);
    Connection connection = lender.lend();
    connection.createStatement().execute("set autocommit = 1");
    jdbc.turnAutoCommit(true);

    assertThat(callsOfClose(connection))
        .containsExactly(
            "Statement.close()", "Connection.setAutoCommit(false)", "Connection.clearWarnings()");
    assertLendable();
  }

  /** As MySQL's driver does with the end of a prepared statement. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void autoCommitTurnedOnBySql_isTurnedOff_thoughTheDriverHasForgotten(boolean savesEnds)
      throws SQLException {
    jdbc.turnAutoCommit(false);
    Said said = new Said(jdbc, false, false);
    lender =
        new FakeLender(
            jdbc.connection(), FakeLender.MANUAL_DEFAULTS, savesEnds ? said : said.sendingEnds());
    Connection connection = lender.lend();
    connection.createStatement().execute("set autocommit = 1");
    said.turnedBySql(true);
    connection.commit();
    said.forgotten();

    assertThat(callsOfClose(connection))
        .containsSubsequence(
            savesEnds ? "Statement.execute(ROLLBACK)" : "Connection.rollback()",
            "Connection.setAutoCommit(false)");
    assertLendable();
  }

  /** While commit() comes back, another thread closes a statement. */
  @Test
  void autoCommitTurnedOnBySql_forgottenDuringTheCommit_isTurnedOff() throws SQLException {
    jdbc.turnAutoCommit(false);
    Said said = new Said(jdbc, false, false).sendingEnds();
    lender = new FakeLender(jdbc.connection(), FakeLender.MANUAL_DEFAULTS, said);
    Connection connection = lender.lend();
    connection.createStatement().execute("set autocommit = 1");
    said.turnedBySql(true);
    jdbc.answerWith("Connection.commit", said::forgotten);
    connection.commit();

    assertThat(callsOfClose(connection))
        .containsSubsequence("Connection.rollback()", "Connection.setAutoCommit(false)");
  }

  static Stream<Exception> failures() {
    return Stream.of(new SQLException("does not tell"), new IllegalStateException("nor this"));
  }

  /** The commit was done; that the driver fails to tell its status is no error of it. */
  @ParameterizedTest
  @MethodSource("failures")
  void statusThatCannotBeAsked_afterACommit_failsNothing_andIsAskedByTheReturn(Exception failure)
      throws SQLException {
    Said said = new Said(jdbc, false, true);
    Connection connection = lend(said);
    connection.setAutoCommit(false);
    jdbc.answerWith(
        "Connection.commit",
        () -> {
          said.failOnce(failure);
          return null;
        });
    connection.createStatement().execute("insert");
    connection.commit();

    assertThat(callsOfClose(connection)).contains("Connection.rollback()");
    assertLendable();
  }

  /** MySQL's driver tells what was set through it last. */
  @Test
  void autoCommitTurnedOffBehindTheDriver_isTurnedOn() throws SQLException {
    Connection connection = lend(new Said(jdbc, true, false));
    connection.createStatement().execute("set autocommit = 0");

    assertThat(callsOfClose(connection))
        .containsSubsequence(
            "Statement.execute(ROLLBACK)",
            "Connection.setAutoCommit(true)",
            "Connection.clearWarnings()");
    assertLendable();
  }

  /**
   * MySQL's driver with useLocalSessionState sends nothing where it believes that auto-commit is on
   * already: what all later borrowers wrote was lost without an error.
   */
  @Test
  void autoCommitTurnedOffBehindTheDriver_thatSendsNothing_retires() throws SQLException {
    lender = new FakeLender(jdbc.connection(), new Said(jdbc, false, false));
    jdbc.answer("Connection.setAutoCommit", null);
    Connection connection = lender.lend();
    connection.createStatement().execute("set autocommit = 0");
    connection.close();

    assertThat(lender.returns)
        .extracting(FakeLender.Returned::reason)
        .containsExactly(RetireReason.RESET_FAILED);
  }
}
