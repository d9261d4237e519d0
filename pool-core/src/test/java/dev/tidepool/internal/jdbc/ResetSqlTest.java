package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.RetireReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** When close() runs {@code connectionResetSql}. */
@NullUnmarked // drivers answer null
class ResetSqlTest {
  private final RecordingJdbc jdbc = new RecordingJdbc();
  private FakeLender lender = new FakeLender(jdbc.connection());

  private Connection lend() {
    lender.resetSql = "DISCARD ALL";
    return lender.lend();
  }

  private List<String> callsOfClose(Connection connection) throws SQLException {
    jdbc.forgetCalls();
    connection.close();
    return jdbc.log();
  }

  @Test
  void unusedConnection_goesBackInOneStep() throws SQLException {
    assertThat(callsOfClose(lend())).isEmpty();
  }

  @Test
  void usedConnection_isResetBeforeItsAttributes() throws SQLException {
    Connection connection = lend();
    connection.createStatement().execute("set x = 1");
    connection.setSchema("other");
    lender.now++;

    assertThat(callsOfClose(connection))
        .containsExactly(
            "Statement.close()",
            "Connection.createStatement()",
            "Statement.execute(DISCARD ALL)",
            "Statement.close()",
            "Connection.setSchema(sch)",
            "Connection.clearWarnings()");
    assertThat(lender.entry.lastTraffic()).isEqualTo(lender.now);
    assertThat(lender.returns).containsExactly(new FakeLender.Returned("reset", null, null));
  }

  @Test
  void manualPool_resetsUnderAutoCommit() throws SQLException {
    jdbc.turnAutoCommit(false);
    lender = new FakeLender(jdbc.connection(), FakeLender.MANUAL_DEFAULTS, false);
    Connection connection = lend();
    connection.createStatement().execute("set x = 1");

    assertThat(callsOfClose(connection))
        .containsSubsequence(
            "Connection.rollback()",
            "Connection.setAutoCommit(true)",
            "Statement.execute(DISCARD ALL)",
            "Connection.setAutoCommit(false)");
  }

  @Test
  void failure_retires() throws SQLException {
    Connection connection = lend();
    connection.createStatement();
    SQLException cause = new SQLException("no such statement");
    jdbc.fail("Statement.execute", cause);
    connection.close();

    assertThat(lender.returns)
        .containsExactly(new FakeLender.Returned("reset", RetireReason.RESET_FAILED, cause));
  }
}
