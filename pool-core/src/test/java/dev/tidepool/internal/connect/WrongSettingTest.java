package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.Role;
import dev.tidepool.internal.connect.ConnectSettings.Session;
import dev.tidepool.internal.connect.ConnectSettings.Tcp;
import dev.tidepool.testing.LogCapture;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A setting of the session that the database refuses, or does not heed: errors did not say which,
 * and nobody said that PostgreSQL had taken a schema that does not exist.
 */
class WrongSettingTest {
  private static final String INIT = "set role app password 's3cret'";
  private static final Session SESSION =
      new Session(false, true, 8, "cat", "sch", Duration.ZERO, INIT, null, null, false, Role.ANY);

  private Stub stub = new Stub().on("getCatalog", x -> "cat").on("getSchema", x -> "sch");
  private final Opener opener =
      new Opener(
          Fixtures.url("jdbc:stub:x", SESSION, Tcp.OFF),
          new DriverConnector(
              "p",
              Stub.driver((url, properties) -> stub.connection),
              "jdbc:stub:x",
              Map.of(),
              Tcp.OFF,
              LoginLimits.NONE));

  private void open() throws SQLException {
    opener.open(new ConnectAttempt()).connection().close();
  }

  private void fail(String method, Exception error) {
    stub.on("getCatalog", x -> "other").on("getSchema", x -> "other");
    stub.on(
        method,
        x -> {
          throw error;
        });
  }

  @ParameterizedTest
  @CsvSource({
    "setTransactionIsolation,transactionIsolation=8",
    "setCatalog,catalog=cat",
    "setSchema,schema=sch",
    "setReadOnly,readOnly=true",
    "execute,connectionInitSql=set role app ***"
  })
  void refusedSetting_isNamed(String method, String setting) {
    SQLException error = new SQLException("no such thing", "42501", 7);
    fail(method, error);
    assertThatThrownBy(this::open)
        .isInstanceOfSatisfying(
            SQLNonTransientConnectionException.class,
            e -> {
              assertThat(e.getSQLState()).isEqualTo("42501");
              assertThat(e.getErrorCode()).isEqualTo(7);
            })
        .hasMessage(
            "p: %s is refused by the database or its driver; correct it, or remove it", setting)
        .hasCause(error);
    assertThat(stub.isClosed()).isTrue();
  }

  /** PostgreSQL quotes the value that it refuses, H2 the statement. */
  @Test
  void valueThatTheDatabaseQuotes_isMasked() {
    fail(
        "execute", new SQLException("no \"s3cret\" here: set role app password 's3cret'", "22023"));
    assertThatThrownBy(this::open)
        .hasMessageNotContaining("s3cret")
        .cause()
        .hasMessage("no \"***\" here: set role app ***");
  }

  @Test
  void settingThatTheDriverDoesNotSupport_isNamedToo() {
    fail("setSchema", new SQLFeatureNotSupportedException("not here", "0A000"));
    assertThatThrownBy(this::open).hasMessageStartingWith("p: schema=sch is refused");
  }

  /** That the server goes down just then, or is slow, is no fault of the setting. */
  @ParameterizedTest
  @ValueSource(strings = {"08006", "57P01", "57014"})
  void deadConnection_failsWithWhatTheDriverSays(String state) {
    SQLException error = new SQLException("gone", state);
    fail("execute", error);
    assertThatThrownBy(this::open).isSameAs(error);
  }

  @Test
  void timeout_isNoRefusal() {
    SQLException error = new SQLTimeoutException("slow");
    fail("setSchema", error);
    assertThatThrownBy(this::open).isSameAs(error);
  }

  @Test
  void namesThatAreNotHeeded_areWarnedOf_once() throws SQLException {
    try (LogCapture log = new LogCapture(SessionPreparation.class)) {
      for (int i = 0; i < 2; i++) {
        stub = new Stub().on("getCatalog", x -> "other").on("getSchema", x -> null);
        open();
      }
      assertThat(log.lines()).hasSize(2).allMatch(line -> line.contains(" WARN "));
      assertThat(log.text())
          .contains("p: catalog=cat has no effect", "; other is in force")
          .contains("p: schema=sch has no effect", "; none is in force");
    }
  }

  /** Many a database folds names, or answers without the quotes. */
  @Test
  void namesThatAreAnsweredInAnotherWay_areHeeded() throws SQLException {
    stub.on("getCatalog", x -> "CAT").on("getSchema", x -> "\"Sch\"");
    try (LogCapture log = new LogCapture(SessionPreparation.class)) {
      open();
      assertThat(log.lines()).isEmpty();
    }
  }

  @Test
  void driverThatDoesNotSayItsNames_isTrusted() throws SQLException {
    fail("getCatalog", new SQLFeatureNotSupportedException());
    stub.on("getSchema", x -> "sch");
    try (LogCapture log = new LogCapture(SessionPreparation.class)) {
      open();
      assertThat(log.lines()).isEmpty();
      assertThat(stub.calls).contains("setCatalog(cat)");
    }
  }
}
