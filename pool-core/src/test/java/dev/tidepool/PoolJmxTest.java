package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.PoolMXBean;
import dev.tidepool.api.PoolState;
import dev.tidepool.api.PoolStats;
import dev.tidepool.observe.PoolJmx;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.LogCapture;
import dev.tidepool.testing.ScriptedDataSource;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import javax.management.JMX;
import javax.management.MBeanServer;
import javax.management.MBeanServerConnection;
import javax.management.ObjectName;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A pool as an operator sees it through JMX. */
class PoolJmxTest {
  private final MBeanServer server = ManagementFactory.getPlatformMBeanServer();
  private final ScriptedDataSource database = new ScriptedDataSource("jmx");
  private final TidepoolDataSource pool = pool("jmx pool");

  private TidepoolDataSource pool(String name) {
    TidepoolDataSource made = new TidepoolDataSource();
    made.setDataSource(database);
    made.setPoolName(name);
    made.setMaximumPoolSize(3);
    made.setMinimumIdle(1);
    made.setRegisterMbeans(true);
    return made;
  }

  @AfterEach
  void close() {
    pool.close();
  }

  private ObjectName name(String poolName) throws Exception {
    return new ObjectName(PoolJmx.nameOf(poolName));
  }

  private PoolMXBean bean(String poolName) throws Exception {
    MBeanServerConnection connection = server;
    return JMX.newMXBeanProxy(connection, name(poolName), PoolMXBean.class);
  }

  @Test
  void figures_areThoseOfThePool() throws Exception {
    try (Connection held = pool.getConnection()) {
      assertThat(held.isClosed()).isFalse();
      Await.until("the second is open", () -> pool.stats().idle() == 1);
      PoolMXBean bean = bean("jmx pool");
      assertThat(bean.getPoolName()).isEqualTo("jmx pool");
      assertThat(bean.getState()).isEqualTo("RUNNING");
      assertThat(bean.getActiveConnections()).isEqualTo(1);
      assertThat(bean.getIdleConnections()).isEqualTo(1);
      assertThat(bean.getTotalConnections()).isEqualTo(2);
      assertThat(bean.getThreadsAwaitingConnection()).isZero();
      assertThat(bean.getCheckingConnections()).isZero();
      assertThat(bean.getConnectingConnections()).isZero();
      assertThat(bean.getOpenedConnections()).isEqualTo(2);
      assertThat(bean.getClosedConnections()).isZero();
      assertThat(bean.getBorrows()).isEqualTo(1);
      assertThat(bean.getAcquireTimeouts()).isZero();
      PoolStats stats = pool.stats();
      assertThat(bean.getAcquireWaits()).isEqualTo(stats.acquireWaits());
      assertThat(bean.getAcquireWaitTotalMillis()).isEqualTo(stats.acquireWaitTotal().toMillis());
      assertThat(bean.getAcquireWaitLongestMillis())
          .isEqualTo(stats.acquireWaitLongest().toMillis());
      assertThat(bean.getConnectFailures()).isZero();
      assertThat(bean.getPings()).isZero();
      assertThat(bean.getPingFailures()).isZero();
      assertThat(bean.getValidations()).isEqualTo(pool.stats().validations());
      assertThat(bean.getValidationFailures()).isZero();
      assertThat(bean.getLateAnswers()).isEqualTo(stats.lateAnswers());
      assertThat(bean.getIdleNews()).isEqualTo(stats.idleNews());
      assertThat(bean.getSuspicions()).isEqualTo(stats.suspicions());
      assertThat(bean.getOutages()).isZero();
      assertThat(bean.getLeaks()).isZero();
      assertThat(bean.getRetired()).isEmpty();
      assertThat(bean.getTcpKeepAlive()).isNotEmpty();
      assertThat(bean.getLastConnectFailure()).isEqualTo("none");
    }
  }

  @Test
  void operations_changeThePool() throws Exception {
    // Exactly one, however slow the machine is: a login that takes a second is not the only one.
    pool.setMinimumIdle(1);
    pool.setMaximumPoolSize(1);
    pool.getConnection().close();
    PoolMXBean bean = bean("jmx pool");
    bean.suspendPool();
    assertThat(pool.isSuspended()).isTrue();
    assertThat(bean.getState()).isEqualTo("SUSPENDED");
    bean.softEvictConnections();
    assertThat(pool.stats().total()).isZero();
    assertThat(bean.getRetired()).isEqualTo("EVICTED=1");
    bean.resumePool();
    assertThat(pool.stats().state()).isEqualTo(PoolState.RUNNING);
  }

  @Test
  void settings_changeThePool_inMilliseconds() throws Exception {
    pool.getConnection().close();
    PoolMXBean bean = bean("jmx pool");
    bean.setMaximumPoolSize(8);
    bean.setMinimumIdle(2);
    bean.setConnectionTimeout(1_234);
    bean.setValidationTimeout(2_345);
    bean.setIdleTimeout(34_567);
    bean.setMaxLifetime(456_789);
    bean.setKeepaliveTime(12_345);
    bean.setLeakDetectionThreshold(6_789);
    assertThat(bean.getMaximumPoolSize()).isEqualTo(pool.getMaximumPoolSize()).isEqualTo(8);
    assertThat(bean.getMinimumIdle()).isEqualTo(pool.getMinimumIdle()).isEqualTo(2);
    assertThat(pool.getConnectionTimeout()).isEqualTo(Duration.ofMillis(1_234));
    assertThat(bean.getConnectionTimeout()).isEqualTo(1_234);
    assertThat(pool.getValidationTimeout()).isEqualTo(Duration.ofMillis(2_345));
    assertThat(bean.getValidationTimeout()).isEqualTo(2_345);
    assertThat(pool.getIdleTimeout()).isEqualTo(Duration.ofMillis(34_567));
    assertThat(bean.getIdleTimeout()).isEqualTo(34_567);
    assertThat(pool.getMaxLifetime()).isEqualTo(Duration.ofMillis(456_789));
    assertThat(bean.getMaxLifetime()).isEqualTo(456_789);
    assertThat(pool.getKeepaliveTime()).isEqualTo(Duration.ofMillis(12_345));
    assertThat(bean.getKeepaliveTime()).isEqualTo(12_345);
    assertThat(pool.getLeakDetectionThreshold()).isEqualTo(Duration.ofMillis(6_789));
    assertThat(bean.getLeakDetectionThreshold()).isEqualTo(6_789);
    assertThat(pool.stats().maximumPoolSize()).isEqualTo(8);
    assertThatThrownBy(() -> bean.setMaximumPoolSize(0)).hasMessage(messageOfZero());
    assertThat(bean.getMaximumPoolSize()).isEqualTo(8);
  }

  private String messageOfZero() {
    try {
      pool.setMaximumPoolSize(0);
    } catch (RuntimeException e) {
      return String.valueOf(e.getMessage());
    }
    throw new AssertionError("zero was accepted");
  }

  @Test
  void lastFailure_isShown() throws Exception {
    pool.setInitializationFailTimeout(Duration.ofMillis(-1));
    pool.setConnectionTimeout(Duration.ofMillis(200));
    database.onLogin(
        () -> {
          throw new SQLException("no pg_hba.conf entry", "28000");
        });
    assertThatThrownBy(pool::getConnection).isInstanceOf(SQLException.class);
    assertThat(bean("jmx pool").getLastConnectFailure()).contains("no pg_hba.conf entry");
  }

  @Test
  void bean_comesWithTheStart_andGoesWithClose() throws Exception {
    assertThat(server.isRegistered(name("jmx pool"))).isFalse();
    pool.getConnection().close();
    assertThat(server.isRegistered(name("jmx pool"))).isTrue();
    pool.close();
    assertThat(server.isRegistered(name("jmx pool"))).isFalse();
  }

  @Test
  void withoutRegisterMbeans_thereIsNone() throws Exception {
    pool.setRegisterMbeans(false);
    pool.getConnection().close();
    assertThat(server.isRegistered(name("jmx pool"))).isFalse();
  }

  @Test
  void anyPoolName_canBeRegistered() throws Exception {
    String odd = "a=b,c:d*?\"\\ é";
    try (TidepoolDataSource other = pool(odd)) {
      other.getConnection().close();
      assertThat(bean(odd).getPoolName()).isEqualTo(odd);
    }
    assertThat(server.isRegistered(name(odd))).isFalse();
  }

  @Test
  void secondPoolOfTheSameName_isLogged_works_andLeavesTheFirstOnesBean() throws Exception {
    pool.getConnection().close();
    try (LogCapture log = new LogCapture(PoolJmx.class);
        TidepoolDataSource second = pool("jmx pool")) {
      second.getConnection().close();
      assertThat(log.count("jmx pool: not registered with JMX, another pool has this name"))
          .isEqualTo(1);
      assertThat(second.stats().state()).isEqualTo(PoolState.RUNNING);
    }
    assertThat(server.isRegistered(name("jmx pool"))).isTrue();
  }

  @Test
  void beanThatSomebodyElseRemoved_doesNotHinderClose() throws Exception {
    pool.getConnection().close();
    server.unregisterMBean(name("jmx pool"));
    pool.close();
    assertThat(pool.stats().total()).isZero();
  }
}
