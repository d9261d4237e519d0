package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.RetireReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What close() does with a connection whose {@code setReadOnly} chooses one of two servers, and
 * what it costs to leave one.
 */
class ServerChoiceTest {
  private final RecordingJdbc jdbc = new RecordingJdbc();

  private FakeLender lender(Said said) {
    return new FakeLender(jdbc.connection(), said.withReplicas());
  }

  private Said quiet() {
    return new Said(jdbc, false, true);
  }

  private static void assertLost(FakeLender lender, Connection connection) throws SQLException {
    connection.close();
    assertThat(lender.returns)
        .extracting(FakeLender.Returned::reason)
        .containsExactly(RetireReason.RESET_FAILED);
  }

  private static void assertKept(FakeLender lender, Connection connection) throws SQLException {
    connection.close();
    assertThat(lender.returns).containsExactly(new FakeLender.Returned("reset", null, null));
  }

  private List<String> questions() {
    return jdbc.log().stream().filter(call -> call.contains("executeQuery(SELECT ")).toList();
  }

  /** Rolled back was the replica's, and to go back with auto-commit on committed the primary's. */
  @Test
  void transactionLeftOnThePrimary_costsTheSessions_andNothingMoreIsAsked() throws SQLException {
    FakeLender lender = lender(new Said(jdbc, true, true));
    Connection connection = lender.lend();
    connection.createStatement().execute("begin");
    connection.setReadOnly(true);
    jdbc.forgetCalls();
    assertLost(lender, connection);
    assertThat(jdbc.log()).isEmpty();
  }

  @Test
  void transactionInWhichNoOtherServerIsChosen_costsNothing() throws SQLException {
    FakeLender lender = lender(new Said(jdbc, true, true));
    Connection connection = lender.lend();
    connection.createStatement().execute("begin");
    connection.setReadOnly(false);
    assertKept(lender, connection);
  }

  @Test
  void whatTheDriverHasForgotten_isAsked() throws SQLException {
    for (boolean begun : new boolean[] {true, false}) {
      for (boolean manual : new boolean[] {true, false}) {
        Said said = new Said(jdbc, begun, true);
        FakeLender lender = lender(said);
        Connection connection = lender.lend();
        connection.setAutoCommit(!manual);
        connection.createStatement().executeUpdate("insert");
        said.forgotten();
        jdbc.forgetCalls();
        connection.setReadOnly(true);
        assertThat(questions()).hasSize(1);
        if (begun) {
          assertLost(lender, connection);
        } else {
          assertKept(lender, connection);
        }
      }
    }
  }

  /** As in each borrow of a pool without auto-commit, with MySQL's driver. */
  @Test
  void nothingDone_withoutAutoCommit_costsNoQuestion() throws SQLException {
    Said said = quiet();
    FakeLender lender = lender(said);
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    said.forgotten();
    connection.setReadOnly(true);
    assertThat(questions()).isEmpty();
    assertKept(lender, connection);
  }

  /** A procedure that has inserted before it failed. */
  @Test
  void callThatFailedHalfWay_isTakenForATransaction() throws SQLException {
    Said said = new Said(jdbc, true, true);
    FakeLender lender = lender(said);
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    SQLException failure = new SQLException("signal", "45000");
    jdbc.fail("Statement.execute", failure);
    assertThatThrownBy(() -> connection.createStatement().execute("call half()")).isSameAs(failure);
    said.forgotten();
    connection.setReadOnly(true);
    assertLost(lender, connection);
  }

  @Test
  void questionThatFails_costsTheSessions_andNotTheBorrowersCall() throws SQLException {
    Said said = quiet();
    FakeLender lender = lender(said);
    Connection connection = lender.lend();
    connection.createStatement();
    said.forgotten();
    SQLException failure = new SQLException("of a stream", "45000");
    jdbc.fail("Statement.executeQuery", failure);
    connection.setReadOnly(true);
    assertThat(lender.judged).containsExactly(failure);
    assertThat(said.readOnly()).isTrue();
    assertLost(lender, connection);
  }

  @Test
  void errorInTheQuestion_doomsTheConnection_andComesThrough() throws SQLException {
    Said said = quiet().forgotten();
    FakeLender lender = lender(said);
    Connection connection = lender.lend();
    OutOfMemoryError error = new OutOfMemoryError("planted");
    jdbc.fail("Statement.executeQuery", error);
    assertThatThrownBy(() -> connection.setReadOnly(true)).isSameAs(error);
    assertThat(lender.dooms).extracting(FakeLender.Doomed::cause).containsExactly(error);
  }

  @Test
  void autoCommitTurnedOffBySql_onThePrimary_costsTheSessions() throws SQLException {
    FakeLender lender = lender(new Said(jdbc, false, false));
    Connection connection = lender.lend();
    connection.setReadOnly(true);
    assertLost(lender, connection);
  }

  /** To turn it on again reached the other one. */
  @Test
  void autoCommitTurnedOffBySql_onTheReplica_costsTheSessions() throws SQLException {
    Said said = quiet();
    FakeLender lender = lender(said);
    Connection connection = lender.lend();
    connection.setReadOnly(true);
    said.turnedBySql(false);
    assertLost(lender, connection);
  }

  @Test
  void autoCommitTurnedOff_onTheReplica_costsNothing() throws SQLException {
    FakeLender lender = lender(quiet());
    Connection connection = lender.lend();
    connection.setReadOnly(true);
    connection.setAutoCommit(false);
    assertKept(lender, connection);
  }

  @Test
  void serverChosenOnTheUnwrappedConnection_costsTheSessions() throws SQLException {
    Said said = quiet();
    FakeLender lender = lender(said);
    Connection connection = lender.lend();
    connection.unwrap(Connection.class);
    said.choose(true);
    assertLost(lender, connection);
  }

  /** Nobody knows with which of the two it goes on, and as what. */
  @Test
  void choiceThatFailed_costsTheSessions() throws SQLException {
    FakeLender lender = lender(quiet());
    Connection connection = lender.lend();
    SQLException failure = new SQLException("no replica", "45000");
    jdbc.fail("Connection.setReadOnly", failure);
    assertThatThrownBy(() -> connection.setReadOnly(true)).isSameAs(failure);
    jdbc.answer("Connection.setReadOnly", null);
    assertLost(lender, connection);
  }

  /** Another thread's, which is at the driver before the choice and after it. */
  @Test
  void callBesideTheChoiceOfAServer_costsTheSessions() throws SQLException {
    FakeLender lender = lender(quiet());
    Connection connection = lender.lend();
    jdbc.answerWith(
        "Statement.executeUpdate",
        () -> {
          connection.setReadOnly(true);
          return 1;
        });
    connection.createStatement().executeUpdate("insert");
    assertLost(lender, connection);
  }

  /** The same, where it comes after the first look and is over before the choice is. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void callMeanwhile_costsTheSessions(boolean failing) throws SQLException {
    Said said = quiet();
    FakeLender lender = lender(said);
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    connection.createStatement().executeQuery("select"); // something was said before
    if (failing) {
      jdbc.fail("Statement.executeUpdate", new SQLException("half-way", "45000"));
    }
    jdbc.answerWith(
        "Connection.setReadOnly",
        () -> {
          ignoringFailure("half-way", connection);
          jdbc.answerWith("Connection.setReadOnly", () -> said.choose(false));
          return said.choose(true);
        });
    connection.setReadOnly(true);
    assertLost(lender, connection);
  }

  private static void ignoringFailure(String message, Connection connection) {
    try {
      connection.createStatement().executeUpdate("insert");
    } catch (SQLException e) {
      assertThat(e.getMessage()).isEqualTo(message);
    }
  }

  @Test
  void oneCallAfterTheOther_costsNothing() throws SQLException {
    FakeLender lender = lender(quiet());
    Connection connection = lender.lend();
    connection.setReadOnly(true);
    connection.createStatement().executeQuery("select");
    connection.createStatement().executeQuery("select");
    assertKept(lender, connection);
  }

  /** MariaDB's driver takes a failure for a transaction until the next answer. */
  @Test
  void transactionThatIsNone_afterAFailure_isAsked() throws SQLException {
    Said said = new Said(jdbc, true, true);
    FakeLender lender = lender(said);
    Connection connection = lender.lend();
    jdbc.fail("Statement.executeUpdate", new SQLException("no such table", "42S02"));
    ignoringFailure("no such table", connection);
    jdbc.answerSelects(() -> said.begun(false));
    connection.setReadOnly(true);
    assertKept(lender, connection);
  }

  /** The one that was left, or the one that was chosen. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void sessionThatTheDriverHasReplaced_costsBoth(boolean before) throws SQLException {
    Said said = quiet();
    FakeLender lender = lender(said);
    Connection connection = lender.lend();
    if (before) {
      said.replace();
    }
    connection.setReadOnly(true);
    if (!before) {
      connection.createStatement();
      said.replace();
    }
    assertLost(lender, connection);
  }

  @Test
  void choiceOfAServer_besideNoTransaction_costsNothing() throws SQLException {
    FakeLender lender = lender(quiet());
    Connection connection = lender.lend();
    connection.setReadOnly(true);
    connection.createStatement().executeQuery("q");
    connection.setReadOnly(false);
    assertThat(questions()).isEmpty();
    assertKept(lender, connection);
  }

  /** As frameworks do: rows fetched little by little, and metadata. */
  @Test
  void streamAndWhatMayHaveFailed_costAQuestionOfTheSessionThatIsLeft() throws SQLException {
    Said said = quiet().losingStep();
    FakeLender lender = lender(said);
    Connection connection = lender.lend();
    connection.setReadOnly(true);
    connection.createStatement().setFetchSize(10);
    connection.getMetaData();
    jdbc.forgetCalls();
    connection.setReadOnly(false);
    assertThat(questions()).hasSize(1);
    assertKept(lender, connection);
    assertThat(questions()).as("the other session, of which nothing was asked").hasSize(1);
  }

  @Test
  void sessionThatIsLeft_andHasLostStep_costsBoth() throws SQLException {
    Said said = quiet().losingStep();
    FakeLender lender = lender(said);
    Connection connection = lender.lend();
    connection.createStatement().setFetchSize(10);
    connection.getMetaData();
    jdbc.answer("ResultSet.getInt", 7);
    connection.setReadOnly(true);
    assertLost(lender, connection);
  }
}
