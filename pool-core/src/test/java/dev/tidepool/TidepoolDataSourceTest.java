package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.Credentials;
import dev.tidepool.api.PoolClosedException;
import dev.tidepool.api.PoolState;
import dev.tidepool.api.PoolTimeoutException;
import dev.tidepool.api.Tidepool;
import dev.tidepool.config.TidepoolConfig;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.LogCapture;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import javax.sql.DataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The pool as a user has it, on an embedded database. */
class TidepoolDataSourceTest {
  private final TidepoolDataSource pool = new TidepoolDataSource();

  TidepoolDataSourceTest() {
    pool.setUrl("jdbc:h2:mem:" + getClass().getSimpleName());
    pool.setMaximumPoolSize(3);
  }

  @AfterEach
  void close() {
    pool.close();
  }

  @Test
  void firstUse_startsThePool() throws SQLException {
    assertThat(pool.stats().state()).isEqualTo(PoolState.NEW);
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery("select 42")) {
      assertThat(result.next()).isTrue();
      assertThat(result.getInt(1)).isEqualTo(42);
      assertThat(pool.stats().active()).isEqualTo(1);
    }
    assertThat(pool.stats().state()).isEqualTo(PoolState.RUNNING);
    assertThat(pool.stats().active()).isZero();
    assertThat(pool.stats().borrows()).isEqualTo(1);
  }

  @Test
  void configuredPool_startsAtOnce() throws Exception {
    TidepoolConfig config =
        TidepoolConfig.builder().jdbcUrl("jdbc:h2:mem:eager").maximumPoolSize(2).build();
    try (TidepoolDataSource eager = new TidepoolDataSource(config)) {
      assertThat(eager.stats().state()).isEqualTo(PoolState.RUNNING);
      assertThat(eager.prefill(Duration.ofSeconds(20))).isTrue();
      // A connection that is open may still be on its way into the bag.
      Await.until("both are idle", () -> eager.stats().idle() == 2);
    }
  }

  @Test
  void exhaustedPool_saysWhatIsWrong() throws SQLException {
    pool.setMaximumPoolSize(1);
    pool.setConnectionTimeout(Duration.ofMillis(300));
    try (Connection held = pool.getConnection()) {
      assertThat(held.isValid(1)).isTrue();
      assertThatThrownBy(pool::getConnection)
          .isInstanceOf(PoolTimeoutException.class)
          .hasMessageContaining(pool.getPoolName())
          .hasMessageContaining("active 1")
          .hasMessageContaining("maximum 1")
          .hasMessageContaining("leakDetectionThreshold");
    }
    try (Connection again = pool.getConnection()) {
      assertThat(again.isClosed()).isFalse();
    }
  }

  @Test
  void closedPool_refuses() throws SQLException {
    Connection held = pool.getConnection();
    pool.close();
    assertThat(pool.isClosed()).isTrue();
    assertThat(held.isClosed()).isTrue();
    assertThatThrownBy(pool::getConnection).isInstanceOf(PoolClosedException.class);
    assertThatThrownBy(held::createStatement)
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("was retired by the pool, as the pool was closed");
    held.close();
    assertThat(pool.stats().total()).isZero();
    assertThat(pool.stats().opened()).isEqualTo(pool.stats().closed());
  }

  @Test
  void unwrap_findsThePool_notTheDriver() throws SQLException {
    assertThatThrownBy(() -> pool.setDataSource(pool))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("this pool itself");
    assertThat(pool.unwrap(DataSource.class)).isSameAs(pool);
    assertThat(pool.unwrap(Tidepool.class)).isSameAs(pool);
    assertThat(pool.isWrapperFor(Tidepool.class)).isTrue();
    assertThat(pool.isWrapperFor(String.class)).isFalse();
  }

  /** The start said so of each; a change of the running pool said nothing. */
  @Test
  void changesWithoutEffect_areToldOf_onceEach() throws SQLException {
    try (LogCapture log = new LogCapture(Wiring.class)) {
      pool.setProperty("allowPoolSuspension", "true");
      pool.getConnection().close();
      assertThat(log.lines()).hasSize(1);
      pool.setCredentialsProvider(() -> new Credentials("", ""));
      pool.setPassword("of no use");
      pool.setIdleTimeout(Duration.ofSeconds(3));
      pool.setMaxLifetime(Duration.ofSeconds(10));
      pool.setMaxLifetime(Duration.ofSeconds(20));
      assertThat(log.lines()).hasSize(4);
      assertThat(log.text())
          .contains(
              pool.getPoolName() + ": username and password have no effect",
              "idleTimeout has no effect",
              "no heartbeat is ever sent");
    }
  }

  /** A drain failed with the pool suspended. */
  @Test
  void anyTimeout_willDo() throws Exception {
    Duration[] extremes = {Duration.ofSeconds(Long.MIN_VALUE), Duration.ofSeconds(Long.MAX_VALUE)};
    for (Duration timeout : extremes) {
      try (TidepoolDataSource other = new TidepoolDataSource()) {
        other.setUrl(pool.getUrl());
        other.setMinimumIdle(0);
        assertThat(other.prefill(timeout)).isTrue();
        other.getConnection().close();
        assertThat(other.prefill(timeout)).isTrue();
        assertThat(other.drain(Duration.ofMinutes(1))).isTrue();
        assertThat(other.drain(timeout)).isTrue();
      }
    }
  }

  /** A drain had suspended the pool by then, and a listener was missed when the next event came. */
  @Test
  @SuppressWarnings({"DataFlowIssue", "NullAway"})
  void null_isRefusedByName_andNothingHasHappened() throws SQLException {
    for (int i = 0; i < 2; i++) {
      assertThatNullPointerException().isThrownBy(() -> pool.drain(null)).withMessage("timeout");
      assertThatNullPointerException()
          .isThrownBy(() -> pool.drain(Duration.ZERO, null))
          .withMessage("progress");
      assertThatNullPointerException().isThrownBy(() -> pool.prefill(null)).withMessage("timeout");
      assertThatNullPointerException()
          .isThrownBy(() -> pool.addListener(null))
          .withMessage("listener");
      assertThat(pool.isSuspended()).isFalse();
      pool.getConnection().close();
    }
  }
}
