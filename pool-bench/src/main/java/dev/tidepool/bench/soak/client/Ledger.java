package dev.tidepool.bench.soak.client;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAdder;

/**
 * What was done, what came of it and what is wrong. Its size does not grow with the length of the
 * run. Safe for use by several threads.
 */
final class Ledger {
  /** Groups of counts, in the order of the report. */
  static final String BORROWS = "borrows";

  static final String DEEDS = "deeds";
  static final String CHANGES = "changes";
  static final String FAILURES = "failures";
  static final String RETIRED = "retired";

  private static final int MOST_EVENTS = 200;
  private static final int MOST_BROKEN = 20;

  private final long begun = System.nanoTime();
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private final Map<String, String> owners = new ConcurrentHashMap<>();
  private final Queue<Connection> abandoned = new ConcurrentLinkedQueue<>();

  // guarded by itself
  private final Deque<String> events = new ArrayDeque<>();

  // guarded by itself
  private final List<String> broken = new ArrayList<>();

  // ---- counts

  void count(String group, String name) {
    counts.computeIfAbsent(group + "\t" + name, key -> new LongAdder()).increment();
  }

  long counted(String group, String name) {
    LongAdder count = counts.get(group + "\t" + name);
    return count == null ? 0 : count.sum();
  }

  /** What a borrower was told, and where. */
  void failed(String where, Throwable why) {
    String state = why instanceof SQLException e ? " " + e.getSQLState() : "";
    count(FAILURES, where + ": " + why.getClass().getSimpleName() + state);
  }

  /** By group and name, separated by a tabulator. */
  Map<String, Long> counts() {
    Map<String, Long> all = new TreeMap<>();
    counts.forEach((key, count) -> all.put(key, count.sum()));
    return all;
  }

  // ---- who has what

  /** Notes who uses a session of the server; nobody else may. */
  void take(String session, String owner) {
    String other = owners.putIfAbsent(session, owner);
    if (other != null) {
      broken("P6: session " + session + " is lent to " + owner + " and to " + other);
    }
  }

  /** To be called before the connection is given back, by whatever means. */
  void leave(String session, String owner) {
    owners.remove(session, owner);
  }

  /** A connection that its borrower has forgotten. */
  void abandon(Connection connection) {
    abandoned.add(connection);
  }

  int abandoned() {
    return abandoned.size();
  }

  /** Strikes those off that were taken back. */
  void reap() throws SQLException {
    for (Connection each : List.copyOf(abandoned)) {
      if (each.isClosed() && abandoned.remove(each)) {
        count(BORROWS, "taken back");
      }
    }
  }

  // ---- what led here, what is wrong

  void event(String text) {
    String line = String.format(Locale.ROOT, "%9.3f s  %s", seconds(), text);
    synchronized (events) {
      if (events.size() == MOST_EVENTS) {
        events.removeFirst();
      }
      events.addLast(line);
    }
  }

  private double seconds() {
    return (System.nanoTime() - begun) / 1e9;
  }

  /** Something that must never be; with the first, what led to it is printed. */
  void broken(String what) {
    String line = String.format(Locale.ROOT, "%.3f s: %s", seconds(), what);
    event("BROKEN " + what);
    boolean first;
    synchronized (broken) {
      first = broken.isEmpty();
      if (broken.size() < MOST_BROKEN) {
        broken.add(line);
      }
    }
    System.err.println("BROKEN " + line);
    if (first) {
      printEvents();
    }
  }

  private void printEvents() {
    Collection<String> last;
    synchronized (events) {
      last = List.copyOf(events);
    }
    last.forEach(event -> System.err.println("  " + event));
  }

  /** The same with the stacks of all threads, for what does not come to an end. */
  void hangs(String what) {
    broken(what);
    Stacks.print(System.err);
  }

  List<String> broken() {
    synchronized (broken) {
      return List.copyOf(broken);
    }
  }
}
