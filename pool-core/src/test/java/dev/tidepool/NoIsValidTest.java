package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import dev.tidepool.api.PoolTimeoutException;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.LogCapture;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A driver of before JDBC 4, or with an {@code isValid} that says no of what lives: each check
 * ended its connection, and nobody was told why.
 */
class NoIsValidTest extends ScriptedPoolTest {
  private static final String WHAT_TO_DO =
      "the driver has no isValid(), so that no connection can be checked; set connectionTestQuery";

  @BeforeEach
  void useTheOldDriver() {
    useDriver(
        () -> {
          throw new AbstractMethodError("isValid");
        });
  }

  private void useDriver(BooleanSupplier isValid) {
    pool.setDataSource(
        proxy(
            DataSource.class,
            (method, arguments) -> {
              Object result = call(database, method, arguments);
              return result instanceof Connection connection ? with(isValid, connection) : result;
            }));
  }

  private static Connection with(BooleanSupplier isValid, Connection connection) {
    return proxy(
        Connection.class,
        (method, arguments) ->
            method.getName().equals("isValid")
                ? isValid.getAsBoolean()
                : call(connection, method, arguments));
  }

  private interface Handler {
    @Nullable Object handle(Method method, Object[] arguments) throws Throwable;
  }

  private static <T> T proxy(Class<T> type, Handler handler) {
    return type.cast(
        Proxy.newProxyInstance(
            NoIsValidTest.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, arguments) -> handler.handle(method, arguments)));
  }

  private static @Nullable Object call(Object target, Method method, Object[] arguments)
      throws Throwable {
    try {
      return method.invoke(target, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  @Test
  void start_saysWhatToDo() {
    pool.setInitializationFailTimeout(Duration.ofMillis(1));
    assertThatThrownBy(pool::getConnection)
        .isInstanceOf(SQLTransientConnectionException.class)
        .hasMessageContaining(WHAT_TO_DO)
        .hasRootCauseInstanceOf(AbstractMethodError.class);
    // On a busy machine a second login was begun, and is being given up.
    Await.until("nothing is left open", () -> database.openNow() == 0);
  }

  @Test
  void borrower_isToldWhatToDo() {
    pool.setConnectionTimeout(Duration.ofSeconds(2)); // the attempt has to fail before
    assertThatThrownBy(pool::getConnection)
        .isInstanceOf(PoolTimeoutException.class)
        .hasMessageContaining(WHAT_TO_DO);
  }

  @Test
  void noOfWhatHasJustLoggedIn_isToldOnce_andIsNoReasonToRefuseIt() throws SQLException {
    useDriver(() -> false);
    try (LogCapture log = LogCapture.of("dev.tidepool.internal.connect.IsValid");
        Connection first = pool.getConnection();
        Connection second = pool.getConnection()) {
      assertThat(first.isClosed() || second.isClosed()).isFalse();
      assertThat(log.lines())
          .singleElement(STRING)
          .contains("scripted: the driver's isValid()")
          .endsWith("set connectionTestQuery");
    }
  }

  @Test
  void connectionTestQuery_isEnough() throws SQLException {
    pool.setConnectionTestQuery("select 1");
    pool.setValidateAfterIdle(Duration.ZERO);
    pool.setHedgeAfter(Duration.ZERO); // nor is another opened where the first answer is late
    for (int i = 0; i < 3; i++) {
      pool.getConnection().close();
    }
    assertThat(pool.stats().validations()).isPositive();
    assertThat(pool.stats().opened()).isEqualTo(1);
    assertThat(pool.stats().retired()).isEmpty();
  }
}
