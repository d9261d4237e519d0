package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What its user does with a statement after having closed it, while the connection is lent. */
@NullUnmarked // reflection
class ClosedStatementTest {
  /** JDBC allows these, or they change nothing. */
  private static final Set<String> ALLOWED =
      Set.of("close", "isClosed", "unwrap", "isWrapperFor", "getConnection");

  private final RecordingJdbc jdbc = new RecordingJdbc();
  private final FakeLender lender = new FakeLender(jdbc.connection());

  static Stream<Method> methods() {
    return Stream.of(CallableStatement.class.getMethods())
        .filter(method -> !Modifier.isStatic(method.getModifiers()))
        .filter(method -> !ALLOWED.contains(method.getName()));
  }

  private Throwable thrownBy(Statement statement, Method method) {
    Object[] arguments = Stream.of(method.getParameterTypes()).map(jdbc::sample).toArray();
    Throwable thrown = catchThrowable(() -> method.invoke(statement, arguments));
    assertThat(thrown).isInstanceOf(InvocationTargetException.class);
    return thrown.getCause();
  }

  /**
   * SQLite's begins anew with it, and nobody closes what it opens then; MySQL's has it in its cache
   * for the next borrower, who would execute a batch that was added now.
   */
  @ParameterizedTest
  @MethodSource("methods")
  void driverThatWorksOnWithIt_isNotCalled(Method method) throws SQLException {
    try (Connection connection = lender.lend()) {
      Statement statement = connection.prepareCall("call 1");
      statement.close();
      jdbc.forgetCalls();

      assertThat(thrownBy(statement, method))
          .isExactlyInstanceOf(SQLException.class)
          .hasMessage("reef connection #7: this statement is closed")
          .extracting(e -> ((SQLException) e).getSQLState())
          .isEqualTo("HY010");
      assertThat(jdbc.log()).containsExactly("CallableStatement.getMaxRows()");
    }
    assertThat(lender.dooms).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void driverThatRefusesIt_isAsked_asItHasItsOwnWords(Method method) throws SQLException {
    try (Connection connection = lender.lend()) {
      Statement statement = connection.prepareCall("call 1");
      statement.close();
      SQLException refusal = new SQLException("closed", "XJ012");
      jdbc.failAll(refusal);

      assertThat(thrownBy(statement, method)).isSameAs(refusal);
      jdbc.failAll(null);
    }
  }

  @Test
  void othersOfTheSameConnection_areOpen() throws SQLException {
    try (Connection connection = lender.lend();
        Statement open = connection.createStatement()) {
      Statement closed = connection.createStatement();
      closed.close();
      assertThat(open.executeQuery("select 1").next()).isTrue();
      assertThat(closed.isClosed()).isTrue();
      assertThat(closed.unwrap(Statement.class)).isNotNull();
      assertThatThrownBy(() -> closed.executeQuery("select 1")).hasMessageContaining("is closed");
    }
  }

  @Test
  void afterTheReturn_theConnectionIsNamedAsTheReason() throws SQLException {
    Connection connection = lender.lend();
    Statement statement = connection.createStatement();
    statement.close();
    connection.close();
    jdbc.forgetCalls();
    assertThatThrownBy(statement::getMaxRows).hasMessageContaining("returned to pool");
    assertThat(jdbc.log()).isEmpty();
  }

  /** Between the look at the lease and the look at the statement another thread closed both. */
  @Test
  void closedByTheReturnMeanwhile_theConnectionIsNamedAsTheReason() throws SQLException {
    Connection connection = lender.lend();
    Statement statement = connection.createStatement();
    statement.close();
    jdbc.answerWith(
        "Statement.getMaxRows",
        () -> {
          connection.close();
          return 0;
        });
    assertThatThrownBy(() -> statement.setMaxRows(1)).hasMessageContaining("returned to pool");
  }
}
