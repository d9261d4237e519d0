package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.RetireReason;
import dev.tidepool.config.TidepoolConfig;
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
    lender.resetSql = new ResetSql("DISCARD ALL", 0);
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

  /** The SQL may undo what the pool itself has set on the session. */
  @Test
  void configuredAttributes_areSetAgain() throws SQLException {
    Connection connection = lend();
    lender.resetSql =
        new ResetSql(
            "DISCARD ALL", Dirty.READ_ONLY | Dirty.ISOLATION | Dirty.CATALOG | Dirty.SCHEMA);
    connection.createStatement();

    assertThat(callsOfClose(connection))
        .containsSubsequence("Statement.execute(DISCARD ALL)", "Connection.setReadOnly(false)")
        .contains("Connection.setSchema(sch)", "Connection.setCatalog(cat)")
        .anyMatch(call -> call.startsWith("Connection.setTransactionIsolation("));
  }

  @Test
  void attributesThatAreConfigured() {
    TidepoolConfig.Builder builder = TidepoolConfig.builder().jdbcUrl("jdbc:h2:mem:");
    assertThat(ResetSql.of(builder.build())).isNull();
    builder.connectionResetSql("RESET ALL");
    assertThat(ResetSql.of(builder.build())).isEqualTo(new ResetSql("RESET ALL", 0));
    builder.schema("s").catalog("c").readOnly(true).transactionIsolation("SERIALIZABLE");
    assertThat(ResetSql.of(builder.build()))
        .isEqualTo(
            new ResetSql(
                "RESET ALL", Dirty.READ_ONLY | Dirty.ISOLATION | Dirty.CATALOG | Dirty.SCHEMA));
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
    assertThat(lender.failedResetSql).containsExactly(cause);
  }

  /** Each return cost a connection, and nothing named the property. */
  @Test
  void failureOfTheDriver_isToldOf_too() throws SQLException {
    Connection connection = lend();
    connection.createStatement();
    RuntimeException cause = new IllegalStateException("no such statement");
    jdbc.fail("Statement.execute", cause);
    connection.close();

    assertThat(lender.failedResetSql).containsExactly(cause);
  }

  @Test
  void failureOfAnotherStep_isNotBlamedOnTheSql() throws SQLException {
    Connection connection = lend();
    connection.setSchema("other");
    SQLException cause = new SQLException("no such schema");
    jdbc.fail("Connection.setSchema", cause);
    connection.close();

    assertThat(lender.returns)
        .containsExactly(new FakeLender.Returned("reset", RetireReason.RESET_FAILED, cause));
    assertThat(lender.failedResetSql).isEmpty();
  }
}
