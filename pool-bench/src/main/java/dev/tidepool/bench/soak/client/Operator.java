package dev.tidepool.bench.soak.client;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.api.Credentials;
import dev.tidepool.api.PoolListener;
import dev.tidepool.api.PoolStats;
import dev.tidepool.config.TidepoolConfigException;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/** Changes the pool while it is used: all that can be changed, at random. */
final class Operator implements Runnable {
  /** Suspending, evicting and changing a value wait for nobody; a busy machine has its room. */
  private static final long PROMPT_NANOS = TimeUnit.SECONDS.toNanos(4);

  private final TidepoolDataSource pool;
  private final Ledger ledger;
  private final Terms terms;
  private final Hiccups hiccups;
  private final Latencies latencies;
  private final Random random;
  private volatile boolean stopping;
  private volatile boolean ended;
  private volatile String step = "";
  private volatile long stepSince = System.nanoTime();

  /** One kind of change. */
  private interface Change {
    void run() throws InterruptedException;
  }

  private record Named(String name, boolean prompt, Change change) {}

  private final List<Named> changes =
      List.of(
          new Named("maximumPoolSize and minimumIdle", true, this::size),
          new Named("maximumPoolSize and minimumIdle", true, this::size),
          new Named("connectionTimeout", true, this::connectionTimeout),
          new Named("validationTimeout", true, this::validationTimeout),
          new Named("keepaliveTime and keepaliveTimeout", true, this::keepalive),
          new Named("maxLifetime", true, this::maxLifetime),
          new Named("idleTimeout", true, this::idleTimeout),
          new Named("maximumWaiters", true, this::maximumWaiters),
          new Named("leakDetectionThreshold", true, this::leakDetection),
          new Named("maxBorrowTime", true, this::maxBorrowTime),
          new Named("reportHolders and reportSql", true, this::reports),
          new Named("credentials", true, this::credentials),
          new Named("credentials that do not work, for a while", false, this::wrongCredentials),
          new Named("suspend, resume", false, this::suspend),
          new Named("evict all", true, this::evict),
          new Named("drain, resume", false, this::drain),
          new Named("prefill", false, this::prefill),
          new Named("a value that is refused", true, this::refusedValue),
          new Named("a listener comes and goes", true, this::listener));

  Operator(
      TidepoolDataSource pool,
      Ledger ledger,
      Terms terms,
      Hiccups hiccups,
      Latencies latencies,
      long seed) {
    this.pool = pool;
    this.ledger = ledger;
    this.terms = terms;
    this.hiccups = hiccups;
    this.latencies = latencies;
    random = new Random(seed);
  }

  @Override
  public void run() {
    try {
      while (!stopping) {
        begin("pause");
        TimeUnit.MILLISECONDS.sleep(50 + random.nextInt(350));
        change(changes.get(random.nextInt(changes.size())));
      }
    } catch (RuntimeException | Error | InterruptedException e) {
      ledger.broken("the operator ended in " + step + " with " + e);
      e.printStackTrace(System.err);
    } finally {
      ended = true;
    }
  }

  private void begin(String what) {
    step = what;
    stepSince = System.nanoTime();
  }

  private void change(Named change) throws InterruptedException {
    begin(change.name);
    ledger.count(Ledger.CHANGES, change.name);
    ledger.event("change: " + change.name);
    change.change.run();
    if (change.prompt) {
      prompt(change.name, stepSince);
    }
  }

  @SafeVarargs
  private final <T> T any(T... values) {
    return values[random.nextInt(values.length)];
  }

  private void size() {
    int maximum = 2 + random.nextInt(11);
    int minimum = any(0, 1, maximum / 2, maximum);
    ledger.event("maximum " + maximum + ", minimum idle " + minimum);
    pool.setMinimumIdle(0);
    terms.maximum(maximum);
    pool.setMaximumPoolSize(maximum);
    pool.setMinimumIdle(minimum);
  }

  private void connectionTimeout() {
    pool.setConnectionTimeout(Duration.ofMillis(any(250, 1_000, 3_000)));
  }

  private void validationTimeout() {
    pool.setValidationTimeout(Duration.ofMillis(any(250, 1_000, 5_000)));
  }

  private void keepalive() {
    pool.setKeepaliveTime(Duration.ofMillis(any(0, 100, 500, 2_000)));
    pool.setKeepaliveTimeout(Duration.ofMillis(any(250, 1_000)));
  }

  private void maxLifetime() {
    pool.setMaxLifetime(Duration.ofSeconds(any(0, 3, 5, 1_800)));
  }

  private void idleTimeout() {
    pool.setIdleTimeout(Duration.ofMillis(any(0, 100, 1_000, 600_000)));
  }

  private void maximumWaiters() {
    pool.setMaximumWaiters(any(0, 1, 4, 100));
  }

  private void leakDetection() {
    pool.setLeakDetectionThreshold(Duration.ofMillis(any(0, 500, 2_000)));
  }

  private void maxBorrowTime() {
    pool.setMaxBorrowTime(Duration.ofSeconds(any(2, 4, 8)));
  }

  private void reports() {
    pool.setReportHolders(random.nextBoolean());
    pool.setReportSql(random.nextBoolean());
  }

  private void credentials() {
    pool.setCredentials(new Credentials(any("lab", "lab_2"), null));
  }

  private void wrongCredentials() throws InterruptedException {
    pool.setCredentials(new Credentials("nobody_knows_me", null));
    TimeUnit.MILLISECONDS.sleep(200 + random.nextInt(800));
    credentials();
  }

  private void suspend() throws InterruptedException {
    long begun = System.nanoTime();
    pool.suspend();
    prompt("suspend()", begun);
    if (!pool.isSuspended()) {
      ledger.broken("suspend() did not suspend");
    }
    TimeUnit.MILLISECONDS.sleep(random.nextInt(400));
    begun = System.nanoTime();
    pool.resume();
    prompt("resume()", begun);
  }

  private void prompt(String what, long begun) {
    long took = System.nanoTime() - begun;
    long late = hiccups.since(begun);
    latencies.changed(what, took - late);
    if (took - late > PROMPT_NANOS) {
      ledger.broken(
          "P2: %s took %d ms, %d ms of hiccups included"
              .formatted(what, took / 1_000_000, late / 1_000_000));
    }
  }

  private void evict() {
    pool.evict();
  }

  private void drain() throws InterruptedException {
    boolean drained = pool.drain(Duration.ofMillis(500 + random.nextInt(2_500)));
    if (drained) {
      PoolStats stats = pool.stats();
      if (stats.total() + stats.connecting() + stats.closing() > 0) {
        ledger.broken("the pool was drained, and yet there is " + stats);
      }
      ledger.count(Ledger.CHANGES, "drain, resume: drained in time");
    }
    pool.resume();
  }

  private void prefill() throws InterruptedException {
    if (pool.prefill(Duration.ofMillis(500))) {
      ledger.count(Ledger.CHANGES, "prefill: filled in time");
    }
  }

  private void refusedValue() {
    int before = pool.getMaximumPoolSize();
    try {
      pool.setMaximumPoolSize(-1);
      ledger.broken("maximumPoolSize=-1 was taken");
    } catch (TidepoolConfigException e) {
      if (pool.getMaximumPoolSize() != before) {
        ledger.broken("a refused value has changed something");
      }
    }
  }

  private void listener() {
    PoolListener one = new PoolListener() {};
    pool.addListener(one);
    pool.removeListener(one);
  }

  // ---- for others

  void stop() {
    stopping = true;
  }

  boolean hasEnded() {
    return ended;
  }

  /** What it has been doing for at least so long; empty if nothing took so long. */
  String stuckFor(long nanos) {
    String what = step;
    return !ended && System.nanoTime() - stepSince > nanos ? "the operator in " + what : "";
  }
}
