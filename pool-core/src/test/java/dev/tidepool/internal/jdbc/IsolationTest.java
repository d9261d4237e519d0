package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.Connection;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

/** The isolation that a borrower sets, and sets back. */
class IsolationTest {
  private static final int DEFAULT = FakeLender.DEFAULTS.transactionIsolation();
  private static final String RESET = "Connection.setTransactionIsolation(" + DEFAULT + ")";

  private final RecordingJdbc jdbc = new RecordingJdbc();
  private final FakeLender lender = new FakeLender(jdbc.connection());
  private final Connection connection = lender.lend();

  private boolean isSetByClose() throws SQLException {
    jdbc.forgetCalls();
    connection.close();
    return jdbc.log().contains(RESET);
  }

  @Test
  void notSetBack_isReset() throws SQLException {
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    assertThat(isSetByClose()).isTrue();
  }

  /** As frameworks do. */
  @Test
  void setBack_isNotSetAgain() throws SQLException {
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    connection.setTransactionIsolation(DEFAULT);
    assertThat(isSetByClose()).isFalse();
  }

  @Test
  void setBackAndSetAgain_isReset() throws SQLException {
    connection.setTransactionIsolation(DEFAULT);
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    assertThat(isSetByClose()).isTrue();
  }

  @Test
  void settingBackThatFails_isReset() throws SQLException {
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    SQLException failure = new SQLException("in a transaction", "25001");
    jdbc.fail("Connection.setTransactionIsolation", failure);
    assertThatThrownBy(() -> connection.setTransactionIsolation(DEFAULT)).isSameAs(failure);
    jdbc.answer("Connection.setTransactionIsolation", null);
    assertThat(isSetByClose()).isTrue();
  }

  /** Another thread's, which has the driver before or after. */
  @Test
  void setBackWhileAnotherIsSet_isReset() throws SQLException {
    for (int outer : new int[] {DEFAULT, Connection.TRANSACTION_SERIALIZABLE}) {
      FakeLender other = new FakeLender(jdbc.connection());
      Connection shared = other.lend();
      int inner = outer == DEFAULT ? Connection.TRANSACTION_SERIALIZABLE : DEFAULT;
      jdbc.answerWith(
          "Connection.setTransactionIsolation",
          () -> {
            jdbc.answer("Connection.setTransactionIsolation", null);
            shared.setTransactionIsolation(inner);
            return null;
          });
      shared.setTransactionIsolation(outer);
      jdbc.forgetCalls();
      shared.close();
      assertThat(jdbc.log()).as("outer %s", outer).contains(RESET);
    }
  }
}
