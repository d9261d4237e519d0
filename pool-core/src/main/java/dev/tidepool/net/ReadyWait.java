package dev.tidepool.net;

import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Lets one thread at a time wait until a non-blocking channel can go on, in one direction.
 *
 * <p>The selector is opened when somebody first has to wait: it costs two descriptors, and few
 * sockets ever have to wait for room to write. It is closed by whoever finds the channel closed and
 * nobody inside, so that closing a socket never has to wait for its reader to leave.
 */
final class ReadyWait implements AutoCloseable {
  private final SocketChannel channel;
  private final SelectorSource selectors;
  private final ReentrantLock lock = new ReentrantLock();

  /** Written under the lock only; read without it by whoever closes, to wake the one inside. */
  private volatile @Nullable Selector selector;

  private @Nullable SelectionKey key;

  /**
   * Whether who is inside came to stay. Plain: it is false before the lock is free, and whoever
   * finds the lock taken by the next one inside sees that, too.
   */
  private boolean staying;

  ReadyWait(SocketChannel channel, SelectorSource selectors) {
    this.channel = channel;
    this.selectors = selectors;
  }

  /** Comes in when nobody else is inside; an interrupt changes nothing. */
  void enter() {
    lock.lock();
    staying = true;
  }

  /** As {@link #enter}, but does not wait for somebody who is inside. */
  boolean tryEnter() {
    return lock.tryLock();
  }

  /**
   * Whether somebody who came with {@link #enter} is inside; for who could not come in. Who came
   * just now may not show yet.
   */
  boolean isStaying() {
    return staying;
  }

  /** Goes out, and frees the selector if the channel was closed meanwhile. */
  void leave() {
    staying = false;
    lock.unlock();
    if (!channel.isOpen()) {
      close();
    }
  }

  /**
   * Waits until the channel is ready or closed. An interrupt neither ends the wait nor is lost.
   *
   * @param operations of {@link SelectionKey}
   * @param deadline by {@link System#nanoTime()}; 0 for none
   * @return false if the time is up, and a last look found nothing
   * @throws IOException also if no selector can be opened: nothing was waited for then
   */
  boolean await(int operations, long deadline) throws IOException {
    Selector open = selector(operations);
    boolean interrupted = false;
    try {
      while (true) {
        // A selector does not wait at all in a thread whose flag is up.
        interrupted |= Thread.interrupted();
        long millis = deadline == 0 ? 0 : millisUntil(deadline);
        if (millis < 0) {
          // Who stood still until now has not looked yet, and what came meanwhile is not late.
          return open.selectNow(ReadyWait::ignore) > 0 || !channel.isOpen();
        }
        if (open.select(ReadyWait::ignore, millis) > 0 || !channel.isOpen()) {
          return true;
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Rounded up, as 0 would wait for ever; -1 if it has passed. */
  private static long millisUntil(long deadline) {
    long nanos = deadline - System.nanoTime();
    return nanos <= 0 ? -1 : TimeUnit.NANOSECONDS.toMillis(nanos) + 1;
  }

  /** The selector counts the ready keys; there is one. */
  private static void ignore(SelectionKey ready) {}

  /** Whether the channel is ready now. */
  boolean isReady(int operations) throws IOException {
    return selector(operations).selectNow(ReadyWait::ignore) > 0;
  }

  private Selector selector(int operations) throws IOException {
    Selector open = selector;
    if (open == null) {
      open = open();
      selector = open;
    }
    SelectionKey registered = key;
    if (registered == null) {
      key = channel.register(open, operations);
    } else {
      want(registered, operations);
    }
    return open;
  }

  private Selector open() throws IOException {
    // Else a closed socket would be taken for a lack of descriptors, or open two for nothing.
    if (!channel.isOpen()) {
      throw new ClosedChannelException();
    }
    try {
      return selectors.open();
    } catch (IOException e) {
      throw new IOException("no selector can be opened to wait with: " + e.getMessage(), e);
    }
  }

  private static void want(SelectionKey key, int operations) throws ClosedChannelException {
    try {
      if (key.interestOps() != operations) {
        key.interestOps(operations);
      }
    } catch (CancelledKeyException e) {
      ClosedChannelException closed = new ClosedChannelException();
      closed.initCause(e);
      throw closed;
    }
  }

  /** Called after the channel was closed: wakes who waits, and frees the selector. Never blocks. */
  @Override
  public void close() {
    Selector open = selector;
    if (open != null) {
      open.wakeup();
    }
    // Whoever is inside comes here after unlocking, as the channel was closed before the attempt.
    if (lock.tryLock()) {
      try {
        closeSelector();
      } finally {
        lock.unlock();
      }
    }
  }

  private void closeSelector() {
    Selector open = selector;
    selector = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        throw new IllegalStateException("a selector could not be closed", e);
      }
    }
  }
}
