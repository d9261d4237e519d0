package dev.tidepool.net;

import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * The sockets that one connect attempt opened, so that a hung login can be cut off under the
 * driver.
 *
 * <p>A login may open several sockets (several hosts, TLS first and then plain), on the calling
 * thread or on one of the driver's. The driver gets the attempt's {@linkplain #factoryArgument()
 * argument}, which leads {@link PoolSocketFactory} back here; a driver that cannot pass an argument
 * is matched by its thread. Safe for use by several threads.
 */
public final class AttemptSockets {
  /** What may happen to the next socket. */
  private enum State {
    /** The attempt is under way: sockets are noted. */
    RUNNING,
    /** It gave a connection: sockets opened later (a cancel request, say) are none of ours. */
    DONE,
    /** It was given up: no socket may be opened any more. */
    CUT_OFF
  }

  /** Marks this copy of the class: a driver may see another one, loaded by another class loader. */
  private static final String COPY = UUID.randomUUID().toString();

  private static final String THREAD = "thread";

  private static final AtomicLong NUMBERS = new AtomicLong();
  private static final ConcurrentMap<Long, AttemptSockets> RUNNING = new ConcurrentHashMap<>();
  private static final ThreadLocal<AttemptSockets> OF_THREAD = new ThreadLocal<>();

  private final long number = NUMBERS.incrementAndGet();
  private final @Nullable KeepAlive keepAlive;
  private final boolean watchable;
  private final @Nullable UserTimeout userTimeout;
  private final int connectLimitMillis;

  // Both guarded by this; nothing under the lock blocks.
  private final List<Socket> sockets = new ArrayList<>(2);
  private State state = State.RUNNING;

  /**
   * As {@link #AttemptSockets(KeepAlive, boolean, int, UserTimeout)} with the system's own user
   * timeout.
   */
  public AttemptSockets(@Nullable KeepAlive keepAlive, boolean watchable, int connectLimitMillis) {
    this(keepAlive, watchable, connectLimitMillis, null);
  }

  /**
   * An attempt that has opened nothing yet.
   *
   * @param keepAlive TCP keepalive for its sockets; null for none
   * @param watchable whether its sockets are {@link PoolSocket}s, which a selector can watch
   * @param connectLimitMillis bound of each TCP handshake in milliseconds, for a driver that waits
   *     for longer or without end; 0 for none
   * @param userTimeout for the {@link PoolSocket}s; null for the system's own
   */
  public AttemptSockets(
      @Nullable KeepAlive keepAlive,
      boolean watchable,
      int connectLimitMillis,
      @Nullable UserTimeout userTimeout) {
    this.keepAlive = keepAlive;
    this.watchable = watchable;
    this.connectLimitMillis = ConnectLimit.checked(connectLimitMillis);
    this.userTimeout = userTimeout;
  }

  /**
   * Makes the attempt known to the socket factory and binds it to this thread; undo with {@link
   * #end}.
   */
  public void begin() {
    RUNNING.put(number, this);
    OF_THREAD.set(this);
  }

  /**
   * Forgets the attempt: only socket factories made while it ran still know it. Called by the
   * thread that began it.
   */
  public void end() {
    OF_THREAD.remove();
    RUNNING.remove(number);
  }

  /**
   * The argument that leads a {@link PoolSocketFactory} made by the driver to this attempt; not a
   * secret.
   */
  public String factoryArgument() {
    return COPY + ":" + number + ":" + text(keepAlive);
  }

  /**
   * The argument for a driver object that serves every attempt: the one that runs on the calling
   * thread is meant.
   */
  public static String threadArgument(@Nullable KeepAlive keepAlive) {
    return THREAD + ":0:" + text(keepAlive);
  }

  private static String text(@Nullable KeepAlive times) {
    return times == null
        ? "off"
        : times.idleSeconds() + "/" + times.intervalSeconds() + "/" + times.count();
  }

  /** The running attempt that an argument of {@link PoolSocketFactory} means, or null. */
  static @Nullable AttemptSockets find(String mark, String number) {
    if (mark.equals(THREAD)) {
      return OF_THREAD.get();
    }
    return mark.equals(COPY) ? RUNNING.get(Long.parseLong(number)) : null;
  }

  /** The attempt that runs on this thread, or null. */
  static @Nullable AttemptSockets ofThread() {
    return OF_THREAD.get();
  }

  /** How many attempts are under way; for tests that look for a leak. */
  static int runningCount() {
    return RUNNING.size();
  }

  /** Opens an unconnected socket with its options set. */
  Socket open() throws IOException {
    Socket socket =
        watchable ? PoolSocket.open(connectLimitMillis) : new ConnectLimit(connectLimitMillis);
    boolean wanted = false;
    try {
      if (userTimeout != null && socket instanceof PoolSocket ours) {
        userTimeout.apply(ours.channel);
      }
      if (keepAlive != null) {
        keepAlive.apply(socket);
      }
      wanted = note(socket);
    } finally {
      if (!wanted) {
        socket.close();
      }
    }
    if (!wanted) {
      throw new SocketException("the pool gave this connect attempt up");
    }
    return socket;
  }

  /** Adds a socket; false if the attempt was given up. */
  private synchronized boolean note(Socket socket) {
    if (state == State.RUNNING) {
      sockets.add(socket);
    }
    return state != State.CUT_OFF;
  }

  /**
   * Closes every socket opened so far, past the driver and past TLS, and refuses each later one.
   * Does not block.
   *
   * @return how many open sockets it closed
   */
  public int cutOff() {
    List<Socket> open;
    synchronized (this) {
      state = State.CUT_OFF;
      open = List.copyOf(sockets);
    }
    int closed = 0;
    for (Socket socket : open) {
      closed += close(socket);
    }
    return closed;
  }

  /** Closes one socket; a failure leaves nothing more to be done with it. */
  private static int close(Socket socket) {
    if (socket.isClosed()) {
      return 0;
    }
    try {
      socket.close();
      return 1;
    } catch (IOException e) {
      // The descriptor is gone even so; the driver's own call reports what it was doing.
      return 1;
    }
  }

  /**
   * The socket a connection uses: the last of the attempt's that is still connected; null if none
   * is.
   */
  public synchronized @Nullable Socket live() {
    Socket live = null;
    for (Socket socket : sockets) {
      if (socket.isConnected() && !socket.isClosed()) {
        live = socket;
      }
    }
    return live;
  }

  /**
   * The attempt has succeeded: its sockets are the connection's now, and later ones are not noted.
   */
  public synchronized void settle() {
    if (state == State.RUNNING) {
      state = State.DONE;
      sockets.clear();
    }
  }
}
