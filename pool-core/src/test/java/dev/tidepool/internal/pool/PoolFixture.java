package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.PoolStats;
import dev.tidepool.config.TidepoolConfig;
import dev.tidepool.internal.connect.Checks;
import dev.tidepool.internal.connect.Closer;
import dev.tidepool.internal.connect.ConnectAttempt;
import dev.tidepool.internal.connect.ConnectionSource;
import dev.tidepool.internal.connect.DefaultFailureClassifier;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.connect.SessionDefaults;
import dev.tidepool.internal.jdbc.BorrowedConnection;
import dev.tidepool.internal.upkeep.Probe;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.RecordingListener;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A pool on a fake database, in simulated time. Nothing happens unless the test lets time pass,
 * borrows, or runs the tasks. At the end the accounts of pool and database are compared.
 */
final class PoolFixture implements AutoCloseable {
  /** What a connect does before it gets its session. */
  @FunctionalInterface
  interface Connecting {
    void run() throws SQLException;
  }

  final FakeDatabase database = new FakeDatabase();
  final SimulatedRuntime runtime;
  final RecordingListener events = new RecordingListener();
  final Engine engine;
  private TidepoolConfig config;
  private Connecting connecting = () -> {};
  private Supplier<FakeDatabase.Session> sessions = database::open;
  private @Nullable ConnectionSource real;
  private final List<ConnectAttempt> attempts = new ArrayList<>();
  private final List<FakeDatabase.Session> cutOff = new ArrayList<>();
  private @Nullable Duration idleLimit;
  private final Set<FakeDatabase.Session> unlisted = new HashSet<>();
  private int listings;
  private int forgotten;
  private boolean watchable;
  private boolean requestBoundaries;
  private boolean embedded;
  private int connectsNow;
  private int mostConnects;
  private int connects;
  private int borrowers;
  private boolean expectLeftSessions;

  private PoolFixture(TidepoolConfig config) {
    long seed = Long.getLong("tidepool.seed", System.nanoTime());
    this.runtime = new SimulatedRuntime(new Random(seed)).useThreads();
    this.config = config;
    this.engine =
        new Engine(
            config,
            source(),
            new Closer(config.poolName(), this::closing),
            probe(),
            new DefaultFailureClassifier(),
            runtime);
    engine.events().add(events);
  }

  /**
   * A pool that has yet to be started; by default it opens nothing that nobody asks for, and pings
   * nothing.
   */
  static PoolFixture create(UnaryOperator<TidepoolConfig.Builder> settings) {
    TidepoolConfig.Builder builder =
        TidepoolConfig.builder()
            .jdbcUrl("jdbc:fake:")
            .poolName("fixture")
            .maximumPoolSize(4)
            .minimumIdle(0)
            .connectionTimeout(Duration.ofSeconds(3))
            .connectTimeout(Duration.ofSeconds(2))
            .keepaliveTime(Duration.ZERO)
            .idleTimeout(Duration.ZERO)
            .maxLifetime(Duration.ZERO)
            .initializationFailTimeout(Duration.ofMillis(-1));
    return new PoolFixture(settings.apply(builder).build());
  }

  /** A started pool whose minimum of connections is open. */
  static PoolFixture start(UnaryOperator<TidepoolConfig.Builder> settings) {
    PoolFixture fixture = create(settings);
    fixture.start();
    return fixture;
  }

  void start() {
    try {
      engine.start(Duration.ofMinutes(1));
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
    runtime.runTasks();
  }

  // ---- the database's side

  private void closing(Connection connection) {
    ConnectionSource source = real;
    if (source != null) {
      source.closing(connection);
    }
  }

  private ConnectionSource source() {
    return new ConnectionSource() {
      @Override
      public PhysicalConnection open(ConnectAttempt attempt) throws SQLException {
        attempts.add(attempt);
        attempt.mayInterrupt(!embedded);
        ConnectionSource source = real;
        return source == null ? connect() : source.open(attempt);
      }

      @Override
      public void closing(Connection connection) {
        PoolFixture.this.closing(connection);
      }

      @Override
      public @Nullable Duration idleLimit() {
        return idleLimit;
      }

      @Override
      public void forget() {
        forgotten++;
      }
    };
  }

  /** Further connections come from here, opened and prepared as those of a user are. */
  void openBy(ConnectionSource source) {
    real = source;
  }

  private Set<String> listed() {
    listings++;
    return database.sessions().stream()
        .filter(session -> !unlisted.contains(session))
        .map(FakeDatabase.Session::toString)
        .collect(Collectors.toSet());
  }

  /** The server that new connections lead to does not know the present sessions. */
  void failOver() {
    database.sessions().forEach(this::unlist);
  }

  /** How often the server was asked for its sessions. */
  int listings() {
    return listings;
  }

  /** How often what the server had said of itself was to be forgotten. */
  int forgotten() {
    return forgotten;
  }

  /** The server does not list this session any more. */
  void unlist(FakeDatabase.Session session) {
    unlisted.add(session);
  }

  private Probe probe() {
    return new Probe() {
      @Override
      public Checks.Verdict ask(
          PhysicalConnection connection, Duration timeout, Probe.Question question)
          throws SQLException {
        return answer(connection, question);
      }

      @Override
      public Set<String> sessions(PhysicalConnection connection) {
        return listed();
      }
    };
  }

  private Checks.Verdict answer(PhysicalConnection physical, Probe.Question question)
      throws SQLException {
    if (!physical.connection().isValid(1)) {
      return Checks.Verdict.DEAD;
    }
    boolean refuses = database.session(physical.connection()).refusesWrites();
    return question == Probe.Question.WRITABLE && refuses
        ? Checks.Verdict.WRONG_ROLE
        : Checks.Verdict.ALIVE;
  }

  /** The server says how long it lets a session be idle; null if it sets no limit. */
  void idleLimit(@Nullable Duration limit) {
    idleLimit = limit;
  }

  private PhysicalConnection connect() throws SQLException {
    connects++;
    connectsNow++;
    mostConnects = Math.max(mostConnects, connectsNow);
    try {
      connecting.run();
    } finally {
      connectsNow--;
    }
    return physical(sessions.get());
  }

  private PhysicalConnection physical(FakeDatabase.Session session) {
    SessionDefaults defaults =
        new SessionDefaults(
            true,
            false,
            Connection.TRANSACTION_READ_COMMITTED,
            "main",
            "public",
            ResultSet.CLOSE_CURSORS_AT_COMMIT,
            0);
    return new PhysicalConnection(
        session.connection(),
        defaults,
        embedded ? null : () -> cutOff.add(session),
        watchable ? session : null,
        null,
        requestBoundaries,
        session.toString(),
        null);
  }

  /** Further connections have no socket that the pool could close. */
  void embedded() {
    embedded = true;
    database.plainConnections();
  }

  /** Sockets of further connections can be watched. */
  void watchableSockets() {
    watchable = true;
  }

  /** The driver of further connections wants to know where requests begin and end. */
  void requestBoundaries() {
    requestBoundaries = true;
  }

  /** What further connects do first. */
  void onConnect(Connecting action) {
    connecting = action;
  }

  /** Further connects fail. */
  void refuseConnects() {
    connecting =
        () -> {
          throw new SQLException("connection refused", "08001");
        };
  }

  /** Further connects succeed at once. */
  void acceptConnects() {
    connecting = () -> {};
  }

  /** Further connects succeed after a while. */
  void slowConnects(Duration time) {
    connecting = () -> runtime.take(time);
  }

  /** Further connects hang. */
  SimulatedRuntime.Hang hangConnects() {
    SimulatedRuntime.Hang hang = runtime.hang();
    connecting = hang::run;
    return hang;
  }

  /** Further connects get their session from here. */
  void sessionsFrom(Supplier<FakeDatabase.Session> source) {
    sessions = source;
  }

  /** Something on the way to the server ends sessions, present and future, after such a silence. */
  void forgetSilent(Duration limit) {
    database.sessions().forEach(session -> forgetSilent(session, limit));
    sessionsFrom(() -> forgetSilent(database.open(), limit));
  }

  private FakeDatabase.Session forgetSilent(FakeDatabase.Session session, Duration limit) {
    long[] last = {runtime.nanoTime()};
    session.onEachCall(
        () -> {
          if (runtime.nanoTime() - last[0] > limit.toNanos()) {
            session.kill();
          }
          last[0] = runtime.nanoTime();
        });
    return session;
  }

  /** The next call on a session hangs. */
  SimulatedRuntime.Hang hang(FakeDatabase.Session session) {
    SimulatedRuntime.Hang hang = runtime.hang();
    session.onNextCall(hang);
    return hang;
  }

  /** The same; once that ends, notes whether the thread was interrupted in it. */
  SimulatedRuntime.Hang hang(FakeDatabase.Session session, List<Boolean> interrupted) {
    SimulatedRuntime.Hang hang = runtime.hang();
    session.onNextCall(
        () -> {
          hang.run();
          interrupted.add(Thread.currentThread().isInterrupted());
        });
    return hang;
  }

  /** The session behind a borrowed connection. */
  FakeDatabase.Session session(Connection borrowed) {
    // Not by unwrap(): after that, the pool would have to reset the connection.
    return database.session(((BorrowedConnection) borrowed).entry().physical().connection());
  }

  /** Sessions whose socket was closed under the driver. */
  List<FakeDatabase.Session> cutOff() {
    return cutOff;
  }

  /** Every connect so far, as whoever waits for it sees it. */
  List<ConnectAttempt> attempts() {
    return attempts;
  }

  /** Connects begun so far. */
  int connects() {
    return connects;
  }

  /** The most connects that ran side by side. */
  int mostConnects() {
    return mostConnects;
  }

  // ---- the user's side

  Connection get() {
    try {
      return engine.pool().getConnection();
    } catch (SQLException e) {
      throw new AssertionError("no connection", e);
    }
  }

  List<Connection> get(int n) {
    List<Connection> all = new ArrayList<>();
    for (int i = 0; i < n; i++) {
      all.add(get());
    }
    return all;
  }

  /** The exception that a borrower gets. */
  Throwable refusal() {
    try {
      engine.pool().getConnection();
    } catch (SQLException e) {
      return e;
    }
    throw new AssertionError("a connection where none was expected");
  }

  static void giveBack(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new AssertionError("close() must not fail", e);
    }
  }

  static void giveBack(List<Connection> connections) {
    connections.forEach(PoolFixture::giveBack);
  }

  /** Borrows on a thread of its own, which goes on until it has to wait. */
  Borrower borrow() {
    return new Borrower();
  }

  /** A thread that asks for one connection. */
  final class Borrower {
    private final Thread thread;
    private final long since = runtime.nanoTime();
    private long until;
    private @Nullable Connection connection;
    private @Nullable Throwable failure;
    private boolean interruptedAfter;

    private Borrower() {
      thread = runtime.start("borrower-" + ++borrowers, this::run);
    }

    private void run() {
      try {
        connection = engine.pool().getConnection();
      } catch (Throwable t) {
        failure = t;
      }
      until = runtime.nanoTime();
      interruptedAfter = Thread.currentThread().isInterrupted();
    }

    boolean isWaiting() {
      return connection == null && failure == null;
    }

    boolean isServed() {
      return connection != null;
    }

    Connection connection() {
      Connection c = connection;
      if (c == null) {
        throw new AssertionError(thread.getName() + " has no connection", failure);
      }
      return c;
    }

    Throwable failure() {
      Throwable t = failure;
      if (t == null) {
        throw new AssertionError(thread.getName() + " did not fail");
      }
      return t;
    }

    Duration waited() {
      return Duration.ofNanos(until - since);
    }

    void interrupt() {
      runtime.interrupt(thread);
      runtime.runTasks();
    }

    /** Its last turn is over a moment before the thread is. */
    void awaitEnd() {
      Await.end(thread);
    }

    boolean isInterruptedAfter() {
      return interruptedAfter;
    }

    void giveBack() {
      PoolFixture.giveBack(connection());
    }
  }

  /** The outcome of a call on a thread of its own, once it has one. */
  <T> AtomicReference<@Nullable T> background(Callable<T> call) {
    AtomicReference<@Nullable T> outcome = new AtomicReference<>();
    runtime.start(
        "background",
        () -> {
          try {
            outcome.set(call.call());
          } catch (Exception e) {
            throw new AssertionError("background call failed", e);
          }
        });
    return outcome;
  }

  void advance(Duration by) {
    runtime.advance(by);
  }

  void advanceMillis(long millis) {
    runtime.advance(Duration.ofMillis(millis));
  }

  /** Lets time pass until the condition holds. */
  void advanceUntil(BooleanSupplier condition) {
    for (int steps = 0; !condition.getAsBoolean(); steps++) {
      assertThat(steps).as("steps of 10 ms, in vain").isLessThan(10_000);
      advanceMillis(10);
    }
  }

  /** Lets time pass in small steps and looks after each. */
  void advance(Duration by, Runnable afterEachStep) {
    for (long left = by.toMillis(); left > 0; left -= 10) {
      runtime.advance(Duration.ofMillis(10));
      afterEachStep.run();
    }
  }

  PoolStats stats() {
    return engine.stats();
  }

  /** Changes what can be changed while the pool runs. */
  void reconfigure(UnaryOperator<TidepoolConfig.Builder> change) {
    config = change.apply(config.toBuilder()).build();
    engine.reconfigure(config);
  }

  // ---- the end

  /** The driver has been made to keep sessions open. */
  void expectLeftSessions() {
    expectLeftSessions = true;
  }

  @Override
  public void close() {
    runtime.endHangs();
    runtime.runTasks();
    engine.close();
    // Whatever still takes its time in the driver comes to its end.
    runtime.advance(Duration.ofMinutes(1));
    assertThat(runtime.failures()).as("thrown by tasks and timers").isEmpty();
    assertThat(database.breaches()).isEmpty();
    assertThat(runtime.isReleased()).as("runtime given back").isTrue();
    PoolStats stats = stats();
    assertThat(stats.opened()).as("closed, of those opened").isEqualTo(stats.closed());
    assertThat(stats.total() + stats.closing() + stats.connecting() + stats.hungConnects())
        .as("left: %s", stats)
        .isZero();
    if (!expectLeftSessions) {
      assertThat(database.openNow()).as("sessions left open").isZero();
    }
  }
}
