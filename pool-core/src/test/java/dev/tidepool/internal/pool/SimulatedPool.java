package dev.tidepool.internal.pool;

import dev.tidepool.api.Health;
import dev.tidepool.api.PoolListener;
import dev.tidepool.api.PoolStats;
import dev.tidepool.api.RetireReason;
import dev.tidepool.config.TidepoolConfig;
import dev.tidepool.internal.connect.Checks;
import dev.tidepool.internal.connect.Closer;
import dev.tidepool.internal.connect.ConnectAttempt;
import dev.tidepool.internal.connect.DefaultFailureClassifier;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.connect.SessionDefaults;
import dev.tidepool.internal.jdbc.BorrowedConnection;
import dev.tidepool.internal.upkeep.Probe;
import dev.tidepool.testing.FakeDatabase;
import dev.tidepool.testing.SimulatedRuntime;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A whole pool in one thread, on a database that keeps accounts, worked on by random actions. After
 * each action {@link #audit} compares the pool's figures with the database's and with what the
 * borrower holds.
 */
final class SimulatedPool {
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration MAX_BORROW = Duration.ofSeconds(45);
  private static final int OLD_PROXIES = 20;

  private final Random random;
  private final SimulatedRuntime runtime;
  private final FakeDatabase database = new FakeDatabase();
  private final Engine engine;
  private TidepoolConfig config;

  /** What is borrowed, with the session behind it. */
  private final IdentityHashMap<Connection, FakeDatabase.Session> held = new IdentityHashMap<>();

  private final IdentityHashMap<Connection, Long> since = new IdentityHashMap<>();
  private final List<Connection> old = new ArrayList<>();
  private Trouble trouble = Trouble.NONE;
  private int ceiling;
  private final boolean watchable;
  private int committed;
  private long takenBack;
  private boolean lastAcquireTimedOut;

  private final Error noMemory = new NoMemory();

  /** What a connect meets. */
  private enum Trouble {
    NONE,
    REFUSED,
    ERROR,
    HANGS
  }

  SimulatedPool(Random random) {
    this.random = random;
    // The first value is nearly the same for neighbouring seeds: all pools of a run would be alike.
    int unused = random.nextInt();
    this.runtime = new SimulatedRuntime(random);
    this.watchable = random.nextBoolean();
    int maximum = 1 + random.nextInt(6);
    config =
        TidepoolConfig.builder()
            .jdbcUrl("jdbc:fake:")
            .poolName("simulated")
            .maximumPoolSize(maximum)
            .minimumIdle(random.nextInt(maximum + 1))
            .connectTimeout(CONNECT_TIMEOUT)
            .connectConcurrency(1 + random.nextInt(4))
            .connectionTimeout(Duration.ofMillis(50 + random.nextInt(3000)))
            .keepaliveTime(Duration.ofSeconds(5))
            .keepaliveTimeout(Duration.ofSeconds(1))
            .validateAfterIdle(random.nextBoolean() ? Duration.ofMillis(500) : Duration.ZERO)
            .idleTimeout(Duration.ofSeconds(30))
            .maxLifetime(Duration.ofMinutes(2))
            .maxUses(random.nextBoolean() ? 0 : 20)
            .leakDetectionThreshold(Duration.ofSeconds(10))
            .maxBorrowTime(random.nextBoolean() ? Duration.ZERO : MAX_BORROW)
            .initializationFailTimeout(Duration.ofMillis(-1))
            .build();
    ceiling = maximum;
    engine =
        new Engine(
            config,
            this::connect,
            new Closer("simulated", connection -> {}),
            this::ask,
            new DefaultFailureClassifier(),
            runtime);
  }

  private Checks.Verdict ask(PhysicalConnection physical, Duration timeout, Probe.Question question)
      throws SQLException {
    if (!physical.connection().isValid(1)) {
      return Checks.Verdict.DEAD;
    }
    boolean refuses = database.session(physical.connection()).refusesWrites();
    return refuses && question == Probe.Question.WRITABLE
        ? Checks.Verdict.WRONG_ROLE
        : Checks.Verdict.ALIVE;
  }

  /** Thrown by the runtime; JUnit ends the whole run at an OutOfMemoryError. */
  static final class NoMemory extends Error {
    private static final long serialVersionUID = 1L;

    private NoMemory() {
      super("no memory, of the test", null, false, false);
    }
  }

  void addListener(PoolListener listener) {
    engine.events().add(listener);
  }

  void start() throws InterruptedException {
    engine.start(Duration.ofSeconds(1));
  }

  private PhysicalConnection connect(ConnectAttempt attempt) throws SQLException {
    switch (trouble) {
      case REFUSED -> throw new SQLException("connection refused", "08001");
      case ERROR -> throw new NoClassDefFoundError("of a driver");
      case HANGS -> {
        runtime.passWithoutTasks(CONNECT_TIMEOUT.multipliedBy(2));
        if (random.nextInt(4) == 0) {
          // Each hang lets time pass, and with it comes the next connect: it would never end.
          trouble = Trouble.NONE;
        }
      }
      case NONE -> {}
    }
    FakeDatabase.Session session = database.open();
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
        null,
        watchable ? session : null,
        null,
        false,
        null,
        session);
  }

  // ---- actions

  void act() throws InterruptedException {
    try {
      takeAction();
    } catch (NoMemory e) {
      // Told to whoever called; the accounts must be right all the same.
    }
  }

  private void takeAction() throws InterruptedException {
    int dice = random.nextInt(1000);
    if (dice < 300) {
      acquire();
    } else if (dice < 550) {
      use();
    } else if (dice < 800) {
      giveBack();
    } else if (dice < 880) {
      runtime.runOneTask();
    } else if (dice < 930) {
      runtime.advance(Duration.ofMillis(random.nextInt(2000)));
    } else if (dice < 940) {
      runtime.advance(Duration.ofSeconds(random.nextInt(200)));
    } else if (dice < 960) {
      misuse();
    } else {
      disturb();
    }
  }

  private void acquire() {
    lastAcquireTimedOut = false;
    Connection connection;
    try {
      connection = engine.pool().getConnection();
    } catch (SQLException e) {
      lastAcquireTimedOut = true;
      return;
    }
    FakeDatabase.Session session = sessionOf(connection);
    require(!held.containsValue(session), "one session was lent to two borrowers");
    require(session.leftovers().isEmpty(), "left by an earlier borrower: " + session.leftovers());
    held.put(connection, session);
    since.put(connection, runtime.nanoTime());
  }

  private FakeDatabase.Session sessionOf(Connection connection) {
    try {
      return database.session(connection.unwrap(Connection.class));
    } catch (SQLException e) {
      throw new AssertionError("a connection just lent cannot be unwrapped", e);
    }
  }

  private void use() {
    Connection connection = any();
    if (connection == null) {
      return;
    }
    try {
      switch (random.nextInt(10)) {
        case 0 -> connection.setAutoCommit(false);
        case 1 -> connection.setReadOnly(true);
        case 2 -> connection.setSchema("s" + random.nextInt(3));
        case 3 -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
        case 4 -> {
          connection.commit();
          committed++;
        }
        case 5 -> connection.rollback();
        case 6 -> require(connection.createStatement() != null, "no statement");
        default -> {
          try (Statement statement = connection.createStatement()) {
            if (random.nextInt(4) == 0) {
              statement.executeUpdate("update t set a = 1");
            } else {
              statement.execute(random.nextInt(4) == 0 ? "begin" : "select 1");
            }
          }
        }
      }
    } catch (SQLException | RuntimeException | Error e) {
      if (e instanceof AssertionError a) {
        throw a;
      }
      // Broken on purpose; what matters is what the pool makes of it.
    }
  }

  private void giveBack() {
    Connection connection = any();
    if (connection == null) {
      return;
    }
    boolean unused = isOver(connection);
    held.remove(connection);
    remember(connection);
    close(connection);
  }

  private static void close(Connection connection) {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new AssertionError("close() must not fail", e);
    } catch (VirtualMachineError e) {
      // Passed on to the borrower, after the connection is back.
    }
  }

  private void remember(Connection connection) {
    since.remove(connection);
    old.add(connection);
    if (old.size() > OLD_PROXIES) {
      old.remove(0);
    }
  }

  /** Uses and returns what was returned long ago. */
  private void misuse() {
    if (old.isEmpty()) {
      return;
    }
    Connection connection = old.get(random.nextInt(old.size()));
    close(connection);
    try {
      connection.setAutoCommit(false);
      throw new AssertionError("a returned connection can still be used");
    } catch (SQLException e) {
      require("08003".equals(e.getSQLState()), "wrong SQLSTATE: " + e.getSQLState());
    }
  }

  private void disturb() throws InterruptedException {
    switch (random.nextInt(22)) {
      case 0 -> engine.evict();
      case 1 -> engine.suspend();
      case 2, 3, 4 -> engine.resume();
      case 5 -> resize();
      case 6 -> abort();
      case 7 -> trouble = Trouble.values()[random.nextInt(Trouble.values().length)];
      case 8, 9 -> trouble = Trouble.NONE;
      case 10 -> evictOne();
      case 11 -> {
        boolean empty = engine.drain(Duration.ofMillis(random.nextInt(1500)));
        require(!empty || database.openNow() == 0, "drained, but sessions are open");
      }
      case 12 -> database.sessions().forEach(FakeDatabase.Session::kill);
      case 13 -> database.sessions().forEach(FakeDatabase.Session::demote);
      case 14 -> tellNews();
      case 15 -> runtime.failNextTask(noMemory);
      case 16 -> runtime.failNextTimer(noMemory);
      case 17 -> runtime.failNextWatch(noMemory);
      case 18 -> runtime.standStill(Duration.ofMillis(random.nextInt(5000)));
      case 19 -> runtime.standStillUnnoticed(Duration.ofMillis(random.nextInt(5000)));
      default -> breakSession();
    }
  }

  /** Something arrives on a socket: the end, a notice, or the answer to a borrower. */
  private void tellNews() {
    for (FakeDatabase.Session session : database.sessions()) {
      switch (random.nextInt(3)) {
        case 0 -> session.send();
        case 1 -> session.killWithWords();
        default -> session.end();
      }
      runtime.news(session);
    }
  }

  private void resize() {
    int maximum = 1 + random.nextInt(8);
    config =
        config.toBuilder()
            .maximumPoolSize(maximum)
            .minimumIdle(random.nextInt(maximum + 1))
            .password(random.nextBoolean() ? config.password() : "number " + random.nextInt())
            .build();
    engine.reconfigure(config);
    ceiling = Math.max(ceiling, maximum);
  }

  private void abort() {
    Connection connection = any();
    if (connection == null) {
      return;
    }
    boolean unused = isOver(connection);
    held.remove(connection);
    remember(connection);
    try {
      connection.abort(Runnable::run);
    } catch (SQLException e) {
      throw new AssertionError("abort failed", e);
    }
  }

  private void evictOne() {
    Connection connection = any();
    if (connection != null) {
      require(engine.pool().evict(connection), "a borrowed connection cannot be evicted");
    }
  }

  private void breakSession() {
    List<FakeDatabase.Session> sessions = database.sessions();
    if (sessions.isEmpty()) {
      return;
    }
    FakeDatabase.Session session = sessions.get(random.nextInt(sessions.size()));
    switch (random.nextInt(5)) {
      case 0 -> session.kill();
      case 1 ->
          session.onNextCall(
              () -> {
                throw new OutOfMemoryError("of a driver");
              });
      case 2 ->
          session.onNextCall(
              () -> {
                throw new NoSuchMethodError("of a driver");
              });
      case 3 ->
          session.onNextCall(
              () -> {
                throw new IllegalStateException("of a driver");
              });
      default ->
          session.onNextCall(
              () -> runtime.passWithoutTasks(Duration.ofSeconds(random.nextInt(60))));
    }
  }

  private @Nullable Connection any() {
    if (held.isEmpty()) {
      return null;
    }
    // In the order of borrowing, so that a seed always means the same run.
    List<Connection> all = new ArrayList<>(held.keySet());
    all.sort(Comparator.comparingInt(this::numberOf));
    return all.get(random.nextInt(all.size()));
  }

  private int numberOf(Connection connection) {
    FakeDatabase.Session session = held.get(connection);
    return session == null ? 0 : session.number();
  }

  // ---- accounts

  void audit() {
    PoolStats stats = engine.stats();
    if (stats.total() + stats.connecting() <= stats.maximumPoolSize()) {
      ceiling = stats.maximumPoolSize();
    }
    forgetTakenBack(stats.retired(RetireReason.BORROWED_TOO_LONG));
    require(database.breaches().isEmpty(), "breaches: " + database.breaches());
    runtime.failures().removeIf(NoMemory.class::isInstance);
    require(runtime.failures().isEmpty(), "failures: " + runtime.failures());
    require(
        stats.total() + stats.connecting() <= ceiling,
        "total " + stats.total() + " + connecting " + stats.connecting() + " > " + ceiling);
    require(stats.active() == held.size(), "active " + stats.active() + ", held " + held.size());
    require(
        database.openNow() == stats.total() + stats.closing(),
        "sessions "
            + database.openNow()
            + ", total "
            + stats.total()
            + ", closing "
            + stats.closing());
    require(
        stats.opened() - stats.closed() == stats.total() + stats.closing(),
        "opened " + stats.opened() + ", closed " + stats.closed() + ", total " + stats.total());
    require(stats.waiting() == 0, "waiting " + stats.waiting() + " with nobody there");
    require(
        database.commits() == committed, "commits " + database.commits() + ", own " + committed);
    for (FakeDatabase.Session session : held.values()) {
      require(!session.isClosed(), "a session was closed under its borrower");
    }
  }

  /** As many as the pool says were taken back are over for their holders, who had them too long. */
  private void forgetTakenBack(long told) {
    if (told == takenBack) {
      return;
    }
    // The pool's clock for borrows is coarse, and may have stood still for longer than a tick.
    long before = runtime.nanoTime() - MAX_BORROW.toNanos() + Duration.ofSeconds(1).toNanos();
    for (Connection connection : List.copyOf(held.keySet())) {
      if (isOver(connection)) {
        require(since.get(connection) <= before, "taken back too soon");
        held.remove(connection);
        remember(connection);
      }
    }
    require(told == takenBack, "taken back " + told + ", over for their holders " + takenBack);
  }

  /** Taken back by the pool, as this borrower has ended it in no way; counted. */
  private boolean isOver(Connection connection) {
    BorrowedConnection borrowed = (BorrowedConnection) connection;
    boolean over = !borrowed.entry().isLeased(borrowed.lease());
    takenBack += over ? 1 : 0;
    return over;
  }

  /** Whether a borrower is served once troubles are over and everything was given back. */
  void recovers() throws InterruptedException {
    trouble = Trouble.NONE;
    runtime.failNoMore();
    for (FakeDatabase.Session session : database.sessions()) {
      session.onNextCall(() -> {});
    }
    while (!held.isEmpty()) {
      giveBack();
    }
    engine.resume();
    runtime.advance(Duration.ofMinutes(1));
    audit();
    require(engine.stats().checking() == 0, "a check without end: " + engine.stats());
    require(engine.stats().health() == Health.UP, "the database is well: " + engine.stats());
    acquire();
    require(!lastAcquireTimedOut, "no connection although the database is well: " + engine.stats());
    giveBack();
    audit();
  }

  void close() {
    switch (random.nextInt(3)) {
      case 0 -> runtime.failNextTask(noMemory);
      case 1 -> runtime.failNextTimer(noMemory);
      default -> {}
    }
    try {
      engine.close();
    } catch (NoMemory e) {
      // It must have closed everything nevertheless.
    }
    held.clear();
    runtime.runTasks();
    PoolStats stats = engine.stats();
    require(runtime.isReleased(), "the runtime was not given back");
    require(database.openNow() == 0, "sessions left open: " + database.openNow());
    require(database.breaches().isEmpty(), "breaches: " + database.breaches());
    require(stats.total() == 0 && stats.closing() == 0, "left: " + stats);
    long retired = stats.retired().values().stream().mapToLong(Long::longValue).sum();
    require(stats.opened() == stats.closed() && stats.opened() == retired, "accounts: " + stats);
    require(stats.retired(RetireReason.POOL_CLOSED) <= stats.opened(), "accounts: " + stats);
  }

  PoolStats stats() {
    return engine.stats();
  }

  private void require(boolean condition, String breach) {
    if (!condition) {
      throw new AssertionError(breach);
    }
  }
}
