package dev.tidepool.bench.soak.client;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.api.PoolBusyException;
import dev.tidepool.api.PoolInterruptedException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/** Borrows, does this and that, gives back, and keeps the books, until it is told to stop. */
final class Worker implements Runnable {
  /** Beyond a borrow's bound, besides what this machine keeps any thread waiting. */
  private static final long SLACK_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long WORTH_TELLING_NANOS = TimeUnit.MILLISECONDS.toNanos(300);

  /** Whoever has had a connection for so long may have lost it to the shortest maxBorrowTime. */
  private static final long RECLAIM_NANOS = TimeUnit.MILLISECONDS.toNanos(1_500);

  private static final int PAUSE_MICROS = 10_000;
  private static final int PAUSE_WHEN_REFUSED_MICROS = 200_000;

  private final String name;
  private final Common common;
  private final Random random;
  private volatile boolean stopping;
  private volatile boolean ended;
  private volatile @Nullable Thread thread;
  private volatile String step = "";
  private volatile long stepSince = System.nanoTime();
  private long number;
  private int longestPause;

  /** What all workers share. */
  record Common(
      TidepoolDataSource pool,
      Sql sql,
      Ledger ledger,
      Weather weather,
      String expectedState,
      Latencies latencies,
      Hiccups hiccups) {}

  Worker(String name, Common common, long seed) {
    this.name = name;
    this.common = common;
    random = new Random(seed);
  }

  @Override
  public void run() {
    thread = Thread.currentThread();
    try {
      while (!stopping) {
        borrow();
        boolean interrupted = Thread.interrupted();
        if (interrupted) {
          common.ledger.count(Ledger.BORROWS, "interrupts met");
        }
        begin("pause");
        LockSupport.parkNanos(TimeUnit.MICROSECONDS.toNanos(random.nextInt(longestPause)));
      }
    } catch (RuntimeException | Error e) {
      common.ledger.broken(name + " ended while it was in " + step + " with " + e);
      e.printStackTrace(System.err);
    } finally {
      ended = true;
    }
  }

  private void begin(String what) {
    step = what;
    stepSince = System.nanoTime();
  }

  private void borrow() {
    longestPause = PAUSE_MICROS;
    begin("getConnection");
    Duration before = common.pool.getConnectionTimeout();
    long asked = System.nanoTime();
    Connection connection;
    try {
      connection = common.pool.getConnection();
    } catch (SQLException e) {
      refused(e);
      return;
    } finally {
      judge(asked, before);
    }
    common.ledger.count(Ledger.BORROWS, "borrowed");
    AtomicBoolean kept = new AtomicBoolean();
    try {
      use(connection, kept);
    } finally {
      if (!kept.get()) {
        giveBack(connection);
      }
    }
  }

  private void refused(SQLException e) {
    common.ledger.failed("getConnection", e);
    if (e instanceof PoolBusyException) {
      // Or there would be little else.
      longestPause = PAUSE_WHEN_REFUSED_MICROS;
    }
    if (e instanceof PoolInterruptedException && !Thread.currentThread().isInterrupted()) {
      common.ledger.broken("an interrupt was swallowed");
    }
  }

  /** P1: the bound is hard. It may be changed while somebody waits, so the longer one counts. */
  private void judge(long asked, Duration before) {
    long took = System.nanoTime() - asked;
    Duration after = common.pool.getConnectionTimeout();
    Duration bound = before.compareTo(after) > 0 ? before : after;
    long over = took - bound.toNanos();
    if (over > 0) {
      over -= common.hiccups.since(asked);
    }
    common.latencies.borrowed(took, over);
    if (over > WORTH_TELLING_NANOS) {
      String late =
          "getConnection took %d ms, with a bound of %d ms and %d ms of hiccups, in %s"
              .formatted(
                  took / 1_000_000,
                  bound.toMillis(),
                  common.hiccups.since(asked) / 1_000_000,
                  Thread.currentThread());
      common.ledger.event(late);
      if (over > SLACK_NANOS) {
        common.ledger.broken("P1: " + late);
      }
    }
  }

  private void use(Connection connection, AtomicBoolean kept) {
    boolean calm = common.weather.isCalm();
    long since = System.nanoTime();
    String owner = name + "/" + ++number;
    begin("first statement");
    Session session;
    try {
      session = Session.of(connection, common.sql);
    } catch (SQLException e) {
      failed("first statement", e, calm, since);
      return;
    }
    if (calm) {
      common.latencies.servedInCalm(since);
    }
    common.latencies.served(System.nanoTime());
    common.ledger.take(session.id(), owner);
    if (!session.state().equals(common.expectedState)) {
      common.ledger.broken(
          "P6: " + owner + " found " + session.state() + " instead of " + common.expectedState);
    }
    Deed deed = Deed.any(random);
    Job job =
        new Job(common.pool, connection, session, owner, random, common.sql, common.ledger, kept);
    act(deed, job, calm, since);
  }

  private void act(Deed deed, Job job, boolean calm, long since) {
    common.ledger.count(Ledger.DEEDS, deed.name());
    begin(deed.name());
    try {
      deed.action().run(job);
    } catch (SQLException e) {
      failed(deed.name(), e, calm && !deed.mayFail(), since);
    } finally {
      job.leave();
    }
  }

  /** P1: when all is well, a borrowed connection works. */
  private void failed(String where, SQLException e, boolean calm, long since) {
    common.ledger.failed(calm && common.weather.isCalm() ? where + " in calm" : where, e);
    boolean perhapsTaken = System.nanoTime() - since > RECLAIM_NANOS;
    if (calm && common.weather.isCalm() && !perhapsTaken) {
      common.ledger.broken(
          "P1: no fault for long, but " + name + "/" + number + " in " + where + " met " + e);
    }
  }

  private void giveBack(Connection connection) {
    begin("close");
    try {
      connection.close();
      if (connection.isClosed()) {
        common.ledger.count(Ledger.BORROWS, "returned");
      } else {
        common.ledger.broken("P6: a closed connection says that it is open");
      }
    } catch (SQLException e) {
      common.ledger.broken("close() threw " + e);
    }
  }

  // ---- for others

  void stop() {
    stopping = true;
  }

  boolean hasEnded() {
    return ended;
  }

  void interrupt() {
    Thread current = thread;
    if (current != null && !ended) {
      current.interrupt();
    }
  }

  /** What it has been doing for at least so long; null if nothing took so long. */
  @Nullable String stuckFor(long nanos) {
    String what = step;
    boolean longAgo = System.nanoTime() - stepSince > nanos;
    return longAgo && !ended ? name + " in " + what : null;
  }
}
