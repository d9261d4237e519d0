package dev.tidepool.internal.pool;

import dev.tidepool.api.PoolStartException;
import dev.tidepool.api.PoolState;
import dev.tidepool.api.PoolStats;
import dev.tidepool.api.PoolTimeoutException;
import dev.tidepool.internal.inventory.ConnectFailure;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Writes the exceptions that say what is wrong and what to do next. */
final class Diagnosis {
  private Diagnosis() {}

  /**
   * Loads what errors are made of: a class that fails to load for want of memory never loads again,
   * and borrowers would hear of that instead.
   */
  static void prepare() {
    SQLException unused = new SQLTransientConnectionException();
  }

  static PoolTimeoutException timedOut(Engine engine, Duration waited) {
    PoolStats stats = Stats.of(engine);
    ConnectFailure failure = recentFailure(engine, waited);
    String message =
        stats.poolName()
            + ": no connection within connectionTimeout="
            + engine.config().connectionTimeout().toMillis()
            + " ms (waited "
            + waited.toMillis()
            + " ms): "
            + figures(stats)
            + ". "
            + advice(engine, stats, failure)
            + engine.holders().text();
    return new PoolTimeoutException(
        message, sqlState(failure), waited, stats, failure == null ? null : failure.cause());
  }

  /** A failure from before the wait, with good connects since, is not to blame. */
  private static @Nullable ConnectFailure recentFailure(Engine engine, Duration waited) {
    ConnectFailure failure = engine.lastFailure();
    if (failure == null || engine.inventory().isFailing()) {
      return failure;
    }
    long age = engine.runtime().nanoTime() - failure.at();
    return age <= waited.toNanos() ? failure : null;
  }

  static String refused(Engine engine) {
    PoolStats stats = Stats.of(engine);
    return stats.poolName()
        + ": refused, maximumWaiters="
        + engine.config().maximumWaiters()
        + " borrowers are waiting already: "
        + figures(stats)
        + ". Lower the load, or raise maximumPoolSize or maximumWaiters";
  }

  static PoolStartException notStarted(Engine engine, Duration took) {
    ConnectFailure failure = engine.lastFailure();
    String name = engine.poolName();
    if (failure == null) {
      return new PoolStartException(
          name
              + ": could not open the first connection: no answer within "
              + took.toMillis()
              + " ms. Check host and port, or set initializationFailTimeout=-1 to start without one",
          null);
    }
    return new PoolStartException(
        name
            + ": could not open the first connection within "
            + took.toMillis()
            + " ms: "
            + failure.text()
            + ". Check URL, credentials and database, or set initializationFailTimeout=-1 to start"
            + " without one",
        failure.cause());
  }

  private static String figures(PoolStats s) {
    return "total "
        + s.total()
        + " (active "
        + s.active()
        + ", idle "
        + s.idle()
        + ", checking "
        + s.checking()
        + "), connecting "
        + s.connecting()
        + ", closing "
        + s.closing()
        + ", waiting "
        + s.waiting()
        + ", maximum "
        + s.maximumPoolSize();
  }

  private static String advice(Engine engine, PoolStats stats, @Nullable ConnectFailure failure) {
    if (stats.state() == PoolState.SUSPENDED) {
      return "The pool is suspended; call resume()";
    }
    return reason(engine, stats, failure) + hung(stats.hungConnects());
  }

  private static String reason(Engine engine, PoolStats stats, @Nullable ConnectFailure failure) {
    int leaving = engine.inventory().counts().leaving();
    boolean taken = stats.active() + stats.checking() + leaving >= stats.maximumPoolSize();
    if (taken && stats.active() > 0) {
      return "All connections are in use: look for slow queries and for borrowers that do not close"
          + " (leakDetectionThreshold=30s names them), or raise maximumPoolSize"
          + (stats.maximumPoolSize() == 1
              ? ". One connection is too few for tools that hold several at once, such as Flyway"
              : "");
    }
    if (failure != null) {
      long age = (engine.runtime().nanoTime() - failure.at()) / 1_000_000;
      return "The newest connect failed "
          + age
          + " ms ago: "
          + failure.text()
          + ". Check host, port, credentials and the database";
    }
    if (stats.connecting() == 0 && stats.checking() > 0) {
      return "Connections are being asked for a sign of life and have not answered yet: look at the"
          + " database and the network";
    }
    if (stats.connecting() == 0 && stats.closing() > 0) {
      return "None is being opened and "
          + stats.closing()
          + (stats.closing() == 1 ? " is" : " are")
          + " being closed: a close in peace keeps its place for a moment, and too many that hang"
          + " let no new connection be opened. Look for what the driver's close() waits for";
    }
    return "Connections are being opened but not fast enough: check the time a login takes, or raise"
        + " minimumIdle or connectConcurrency";
  }

  /** Not the reason by itself: a login that hung long ago may never return. */
  private static String hung(int logins) {
    return logins == 0
        ? ""
        : ". "
            + logins
            + (logins == 1 ? " login hangs" : " logins hang")
            + " in the driver: the server accepted the connection but did not answer. Set the"
            + " driver's own connect and socket timeouts";
  }

  private static String sqlState(@Nullable ConnectFailure failure) {
    if (failure != null && failure.cause() instanceof SQLException e) {
      String state = e.getSQLState();
      if (state != null) {
        return state;
      }
    }
    return "08001";
  }
}
