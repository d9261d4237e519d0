package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.Credentials;
import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.api.FailureClassifier;
import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.LogCapture;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * That what a user sets, as an object or as the name of a class, reaches the place where it
 * matters.
 */
class WiringTest {
  private final TidepoolDataSource pool = new TidepoolDataSource();

  WiringTest() {
    pool.setUrl("jdbc:h2:mem:wiring;DB_CLOSE_DELAY=0");
    pool.setMaximumPoolSize(1);
    pool.setMinimumIdle(0);
  }

  @AfterEach
  void close() {
    pool.close();
  }

  /** Made by name. */
  public static final class NamedThreads implements ThreadFactory {
    static final Queue<Thread> MADE = new ConcurrentLinkedQueue<>();

    /** For the pool. */
    public NamedThreads() {}

    @Override
    public Thread newThread(Runnable task) {
      Thread thread = new Thread(task, "named");
      thread.setDaemon(true);
      MADE.add(thread);
      return thread;
    }
  }

  /** Made by name. */
  public static final class NamedCredentials implements CredentialsProvider {
    static final AtomicInteger ASKED = new AtomicInteger();

    /** For the pool. */
    public NamedCredentials() {}

    @Override
    public Credentials credentials() {
      ASKED.incrementAndGet();
      return new Credentials("sa", "");
    }
  }

  /** Made by name; retires a connection after any error. */
  public static final class Suspicious implements FailureClassifier {
    /** For the pool. */
    public Suspicious() {}

    @Override
    public Verdict classify(SQLException error) {
      return Verdict.RETIRE;
    }
  }

  /** Written for HikariCP's interface, as far as it can be without HikariCP. */
  public static final class HikariStyle {
    /** Of HikariCP's answers those needed here. */
    public enum Answer {
      CONTINUE_EVICT,
      MUST_EVICT
    }

    private static final Queue<SQLException> ASKED = new ConcurrentLinkedQueue<>();

    /** For the pool. */
    public HikariStyle() {}

    /** As HikariCP calls it. */
    public Answer adjudicate(SQLException error) {
      ASKED.add(error);
      return ASKED.size() == 1 ? Answer.CONTINUE_EVICT : Answer.MUST_EVICT;
    }
  }

  private static void fail(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      assertThatThrownBy(() -> statement.execute("no sql")).isInstanceOf(SQLException.class);
    }
  }

  @Test
  void threadFactoryClassName() throws SQLException {
    NamedThreads.MADE.clear();
    pool.setThreadFactoryClassName(NamedThreads.class.getName());
    pool.getConnection().close();
    assertThat(NamedThreads.MADE).isNotEmpty();
    pool.close();
    NamedThreads.MADE.forEach(Await::end);
  }

  /** What logs in next asks the new one, and what is there is replaced. */
  @Test
  void credentialsProvider_canBeChangedWhileThePoolRuns() throws SQLException {
    AtomicInteger asked = new AtomicInteger();
    pool.setMinimumIdle(1);
    pool.setCredentialsProvider(() -> new Credentials("sa", ""));
    pool.getConnection().close();
    pool.setCredentialsProvider(
        () -> {
          asked.incrementAndGet();
          return new Credentials("sa", "");
        });
    Await.until("the change", () -> pool.stats().retired(RetireReason.CREDENTIALS_CHANGED) == 1);
    Await.until("the login", () -> asked.get() == 1 && pool.stats().idle() == 1);
  }

  @Test
  void credentialsProvider_isAskedAtEachConnect() throws SQLException {
    AtomicInteger asked = new AtomicInteger();
    pool.setCredentialsProvider(
        () -> {
          asked.incrementAndGet();
          return new Credentials("sa", "");
        });
    pool.getConnection().close();
    pool.evict();
    pool.getConnection().close();
    assertThat(asked).hasValue(2);
  }

  @Test
  void credentialsProviderClassName() throws SQLException {
    int before = NamedCredentials.ASKED.get();
    pool.setCredentialsProviderClassName(NamedCredentials.class.getName());
    pool.getConnection().close();
    assertThat(NamedCredentials.ASKED).hasValue(before + 1);
  }

  @Test
  void changedUser_countsForTheNextConnect() throws SQLException {
    pool.setUsername("first");
    try (Connection connection = pool.getConnection()) {
      assertThat(connection.getMetaData().getUserName()).isEqualTo("FIRST");
    }
    // With its last session the database is gone, so the next user makes one of his own.
    pool.setUsername("second");
    pool.evict();
    Await.until("closed", () -> pool.stats().closed() == 1);
    try (Connection connection = pool.getConnection()) {
      assertThat(connection.getMetaData().getUserName()).isEqualTo("SECOND");
    }
  }

  @Test
  void failureClassifier_decidesWhatIsFatal() throws SQLException {
    try (Connection connection = pool.getConnection()) {
      fail(connection);
    }
    assertThat(pool.stats().retired()).isEmpty();
    pool.close();

    try (TidepoolDataSource suspicious = new TidepoolDataSource()) {
      suspicious.setUrl("jdbc:h2:mem:wiring");
      suspicious.setFailureClassifier(new Suspicious());
      try (Connection connection = suspicious.getConnection()) {
        fail(connection);
      }
      assertThat(suspicious.stats().retired(RetireReason.FATAL_ERROR)).isEqualTo(1);
    }
  }

  @Test
  void exceptionOverrideClassName_ofHikariCPsKind() throws SQLException {
    pool.setExceptionOverrideClassName(HikariStyle.class.getName());
    for (int retired = 0; retired < 2; retired++) {
      try (Connection connection = pool.getConnection()) {
        fail(connection);
      }
      assertThat(pool.stats().retired(RetireReason.FATAL_ERROR)).isEqualTo(retired);
    }
    assertThat(HikariStyle.ASKED).hasSize(2);
  }

  @Test
  void exceptionOverrideClassName() throws SQLException {
    pool.setExceptionOverrideClassName(Suspicious.class.getName());
    try (Connection connection = pool.getConnection()) {
      fail(connection);
    }
    assertThat(pool.stats().retired(RetireReason.FATAL_ERROR)).isEqualTo(1);
  }

  /** A query that fails from now on: one that never works is refused with the first connection. */
  private void takeAwayWhatIsAsked() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("drop table asked");
    }
  }

  @Test
  void failureClassifier_judgesTheErrorsOfChecksToo() throws SQLException {
    Queue<SQLException> judged = new ConcurrentLinkedQueue<>();
    pool.setFailureClassifier(
        error -> {
          judged.add(error);
          return FailureClassifier.Verdict.KEEP;
        });
    pool.setValidateAfterIdle(Duration.ZERO);
    pool.setConnectionInitSql("create table if not exists asked(a int)");
    pool.setConnectionTestQuery("select * from asked");
    takeAwayWhatIsAsked();
    pool.getConnection().close();
    Await.until("refused", () -> pool.stats().retired(RetireReason.VALIDATION_FAILED) == 1);
    assertThat(judged).isNotEmpty();
  }

  @Test
  void testQuery_isWhatChecksAsk() throws SQLException {
    pool.setValidateAfterIdle(Duration.ZERO);
    pool.setConnectionInitSql("create table if not exists asked(a int)");
    pool.setConnectionTestQuery("select * from asked");
    takeAwayWhatIsAsked();
    // The one opened at the start is refused by its check; what is opened for this borrower is new.
    pool.getConnection().close();
    Await.until("refused", () -> pool.stats().retired(RetireReason.VALIDATION_FAILED) == 1);
  }

  @Test
  void keepaliveQuery_isWhatPingsAsk_andNothingElse() throws SQLException {
    pool.setMinimumIdle(1);
    pool.setKeepaliveTime(Duration.ofMillis(100));
    pool.setConnectionInitSql("create table if not exists asked(a int)");
    pool.setKeepaliveQuery("select * from asked");
    pool.setValidateAfterIdle(Duration.ZERO);
    pool.setConnectionTestQuery("select 1");
    takeAwayWhatIsAsked();
    do {
      pool.getConnection().close();
    } while (pool.stats().validations() == 0); // what is new is lent unasked
    Await.until("a ping fails", () -> pool.stats().retired(RetireReason.PING_FAILED) > 0);
    assertThat(pool.stats().validationFailures()).isZero();
  }

  @Test
  void whatHasNoEffect_isLoggedAtTheStart() throws SQLException {
    try (LogCapture log = new LogCapture(Wiring.class)) {
      pool.setAllowPoolSuspension(true);
      pool.getConnection().close();
      assertThat(log.count("allowPoolSuspension has no effect")).isEqualTo(1);
    }
  }

  /** It was told of as threadFactory, which nobody had set. */
  @Test
  void classThatCannotBeLoaded_isNamedWithItsProperty_andThePoolCanBeSetRight()
      throws SQLException {
    pool.setThreadFactoryClassName("org.example.Missing");
    assertThatThrownBy(pool::getConnection)
        .hasMessageStartingWith("threadFactoryClassName=org.example.Missing cannot be loaded");
    pool.setThreadFactoryClassName(null);
    pool.getConnection().close();
  }

  /** Of many pools that start, nobody knew which one it was. */
  @Test
  void whatCannotBeFound_isToldWithThePoolsName_whereItWasSet() {
    Map<String, String> wrong =
        Map.of(
            "driverClassName", "org.example.Missing",
            "threadFactoryClassName", "java.lang.String",
            "credentialsProviderClassName", "java.lang.String",
            "exceptionOverrideClassName", "java.lang.String");
    wrong.forEach(
        (property, value) -> {
          assertThatThrownBy(() -> start(property, value, null))
              .isInstanceOf(IllegalArgumentException.class)
              .hasMessageStartingWith(property + "=" + value + " ");
          assertThatThrownBy(() -> start(property, value, "orders"))
              .isExactlyInstanceOf(IllegalArgumentException.class)
              .hasMessageStartingWith("orders: " + property + "=" + value + " ")
              .cause() // the reason, and not the message once more
              .isNotInstanceOf(IllegalArgumentException.class);
        });
  }

  private void start(String property, String value, @Nullable String poolName) throws SQLException {
    try (TidepoolDataSource other = new TidepoolDataSource()) {
      other.setUrl(pool.getUrl());
      other.setPoolName(poolName);
      other.setProperty(property, value);
      other.getConnection().close();
    }
  }

  @Test
  void dataSourceThatCannotBeFoundOrSet_isToldWithThePoolsName() {
    assertThatThrownBy(() -> startBySource("dataSourceJNDI", "java:comp/x"))
        .hasMessageStartingWith("orders: dataSourceJNDI=java:comp/x was not found");
    assertThatThrownBy(() -> startBySource("dataSourceClassName", "java.lang.String"))
        .hasMessageStartingWith("orders: dataSourceClassName=java.lang.String is not a");
    assertThatThrownBy(() -> startBySource("dataSourceClassName", "org.h2.jdbcx.JdbcDataSource"))
        .hasMessageStartingWith("orders: dataSource.nonsense: org.h2.jdbcx.JdbcDataSource has no");
  }

  private static void startBySource(String property, String value) throws SQLException {
    try (TidepoolDataSource other = new TidepoolDataSource()) {
      other.setPoolName("orders");
      other.setProperty(property, value);
      other.addDataSourceProperty("nonsense", "x");
      other.getConnection().close();
    }
  }

  /** Its thread is made by the change, in whose midst the pool took another; the bean then lied. */
  @Test
  void changeByTheThreadFactoryThatAChangeCalls_isRefused() throws SQLException {
    AtomicReference<IllegalStateException> refused = new AtomicReference<>();
    Thread test = Thread.currentThread();
    AtomicBoolean armed = new AtomicBoolean();
    pool.setThreadFactory(
        task -> {
          if (Thread.currentThread().equals(test) && armed.getAndSet(false)) {
            try {
              pool.setMaximumPoolSize(7);
            } catch (IllegalStateException e) {
              refused.set(e);
            }
          }
          Thread thread = new Thread(task);
          thread.setDaemon(true);
          return thread;
        });
    pool.setProperty(
        "minimumIdle", null); // grows with the maximum, and each connect has its thread
    pool.getConnection().close();
    armed.set(true);
    for (int size = 2; armed.get() && size < 20; size++) {
      pool.setMaximumPoolSize(size == 7 ? 20 : size);
    }
    assertThat(refused.get()).hasMessageContaining("cannot be changed from within another change");
    assertThat(pool.stats().maximumPoolSize()).isEqualTo(pool.getMaximumPoolSize()).isNotEqualTo(7);
  }
}
