package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.RetireReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Timeouts of statements, which are the session's with some drivers. */
class QueryTimeoutTest {
  private final RecordingJdbc jdbc = new RecordingJdbc();
  private final FakeLender lender = new FakeLender(jdbc.connection());
  private int ofTheSession = 4;

  @BeforeEach
  void answerFromTheSession() {
    jdbc.answerWith("Statement.getQueryTimeout", () -> ofTheSession);
  }

  private void keepOneForTheSession() {
    jdbc.answerWithArguments(
        "Statement.setQueryTimeout",
        arguments -> {
          ofTheSession = (Integer) arguments.get(0);
          return null;
        });
  }

  private List<String> callsOfClose(int... timeouts) throws SQLException {
    Connection connection = lender.lend();
    Statement statement = connection.createStatement();
    for (int timeout : timeouts) {
      statement.setQueryTimeout(timeout);
    }
    statement.close();
    jdbc.forgetCalls();
    connection.close();
    return jdbc.log();
  }

  @Test
  void timeoutOfTheSession_isRestoredAfterEachBorrower() throws SQLException {
    keepOneForTheSession();
    for (int borrower = 0; borrower < 3; borrower++) {
      assertThat(callsOfClose(60)).contains("Statement.setQueryTimeout(4)");
      assertThat(ofTheSession).isEqualTo(4);
    }
    assertThat(callsOfClose()).doesNotContain("Statement.getQueryTimeout()");
    assertThat(lender.returns).extracting(FakeLender.Returned::reason).containsOnlyNulls();
  }

  @Test
  void timeoutOfTheSession_thatTheBorrowerSetBack_isWatchedAllTheSame() throws SQLException {
    keepOneForTheSession();
    assertThat(callsOfClose(60, 4)).doesNotContain("Statement.setQueryTimeout(4)");
    assertThat(callsOfClose(60)).contains("Statement.setQueryTimeout(4)");
  }

  @Test
  void timeoutThatTheDriverRefused_teachesNothing() throws SQLException {
    jdbc.fail("Statement.setQueryTimeout", new SQLException("negative"));
    Connection connection = lender.lend();
    Statement statement = connection.createStatement();
    assertThatThrownBy(() -> statement.setQueryTimeout(-1)).hasMessage("negative");
    connection.close();

    keepOneForTheSession();
    assertThat(callsOfClose(60)).contains("Statement.setQueryTimeout(4)");
  }

  @Test
  void timeoutOfTheStatement_isAskedForOnceInTheLifeOfAConnection() throws SQLException {
    assertThat(callsOfClose(60))
        .contains("Statement.getQueryTimeout()")
        .doesNotContain("Statement.setQueryTimeout(4)");
    jdbc.forgetCalls();
    assertThat(callsOfClose(60)).containsExactly("Connection.clearWarnings()");
  }

  @Test
  void driverThatDoesNotSay_isNotAskedAgain() throws SQLException {
    jdbc.fail("Statement.getQueryTimeout", new SQLException("does not say"));
    assertThat(callsOfClose(60)).containsExactly("Connection.clearWarnings()");
    assertThat(lender.judged).isEmpty();
  }

  /** H2 says no timeout of a statement that is closed, and sets none. */
  @Test
  void closedStatement_teachesNothing() throws SQLException {
    SQLException refusal = new SQLException("closed", "90007");
    jdbc.fail("Statement.getQueryTimeout", refusal);
    jdbc.fail("Statement.setQueryTimeout", refusal);
    Connection connection = lender.lend();
    Statement statement = connection.createStatement();
    assertThatThrownBy(() -> statement.setQueryTimeout(60)).isSameAs(refusal);
    connection.close();
    assertThat(lender.returns).extracting(FakeLender.Returned::reason).containsOnlyNulls();

    answerFromTheSession();
    keepOneForTheSession();
    assertThat(callsOfClose(60)).contains("Statement.setQueryTimeout(4)");
  }

  /** A statement of the driver's own may have set the session's timeout back. */
  @Test
  void timeoutFoundAfterAnUnwrap_teachesNothing() throws SQLException {
    keepOneForTheSession();
    Connection connection = lender.lend();
    connection.createStatement().setQueryTimeout(60);
    connection.unwrap(Connection.class).createStatement().setQueryTimeout(4);
    connection.close();

    assertThat(callsOfClose(60)).contains("Statement.setQueryTimeout(4)");
  }

  @Test
  void timeoutThatDoesNotComeBack_retires() throws SQLException {
    keepOneForTheSession();
    Connection connection = lender.lend();
    connection.createStatement().setQueryTimeout(60);
    jdbc.fail("Statement.setQueryTimeout", new SQLException("gone"));
    connection.close();
    assertThat(lender.returns)
        .extracting(FakeLender.Returned::reason)
        .containsExactly(RetireReason.RESET_FAILED);
  }
}
