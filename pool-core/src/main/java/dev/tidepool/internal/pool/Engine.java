package dev.tidepool.internal.pool;

import dev.tidepool.api.FailureClassifier;
import dev.tidepool.api.PoolStartException;
import dev.tidepool.api.PoolState;
import dev.tidepool.api.PoolStats;
import dev.tidepool.api.RetireReason;
import dev.tidepool.config.TidepoolConfig;
import dev.tidepool.internal.connect.Closer;
import dev.tidepool.internal.connect.ConnectionSource;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.ConnectFailure;
import dev.tidepool.internal.inventory.Counters;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.Changes;
import dev.tidepool.internal.runtime.EventQueue;
import dev.tidepool.internal.runtime.PoolRuntime;
import dev.tidepool.internal.upkeep.Checker;
import dev.tidepool.internal.upkeep.Limits;
import dev.tidepool.internal.upkeep.Liveness;
import dev.tidepool.internal.upkeep.Probe;
import dev.tidepool.internal.upkeep.Upkeep;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A pool's machinery and its life: start, suspend, evict, drain, reconfigure, close. */
public final class Engine {
  private static final Logger log = LoggerFactory.getLogger(Engine.class);

  private final ConnectionSource source;
  private final PoolRuntime runtime;
  private final Counters counters = new Counters();
  private final EventQueue events;
  private final Changes changes;
  private final CountDownLatch ended = new CountDownLatch(1);
  private final Exchange<Entry> exchange;
  private final Inventory inventory;
  private final Checker checker;
  private final Liveness liveness;
  private final Supply supply;
  private final Upkeep upkeep;
  private final ConnectionPool pool;
  private final Service service;
  private final Holders holders = new Holders(this);
  private volatile TidepoolConfig config;

  /**
   * Puts the parts together; nothing runs and nothing is opened before {@link #start}.
   *
   * @param runtime released by {@link #close}
   */
  public Engine(
      TidepoolConfig config,
      ConnectionSource source,
      Closer closer,
      Probe probe,
      FailureClassifier classifier,
      PoolRuntime runtime) {
    String name = config.poolName();
    this.config = config;
    this.source = source;
    this.runtime = runtime;
    this.events = new EventQueue(name, runtime);
    this.changes = new Changes(runtime);
    this.exchange = Exchange.rehearsed(new RuntimeParking(runtime), this::supply);
    this.service = new Service(exchange, events);
    this.inventory =
        new Inventory(
            name,
            runtime,
            source,
            closer,
            exchange,
            events,
            counters,
            new Owner(),
            config.connectTimeout(),
            config.connectConcurrency(),
            config.maximumPoolSize());
    this.liveness =
        new Liveness(config, runtime, probe, exchange, inventory, events, counters, this::supply);
    this.checker = liveness.checker();
    this.pool = new ConnectionPool(this, classifier, config);
    this.supply =
        new Supply(
            name, runtime, exchange, inventory, checker, pool::isFresh, config.minimumIdle());
    this.upkeep =
        new Upkeep(
            name,
            runtime,
            exchange,
            inventory,
            checker,
            events,
            counters,
            this::passed,
            source::idleLimit,
            liveness,
            Limits.of(config));
  }

  private final class Owner implements Inventory.Owner {
    @Override
    public void arrived(Entry entry, long took, long answer, @Nullable RetireReason unwanted) {
      try {
        liveness.opened(entry, took, answer);
      } finally { // no memory for a conclusion: the slot must not be lost with it
        place(entry, service.isDraining() ? RetireReason.EVICTED : unwanted);
      }
      supply.refill();
    }

    private void place(Entry entry, @Nullable RetireReason unwanted) {
      if (unwanted != null) {
        evict(entry, unwanted);
      } else if (!liveness.takes(entry) && !exchange.pass(entry) && entry.retireOwned()) {
        retire(entry, Doom.of(RetireReason.EVICTED));
      }
    }

    @Override
    public void failed(Throwable cause) {
      supply.refill();
      liveness.connectFailed(cause);
    }

    @Override
    public void changed() {
      Engine.this.changed();
    }
  }

  /** Something may have become possible, or true. */
  private void changed() {
    supply();
    changes.announce();
    liveness.changed(); // last, as it may fail for want of memory
  }

  /** Returns and checks announce nothing, as that would cost each of them. */
  private void passed() {
    supply.runUnstuck();
    changes.announce();
    liveness.changed();
  }

  // ---- start

  /**
   * Begins upkeep and opens connections; see {@code initializationFailTimeout} for how long it
   * waits for the first.
   *
   * @param patience bounds the wait; what is not decided by then goes on without it
   * @throws PoolStartException if the first connection failed; the pool is closed then, as after
   *     anything else that is thrown
   * @throws InterruptedException if interrupted while waiting
   */
  public void start(Duration patience) throws InterruptedException {
    boolean started = false;
    try {
      upkeep.start();
      if (new Startup(this, changes).awaitFirst(patience)) {
        supply.refill();
      }
      supply();
      log.info("{}: started, {} connections open", poolName(), inventory.counts().open());
      started = true;
    } finally {
      if (!started) {
        abandon();
      }
    }
  }

  /** Whoever waited for the start has waited enough: a worker sees to the end of what it began. */
  private void abandon() {
    PoolState before = service.close();
    if (before == PoolState.CLOSED) {
      return;
    }
    boolean handedOver = false;
    try {
      runtime.execute(() -> end(before));
      handedOver = true;
    } finally {
      if (!handedOver) { // no memory, no thread: nobody else will ever end it
        end(before);
      }
    }
  }

  // ---- what the way of a connection needs

  /** The hot path in front of this engine. */
  public ConnectionPool pool() {
    return pool;
  }

  void supply() {
    supply.run();
  }

  Checker checker() {
    return checker;
  }

  /**
   * Closes an entry the caller moved to RETIRED, for the given reason or the one it was doomed for.
   */
  void retire(Entry entry, @Nullable Doom doom) {
    Doom earlier = entry.doomed();
    Doom why = doom != null ? doom : earlier;
    inventory.retire(entry, why != null ? why : Doom.of(RetireReason.EVICTED));
  }

  void leakReturned(Entry entry, long now) {
    Duration held = Duration.ofNanos(now - entry.borrowedAt());
    log.info(
        "{}: connection #{}, reported as leaked, came back after {} ms",
        poolName(),
        entry.id(),
        held.toMillis());
    events.publish(l -> l.leakReturned(entry.info(now), held));
  }

  void acquireTimedOut(Duration waited) {
    counters.acquireTimeouts.increment();
    events.publish(l -> l.acquireTimedOut(waited));
  }

  Exchange<Entry> exchange() {
    return exchange;
  }

  PoolRuntime runtime() {
    return runtime;
  }

  Counters counters() {
    return counters;
  }

  /** What exists, and what it is opened by. */
  public Inventory inventory() {
    return inventory;
  }

  @Nullable ConnectFailure lastFailure() {
    return inventory.lastFailure();
  }

  Holders holders() {
    return holders;
  }

  Liveness liveness() {
    return liveness;
  }

  @Nullable Duration idleLimit() {
    return source.idleLimit();
  }

  /** The configuration in force. */
  public TidepoolConfig config() {
    return config;
  }

  /** The pool's events. */
  public EventQueue events() {
    return events;
  }

  String poolName() {
    return config.poolName();
  }

  long connectionTimeout() {
    return config.connectionTimeout().toNanos();
  }

  int maximumWaiters() {
    int limit = config.maximumWaiters();
    // Whoever waits only until an idle connection has been checked is not what the limit is for.
    return limit == 0
        ? Integer.MAX_VALUE
        : (int) Math.min(Integer.MAX_VALUE, (long) limit + checker.promising());
  }

  /** What the pool is doing. */
  public PoolState state() {
    return service.state();
  }

  boolean isClosed() {
    return service.state() == PoolState.CLOSED;
  }

  boolean isDraining() {
    return service.isDraining();
  }

  /** A snapshot of everything that is counted. */
  public PoolStats stats() {
    return Stats.of(this);
  }

  // ---- operations

  /** See {@link dev.tidepool.api.Tidepool#suspend}. */
  public void suspend() {
    if (service.suspend()) {
      log.info("{}: suspended", poolName());
    }
  }

  /** See {@link dev.tidepool.api.Tidepool#resume}. */
  public void resume() {
    if (service.resume()) {
      supply();
      log.info("{}: resumed", poolName());
    }
  }

  /** See {@link dev.tidepool.api.Tidepool#evict()}. */
  public void evict() {
    inventory.evictConnecting(); // first, so that what arrives meanwhile is not missed by both
    exchange.forEach(entry -> evict(entry, RetireReason.EVICTED));
  }

  /** Retires an entry now if nobody has it, else when it comes back. */
  public void evict(Entry entry, RetireReason reason) {
    Doom doom = Doom.of(reason);
    // The entry may change hands between two looks; it cannot escape all of them for ever.
    while (entry.state() != SlotState.RETIRED && entry.state() != SlotState.DOOMED) {
      if (entry.retireIdle() || entry.retireChecking()) {
        inventory.retire(entry, doom);
        return;
      }
      if (entry.doom(doom)) {
        return;
      }
    }
  }

  /** See {@link dev.tidepool.api.Tidepool#drain(Duration)}. */
  public boolean drain(Duration timeout) throws InterruptedException {
    return drain(timeout, stats -> {});
  }

  /** See {@link dev.tidepool.api.Tidepool#drain(Duration, Consumer)}. */
  public boolean drain(Duration timeout, Consumer<? super PoolStats> progress)
      throws InterruptedException {
    suspend();
    service.drain();
    evict();
    return new Drain(this, progress).await(changes, deadline(timeout));
  }

  /** See {@link dev.tidepool.api.Tidepool#prefill}. */
  public boolean prefill(Duration timeout) throws InterruptedException {
    supply();
    boolean ended = changes.await(() -> isClosed() || isFilled(), deadline(timeout));
    return ended && !isClosed();
  }

  private boolean isFilled() {
    return inventory.counts().open() >= config.minimumIdle();
  }

  private long deadline(Duration timeout) {
    return runtime.nanoTime() + Patience.of(timeout).toNanos();
  }

  /** Takes over a changed configuration, already checked; properties fixed at start are ignored. */
  public void reconfigure(TidepoolConfig changed) {
    TidepoolConfig before = config;
    config = changed;
    if (Logins.differ(before, changed)) {
      inventory.credentialsChanged(Logins.differInUser(before, changed));
    }
    // The concurrency follows the maximum unless it was given.
    inventory.setLimits(changed.maximumPoolSize(), changed.connectConcurrency());
    supply.setMinimumIdle(changed.minimumIdle());
    checker.setTimeouts(changed.keepaliveTimeout(), changed.validationTimeout());
    upkeep.setLimits(Limits.of(changed));
    pool.noteSql(changed.reportSql());
    upkeep.soon();
    supply();
  }

  // ---- end

  /** See {@link dev.tidepool.api.Tidepool#close}. */
  public void close() {
    PoolState before = service.close();
    if (before != PoolState.CLOSED) {
      end(before);
    }
  }

  private void end(PoolState before) {
    try {
      upkeep.stop();
      liveness.stop();
      pool.stop();
      events.publish(l -> l.stateChanged(before, PoolState.CLOSED));
      changes.announce();
    } finally { // nobody can close a second time
      try {
        shutDown();
      } finally {
        ended.countDown();
      }
    }
  }

  /** Whether nothing of this engine runs any more, but for what hangs in the driver. */
  public boolean hasEnded() {
    return ended.getCount() == 0;
  }

  /**
   * Waits for that, also where somebody else does the closing, but no longer than a shutdown may
   * take.
   *
   * @throws InterruptedException if interrupted while waiting
   */
  public void awaitEnd() throws InterruptedException {
    if (!ended.await(2 * Shutdown.PATIENCE_NANOS, TimeUnit.NANOSECONDS)) {
      log.warn("{}: still ending what a failed start began", poolName());
    }
  }

  private void shutDown() {
    boolean interrupted = false;
    try {
      interrupted = new Shutdown(poolName(), runtime, exchange, inventory, changes).run();
    } finally {
      runtime.release();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
