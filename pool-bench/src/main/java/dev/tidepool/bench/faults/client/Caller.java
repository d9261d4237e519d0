package dev.tidepool.bench.faults.client;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A thread that borrows, asks and returns until it is told to stop, and writes down each time. */
final class Caller implements Runnable {
  /** Between two calls: so that many callers do not measure the processor. */
  private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final DataSource source;
  private final String query;
  private final List<Call> calls = new ArrayList<>();
  private final Thread thread;
  private volatile boolean stopped;
  private volatile long began;
  private volatile long borrowed;
  private volatile long lastGoodBegan = Long.MIN_VALUE;

  Caller(DataSource source, String query, int number) {
    this.source = source;
    this.query = query;
    thread = new Thread(this, "caller-" + number);
    thread.setDaemon(true);
  }

  void start() {
    thread.start();
  }

  /** Ends it after the call under way. */
  void stop() {
    stopped = true;
  }

  Thread thread() {
    return thread;
  }

  @Override
  public void run() {
    while (!stopped) {
      once();
      LockSupport.parkNanos(PAUSE_NANOS);
    }
  }

  private void once() {
    borrowed = 0;
    began = System.nanoTime();
    String error = null;
    try (Connection connection = source.getConnection()) {
      borrowed = System.nanoTime();
      try (Statement statement = connection.createStatement()) {
        statement.execute(query);
      }
    } catch (SQLException | RuntimeException e) {
      error = describe(e);
    }
    Call call = new Call(began, borrowed, System.nanoTime(), error);
    synchronized (calls) {
      calls.add(call);
      if (call.succeeded()) {
        lastGoodBegan = call.began();
      }
      began = 0;
    }
  }

  /** Short: the whole stack stands in nobody's table. */
  static String describe(Exception e) {
    Throwable cause = e.getCause();
    String state = e instanceof SQLException sql ? " " + sql.getSQLState() : "";
    String because = cause == null ? "" : " <- " + cause.getClass().getSimpleName();
    return e.getClass().getSimpleName() + state + ": " + firstLine(e.getMessage()) + because;
  }

  private static String firstLine(@Nullable String message) {
    String text = message == null ? "" : message.lines().findFirst().orElse("");
    return text.length() <= 160 ? text : text.substring(0, 160) + "...";
  }

  /** True if a call that began after that time went well. */
  boolean recoveredSince(long time) {
    return lastGoodBegan - time >= 0 && lastGoodBegan != Long.MIN_VALUE;
  }

  /** All calls so far; the one under way, if any, has no end. */
  List<Call> calls() {
    synchronized (calls) {
      List<Call> all = new ArrayList<>(calls);
      long current = began;
      if (current != 0 && thread.isAlive()) {
        all.add(new Call(current, borrowed, Long.MAX_VALUE, null));
      }
      return all;
    }
  }
}
