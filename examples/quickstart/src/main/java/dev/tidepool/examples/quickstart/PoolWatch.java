package dev.tidepool.examples.quickstart;

import dev.tidepool.api.ConnectionInfo;
import dev.tidepool.api.PoolListener;
import dev.tidepool.api.RetireReason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Listens to the pool and turns what happened since it was last asked into a few lines of text. The
 * pool's thread only puts events into the queue; the thread that prints takes them out, and all
 * other fields are its own.
 */
final class PoolWatch implements PoolListener {
  private final BlockingQueue<Runnable> events = new LinkedBlockingQueue<>();

  /** When each open connection was opened. */
  private final Map<Long, Long> openedAt = new HashMap<>();

  /** Answered pings of each connection since {@link #awaitHeartbeats} began. */
  private final Map<Long, Integer> pings = new HashMap<>();

  // Since the last lines().
  private final Set<Long> opened = new TreeSet<>();
  private final Set<Long> pinged = new TreeSet<>();
  private final Map<RetireReason, Set<Long>> retired = new EnumMap<>(RetireReason.class);
  private final List<String> failures = new ArrayList<>();

  @Override
  public void connectionOpened(ConnectionInfo connection, Duration took) {
    long now = System.nanoTime();
    events.add(
        () -> {
          openedAt.put(connection.id(), now);
          opened.add(connection.id());
        });
  }

  @Override
  public void connectFailed(Throwable cause, Duration took) {
    events.add(() -> failures.add(String.valueOf(cause.getMessage())));
  }

  @Override
  public void connectionRetired(
      ConnectionInfo connection, RetireReason reason, @Nullable Throwable cause) {
    events.add(
        () -> {
          openedAt.remove(connection.id());
          retired.computeIfAbsent(reason, r -> new TreeSet<>()).add(connection.id());
        });
  }

  @Override
  public void pinged(ConnectionInfo connection, Duration took, boolean alive) {
    events.add(
        () -> {
          pinged.add(connection.id());
          pings.merge(connection.id(), 1, Integer::sum);
        });
  }

  /**
   * Waits until each connection that is open now has been retired or pinged twice: the second ping
   * has certainly begun after this call.
   *
   * @return whether that happened in time
   */
  boolean awaitHeartbeats(Duration timeout) throws InterruptedException {
    catchUp();
    pings.clear();
    List<Long> ids = List.copyOf(openedAt.keySet());
    long end = System.nanoTime() + timeout.toNanos();
    while (!ids.stream()
        .allMatch(id -> !openedAt.containsKey(id) || pings.getOrDefault(id, 0) > 1)) {
      Runnable event = events.poll(end - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (event == null) {
        return false;
      }
      event.run();
    }
    return true;
  }

  private void catchUp() {
    for (Runnable event = events.poll(); event != null; event = events.poll()) {
      event.run();
    }
  }

  /** Ages of the youngest and the oldest connection, such as {@code 0.4 - 5.1 s}. */
  String ages() {
    catchUp();
    long now = System.nanoTime();
    var ages = openedAt.values().stream().mapToLong(t -> now - t).summaryStatistics();
    return ages.getCount() == 0
        ? "none open"
        : "%.1f - %.1f s".formatted(ages.getMin() / 1e9, ages.getMax() / 1e9);
  }

  /** What happened since the last call, a line for each kind of event. */
  List<String> lines() {
    catchUp();
    List<String> lines = new ArrayList<>();
    failures.forEach(failure -> lines.add("! connect failed: " + failure));
    if (!pinged.isEmpty()) {
      lines.add("~ pinged   " + numbers(pinged));
    }
    retired.forEach((why, ids) -> lines.add("- retired  " + numbers(ids) + "  " + explain(why)));
    if (!opened.isEmpty()) {
      lines.add("+ opened   " + numbers(opened));
    }
    failures.clear();
    pinged.clear();
    retired.clear();
    opened.clear();
    return lines;
  }

  private static String numbers(Set<Long> ids) {
    return ids.stream().map(id -> "#" + id).collect(Collectors.joining(" "));
  }

  private static String explain(RetireReason reason) {
    return reason
        + switch (reason) {
          case MAX_LIFETIME -> ": old enough";
          case IDLE_TIMEOUT -> ": nobody needs it";
          case EVICTED -> ": the operator asked for it";
          case HUNG_UP -> ": the server ended it";
          case PING_FAILED -> ": the heartbeat found it dead";
          case VALIDATION_FAILED -> ": found dead before it was lent";
          default -> "";
        };
  }
}
