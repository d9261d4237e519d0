package dev.tidepool.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.testing.Await;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * What drivers answer after close() differs; through the pool it is one answer, 08003, from
 * everything the connection made, and none of it reaches the session, which has its next borrower.
 */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
@NullUnmarked // reflection
class AfterCloseTest {
  /** What must not throw, and its result. */
  private static final Map<String, Object> ANSWERS =
      Map.of("isClosed", true, "isValid", false, "close", "nothing", "abort", "nothing");

  /** Of a result's columns these go on being known, with the driver's answer: see docs/jdbc.md. */
  private static final Set<String> KNOWN =
      Set.of("getColumnCount", "getColumnLabel", "getColumnName");

  /** One object of each kind, alive, some of them in the middle of something. */
  private static Map<Class<?>, Object> made(Database database, Connection connection)
      throws SQLException {
    Map<Class<?>, Object> made = new LinkedHashMap<>();
    made.put(Connection.class, connection);
    Statement statement = connection.createStatement();
    statement.addBatch("select 1");
    made.put(Statement.class, statement);
    PreparedStatement prepared = connection.prepareStatement("select 1");
    made.put(PreparedStatement.class, prepared);
    made.put(ParameterMetaData.class, prepared.getParameterMetaData());
    made.put(CallableStatement.class, connection.prepareCall(database.call()));
    ResultSet rows = connection.createStatement(1004, 1007).executeQuery("select 1");
    rows.next();
    made.put(ResultSet.class, rows);
    made.put(ResultSetMetaData.class, rows.getMetaData());
    made.put(DatabaseMetaData.class, connection.getMetaData());
    return made;
  }

  @ParameterizedTest
  @EnumSource
  void everyMethod_saysThatTheConnectionDoesNotExist(Database database) throws Exception {
    try (TidepoolDataSource pool = database.pool()) {
      Connection first = pool.getConnection();
      Map<Class<?>, Object> made = made(database, first);
      first.close();
      try (Connection next = pool.getConnection();
          Statement statement = next.createStatement();
          ResultSet rows = statement.executeQuery("select 42")) {
        assertThat(wrongAnswers(made)).isEmpty();
        assertThat(rows.next()).isTrue();
        assertThat(rows.getInt(1)).isEqualTo(42);
        assertThat(statement.isClosed()).isFalse();
        assertThat(next.getAutoCommit()).isTrue();
      }
      assertThat(pool.stats().retired()).isEmpty();
      assertThat(pool.stats().opened()).isEqualTo(1);
    }
  }

  @ParameterizedTest
  @EnumSource
  void closedByAnotherThread_isClosedForAll(Database database) throws Exception {
    try (TidepoolDataSource pool = database.pool()) {
      Connection connection = pool.getConnection();
      Map<Class<?>, Object> made = made(database, connection);
      Thread other = new Thread(() -> close(connection));
      other.start();
      Await.end(other);
      assertThat(wrongAnswers(made)).isEmpty();
      connection.close();
      assertThat(pool.stats().active()).isZero();
      assertThat(pool.stats().opened()).isEqualTo(1);
    }
  }

  /** A savepoint is the driver's own object: as ever, it is good for its transaction only. */
  @ParameterizedTest
  @EnumSource
  void savepointOfAnEarlierBorrower_isRefused(Database database) throws Exception {
    try (TidepoolDataSource pool = database.pool()) {
      Connection first = pool.getConnection();
      first.setAutoCommit(false);
      Savepoint earlier = first.setSavepoint();
      first.close();
      try (Connection next = pool.getConnection()) {
        next.setAutoCommit(false);
        Savepoint own = next.setSavepoint();
        assertThatThrownBy(() -> next.rollback(earlier)).isInstanceOf(SQLException.class);
        next.rollback(own);
        next.rollback();
        next.setAutoCommit(true);
        assertThat(next.isValid(5)).isTrue();
      }
      assertThat(pool.stats().retired()).isEmpty();
      assertThat(pool.stats().opened()).isEqualTo(1);
    }
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @ParameterizedTest
  @EnumSource
  void abortedConnection_doesNotExistEither(Database database) throws Exception {
    try (TidepoolDataSource pool = database.pool()) {
      Connection connection = pool.getConnection();
      Map<Class<?>, Object> made = made(database, connection);
      connection.abort(Runnable::run);
      assertThat(wrongAnswers(made)).isEmpty();
      try (Connection next = pool.getConnection()) {
        assertThat(next.isValid(5)).isTrue();
      }
    }
  }

  private static List<String> wrongAnswers(Map<Class<?>, Object> made) throws Exception {
    List<String> wrong = new ArrayList<>();
    for (Map.Entry<Class<?>, Object> one : made.entrySet()) {
      for (Method method : one.getKey().getMethods()) {
        if (!Modifier.isStatic(method.getModifiers())
            && method.getExceptionTypes().length > 0
            && !(one.getKey() == ResultSetMetaData.class && KNOWN.contains(method.getName()))) {
          String answer = answer(one.getKey(), one.getValue(), method);
          if (!answer.equals(expected(method))) {
            wrong.add(one.getKey().getSimpleName() + "." + method.getName() + ": " + answer);
          }
        }
      }
    }
    return wrong;
  }

  private static String expected(Method method) {
    return String.valueOf(ANSWERS.getOrDefault(method.getName(), "08003"));
  }

  private static String answer(Class<?> type, Object subject, Method method) throws Exception {
    try {
      Object result = method.invoke(subject, Samples.of(type, method, false));
      return result == null ? "nothing" : result.toString();
    } catch (InvocationTargetException e) {
      return e.getCause() instanceof SQLException error
          ? String.valueOf(error.getSQLState())
          : String.valueOf(e.getCause());
    }
  }
}
