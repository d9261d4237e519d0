package dev.tidepool.net;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A socket that blocks whoever reads and writes it, as drivers expect, over a channel that never
 * blocks, so that any selector can watch it at any time.
 *
 * <p>The JDK's own view of a channel as a socket is no good for that: it closes the connection when
 * a thread is interrupted in it, and throws while the channel is non-blocking. Here an interrupt
 * changes nothing: the read, write or connect goes on and the thread's flag is up afterwards.
 *
 * <p>One thread may read while another writes; {@link #close()} may be called by any thread, wakes
 * both and does not wait for them. A socket nobody closes keeps its descriptors.
 */
public final class PoolSocket extends ChannelSocket implements Watchable {
  /** The JDK copies what it reads and writes through a buffer of this thread's that it keeps. */
  private static final int CHUNK = 64 * 1024;

  /** A farewell fits in well, under TLS too; who is told more than this without asking lives. */
  private static final int AHEAD = 4 * 1024;

  private final int connectLimitMillis;
  private final ReadyWait reading;
  private final ReadyWait writing;

  /**
   * Whether the last read left nothing behind, so that the next one waits first: a call that finds
   * nothing costs as much as one that finds something. Used inside {@link #reading}.
   */
  private boolean drained;

  /** What {@link #hasEnded} took from the channel and nobody has read yet. Used as above. */
  private @Nullable ByteBuffer ahead;

  /** Stays true after closing, as that of any socket. */
  private volatile boolean connected;

  private volatile @Nullable Selector watcher;

  /**
   * An unconnected socket.
   *
   * @param connectLimitMillis bound of the TCP handshake in milliseconds, for callers of {@code
   *     connect} that wait for longer or without end; 0 for none
   */
  public static PoolSocket open(int connectLimitMillis) throws IOException {
    return open(connectLimitMillis, Selector::open);
  }

  static PoolSocket open(int connectLimitMillis, SelectorSource selectors) throws IOException {
    SocketChannel channel = SocketChannel.open();
    boolean done = false;
    try {
      channel.configureBlocking(false);
      PoolSocket socket = new PoolSocket(channel, connectLimitMillis, selectors);
      done = true;
      return socket;
    } finally {
      if (!done) {
        channel.close();
      }
    }
  }

  private PoolSocket(SocketChannel channel, int connectLimitMillis, SelectorSource selectors)
      throws SocketException {
    super(channel);
    this.connectLimitMillis = ConnectLimit.checked(connectLimitMillis);
    this.reading = new ReadyWait(channel, selectors);
    this.writing = new ReadyWait(channel, selectors);
  }

  // ---- connecting

  @Override
  public void connect(SocketAddress endpoint) throws IOException {
    connect(endpoint, 0);
  }

  @Override
  public void connect(SocketAddress endpoint, int timeout) throws IOException {
    if (timeout < 0) {
      throw new IllegalArgumentException("timeout < 0: " + timeout);
    }
    if (!(endpoint instanceof InetSocketAddress address)) {
      throw new IllegalArgumentException("no address of a TCP port: " + endpoint);
    }
    checkOpen();
    if (connected) {
      throw new SocketException("already connected");
    }
    boolean done = false;
    try {
      if (address.isUnresolved()) {
        throw new UnknownHostException(address.getHostName());
      }
      shakeHands(address, ConnectLimit.smaller(timeout, connectLimitMillis));
      done = true;
    } finally {
      if (!done) {
        // As any socket: one that failed to connect cannot be used again.
        close();
      }
    }
  }

  private void shakeHands(InetSocketAddress address, int timeout) throws IOException {
    reading.enter();
    try {
      long deadline = deadline(timeout);
      boolean done = channel.connect(address);
      while (!done) {
        if (!reading.await(SelectionKey.OP_CONNECT, deadline)) {
          throw new SocketTimeoutException("Connect timed out");
        }
        done = channel.finishConnect();
      }
      connected = true;
    } catch (IOException e) {
      throw asOfASocket(e);
    } finally {
      reading.leave();
    }
  }

  @Override
  public boolean isConnected() {
    return connected;
  }

  /** 0 means none, so the time that happens to be 0 is moved. */
  private static long deadline(int timeoutMillis) {
    if (timeoutMillis == 0) {
      return 0;
    }
    long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    return deadline == 0 ? 1 : deadline;
  }

  /** Drivers and the pool tell failures by the exceptions that an ordinary socket throws. */
  private static IOException asOfASocket(IOException e) {
    if (e instanceof SocketException || e instanceof SocketTimeoutException) {
      return e;
    }
    String message = e instanceof ClosedChannelException ? "Socket closed" : e.getMessage();
    SocketException translated = new SocketException(message);
    translated.initCause(e);
    return translated;
  }

  // ---- data

  @Override
  public InputStream getInputStream() throws IOException {
    checkConnected();
    if (isInputShutdown()) {
      throw new SocketException("Socket input is shutdown");
    }
    return new Input();
  }

  @Override
  public OutputStream getOutputStream() throws IOException {
    checkConnected();
    if (isOutputShutdown()) {
      throw new SocketException("Socket output is shutdown");
    }
    return new Output();
  }

  @Override
  public void shutdownInput() throws IOException {
    checkConnected();
    if (isInputShutdown()) {
      throw new SocketException("Socket input is already shutdown");
    }
    adaptor.shutdownInput();
  }

  @Override
  public void shutdownOutput() throws IOException {
    checkConnected();
    if (isOutputShutdown()) {
      throw new SocketException("Socket output is already shutdown");
    }
    adaptor.shutdownOutput();
  }

  private void checkConnected() throws SocketException {
    checkOpen();
    if (!connected) {
      throw new SocketException("Socket is not connected");
    }
  }

  private int read(byte[] target, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, target.length);
    if (length == 0) {
      return 0;
    }
    int wanted = Math.min(length, CHUNK);
    ByteBuffer buffer = ByteBuffer.wrap(target, offset, wanted);
    reading.enter();
    try {
      if (ahead != null) {
        return takeAhead(buffer, ahead);
      }
      long deadline = deadline(readTimeoutMillis());
      boolean waits = drained;
      while (true) {
        if (waits && !reading.await(SelectionKey.OP_READ, deadline)) {
          throw new SocketTimeoutException("Read timed out");
        }
        int got = channel.read(buffer);
        if (got != 0) {
          drained = got > 0 && got < wanted;
          return got;
        }
        waits = true;
      }
    } catch (IOException e) {
      throw asOfASocket(e);
    } finally {
      reading.leave();
    }
  }

  /** Inside {@link #reading}. */
  private int takeAhead(ByteBuffer target, ByteBuffer taken) {
    int got = Math.min(target.remaining(), taken.remaining());
    target.put(taken.slice().limit(got));
    taken.position(taken.position() + got);
    if (!taken.hasRemaining()) {
      ahead = null;
    }
    return got;
  }

  private int available() throws IOException {
    checkOpen();
    // Somebody who reads takes what is ahead himself.
    int taken = 0;
    if (reading.tryEnter()) {
      try {
        taken = ahead == null ? 0 : ahead.remaining();
      } finally {
        reading.leave();
      }
    }
    try {
      return isInputShutdown() ? taken : taken + adaptor.getInputStream().available();
    } catch (IOException e) {
      throw asOfASocket(e);
    }
  }

  private void write(byte[] source, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, source.length);
    ByteBuffer buffer = ByteBuffer.wrap(source);
    int end = offset + length;
    writing.enter();
    try {
      int at = offset;
      while (at < end) {
        buffer.limit(Math.min(end, at + CHUNK)).position(at);
        int sent = channel.write(buffer);
        at += sent;
        if (sent == 0 && !writing.await(SelectionKey.OP_WRITE, 0)) {
          throw new AssertionError("a wait without a limit has ended");
        }
      }
    } catch (IOException e) {
      throw asOfASocket(e);
    } finally {
      writing.leave();
    }
  }

  /** Closing it closes the socket. */
  private final class Input extends InputStream {
    @Override
    public int read() throws IOException {
      byte[] one = new byte[1];
      return PoolSocket.this.read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
      return PoolSocket.this.read(target, offset, length);
    }

    @Override
    public int available() throws IOException {
      return PoolSocket.this.available();
    }

    @Override
    public void close() throws IOException {
      PoolSocket.this.close();
    }
  }

  /** Closing it closes the socket. */
  private final class Output extends OutputStream {
    @Override
    public void write(int b) throws IOException {
      PoolSocket.this.write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] source, int offset, int length) throws IOException {
      PoolSocket.this.write(source, offset, length);
    }

    @Override
    public void close() throws IOException {
      PoolSocket.this.close();
    }
  }

  // ---- watching

  @Override
  public boolean hasNews() {
    if (isClosed()) {
      return true;
    }
    if (!connected) {
      return false;
    }
    if (!reading.tryEnter()) {
      // Somebody who reads gets the news himself. Somebody who only looks may find some just now.
      return !reading.isStaying();
    }
    try {
      return ahead != null || reading.isReady(SelectionKey.OP_READ);
    } catch (IOException e) {
      // Closed meanwhile, or not to be watched any more: either way worth a closer look.
      return true;
    } finally {
      reading.leave();
    }
  }

  /**
   * Looks past what has arrived: servers say why they end a session before they do. What is taken
   * for that is kept for the next reader, in order, and is bounded.
   */
  @Override
  public boolean hasEnded() {
    if (isClosed()) {
      return true;
    }
    if (!connected || !reading.tryEnter()) {
      return false;
    }
    try {
      return isAtEnd();
    } catch (IOException e) {
      // Reset, given up by the kernel's keepalive, or closed meanwhile.
      return true;
    } finally {
      reading.leave();
    }
  }

  /** Inside {@link #reading}. */
  private boolean isAtEnd() throws IOException {
    int known = ahead == null ? 0 : ahead.remaining();
    if (known == AHEAD) {
      return false;
    }
    ByteBuffer buffer = ByteBuffer.allocate(AHEAD);
    if (ahead != null) {
      buffer.put(ahead.duplicate());
    }
    int got;
    try {
      do {
        got = channel.read(buffer);
      } while (got > 0 && buffer.hasRemaining());
    } finally { // words that came before a reset are the driver's to read, too
      if (buffer.position() > known) {
        ahead = buffer.flip();
        drained = false;
      }
    }
    return got < 0;
  }

  @Override
  public @Nullable SelectionKey register(Selector selector) {
    // Before registering, so that a close that finds the key to cancel finds whom to wake.
    watcher = selector;
    SelectionKey known = channel.keyFor(selector);
    if (known != null) {
      return known.isValid() ? known : null;
    }
    try {
      return channel.register(selector, 0);
    } catch (ClosedChannelException e) {
      return null;
    }
  }

  // ---- the end

  /**
   * Closes the connection. Without effect on a closed one. Does not wait for a thread that is
   * reading or writing: that gets a {@link SocketException}.
   */
  @Override
  @SuppressWarnings("UnsynchronizedOverridesSynchronized") // whoever holds a monitor may hang
  public void close() throws IOException {
    // Each of them happens whatever the others throw. First the channel: who is woken looks at it.
    try (reading;
        writing) {
      channel.close();
    } finally {
      wakeWatcher();
    }
  }

  /** A selector holds on to the descriptor until it has looked at its cancelled keys. */
  private void wakeWatcher() {
    Selector selector = watcher;
    if (selector != null) {
      selector.wakeup();
    }
  }
}
