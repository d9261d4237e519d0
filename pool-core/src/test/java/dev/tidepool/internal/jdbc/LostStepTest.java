package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.QuietStatus;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A driver that may take each answer for that to the question before, once a stream has failed:
 * when it is asked a question whose answer the pool knows, and what comes of that.
 */
class LostStepTest {
  private final RecordingJdbc jdbc = new RecordingJdbc();
  private final FakeLender lender = new FakeLender(jdbc.connection(), new Leaving());
  private boolean left;

  private final class Leaving extends QuietStatus {
    @Override
    public boolean mayLoseStep() {
      return true;
    }

    @Override
    public boolean hasLeftResults() {
      return left;
    }
  }

  @BeforeEach
  void answerTheTruth() {
    jdbc.answer("Statement.getFetchSize", 0);
    jdbc.answerSelects(() -> {});
  }

  private void fail(Connection connection, Statement statement) {
    SQLException failure = new SQLException("of a subquery", "21000");
    jdbc.fail("Statement.executeUpdate", failure);
    assertThatThrownBy(() -> statement.executeUpdate("u")).isSameAs(failure);
    assertThat(connection).isNotNull();
  }

  private List<String> questions(Connection connection) throws SQLException {
    jdbc.forgetCalls();
    connection.close();
    return jdbc.log().stream().filter(call -> call.contains("executeQuery")).toList();
  }

  @Test
  void streamAndFailure_isAsked_andLentAgainWhereTheAnswerIsRight() throws SQLException {
    Connection connection = lender.lend();
    Statement statement = connection.createStatement();
    statement.setFetchSize(10);
    fail(connection, statement);
    assertThat(questions(connection)).hasSize(1);
    assertThat(lender.returns).containsExactly(new FakeLender.Returned("reset", null, null));
  }

  @Test
  void streamByDefault_andFailure_isAsked() throws SQLException {
    jdbc.answer("Statement.getFetchSize", 100);
    Connection connection = lender.lend();
    fail(connection, connection.createStatement());
    assertThat(questions(connection)).hasSize(1);
  }

  /** MariaDB's driver keeps the failure of the stream to itself in some of these. */
  static Stream<Call> questions() {
    return Stream.of(
        Connection::getMetaData,
        connection -> connection.isValid(1),
        connection -> connection.prepareStatement("p").getMetaData(),
        connection -> connection.prepareStatement("p").getParameterMetaData());
  }

  /** Made by a borrower. */
  interface Call {
    void on(Connection connection) throws SQLException;
  }

  @ParameterizedTest
  @MethodSource("questions")
  void streamAndWhatMayHaveFailed_isAsked(Call question) throws SQLException {
    Connection connection = lender.lend();
    connection.createStatement().setFetchSize(10);
    question.on(connection);
    assertThat(questions(connection)).hasSize(1);
  }

  /** As frameworks read rows. */
  @Test
  void metadataOfRows_costsNothing() throws SQLException {
    Connection connection = lender.lend();
    Statement statement = connection.createStatement();
    statement.setFetchSize(10);
    statement.executeQuery("q").getMetaData();
    assertThat(questions(connection)).isEmpty();
  }

  @Test
  void resultsLeftUnread_areReadBeforeItIsLentAgain() throws SQLException {
    Connection connection = lender.lend();
    connection.createStatement().executeQuery("q");
    left = true;
    assertThat(questions(connection)).hasSize(1);
  }

  @Test
  void neitherCostsNothing() throws SQLException {
    Connection streaming = lender.lend();
    streaming.createStatement().setFetchSize(10);
    assertThat(questions(streaming)).isEmpty();
    Connection failing = lender.lend();
    fail(failing, failing.createStatement());
    assertThat(questions(failing)).isEmpty();
  }

  /**
   * The change was done, what failed was the stream before it, and the driver's field is as before.
   */
  @Test
  void readOnlyThatFailed_isSetToAndFro() throws SQLException {
    SQLException failure = new SQLException("of the stream", "45000");
    jdbc.fail("Connection.setReadOnly", failure);
    Connection connection = lender.lend();
    connection.createStatement().setFetchSize(10);
    assertThatThrownBy(() -> connection.setReadOnly(true)).isSameAs(failure);
    jdbc.answer("Connection.setReadOnly", null);
    jdbc.forgetCalls();
    connection.close();
    assertThat(jdbc.log())
        .containsSubsequence("Connection.setReadOnly(true)", "Connection.setReadOnly(false)");
    assertThat(lender.returns).containsExactly(new FakeLender.Returned("reset", null, null));
  }

  @Test
  void readOnlyBesideWhatFailed_isSetOnce_whereNothingWasStreamed() throws SQLException {
    Connection connection = lender.lend();
    connection.setReadOnly(true);
    fail(connection, connection.createStatement());
    jdbc.forgetCalls();
    connection.close();
    assertThat(jdbc.log())
        .contains("Connection.setReadOnly(false)")
        .doesNotContain("Connection.setReadOnly(true)");
  }

  @Test
  void answerToAnotherQuestion_retires() throws SQLException {
    left = true;
    jdbc.answer("ResultSet.getInt", 7);
    Connection connection = lender.lend();
    connection.createStatement();
    connection.close();
    assertThat(lender.returns.get(0).reason()).isEqualTo(RetireReason.RESET_FAILED);
    assertThat(lender.returns.get(0).cause()).hasMessageContaining("lost step");
  }

  @Test
  void noAnswer_retires() throws SQLException {
    left = true;
    jdbc.answer("ResultSet.next", false);
    Connection connection = lender.lend();
    connection.createStatement();
    connection.close();
    assertThat(lender.returns.get(0).cause()).hasMessageContaining("lost step");
  }
}
