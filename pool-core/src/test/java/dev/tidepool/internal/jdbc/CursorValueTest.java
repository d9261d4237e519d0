package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.internal.connect.ServerStatus;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.testing.QuietStatus;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A value of a result set that is a cursor. PostgreSQL's driver fetches its rows when it is asked
 * for; while another thread gives the connection back, that must not reach the next borrower.
 */
@NullUnmarked // drivers answer null
class CursorValueTest {
  private final RecordingJdbc jdbc = new RecordingJdbc();

  private Connection like(Class<?> driver) {
    return (Connection)
        Proxy.newProxyInstance(
            CursorValueTest.class.getClassLoader(),
            new Class<?>[] {Connection.class, driver},
            (proxy, method, arguments) -> method.invoke(jdbc.connection(), arguments));
  }

  /** As by another thread. */
  private void closeDuring(String call, Connection connection, Object answer) {
    jdbc.answerWith(
        call,
        () -> {
          connection.close();
          return answer;
        });
  }

  @ParameterizedTest
  @CsvSource({"true, RETIRED", "false, IDLE"})
  void askedForWhileTheConnectionComesBack(boolean postgres, SlotState expected)
      throws SQLException {
    Class<?> driver = postgres ? UnwrappedResetTest.CopyingApi.class : RecordingJdbc.Ours.class;
    FakeLender lender = new FakeLender(like(driver));
    Connection connection = lender.lend();
    ResultSet rows = connection.createStatement().executeQuery("select");
    closeDuring("ResultSet.getObject", connection, null);
    rows.getObject(1);
    assertThat(lender.entry.state()).isEqualTo(expected);
  }

  /** As a tracing tool has it: its connections are of a class of its own. */
  @Test
  void behindAnotherConnection() throws SQLException {
    ServerStatus status = new QuietStatus(UnwrappedResetTest.CopyingApi.class);
    FakeLender lender = new FakeLender(jdbc.connection(), status);
    Connection connection = lender.lend();
    ResultSet rows = connection.createStatement().executeQuery("select");
    closeDuring("ResultSet.getObject", connection, null);
    rows.getObject(1);
    assertThat(lender.entry.state()).isEqualTo(SlotState.RETIRED);
  }

  /** How a value is read. */
  interface Read {
    Object from(ResultSet rows) throws SQLException;
  }

  private static Arguments after(String name, Object first, SlotState expected, Read a, Read b) {
    return Arguments.of(Named.of(name, first), expected, a, b);
  }

  static Stream<Arguments> secondReads() {
    Read one = rows -> rows.getObject(1);
    Read label = rows -> rows.getObject("one");
    Read typed = rows -> rows.getObject(1, Integer.class);
    Read last = rows -> rows.getObject(33);
    ResultSet cursor = new RecordingJdbc().make(ResultSet.class);
    return Stream.of(
        after("a column that is plain", 5, SlotState.IDLE, one, one),
        after("the same by name", 5, SlotState.IDLE, one, label),
        after("the same by name first", 5, SlotState.IDLE, label, one),
        after("the same with a map", 5, SlotState.IDLE, one, rows -> rows.getObject(1, Map.of())),
        after("as a type, twice", 5, SlotState.IDLE, typed, typed),
        after("as a type first, which may be its name", 5, SlotState.RETIRED, typed, one),
        after("as a type, of which nothing is known", 5, SlotState.RETIRED, one, typed),
        after("another column", 5, SlotState.RETIRED, one, rows -> rows.getObject(2)),
        after("the last that is remembered", 5, SlotState.IDLE, column(32), column(32)),
        after("a column beyond", 5, SlotState.RETIRED, last, last),
        after("a cursor", cursor, SlotState.RETIRED, one, one),
        after("null", null, SlotState.RETIRED, one, one));
  }

  private static Read column(int column) {
    return rows -> rows.getObject(column);
  }

  @ParameterizedTest
  @MethodSource("secondReads")
  void whatIsKnownOfAColumn(Object first, SlotState expected, Read before, Read meanwhile)
      throws SQLException {
    FakeLender lender = new FakeLender(like(UnwrappedResetTest.CopyingApi.class));
    Connection connection = lender.lend();
    jdbc.answer("ResultSet.findColumn", 1);
    jdbc.answer("ResultSet.getObject", first);
    ResultSet rows = connection.createStatement().executeQuery("select");
    before.from(rows);
    closeDuring("ResultSet.getObject", connection, null);
    meanwhile.from(rows);
    assertThat(lender.entry.state()).isEqualTo(expected);
  }

  /** Its driver fetches further rows by a statement, which failed in the next one's transaction. */
  @ParameterizedTest
  @CsvSource({"true, 10, RETIRED", "true, 0, IDLE", "false, 10, IDLE"})
  void fetchingWhileTheConnectionComesBack(boolean postgres, int fetchSize, SlotState expected)
      throws SQLException {
    Class<?> driver = postgres ? UnwrappedResetTest.CopyingApi.class : RecordingJdbc.Ours.class;
    FakeLender lender = new FakeLender(like(driver));
    Connection connection = lender.lend();
    jdbc.answer("ResultSet.getFetchSize", fetchSize);
    ResultSet rows = connection.createStatement().executeQuery("select");
    closeDuring("ResultSet.next", connection, true);
    assertThat(rows.next()).isTrue();
    assertThat(lender.entry.state()).isEqualTo(expected);
  }

  /** PostgreSQL's driver closes it by a statement, which failed in the next one's transaction. */
  @ParameterizedTest
  @CsvSource({
    "true, ResultSet.close, RETIRED", "false, ResultSet.close, IDLE",
    "true, Statement.close, RETIRED", "false, Statement.close, IDLE"
  })
  void closedWhileTheConnectionComesBack(boolean postgres, String call, SlotState expected)
      throws SQLException {
    Class<?> driver = postgres ? UnwrappedResetTest.CopyingApi.class : RecordingJdbc.Ours.class;
    FakeLender lender = new FakeLender(like(driver));
    Connection connection = lender.lend();
    jdbc.answer("ResultSet.getObject", jdbc.make(ResultSet.class));
    ResultSet cursor = (ResultSet) connection.createStatement().executeQuery("select").getObject(1);
    AutoCloseable closed = call.startsWith("Result") ? cursor : cursor.getStatement();
    jdbc.answerWith(
        call,
        () -> {
          jdbc.answer(call, null);
          connection.close(); // as by another thread
          return null;
        });
    assertThatCode(closed::close).doesNotThrowAnyException();
    assertThat(lender.entry.state()).isEqualTo(expected);
    assertThatCode(closed::close).doesNotThrowAnyException();
  }

  /** The driver's own call says so. */
  @Test
  void columnThatDoesNotExist_isTheDriversToRefuse() throws SQLException {
    FakeLender lender = new FakeLender(like(UnwrappedResetTest.CopyingApi.class));
    ResultSet rows = lender.lend().createStatement().executeQuery("select");
    SQLException none = new SQLException("no column of that name", "42703");
    jdbc.fail("ResultSet.findColumn", none);
    jdbc.fail("ResultSet.getObject", none);
    assertThatThrownBy(() -> rows.getObject("none")).isSameAs(none);
    assertThat(lender.judged).containsExactly(none);
  }

  /** Nor is anything asked for it: beside a COPY the driver would wait for its end. */
  @Test
  void askedForBefore_costsNothing() throws SQLException {
    FakeLender lender = new FakeLender(like(UnwrappedResetTest.CopyingApi.class));
    Connection connection = lender.lend();
    ResultSet rows = connection.createStatement().executeQuery("select");
    jdbc.forgetCalls();
    rows.getObject(1);
    assertThat(jdbc.log()).containsExactly("ResultSet.getObject(1)");
    connection.close();
    assertThat(lender.entry.state()).isEqualTo(SlotState.IDLE);
  }
}
