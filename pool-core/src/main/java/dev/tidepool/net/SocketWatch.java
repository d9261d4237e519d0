package dev.tidepool.net;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Watches idle sockets, all of them with one selector and one thread, which {@link #run} takes up
 * until {@link #close}. The other methods may be called by any thread and do not block.
 *
 * <p>A watch is for one shot: after something has arrived the socket is not looked at any more, so
 * that data which nobody reads cost nothing.
 */
public final class SocketWatch implements Runnable, Closeable {
  /** As many returns without a reason, one after the other, mean that the selector is broken. */
  static final int FALSE_RETURNS = 256;

  /** How news are waited for; replaceable, as no real selector breaks on demand. */
  @FunctionalInterface
  interface Waiting {
    /** As {@link Selector#select(Consumer)}. */
    int select(Selector selector, Consumer<SelectionKey> action) throws IOException;
  }

  /** What a key carries while it is watched. */
  private record Shot(Watchable socket, Runnable onNews) {}

  private final Waiting waiting;

  /** Held while a key is changed together with its shot, and while the selector is replaced. */
  private final ReentrantLock lock = new ReentrantLock();

  /** Whether somebody has woken the selector since it last returned. */
  private final AtomicBoolean woken = new AtomicBoolean();

  /** Set by whoever is to close the selector: the thread that runs, or else who closes. */
  private final AtomicBoolean taken = new AtomicBoolean();

  private volatile Selector selector;
  private volatile boolean closed;

  // Used by the watch's own thread only.
  private final List<Runnable> news = new ArrayList<>();
  private int keys;
  private int falseReturns;

  /** A watch of nothing yet. */
  public SocketWatch() throws IOException {
    this(Selector::select);
  }

  SocketWatch(Waiting waiting) throws IOException {
    this.waiting = waiting;
    this.selector = Selector.open();
  }

  /**
   * Has {@code onNews} run once, on the watch's thread, when something arrives: data, the end of
   * the stream, a reset, an error; at once if it is there already. What somebody else reads at that
   * moment may or may not count. On a socket that is watched already the newest callback wins. A
   * socket that is closed, before or later, is forgotten without a call, and so is everything when
   * the watch is closed.
   *
   * @param onNews must not block and must not throw: what it throws ends the watch
   */
  public void watch(Watchable socket, Runnable onNews) {
    lock.lock();
    try {
      arm(new Shot(socket, onNews));
    } finally {
      lock.unlock();
    }
    wake();
  }

  /** Under the lock. */
  private void arm(Shot shot) {
    try {
      SelectionKey key = shot.socket.register(selector);
      if (key != null) {
        key.attach(shot);
        key.interestOps(SelectionKey.OP_READ);
      }
    } catch (CancelledKeyException | ClosedSelectorException e) {
      // The socket or the watch has been closed, and a closed one has no news.
      return;
    }
  }

  private void wake() {
    woken.set(true);
    selector.wakeup();
  }

  /**
   * Watches until {@link #close}; for one thread. An interrupt of that thread changes nothing.
   *
   * @throws IllegalStateException if it ran before, or the system refuses to go on
   */
  @Override
  public void run() {
    if (!taken.compareAndSet(false, true)) {
      if (closed) {
        return;
      }
      throw new IllegalStateException("a SocketWatch runs once");
    }
    try {
      try {
        while (!closed) {
          turn();
        }
      } finally {
        closeSelector();
      }
    } catch (IOException e) {
      throw new IllegalStateException("sockets cannot be watched any more", e);
    }
  }

  private void turn() throws IOException {
    int found = waiting.select(selector, this::take);
    // Outside of the selector, so that a callback finds none of its monitors held.
    for (Runnable onNews : news) {
      onNews.run();
    }
    news.clear();
    if (hadReason(found)) {
      falseReturns = 0;
    } else if (++falseReturns >= FALSE_RETURNS) {
      falseReturns = 0;
      rebuild();
    }
  }

  private boolean hadReason(int found) {
    // Each of them has to be asked, as asking clears it.
    boolean wanted = woken.getAndSet(false);
    boolean interrupted = Thread.interrupted();
    int now = selector.keys().size();
    boolean someClosed = now != keys;
    keys = now;
    return found > 0 || wanted || interrupted || someClosed;
  }

  /** Fires one shot. */
  private void take(SelectionKey key) {
    lock.lock();
    try {
      // Not cancelled: to watch it again is then cheap.
      key.interestOps(0);
      if (key.attach(null) instanceof Shot shot) {
        news.add(shot.onNews);
      }
    } catch (CancelledKeyException e) {
      // Closed just now: forgotten without a call.
      key.attach(null);
    } finally {
      lock.unlock();
    }
  }

  /** Moves what is watched to a new selector, off one that returns over and over for nothing. */
  private void rebuild() throws IOException {
    lock.lock();
    try {
      Selector broken = selector;
      selector = Selector.open();
      for (SelectionKey key : List.copyOf(broken.keys())) {
        if (key.attachment() instanceof Shot shot) {
          arm(shot);
        }
      }
      broken.close();
    } finally {
      lock.unlock();
    }
  }

  /** Ends the watch; the thread in {@link #run} leaves at once. Without effect on an ended one. */
  @Override
  public void close() throws IOException {
    closed = true;
    if (taken.compareAndSet(false, true)) {
      closeSelector();
    } else {
      wake();
    }
  }

  private void closeSelector() throws IOException {
    closed = true;
    selector.close();
  }
}
