package dev.tidepool.net;

import java.io.Closeable;
import java.io.IOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedSelectorException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;

/**
 * Watches idle sockets, all of them with one selector and one thread, which {@link #run} takes up
 * until {@link #close}. The other methods may be called by any thread and do not block.
 *
 * <p>A watch is for one shot: after something has arrived the socket is not looked at any more, so
 * that data which nobody reads cost nothing.
 *
 * <p>Nobody waits in vain: if the thread cannot go on, everything that is watched has its callback
 * run, so that whoever relied on the watch looks for himself.
 */
public final class SocketWatch implements Runnable, Closeable {
  /** As many returns without a reason, one after the other, mean that the selector is broken. */
  static final int FALSE_RETURNS = 256;

  /** Between two attempts at something for which there is no descriptor or no memory. */
  static final long PAUSE_MILLIS = 100;

  /** How often a dying watch tries to fire what is left if it finds no memory for that. */
  private static final int LAST_ATTEMPTS = 100;

  /** How news are waited for; replaceable, as no real selector breaks on demand. */
  @FunctionalInterface
  interface Waiting {
    /** As {@link Selector#select(Consumer)}. */
    int select(Selector selector, Consumer<SelectionKey> action) throws IOException;
  }

  /** What a key carries while it is watched. */
  private record Shot(Watchable socket, Runnable onNews) {}

  private final Waiting waiting;
  private final SelectorSource selectors;

  /** Held while a key is changed together with its shot, and while the selector is replaced. */
  private final ReentrantLock lock = new ReentrantLock();

  /** Whether somebody has woken the selector since it last returned. */
  private final AtomicBoolean woken = new AtomicBoolean();

  /** Set by whoever is to close the selector: the thread that runs, or else who closes. */
  private final AtomicBoolean taken = new AtomicBoolean();

  /** Opened by {@link #close}, so that it ends a pause. */
  private final CountDownLatch noPause = new CountDownLatch(1);

  private volatile Selector selector;
  private volatile boolean closed;

  /** Whether the thread could not go on. Set under the lock: nothing is armed from then on. */
  private boolean failed;

  // Used by the watch's own thread only.
  private final Queue<Runnable> news = new ArrayDeque<>();
  private int keys;
  private int falseReturns;

  /** A watch of nothing yet. */
  public SocketWatch() throws IOException {
    this(Selector::select, Selector::open);
  }

  SocketWatch(Waiting waiting, SelectorSource selectors) throws IOException {
    this.waiting = waiting;
    this.selectors = selectors;
    this.selector = selectors.open();
  }

  /**
   * Has {@code onNews} run once, on the watch's thread, when something arrives: data, the end of
   * the stream, a reset, an error; at once if it is there already. What somebody else reads at that
   * moment may or may not count. It also runs if the thread cannot go on watching. On a socket that
   * is watched already the newest callback wins. A socket that is closed, before or later, is
   * forgotten without a call, and so is everything when the watch is closed.
   *
   * @param onNews must not block and must not throw: what it throws ends the watch
   * @return false if the watch has ended: it will never call
   */
  public boolean watch(Watchable socket, Runnable onNews) {
    lock.lock();
    try {
      if (closed || failed) {
        return false;
      }
      arm(selector, new Shot(socket, onNews));
    } catch (ClosedSelectorException e) {
      // Ended just now.
      return false;
    } finally {
      lock.unlock();
    }
    wake();
    return true;
  }

  /** Under the lock. */
  private static void arm(Selector selector, Shot shot) {
    try {
      SelectionKey key = shot.socket.register(selector);
      if (key != null) {
        key.attach(shot);
        key.interestOps(SelectionKey.OP_READ);
      }
    } catch (CancelledKeyException e) {
      // The socket has been closed, and a closed one has no news.
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
   * <p>If it cannot go on, it runs the callbacks of all that is watched before it throws.
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
      turnUntilClosed();
    } catch (IOException e) {
      throw new IllegalStateException("sockets cannot be watched any more", e);
    }
  }

  private void turnUntilClosed() throws IOException {
    try {
      while (!closed) {
        turn();
      }
    } catch (Throwable t) {
      fireAll(t);
      throw t;
    } finally {
      selector.close();
    }
  }

  private void turn() throws IOException {
    int found = waiting.select(selector, this::take);
    // Outside of the selector, so that a callback finds none of its monitors held.
    for (Runnable onNews = news.poll(); onNews != null; onNews = news.poll()) {
      onNews.run();
    }
    if (hadReason(found)) {
      falseReturns = 0;
    } else if (++falseReturns >= FALSE_RETURNS) {
      // What there is no descriptor for is tried again after the next return without a reason.
      falseReturns = rebuild() ? 0 : FALSE_RETURNS - 1;
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
      if (key.attachment() instanceof Shot shot) {
        // Before the key lets go of it: if there is no memory for this, the shot is not lost.
        news.add(shot.onNews);
      }
      key.attach(null);
    } catch (CancelledKeyException e) {
      // Closed just now: forgotten without a call.
      key.attach(null);
    } finally {
      lock.unlock();
    }
  }

  /**
   * Moves what is watched to a new selector, off one that returns over and over for nothing. If
   * none can be had the old one stays, as it may still tell the news, and the thread pauses: it
   * would not stop for anything else.
   */
  private boolean rebuild() throws IOException {
    Selector next;
    try {
      next = selectors.open();
    } catch (IOException e) {
      pause();
      return false;
    }
    Selector unused = next;
    lock.lock();
    try {
      for (SelectionKey key : selector.keys()) {
        if (key.attachment() instanceof Shot shot) {
          arm(next, shot);
        }
      }
      unused = selector;
      selector = next;
    } finally {
      lock.unlock();
      unused.close();
    }
    return true;
  }

  private void pause() {
    try {
      boolean unused = noPause.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      // Nobody asks this thread to stop by an interrupt; one shorter pause does no harm.
      return;
    }
  }

  // ---- the end

  /**
   * Runs the callbacks of all that is watched, unless somebody wants the end. What has fired is
   * gone, so each attempt goes on where the one before ran out of memory.
   */
  private void fireAll(Throwable reason) {
    try {
      for (int i = 0; i < LAST_ATTEMPTS && !closed && !allFired(reason); i++) {
        pause();
      }
    } catch (Throwable t) {
      alsoFailed(reason, t);
    }
  }

  private boolean allFired(Throwable reason) {
    try {
      refuseFurther();
      for (Runnable onNews = news.poll(); onNews != null; onNews = news.poll()) {
        fire(onNews, reason);
      }
      for (SelectionKey key : selector.keys()) {
        if (key.attach(null) instanceof Shot shot && key.isValid()) {
          fire(shot.onNews, reason);
        }
      }
      return true;
    } catch (OutOfMemoryError e) {
      return false;
    }
  }

  private void refuseFurther() {
    lock.lock();
    try {
      failed = true;
    } finally {
      lock.unlock();
    }
  }

  private static void fire(Runnable onNews, Throwable reason) {
    try {
      onNews.run();
    } catch (Throwable t) {
      alsoFailed(reason, t);
    }
  }

  private static void alsoFailed(Throwable reason, Throwable next) {
    // The same object may be thrown over and over when there is no memory for another.
    if (!next.equals(reason)) {
      reason.addSuppressed(next);
    }
  }

  /** Ends the watch; the thread in {@link #run} leaves at once. Without effect on an ended one. */
  @Override
  public void close() throws IOException {
    closed = true;
    noPause.countDown();
    if (taken.compareAndSet(false, true)) {
      selector.close();
    } else {
      wake();
    }
  }
}
