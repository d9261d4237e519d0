package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.RetireReason;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.jspecify.annotations.NullUnmarked;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What close() asks of a connection whose driver's object the borrower got hold of. */
@NullUnmarked // drivers answer null
class UnwrappedResetTest {
  private final RecordingJdbc jdbc = new RecordingJdbc();
  private FakeLender lender = new FakeLender(jdbc.connection());

  @BeforeEach
  void answerDefaults() {
    jdbc.answer("Connection.isReadOnly", false);
    jdbc.answer("Connection.getTransactionIsolation", Connection.TRANSACTION_READ_COMMITTED);
    jdbc.answer("Connection.getCatalog", "cat");
    jdbc.answer("Connection.getSchema", "sch");
    jdbc.answer("Connection.getHoldability", 1);
    jdbc.answer("Connection.getNetworkTimeout", 0);
  }

  private List<String> callsOfClose(Connection connection) throws SQLException {
    jdbc.forgetCalls();
    connection.close();
    return jdbc.log();
  }

  @Test
  void unwrappedConnection_isAskedForItsAutoCommit() throws SQLException {
    Connection connection = lender.lend();
    connection.unwrap(Connection.class);
    jdbc.answer("Connection.getAutoCommit", false);

    assertThat(callsOfClose(connection))
        .containsSubsequence(
            "Connection.rollback()",
            "Connection.setAutoCommit(true)",
            "Connection.clearWarnings()");
  }

  /** As tracing tools do at each borrow: it must not cost a round trip. */
  @Test
  void unwrappedForJdbcsOwnSake_isComparedAsFarAsTheDriverKnows() throws SQLException {
    Connection connection = lender.lend();
    connection.unwrap(Connection.class);

    assertThat(callsOfClose(connection))
        .containsExactly(
            "Connection.isReadOnly()",
            "Connection.getCatalog()",
            "Connection.getHoldability()",
            "Connection.getNetworkTimeout()",
            "Connection.clearWarnings()");
  }

  @Test
  void typeMapSetOnTheDriversConnection_isUndone() throws SQLException {
    jdbc.answer("Connection.getTypeMap", Map.of("a", String.class));
    jdbc.answer("Connection.getClientInfo", new Properties());
    Connection connection = lender.lend();
    connection.unwrap(jdbc.connection().getClass().asSubclass(Connection.class));
    jdbc.answer("Connection.getTypeMap", Map.of());

    assertThat(callsOfClose(connection))
        .contains("Connection.setTypeMap({a=class java.lang.String})");
  }

  /** As PostgreSQL's, which knows a few names, and hands out the properties that it works with. */
  @Test
  void clientInfoPutIntoTheDriversProperties_isTakenOut() throws SQLException {
    Properties live = new Properties();
    jdbc.answer("Connection.getClientInfo", live);
    Connection connection = lender.lend();
    connection.unwrap(jdbc.connection().getClass().asSubclass(Connection.class));
    live.setProperty("mine", "secret");

    assertThat(callsOfClose(connection)).contains("Connection.setClientInfo(mine, null)");
    assertThat(live).isEmpty();
    assertThat(lender.returns).containsExactly(new FakeLender.Returned("reset", null, null));
  }

  /** Where a driver answers with copies. */
  @ParameterizedTest
  @CsvSource({"secret, RESET_FAILED", "'',"})
  void clientInfoThatCannotBeTakenOut_retires_unlessItHasNoValue(
      String value, @Nullable RetireReason expected) throws SQLException {
    jdbc.answer("Connection.getClientInfo", new Properties());
    Connection connection = lender.lend();
    connection.unwrap(jdbc.connection().getClass().asSubclass(Connection.class));
    jdbc.answerWith(
        "Connection.getClientInfo",
        () -> {
          Properties copy = new Properties();
          copy.setProperty("mine", value);
          return copy;
        });
    connection.close();
    assertThat(lender.returns.get(0).reason()).isEqualTo(expected);
  }

  @Test
  void unwrappedAsADriversConnection_isComparedInAll_underAutoCommit() throws SQLException {
    jdbc.turnAutoCommit(false);
    lender = new FakeLender(jdbc.connection(), FakeLender.MANUAL_DEFAULTS, false);
    jdbc.answer("Connection.getSchema", "other");
    Connection connection = lender.lend();
    connection.unwrap(jdbc.connection().getClass().asSubclass(Connection.class));
    jdbc.answer("Connection.getClientInfo", new Properties());

    assertThat(callsOfClose(connection))
        .containsSubsequence(
            "Connection.isReadOnly()",
            "Connection.rollback()",
            "Connection.setAutoCommit(true)",
            "Connection.getTransactionIsolation()",
            "Connection.getSchema()",
            "Connection.setSchema(sch)",
            "Connection.setClientInfo(ApplicationName, before)",
            "Connection.setAutoCommit(false)")
        .doesNotContain("Connection.setTransactionIsolation(2)");
    assertThat(lender.returns).containsExactly(new FakeLender.Returned("reset", null, null));
  }

  /** Such as pgjdbc's PGConnection. */
  public interface CopyingApi {
    /** What a COPY is begun with. */
    Object getCopyAPI();
  }

  /** Of another driver. */
  interface VendorApi {}

  @Test
  void unwrappedAsWhatCanBeginACopy_isAskedForASignOfLife() throws SQLException {
    CopyingApi copying = () -> "copies";
    jdbc.answer("Connection.unwrap", copying);
    Connection connection = lender.lend();
    connection.unwrap(CopyingApi.class);
    connection.close();
    VendorApi vendor = new VendorApi() {};
    jdbc.answer("Connection.unwrap", vendor);
    Connection next = lender.lend();
    next.unwrap(VendorApi.class);
    next.unwrap(Connection.class);
    next.createStatement().unwrap(Statement.class);
    next.close();
    assertThat(lender.returns)
        .containsExactly(
            new FakeLender.Returned("unsure", null, null),
            new FakeLender.Returned("reset", null, null));
  }

  @Test
  void unwrappedAsWhatCanBeginACopy_andNotToBeReset_isRetired() throws SQLException {
    CopyingApi copying = () -> "copies";
    jdbc.answer("Connection.unwrap", copying);
    SQLException failure = new SQLException("no");
    jdbc.fail("Connection.clearWarnings", failure);
    Connection connection = lender.lend();
    connection.unwrap(CopyingApi.class);
    connection.close();
    assertThat(lender.returns)
        .containsExactly(new FakeLender.Returned("reset", RetireReason.RESET_FAILED, failure));
  }
}
