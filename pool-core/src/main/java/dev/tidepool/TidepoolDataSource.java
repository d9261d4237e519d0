package dev.tidepool;

import dev.tidepool.api.PoolClosedException;
import dev.tidepool.api.PoolInterruptedException;
import dev.tidepool.api.PoolListener;
import dev.tidepool.api.PoolStartException;
import dev.tidepool.api.PoolState;
import dev.tidepool.api.PoolStats;
import dev.tidepool.api.Tidepool;
import dev.tidepool.config.Secrets;
import dev.tidepool.config.TidepoolConfig;
import dev.tidepool.internal.exchange.StackRoom;
import dev.tidepool.internal.pool.ConnectionPool;
import dev.tidepool.internal.pool.Engine;
import dev.tidepool.internal.pool.Patience;
import dev.tidepool.internal.runtime.ThreadedRuntime;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * A connection pool as a {@link DataSource}.
 *
 * <pre>{@code
 * TidepoolDataSource pool = new TidepoolDataSource();
 * pool.setUrl("jdbc:postgresql://localhost/app");
 * pool.setUsername("app");
 * pool.setPassword(password);
 * try (Connection connection = pool.getConnection()) {
 *   // use it; close() gives it back
 * }
 * }</pre>
 *
 * <p>Made without arguments it is a bean: set its properties, and the first {@link
 * #getConnection()} starts the pool. Made from a {@link TidepoolConfig} it starts at once. While it
 * runs, the properties that say so can still be changed; the others are fixed. Close it when the
 * application ends. All methods may be called from any thread.
 */
public class TidepoolDataSource extends AbstractDataSource
    implements DataSource, Tidepool, AutoCloseable {
  private static final org.slf4j.Logger log = LoggerFactory.getLogger(TidepoolDataSource.class);

  /** How long close() waits for a start whose engine is still being put together. */
  private static final long START_ENDS_MILLIS = 3_000;

  /**
   * Held while the pool starts, which may take as long as a connect, and for ever where a class or
   * a name of the user's hangs.
   */
  private final ReentrantLock starting = new ReentrantLock();

  private final ReentrantLock beginning = new ReentrantLock();

  // written under beginning
  private final List<PoolListener> listeners = new ArrayList<>();
  private volatile boolean suspendAtStart;

  private final AtomicBoolean closed = new AtomicBoolean();
  private final FailedStarts failedStarts = new FailedStarts();
  private final StartPause pause;

  /**
   * The engine as soon as it exists: close() must end a start in progress, changes must reach it.
   */
  private volatile @Nullable Engine begun;

  /**
   * What the newest engine goes by. Not asked of the bean: a connect of a start that has failed may
   * still be at it when properties can be set again.
   */
  private volatile @Nullable TidepoolConfig inForce;

  private volatile @Nullable Running running;

  /** What exists once the pool has started; the hot path is read through one field. */
  private record Running(ConnectionPool pool, Engine engine, AutoCloseable jmx) {}

  /** A bean to be configured; it starts with the first connection asked for. */
  public TidepoolDataSource() {
    this(ThreadedRuntime::now);
  }

  /** The same, where the pause after a failed start goes by this clock. */
  TidepoolDataSource(LongSupplier clock) {
    pause = new StartPause(clock);
  }

  /**
   * A pool that starts at once.
   *
   * @throws PoolStartException if no connection could be opened and {@code
   *     initializationFailTimeout} is positive
   * @throws IllegalArgumentException if a driver or class that is named cannot be found
   */
  @SuppressWarnings("this-escape") // the last thing this constructor does
  public TidepoolDataSource(TidepoolConfig config) {
    this(ThreadedRuntime::now);
    adopt(config);
    try {
      start(Patience.LONGEST);
    } catch (SQLException e) {
      throw new PoolStartException(
          String.valueOf(e.getMessage()), e.getCause() == null ? e : e.getCause());
    }
  }

  // ---- lending

  /**
   * Lends a connection; its {@code close()} gives it back.
   *
   * @throws dev.tidepool.api.PoolTimeoutException if none was to be had within {@code
   *     connectionTimeout}
   * @throws dev.tidepool.api.PoolBusyException if {@code maximumWaiters} wait already
   * @throws PoolClosedException if the pool is closed
   * @throws SQLException if the pool cannot start, with the SQLSTATE of the failed connect; for a
   *     moment after that without another try
   * @throws dev.tidepool.config.TidepoolConfigException if the pool is to start and its properties
   *     break rules; all of them are named
   * @throws IllegalArgumentException if the pool is to start and a driver or class it names cannot
   *     be found
   */
  @Override
  public Connection getConnection() throws SQLException {
    Running r = running;
    return r != null ? r.pool.getConnection() : getFirstSlow();
  }

  /**
   * Lends a connection if the credentials are the {@code username} and {@code password} of the
   * pool, null where one is not set. A session of another user is never lent.
   *
   * @throws SQLFeatureNotSupportedException for other credentials, and for any if the pool has a
   *     {@code credentialsProvider}: a session of another user must not be lent to the next
   *     borrower; use a pool for each user
   * @throws SQLTransientConnectionException if the pool is just changing from another user to this
   *     one and would have to lend a session of the other
   * @throws SQLException as {@link #getConnection()} does
   */
  @Override
  public Connection getConnection(@Nullable String username, @Nullable String password)
      throws SQLException {
    refuseUnlessOwn(username, password);
    Connection connection = getConnection();
    boolean lent = false;
    try {
      // Both may have changed while it waited.
      refuseUnlessOwn(username, password);
      Running r = running;
      if (r == null || !r.pool.isOfPresentUser(connection)) {
        throw new SQLTransientConnectionException(
            getPoolName() + " is changing to another user; try again in a moment", "08001");
      }
      lent = true;
      return connection;
    } finally {
      if (!lent) {
        connection.close();
      }
    }
  }

  // ---- start

  /** The start counts against the borrower's time. */
  private Connection getFirstSlow() throws SQLException {
    long begun = ThreadedRuntime.now();
    return start(Patience.of(getConnectionTimeout())).pool.getConnection(begun);
  }

  private Running start(Duration patience) throws SQLException {
    try {
      return startInterruptibly(patience);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new PoolInterruptedException(getPoolName() + ": interrupted while the pool started", e);
    }
  }

  private Running startInterruptibly(Duration patience) throws SQLException, InterruptedException {
    StackRoom.forLife(); // or its locks may stay held
    // Such as a log appender that writes to this very database, or a constructor: a second engine
    // would serve beside the first, and nobody would close it.
    if (starting.isHeldByCurrentThread()) {
      throw new SQLTransientConnectionException(
          getPoolName() + ": still starting, and asked for a connection by what the start calls",
          "08001");
    }
    long begun = ThreadedRuntime.now();
    boolean locked = false;
    try {
      locked = starting.tryLock(patience.toMillis(), TimeUnit.MILLISECONDS);
      if (!locked) {
        throw new SQLTransientConnectionException(
            getPoolName() + ": still starting after " + patience.toMillis() + " ms", "08001");
      }
      Running r = running;
      Duration waited = Duration.ofNanos(ThreadedRuntime.now() - begun);
      return r != null ? r : startLocked(patience.minus(waited));
    } finally {
      if (locked) {
        starting.unlock();
      }
    }
  }

  private Running startLocked(Duration patience) throws SQLException, InterruptedException {
    refuseIfClosed();
    int asked = pause.begin();
    TidepoolConfig config = seal();
    inForce = config;
    Engine engine = null;
    Running made = null;
    boolean started = false;
    try {
      engine = begin(config);
      refuseIfClosed(); // a close() before this moment met no engine that it could end
      // Of what was set while the engine was being put together, apply() knew no engine yet.
      reapplyUnless(config);
      engine.start(patience);
      made = new Running(engine.pool(), engine, Wiring.registerJmx(config, this));
      refuseIfClosed(); // a close() may have waited long enough
      running = made;
      started = true;
      failedStarts.forgetEnded();
      pause.ended(config.poolName(), engine.stats().opened() > 0);
      return made;
    } catch (PoolStartException e) {
      refuseIfClosed();
      throw pause.failed(config.poolName(), asked, e);
    } finally {
      if (!started) {
        begun = null;
        if (made != null) {
          Wiring.quietly(getPoolName(), made.jmx);
        }
        if (engine != null) {
          engine.close();
          failedStarts.add(engine);
        }
        unseal();
      }
    }
  }

  /** Not under the lock, for which nobody must wait: a class or a name may take long to find. */
  private Engine begin(TidepoolConfig config) {
    Engine engine =
        Wiring.engine(config, () -> Objects.requireNonNull(inForce), pause.isRepetition());
    StackRoom.forNote(); // or it may stay held
    beginning.lock();
    try {
      listeners.forEach(engine.events()::add);
      if (suspendAtStart) {
        engine.suspend();
      }
      begun = engine;
      return engine;
    } finally {
      beginning.unlock();
    }
  }

  private void refuseIfClosed() throws PoolClosedException {
    if (closed.get()) {
      throw new PoolClosedException(getPoolName() + " is closed");
    }
  }

  /** Takes over a change that has passed all checks. */
  @Override
  protected void apply(TidepoolConfig changed) {
    // First: a login that notes the new credentials' number must not get the old ones.
    inForce = changed;
    // Also while it is still starting.
    Engine engine = begun;
    if (engine != null) {
      engine.reconfigure(changed);
    }
  }

  @Override
  final void changed() {
    pause.changed();
  }

  // ---- operations

  @Override
  public PoolStats stats() {
    Running r = running;
    return r != null
        ? r.engine.stats()
        : PoolStats.unused(
            getPoolName(),
            closed.get() ? PoolState.CLOSED : PoolState.NEW,
            getMaximumPoolSize(),
            getMinimumIdle());
  }

  @Override
  public void addListener(PoolListener listener) {
    Objects.requireNonNull(listener, "listener");
    StackRoom.forNote(); // or it may stay held
    beginning.lock();
    try {
      listeners.add(listener);
      Engine engine = begun;
      if (engine != null) {
        engine.events().add(listener);
      }
    } finally {
      beginning.unlock();
    }
  }

  @Override
  public void removeListener(PoolListener listener) {
    StackRoom.forNote(); // or it may stay held
    beginning.lock();
    try {
      listeners.remove(listener);
      Engine engine = begun;
      if (engine != null) {
        engine.events().remove(listener);
      }
    } finally {
      beginning.unlock();
    }
  }

  @Override
  public void suspend() {
    holdBack(true);
  }

  @Override
  public void resume() {
    holdBack(false);
  }

  private void holdBack(boolean on) {
    Engine engine;
    StackRoom.forNote(); // or it may stay held
    beginning.lock();
    try {
      suspendAtStart = on;
      engine = begun;
    } finally {
      beginning.unlock();
    }
    // Not under the lock: to resume is to open connections, and others must not wait for that.
    if (engine != null && on) {
      engine.suspend();
    } else if (engine != null) {
      engine.resume();
    }
  }

  @Override
  public boolean isSuspended() {
    Engine engine = begun;
    return engine != null ? engine.state() == PoolState.SUSPENDED : suspendAtStart && !closed.get();
  }

  @Override
  public void evict() {
    Engine engine = begun;
    if (engine != null) {
      engine.evict();
    }
  }

  @Override
  public void evict(Connection connection) {
    Running r = running;
    if (!isClosed() && (r == null || !r.pool.evict(connection))) {
      throw new IllegalArgumentException(
          getPoolName()
              + ": not a connection of this pool: "
              + Secrets.mask(String.valueOf(connection)));
    }
  }

  @Override
  public boolean drain(Duration timeout, Consumer<? super PoolStats> progress)
      throws InterruptedException {
    Objects.requireNonNull(timeout, "timeout");
    Objects.requireNonNull(progress, "progress");
    suspend();
    // Also while it is still starting: a connect may be under way.
    Engine engine = begun;
    return engine == null || engine.drain(timeout, progress);
  }

  @Override
  public boolean prefill(Duration timeout) throws InterruptedException {
    Objects.requireNonNull(timeout, "timeout");
    Duration patience = Patience.of(timeout);
    long asked = ThreadedRuntime.now();
    Running r = running;
    if (r == null) {
      try {
        r = startInterruptibly(patience);
      } catch (SQLException e) {
        log.debug("{}: prefill found that the pool cannot start", getPoolName(), e);
        return false;
      }
    }
    return r.engine.prefill(patience.minusNanos(ThreadedRuntime.now() - asked));
  }

  @Override
  final @Nullable DataSource driversDataSource() {
    Engine engine = begun;
    return engine == null ? getDataSource() : engine.inventory().dataSource();
  }

  @Override
  public boolean isClosed() {
    return closed.get();
  }

  @Override
  public void close() {
    StackRoom.forLife(); // or it would be done by halves, and never again
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    // First, so that a start in progress ends and lets go of the lock.
    Engine engine = begun;
    if (engine != null) {
      engine.close();
    }
    if (!isStartOver()) {
      log.warn(
          "{}: closed while it is still being put together, which hangs in a class or name of yours"
              + " or in the driver; what comes of it is closed then",
          getPoolName());
    }
    Running r = running;
    if (r != null) {
      Wiring.quietly(getPoolName(), r.jmx);
      r.engine.close();
    }
    failedStarts.awaitEnd();
  }

  /**
   * Waits a while for a start under way, which finds the pool closed and ends what it began. An
   * interrupt ends the wait, and is kept.
   */
  private boolean isStartOver() {
    boolean over = starting.tryLock();
    try {
      over = over || starting.tryLock(START_ENDS_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      if (over) {
        starting.unlock();
      }
    }
    return over;
  }
}
