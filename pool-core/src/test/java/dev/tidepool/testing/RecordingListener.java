package dev.tidepool.testing;

import dev.tidepool.api.ConnectionInfo;
import dev.tidepool.api.Health;
import dev.tidepool.api.PoolListener;
import dev.tidepool.api.PoolState;
import dev.tidepool.api.RetireReason;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** Writes down what it hears, a line for each event. */
public final class RecordingListener implements PoolListener {
  private final List<String> lines = new CopyOnWriteArrayList<>();

  /** The events so far, in order. */
  public List<String> lines() {
    return lines;
  }

  /** The events whose line begins like this. */
  public List<String> lines(String beginning) {
    return lines.stream().filter(line -> line.startsWith(beginning)).toList();
  }

  @Override
  public void connectionOpened(ConnectionInfo connection, Duration took) {
    lines.add("opened " + connection.id() + " after " + took.toMillis() + " ms");
  }

  @Override
  public void connectFailed(Throwable cause, Duration took) {
    lines.add("connect failed after " + took.toMillis() + " ms: " + cause.getMessage());
  }

  @Override
  public void connectionRetired(
      ConnectionInfo connection, RetireReason reason, @Nullable Throwable cause) {
    lines.add("retired " + connection.id() + " " + reason + (cause == null ? "" : ": " + cause));
  }

  @Override
  public void pinged(ConnectionInfo connection, Duration took, boolean alive) {
    lines.add("pinged " + connection.id() + (alive ? " alive" : " dead"));
  }

  @Override
  public void acquireTimedOut(Duration waited) {
    lines.add("timed out after " + waited.toMillis() + " ms");
  }

  @Override
  public void leakSuspected(ConnectionInfo connection, String holder, Duration held) {
    lines.add("leak " + connection.id() + " by " + holder + " for " + held.toMillis() + " ms");
  }

  @Override
  public void leakReturned(ConnectionInfo connection, Duration held) {
    lines.add("leak returned " + connection.id());
  }

  @Override
  public void stateChanged(PoolState from, PoolState to) {
    lines.add(from + " -> " + to);
  }

  @Override
  public void healthChanged(Health from, Health to, @Nullable Throwable cause) {
    lines.add("health " + from + " to " + to);
  }

  @Override
  public void generationRetired(int generation, int idle) {
    lines.add("generation " + generation + " retired, " + idle + " idle");
  }

  @Override
  public void answerLate(ConnectionInfo connection) {
    lines.add("late " + connection.id());
  }

  @Override
  public void idleNews(ConnectionInfo connection) {
    lines.add("news " + connection.id());
  }

  @Override
  public void serverIdleLimitLearned(Duration limit) {
    lines.add("server limit " + limit.toMillis() + " ms");
  }

  @Override
  public void pathIdleLimitLearned(Duration limit) {
    lines.add("path limit " + limit.toMillis() + " ms");
  }

  @Override
  public void pathIdleLimitDropped(Duration limit) {
    lines.add("no path limit of " + limit.toMillis() + " ms");
  }
}
