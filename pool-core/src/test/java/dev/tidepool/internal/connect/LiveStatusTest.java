package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import com.mysql.cj.Session;
import com.mysql.cj.conf.RuntimeProperty;
import com.mysql.cj.jdbc.JdbcConnection;
import com.mysql.cj.jdbc.JdbcPropertySet;
import com.mysql.cj.protocol.ServerSession;
import dev.tidepool.internal.connect.ConnectSettings.Tcp;
import dev.tidepool.testing.LogCapture;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.util.Objects;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Drivers that should tell what the server said last, and do not. */
class LiveStatusTest {
  private static Stub called(String driver) {
    Stub stub = new Stub();
    return stub.on("getMetaData", x -> stub.proxy(DatabaseMetaData.class))
        .on("getDriverName", x -> driver);
  }

  /** As an old version, or one with options that nobody has tried: nothing else would show it. */
  @ParameterizedTest
  @CsvSource({
    "MySQL Connector/J, 1",
    "MariaDB Connector/J, 1",
    "PostgreSQL JDBC Driver, 1",
    "Another, 0"
  })
  void whatIsNotTold_isWarnedOf_once(String driver, int times) throws SQLException {
    assertWarned(() -> called(driver), times);
  }

  /** Which they lead to, and leave the rest to guess. */
  @ParameterizedTest
  @ValueSource(
      classes = {org.postgresql.core.BaseConnection.class, com.mysql.cj.jdbc.JdbcConnection.class})
  void nameOfItsOwn_hidesNoDriver(Class<?> behind) throws SQLException {
    assertWarned(() -> leadingTo(behind), 1);
  }

  private static Stub leadingTo(Class<?> behind) {
    Stub stub = called("Another");
    return stub.on("isWrapperFor", x -> x[0] == behind).on("unwrap", x -> stub.proxy(behind));
  }

  /** It says that it leads to everything. */
  @Test
  void wrapperThatPromisesTooMuch_isNoneOfThem() throws SQLException {
    assertWarned(() -> called("Another").on("isWrapperFor", x -> true), 0);
  }

  /** As pgjdbc-ng. */
  @ParameterizedTest
  @CsvSource({"PostgreSQL, 1", "MariaDB, 1", "MySQL, 1", "Sqlite, 0"})
  void anotherDriverOfSuchAServer_isWarnedOf(String server, int times) throws SQLException {
    assertWarned(() -> called("Another").on("getDatabaseProductName", x -> server), times);
  }

  @Test
  void wrapperThatLeadsNowhere_isWarnedOf() throws SQLException {
    assertWarned(
        () ->
            called("Another")
                .on("getDatabaseProductName", x -> "MariaDB")
                .on(
                    "isWrapperFor",
                    x -> {
                      throw new SQLException("not supported");
                    }),
        1);
  }

  /** As two servers have it that were started together. */
  @Test
  void sessionOnAnotherHost_isAnother_whateverItsThreadIsCalled() throws SQLException {
    Stub stub = called("MySQL Connector/J");
    ServerSession[] present = {stub.proxy(ServerSession.class)};
    stub.on("getSession", x -> stub.proxy(Session.class))
        .on("getServerSession", x -> present[0])
        .on("getThreadId", x -> 4L)
        .on("getStatusFlags", x -> 2)
        .on("inTransactionOnServer", x -> false)
        .on("isAutocommit", x -> true)
        .on("getPropertySet", x -> stub.proxy(JdbcPropertySet.class))
        .on("getBooleanProperty", x -> stub.proxy(RuntimeProperty.class))
        .on("getValue", x -> false);
    ServerStatus status =
        Objects.requireNonNull(LiveStatus.of(stub.proxy(JdbcConnection.class), "p"));
    assertThat(status.isReplaced()).isFalse();
    present[0] = stub.proxy(ServerSession.class);
    assertThat(status.isReplaced()).isTrue();
  }

  private static void assertWarned(Supplier<Stub> driver, int times) throws SQLException {
    String url = "jdbc:stub:x";
    ConnectSettings settings = Fixtures.url(url, ConnectSettings.Session.DEFAULT, Tcp.DEFAULT);
    Opener opener =
        new Opener(
            settings,
            new DriverConnector(
                "p",
                Stub.driver((to, properties) -> driver.get().connection),
                url,
                settings.target().properties(),
                Tcp.OFF,
                LoginLimits.NONE));
    try (LogCapture log = new LogCapture(Opener.class)) {
      for (int i = 0; i < 2; i++) {
        assertThat(opener.open(new ConnectAttempt()).status()).isNull();
      }
      assertThat(log.count("p: this driver, or what its options make of it")).isEqualTo(times);
    }
  }
}
