package dev.tidepool.internal.runtime;

import dev.tidepool.api.PoolListener;
import dev.tidepool.internal.exchange.StackRoom;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Delivers the events of one pool to its listeners, in order and off the threads on which they
 * happen.
 */
public final class EventQueue {
  private static final Logger log = LoggerFactory.getLogger(EventQueue.class);
  private static final int CAPACITY = 1024;

  private final String poolName;
  private final PoolRuntime runtime;
  private final List<PoolListener> listeners = new CopyOnWriteArrayList<>();

  /**
   * Guarded by itself. Events are queued under other monitors, and by borrowers whose stack ends:
   * the JDK's queues have locks, in which a virtual thread parks, and which may stay held. As large
   * as it ever gets: if it failed to grow, it would seem to be empty and have something at once.
   */
  private final Queue<Consumer<PoolListener>> events = new ArrayDeque<>(CAPACITY);

  private final AtomicBoolean delivering = new AtomicBoolean();
  private final LongAdder dropped = new LongAdder();
  private final Reminder failed;

  /** An empty queue of a pool whose deliveries run on workers of {@code runtime}. */
  public EventQueue(String poolName, PoolRuntime runtime) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.failed = new Reminder(runtime);
  }

  /** Adds a listener for events from now on. */
  public void add(PoolListener listener) {
    listeners.add(listener);
  }

  /** Removes a listener. */
  public void remove(PoolListener listener) {
    listeners.remove(listener);
  }

  /** Events that found the queue full. */
  public long dropped() {
    return dropped.sum();
  }

  /** Queues an event; never blocks. */
  public void publish(Consumer<PoolListener> event) {
    queue(event);
    deliverQueued();
  }

  /**
   * Queues an event without starting its delivery, for callers whose lock decides on the order of
   * events: to start a thread may call a factory of the user's. {@link #deliverQueued} must follow.
   */
  public void queue(Consumer<PoolListener> event) {
    if (!listeners.isEmpty() && !offer(event)) {
      dropped.increment();
    }
  }

  private boolean offer(Consumer<PoolListener> event) {
    synchronized (events) {
      return events.size() < CAPACITY && events.add(event);
    }
  }

  private @Nullable Consumer<PoolListener> poll() {
    synchronized (events) {
      return events.poll();
    }
  }

  private boolean isEmpty() {
    synchronized (events) {
      return events.isEmpty();
    }
  }

  /** Has what is queued delivered, on a worker. */
  public void deliverQueued() {
    if (isEmpty() || delivering.get()) {
      return;
    }
    StackRoom.forNote(); // or it would pass for under way for ever
    if (delivering.compareAndSet(false, true)) {
      boolean started = false;
      try {
        runtime.execute(this::deliver);
        started = true;
      } finally {
        if (!started) { // no memory, no thread: the next event tries again
          delivering.set(false);
        }
      }
    }
  }

  private void deliver() {
    do {
      try {
        deliverAll();
      } finally {
        delivering.set(false);
      }
      // An event queued after the last poll but before the flag fell has started no delivery of its
      // own.
    } while (!isEmpty() && delivering.compareAndSet(false, true));
  }

  private void deliverAll() {
    for (Consumer<PoolListener> event = poll(); event != null; event = poll()) {
      for (PoolListener listener : listeners) {
        try {
          event.accept(listener);
        } catch (Throwable t) {
          log.atLevel(failed.level(Level.WARN))
              .setCause(t)
              .log("{}: a listener failed: {}", poolName, listener);
        }
      }
    }
  }
}
