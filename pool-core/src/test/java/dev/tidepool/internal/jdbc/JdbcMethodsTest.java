package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tidepool.api.RetireReason;
import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ReadOnlyBufferException;
import java.sql.CallableStatement;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Wrapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every method of the six interfaces of the JDK that runs this, one by one. */
@NullUnmarked // reflection
class JdbcMethodsTest {
  private static final List<Class<?>> INTERFACES =
      List.of(
          Connection.class,
          Statement.class,
          PreparedStatement.class,
          CallableStatement.class,
          ResultSet.class,
          DatabaseMetaData.class,
          ResultSetMetaData.class,
          ParameterMetaData.class);

  /** Answered by the pool alone. */
  private static final Set<String> POOL_ANSWERS =
      Set.of("Connection.close", "Connection.abort", "DatabaseMetaData.getConnection");

  /** PostgreSQL's driver writes a large object as soon as it is set. */
  private static final Set<String> SENT_WHEN_SET = Set.of("setBlob", "setClob", "setNClob");

  /** Calls of connection and statement for which no driver talks to its server. */
  private static final Set<String> AT_HAND =
      Set.of(
          ("beginRequest cancel clearBatch clearWarnings endRequest getAutoCommit getFetchDirection"
                  + " getFetchSize getHoldability getMaxFieldSize getMaxRows getNetworkTimeout"
                  + " getUpdateCount getWarnings isCloseOnCompletion isPoolable isSimpleIdentifier"
                  + " nativeSQL setFetchDirection setFetchSize setMaxFieldSize setMaxRows"
                  + " setPoolable")
              .split(" "));

  /** After the lease: the methods that must not throw, and their result. */
  private static final Map<String, Object> AFTER_LEASE =
      Map.of("isClosed", true, "isValid", false, "close", "nothing", "abort", "nothing");

  /** What drivers have at hand, and programs ask for late. */
  private static final Set<String> ALSO_AFTER_THE_LEASE =
      Set.of("getColumnCount", "getColumnLabel", "getColumnName");

  private final RecordingJdbc jdbc = new RecordingJdbc();

  /** Where the pool tells of requests, or it would not pass them on. */
  private final FakeLender lender = new FakeLender(jdbc.connection(), FakeLender.DEFAULTS, true);

  private BorrowedConnection connection;

  static Stream<Arguments> methods() {
    List<Arguments> methods = new ArrayList<>();
    for (Class<?> type : INTERFACES) {
      for (Method method : type.getMethods()) {
        if (!Modifier.isStatic(method.getModifiers())) {
          methods.add(Arguments.of(type, method));
        }
      }
    }
    return methods.stream();
  }

  static Stream<Arguments> callsOfTheDriver() {
    return methods().filter(a -> !POOL_ANSWERS.contains(name(a)) && throwing(a));
  }

  private static String name(Arguments arguments) {
    return ((Class<?>) arguments.get()[0]).getSimpleName()
        + "."
        + ((Method) arguments.get()[1]).getName();
  }

  private static boolean throwing(Arguments arguments) {
    return ((Method) arguments.get()[1]).getExceptionTypes().length > 0;
  }

  @BeforeEach
  void lend() {
    connection = lender.lend();
  }

  @ParameterizedTest
  @MethodSource("methods")
  void everyMethod_isOverridden(Class<?> type, Method method) throws Exception {
    Class<?> ours = subject(type).getClass();
    Method found = ours.getMethod(method.getName(), method.getParameterTypes());

    assertThat(found.getDeclaringClass().isInterface()).as("default method of JDBC").isFalse();
    assertThat(found.getDeclaringClass().getPackage()).isEqualTo(getClass().getPackage());
  }

  @ParameterizedTest
  @MethodSource("methods")
  void everyMethod_forwardsItsArgumentsAndTheResult(Class<?> type, Method method) throws Throwable {
    Object subject = subject(type);
    Object[] arguments = arguments(method);
    jdbc.forgetCalls();

    Object result = invoke(subject, method, arguments);

    if (POOL_ANSWERS.contains(type.getSimpleName() + "." + method.getName())) {
      assertThat(jdbc.log()).isSubsetOf("Connection.endRequest()");
      return;
    }
    RecordingJdbc.Call call =
        jdbc.calls().stream()
            .filter(c -> sameMethod(c.method(), method))
            .findFirst()
            .orElseThrow(() -> new AssertionError(method + " did not reach the driver"));
    assertThat(call.type()).isEqualTo(type.getSimpleName());
    assertThat(withoutCallbacks(call.arguments()))
        .containsExactlyElementsOf(withoutCallbacks(Arrays.asList(arguments)));
    assertResult(call.answer(), result, subject);
  }

  /** The driver gets others in their place; see LateExecutorTest and GuardedStreamTest. */
  private static List<Object> withoutCallbacks(List<Object> arguments) {
    return arguments.stream()
        .filter(a -> !(a instanceof Executor || a instanceof InputStream || a instanceof Reader))
        .toList();
  }

  private static boolean sameMethod(Method a, Method b) {
    return a.getName().equals(b.getName())
        && Arrays.equals(a.getParameterTypes(), b.getParameterTypes());
  }

  private void assertResult(Object answer, Object result, Object subject) throws SQLException {
    if (answer instanceof Connection) {
      assertThat(result).isSameAs(connection);
    } else if (answer instanceof Statement && subject instanceof ResultSet) {
      assertThat(((Statement) result).getConnection()).isSameAs(connection);
    } else if (INTERFACES.stream().anyMatch(i -> i.isInstance(answer))) {
      Class<?> type = INTERFACES.stream().filter(i -> i.isInstance(answer)).findFirst().get();
      assertThat(result).isNotSameAs(answer).isInstanceOf(Wrapper.class);
      assertThat((Object) ((Wrapper) result).unwrap(type)).isSameAs(answer);
    } else if (answer instanceof Number || answer instanceof Boolean || answer instanceof Map) {
      assertThat(result).isEqualTo(answer);
    } else {
      assertThat(result).isSameAs(answer);
    }
  }

  @ParameterizedTest
  @MethodSource("callsOfTheDriver")
  void errorOfTheDriver_isJudgedAndRethrown(Class<?> type, Method method) throws Exception {
    Object subject = subject(type);
    SQLException error = new SQLClientInfoException("gone", "08006", Map.of());
    jdbc.failAll(error);
    lender.fatal = true;

    Throwable thrown = catchThrowable(() -> invoke(subject, method, arguments(method)));

    assertThat(thrown).isSameAs(error);
    assertThat(lender.judged).contains(error);
    assertThat(lender.dooms).contains(new FakeLender.Doomed(RetireReason.FATAL_ERROR, error));
  }

  @ParameterizedTest
  @MethodSource("callsOfTheDriver")
  void virtualMachineErrorInTheDriver_doomsAndIsRethrown(Class<?> type, Method method)
      throws Exception {
    Error error = new OutOfMemoryError("in the middle of an exchange");
    assertRethrown(type, method, error);
    assertThat(lender.dooms).contains(new FakeLender.Doomed(RetireReason.FATAL_ERROR, error));
  }

  @ParameterizedTest
  @MethodSource("callsOfTheDriver")
  void runtimeExceptionInTheDriver_isRethrown_andDoomsWhatMayBeInAnExchange(
      Class<?> type, Method method) throws Exception {
    RuntimeException error = new NullPointerException("of a driver");
    assertRethrown(type, method, error);
    if (isAtHand(method)) {
      assertThat(lender.dooms).isEmpty();
    } else {
      assertThat(lender.dooms).contains(new FakeLender.Doomed(RetireReason.FATAL_ERROR, error));
    }
  }

  /** Whether the driver has all it needs for the answer. */
  private static boolean isAtHand(Method method) {
    String name = method.getName();
    return switch (method.getDeclaringClass().getSimpleName()) {
      case "Wrapper" -> true;
      case "ResultSet" -> name.matches("get.*|findColumn|wasNull") && !name.equals("getStatement");
      case "ResultSetMetaData" -> ALSO_AFTER_THE_LEASE.contains(name);
      case "PreparedStatement" -> name.startsWith("set") && !SENT_WHEN_SET.contains(name);
      case "CallableStatement" -> name.matches("[gs]et.*|wasNull") && !SENT_WHEN_SET.contains(name);
      case "Connection", "Statement" -> AT_HAND.contains(name) || name.startsWith("enquote");
      default -> false;
    };
  }

  /** A driver that is older than the method has not begun anything either. */
  @ParameterizedTest
  @MethodSource("callsOfTheDriver")
  void refusalOfTheDriver_doomsNothing(Class<?> type, Method method) throws Exception {
    for (Throwable refusal :
        List.of(
            new UnsupportedOperationException("not in this driver"),
            new AbstractMethodError("not in this version"))) {
      jdbc.failAll(null);
      Object subject = subject(type);
      jdbc.refuseAll(refusal);

      Throwable thrown = catchThrowable(() -> invoke(subject, method, arguments(method)));

      assertThat(thrown).isSameAs(refusal);
    }
    assertThat(lender.dooms).isEmpty();
  }

  /** What the driver has called may throw the same, in the middle of an exchange. */
  @ParameterizedTest
  @MethodSource("callsOfTheDriver")
  void unsupportedDeeperDown_isNoRefusal(Class<?> type, Method method) throws Exception {
    assertRethrown(type, method, Refusals.deeperDown(new ReadOnlyBufferException()));
    assertThat(lender.dooms.isEmpty()).isEqualTo(isAtHand(method));
    jdbc.failAll(null);
    assertRethrown(type, method, Refusals.deeperDown(new AbstractMethodError("of a stream")));
    assertThat(lender.dooms).isNotEmpty();
  }

  private void assertRethrown(Class<?> type, Method method, Throwable error) throws Exception {
    Object subject = subject(type);
    jdbc.failAll(error);

    Throwable thrown = catchThrowable(() -> invoke(subject, method, arguments(method)));

    assertThat(thrown).isSameAs(error);
  }

  @ParameterizedTest
  @MethodSource("callsOfTheDriver")
  void errorAfterTheLease_isNotJudged(Class<?> type, Method method) throws Exception {
    Object subject = subject(type);
    SQLException error = new SQLClientInfoException("gone", "08006", Map.of());
    jdbc.answerWith(type.getSimpleName() + "." + method.getName(), () -> endLeaseAndThrow(error));
    lender.fatal = true;

    Throwable thrown = catchThrowable(() -> invoke(subject, method, arguments(method)));

    assertThat(thrown).isSameAs(error);
    assertThat(lender.judged).isEmpty();
    assertThat(lender.dooms).isEmpty();
  }

  private Object endLeaseAndThrow(SQLException error) throws SQLException {
    lender.entry.tryRelease(connection.lease());
    throw error;
  }

  @ParameterizedTest
  @MethodSource("methods")
  void afterTheLease_nothingReachesTheDriver(Class<?> type, Method method) throws Throwable {
    Object subject = subject(type);
    connection.close();
    jdbc.forgetCalls();
    String name = method.getName();

    if (type == ResultSetMetaData.class && ALSO_AFTER_THE_LEASE.contains(name)) {
      invoke(subject, method, arguments(method));
      assertThat(jdbc.calls()).hasSize(1);
    } else if (AFTER_LEASE.containsKey(name)) {
      Object result = invoke(subject, method, arguments(method));
      assertThat(result == null ? "nothing" : result).isEqualTo(AFTER_LEASE.get(name));
      assertThat(jdbc.calls()).isEmpty();
    } else if (method.getExceptionTypes().length > 0) {
      Throwable thrown = catchThrowable(() -> invoke(subject, method, arguments(method)));
      assertThat(thrown)
          .isInstanceOf(method.getExceptionTypes()[0])
          .hasMessageContaining("connection was returned to pool reef");
      assertThat(((SQLException) thrown).getSQLState()).isEqualTo("08003");
      assertThat(jdbc.calls()).isEmpty();
    }
  }

  private Object subject(Class<?> type) throws SQLException {
    if (type == Connection.class) {
      return connection;
    }
    if (type == Statement.class) {
      return connection.createStatement();
    }
    if (type == PreparedStatement.class) {
      return connection.prepareStatement("select 1");
    }
    if (type == CallableStatement.class) {
      return connection.prepareCall("call 1");
    }
    if (type == ResultSet.class) {
      return connection.createStatement().executeQuery("select 1");
    }
    if (type == ResultSetMetaData.class) {
      return connection.createStatement().executeQuery("select 1").getMetaData();
    }
    return type == ParameterMetaData.class
        ? connection.prepareStatement("select 1").getParameterMetaData()
        : connection.getMetaData();
  }

  private Object[] arguments(Method method) {
    return Stream.of(method.getParameterTypes()).map(jdbc::sample).toArray();
  }

  private static Object invoke(Object subject, Method method, Object[] arguments) throws Throwable {
    try {
      return method.invoke(subject, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }
}
