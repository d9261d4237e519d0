package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.FakeDatabase;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** From the error of a call to what becomes of the connection: who gets it next, if anybody. */
class FatalErrorsTest extends SimulatedPoolTest {
  static Stream<SQLException> fatal() {
    return Stream.of(
        new SQLException("connection failure", "08006"),
        new SQLException("client_idle_timeout, PgBouncer", "08P01"),
        new SQLException("idle in transaction", "25P03"),
        new SQLException("transaction timeout", "25P04"),
        new SQLException("terminated", "57P01"),
        new SQLException("idle session", "57P05"),
        new SQLException("disconnected due to inactivity, MySQL", "HY000", 4031),
        new SQLException("killed, MariaDB", "70100", 1927),
        new SQLException("ORA-02396: exceeded maximum idle time", "61000", 2396),
        new SQLRecoverableException("closed connection, Oracle", null, 17008));
  }

  static Stream<SQLException> ordinary() {
    return Stream.of(
        new SQLException("syntax", "42601"),
        new SQLException("duplicate", "23505"),
        new SQLException("serialization failure", "40001"),
        new SQLException("failed transaction", "25P02"),
        new SQLTimeoutException("cancelled", "57014"),
        new SQLFeatureNotSupportedException("not in this driver", "0A000"),
        new SQLException("no such table", "42S02", 1146));
  }

  private PoolFixture pool() {
    PoolFixture pool = start(c -> c.maximumPoolSize(1).minimumIdle(1));
    pool.advance(Duration.ofSeconds(5));
    return pool;
  }

  private static FakeDatabase.Session failOnce(PoolFixture pool, SQLException error) {
    Connection used = pool.get();
    FakeDatabase.Session session = pool.session(used);
    session.onNextCall(
        () -> {
          throw FatalErrorsTest.<RuntimeException>sneak(error);
        });
    assertThatThrownBy(() -> used.createStatement().execute("select 1")).isSameAs(error);
    PoolFixture.giveBack(used);
    pool.advance(Duration.ofSeconds(1));
    return session;
  }

  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <T extends Throwable> RuntimeException sneak(Throwable t) throws T {
    throw (T) t;
  }

  @ParameterizedTest
  @MethodSource
  void fatal(SQLException error) {
    PoolFixture pool = pool();
    FakeDatabase.Session failed = failOnce(pool, error);
    assertThat(pool.stats().retired(RetireReason.FATAL_ERROR)).isEqualTo(1);
    Connection next = pool.get();
    assertThat(pool.session(next)).isNotSameAs(failed);
    PoolFixture.giveBack(next);
  }

  @ParameterizedTest
  @MethodSource
  void ordinary(SQLException error) {
    PoolFixture pool = pool();
    FakeDatabase.Session failed = failOnce(pool, error);
    assertThat(pool.stats().retired()).isEmpty();
    Connection next = pool.get();
    assertThat(pool.session(next)).isSameAs(failed);
    PoolFixture.giveBack(next);
  }
}
