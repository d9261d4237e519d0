package dev.tidepool.internal.connect;

import dev.tidepool.net.AttemptSockets;
import java.sql.Connection;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One connect, as seen by whoever waits for it: it can be given up at any time, from any thread.
 * Used for one call of {@link ConnectionSource#open}.
 */
public final class ConnectAttempt {
  private enum State {
    NEW,
    RUNNING,
    DONE,
    CUT_OFF
  }

  private final AtomicReference<State> state = new AtomicReference<>(State.NEW);
  private volatile @Nullable AttemptSockets sockets;
  private volatile @Nullable Connection opened;
  private final int tcpConnectLimitMillis;
  private final LongSupplier clock;
  private volatile long answer;
  private volatile boolean mayInterrupt;

  /** An attempt whose TCP handshakes may take as long as the driver lets them; measures nothing. */
  public ConnectAttempt() {
    this(0, () -> 0);
  }

  /**
   * An attempt with a bound for each TCP handshake of its own, where the pool makes the sockets.
   *
   * @param tcpConnectLimitMillis 0 for none; the driver's own timeout holds too if it is smaller
   * @param clock in nanoseconds
   */
  public ConnectAttempt(int tcpConnectLimitMillis, LongSupplier clock) {
    if (tcpConnectLimitMillis < 0) {
      throw new IllegalArgumentException("TCP connect limit < 0: " + tcpConnectLimitMillis);
    }
    this.tcpConnectLimitMillis = tcpConnectLimitMillis;
    this.clock = clock;
  }

  long now() {
    return clock.getAsLong();
  }

  /** Notes that the server has answered the one question that was put then, after the login. */
  void answeredSince(long asked) {
    answer = clock.getAsLong() - asked;
  }

  /** How long the server took to answer one question after the login; 0 if it was asked none. */
  public long answer() {
    return answer;
  }

  /** Bound of each TCP handshake in milliseconds; 0 for none. */
  int tcpConnectLimitMillis() {
    return tcpConnectLimitMillis;
  }

  /**
   * Gives the attempt up: closes every raw socket it opened so far and each it opens later, so that
   * a hanging login returns. {@code open} then closes what it may still get and throws. Does not
   * block and calls no driver.
   *
   * @return false if {@code open} has succeeded already, so that its caller owns the connection
   */
  public boolean cutOff() {
    State before = state.getAndUpdate(now -> now == State.DONE ? State.DONE : State.CUT_OFF);
    if (before == State.DONE) {
      return false;
    }
    AttemptSockets open = sockets;
    if (open != null) {
      open.cutOff();
    }
    return true;
  }

  /** Notes the answer to {@link #mayInterrupt()}, before the driver is called. */
  public void mayInterrupt(boolean may) {
    mayInterrupt = may;
  }

  /**
   * Whether the thread that logs in may be interrupted when the attempt has been cut off: only if
   * the driver is known to speak to a server. A database in this process may close its files at an
   * interrupt, for all its sessions, and a DataSource may be anything.
   */
  public boolean mayInterrupt() {
    return mayInterrupt;
  }

  /** Whether it was given up. */
  public boolean isCutOff() {
    return state.get() == State.CUT_OFF;
  }

  /**
   * The driver's connection while it is being prepared, for an abort where no socket can be
   * reached.
   */
  @Nullable Connection opened() {
    return opened;
  }

  /** Notes what the driver returned. */
  void opened(Connection connection) {
    opened = connection;
  }

  /** Starts; false if it was given up before. */
  boolean begin(AttemptSockets attemptSockets) {
    // Published before the state: whoever gives up either sees the sockets or prevents them.
    sockets = attemptSockets;
    if (state.compareAndSet(State.NEW, State.RUNNING)) {
      return true;
    }
    if (state.get() != State.CUT_OFF) {
      throw new IllegalStateException("a ConnectAttempt is for one open() only");
    }
    return false;
  }

  /** Ends with a connection; false if it was given up, and then the connection is to be closed. */
  boolean complete() {
    return state.compareAndSet(State.RUNNING, State.DONE);
  }
}
