package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.internal.exchange.SlotState;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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

  @ParameterizedTest
  @CsvSource({"true, RETIRED", "false, IDLE"})
  void askedForWhileTheConnectionComesBack(boolean postgres, SlotState expected)
      throws SQLException {
    Class<?> driver = postgres ? UnwrappedResetTest.CopyingApi.class : RecordingJdbc.Ours.class;
    FakeLender lender = new FakeLender(like(driver));
    Connection connection = lender.lend();
    ResultSet rows = connection.createStatement().executeQuery("select");
    jdbc.answerWith(
        "ResultSet.getObject",
        () -> {
          connection.close(); // as by another thread
          return null;
        });
    rows.getObject(1);
    assertThat(lender.entry.state()).isEqualTo(expected);
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
