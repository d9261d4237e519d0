package dev.tidepool.internal.runtime;

import dev.tidepool.api.PoolListener;
import dev.tidepool.internal.exchange.StackRoom;
import java.util.List;
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
   * The events in their order, from {@link #first} on, round and round; with the two words after it
   * guarded by itself. Events are queued under other monitors, and by borrowers whose stack ends.
   * The JDK's queues with locks will not do: a virtual thread parks in them, and they may stay
   * held. Nor will its others: {@code ArrayDeque} calls something between the write of an element
   * and that of its index, and where the stack ends there it is full and has nothing for ever. Here
   * nothing is called from the first write to the last.
   */
  @SuppressWarnings("unchecked")
  private final @Nullable Consumer<PoolListener>[] ring =
      (Consumer<PoolListener>[]) new Consumer<?>[CAPACITY];

  private int first;
  private int waiting;

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
    synchronized (ring) {
      if (waiting == CAPACITY) {
        return false;
      }
      ring[(first + waiting) % CAPACITY] = event;
      waiting++;
      return true;
    }
  }

  private @Nullable Consumer<PoolListener> poll() {
    synchronized (ring) {
      if (waiting == 0) {
        return null;
      }
      Consumer<PoolListener> event = ring[first];
      ring[first] = null;
      first = (first + 1) % CAPACITY;
      waiting--;
      return event;
    }
  }

  private boolean isEmpty() {
    synchronized (ring) {
      return waiting == 0;
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
