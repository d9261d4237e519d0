package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.PoolTimeoutException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A driver of before JDBC 4: each check ended its connection, and nobody was told why. */
class NoIsValidTest extends ScriptedPoolTest {
  private static final String WHAT_TO_DO =
      "the driver has no isValid(), so that no connection can be checked; set connectionTestQuery";

  @BeforeEach
  void useTheOldDriver() {
    pool.setDataSource(
        proxy(
            DataSource.class,
            (method, arguments) -> {
              Object result = call(database, method, arguments);
              return result instanceof Connection connection ? old(connection) : result;
            }));
  }

  private static Connection old(Connection connection) {
    return proxy(
        Connection.class,
        (method, arguments) -> {
          if (method.getName().equals("isValid")) {
            throw new AbstractMethodError("isValid");
          }
          return call(connection, method, arguments);
        });
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
    assertThat(database.openNow()).isZero();
  }

  @Test
  void borrower_isToldWhatToDo() {
    pool.setConnectionTimeout(Duration.ofSeconds(2)); // the attempt has to fail before
    assertThatThrownBy(pool::getConnection)
        .isInstanceOf(PoolTimeoutException.class)
        .hasMessageContaining(WHAT_TO_DO);
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
