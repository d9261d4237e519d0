package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.Role;
import dev.tidepool.internal.connect.ConnectSettings.Session;
import dev.tidepool.internal.connect.ConnectSettings.Tcp;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A query of checks or pings that the database refuses: the pool started with it, and then replaced
 * each connection that was asked, without a word of the property.
 */
class QueryTrialTest {
  private static final String URL = "jdbc:stub:x?password=s3cret";

  private Stub stub = new Stub();
  private final Opener opener = opener("test", "ping");

  private Opener opener(@Nullable String testQuery, @Nullable String keepaliveQuery) {
    Session session =
        new Session(
            false,
            false,
            null,
            null,
            null,
            Duration.ZERO,
            "init",
            testQuery,
            keepaliveQuery,
            false,
            Role.ANY);
    return new Opener(
        Fixtures.url(URL, session, Tcp.OFF),
        new DriverConnector(
            "p",
            Stub.driver((url, properties) -> stub.connection),
            URL,
            Map.of(),
            Tcp.OFF,
            LoginLimits.NONE));
  }

  private void refuse(String sql, SQLException error) {
    stub.on(
        "execute",
        arguments -> {
          if (arguments[0].equals(sql)) {
            throw error;
          }
          return false;
        });
  }

  private List<String> asked() {
    return stub.calls.stream().filter(call -> call.startsWith("execute(")).toList();
  }

  @ParameterizedTest
  @CsvSource({"connectionTestQuery,test", "keepaliveQuery,ping"})
  void refusedQuery_refusesTheConnection_andNamesTheProperty(String property, String sql) {
    SQLException error = new SQLException("syntax error", "42601", 7);
    refuse(sql, error);
    assertThatThrownBy(() -> opener.open(new ConnectAttempt()))
        .isInstanceOfSatisfying(
            SQLNonTransientConnectionException.class,
            refusal -> {
              assertThat(refusal.getSQLState()).isEqualTo("42601");
              assertThat(refusal.getErrorCode()).isEqualTo(7);
            })
        .hasMessageStartingWith("p: " + property + "=" + sql + " fails on a new connection")
        .hasMessageEndingWith("; correct it, or remove it")
        .hasCause(error);
    assertThat(stub.isClosed()).isTrue();
  }

  /** The server's, as of a statement that is not for this kind of session. */
  @Test
  void queryThatIsNotSupported_isRefusedToo() {
    refuse("test", new SQLFeatureNotSupportedException("not here", "0A000"));
    assertThatThrownBy(() -> opener.open(new ConnectAttempt()))
        .hasMessageStartingWith("p: connectionTestQuery=test fails");
  }

  /** That the server goes down just then, or is slow, is no fault of the query. */
  @ParameterizedTest
  @ValueSource(strings = {"08006", "57P01", "57P03", "57014"})
  void deadConnection_failsWithWhatTheDriverSays(String state) {
    SQLException error = new SQLException("gone", state);
    refuse("ping", error);
    assertThatThrownBy(() -> opener.open(new ConnectAttempt())).isSameAs(error);
    assertThat(stub.isClosed()).isTrue();
  }

  @Test
  void secretInTheQuery_isMasked() {
    Opener telling = opener("call login('s3cret')", null);
    refuse("call login('s3cret')", new SQLException("no s3cret", "42601"));
    assertThatThrownBy(() -> telling.open(new ConnectAttempt()))
        .hasMessageContaining("connectionTestQuery=call login(***")
        .hasMessageNotContaining("s3cret")
        .cause()
        .hasMessage("no ***");
  }

  @Test
  void queries_areAskedAfterTheInitSql_underAutoCommit_withALimitOfTheDriver() throws SQLException {
    opener.open(new ConnectAttempt());
    assertThat(stub.calls)
        .containsSubsequence(
            "execute(init)",
            "setNetworkTimeout(5000)",
            "execute(test)",
            "setNetworkTimeout(0)",
            "setNetworkTimeout(5000)",
            "execute(ping)",
            "setNetworkTimeout(0)",
            "setAutoCommit(false)",
            "clearWarnings()")
        .doesNotContain("rollback()");
  }

  @Test
  void driverWithoutNetworkTimeout_hasTheLimitOfTheStatement() throws SQLException {
    stub.on(
        "getNetworkTimeout",
        arguments -> {
          throw new SQLFeatureNotSupportedException();
        });
    opener.open(new ConnectAttempt());
    assertThat(stub.calls).containsSubsequence("setQueryTimeout(5)", "execute(test)");
  }

  @Test
  void queryThatWasAnswered_isNotTriedAgain() throws SQLException {
    opener.open(new ConnectAttempt());
    stub = new Stub();
    opener.open(new ConnectAttempt());
    assertThat(asked()).containsExactly("execute(init)");
  }

  @Test
  void queryThatFailed_isTriedByTheNextConnection() throws SQLException {
    refuse("ping", new SQLException("gone", "08006"));
    assertThatThrownBy(() -> opener.open(new ConnectAttempt())).hasMessage("gone");
    stub = new Stub();
    opener.open(new ConnectAttempt());
    assertThat(asked()).containsExactly("execute(init)", "execute(test)", "execute(ping)");
  }

  @Test
  void withoutQueries_nothingIsAsked() throws SQLException {
    opener(null, null).open(new ConnectAttempt());
    assertThat(asked()).containsExactly("execute(init)");
  }
}
