package dev.tidepool.internal.pool;

import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.ThreadName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Says who has the connections of a pool, for borrowers who got none.
 *
 * <p>To ask a thread where it is stops it for a moment, and many borrowers give up at once: one of
 * them looks (two, if they begin at the very same moment), the others are told what it saw, for a
 * second. Nobody waits for the one who looks.
 */
final class Holders {
  private static final int MOST_NAMED = 20;
  private static final long GOOD_FOR_NANOS = 1_000_000_000L;

  /** Frames of these tell nothing of the borrower. */
  private static final List<String> OF_NO_INTEREST =
      List.of(
          "java.",
          "javax.",
          "jdk.",
          "sun.",
          "com.sun.",
          "dev.tidepool.internal.",
          "dev.tidepool.net.",
          "dev.tidepool.TidepoolDataSource");

  private final Engine engine;

  /** A field, as in a borrower without stack to spare a lock may stay held. */
  private volatile boolean looking;

  private volatile @Nullable Report last;

  Holders(Engine engine) {
    this.engine = engine;
  }

  private record Report(String text, long at) {}

  private record Holding(Entry entry, Thread thread, long nanos, String sent) {}

  /** A line for each connection that is lent; empty if nobody asked for it. */
  String text() {
    if (!engine.config().reportHolders()) {
      return "";
    }
    Report report = last;
    long now = engine.runtime().nanoTime();
    if ((report == null || now - report.at > GOOD_FOR_NANOS) && !looking) {
      looking = true;
      try {
        report = new Report(look(now), now);
        last = report;
      } finally {
        looking = false;
      }
    }
    return report == null ? "" : report.text;
  }

  private String look(long now) {
    List<Holding> all = new ArrayList<>();
    engine.exchange().forEach(entry -> note(entry, now, all));
    all.sort(Comparator.comparingLong(Holding::nanos).reversed());
    StringBuilder text = new StringBuilder();
    all.stream().limit(MOST_NAMED).forEach(holding -> text.append("\n  ").append(line(holding)));
    if (all.size() > MOST_NAMED) {
      text.append("\n  and ").append(all.size() - MOST_NAMED).append(" more");
    }
    return text.isEmpty() ? "" : ". Who has them:" + text;
  }

  private static void note(Entry entry, long now, List<Holding> all) {
    boolean lent =
        switch (entry.state()) {
          case IN_USE, DOOMED -> true;
          case IDLE, CHECKING, RETURNING, RETIRED -> false;
        };
    long lease = entry.lease();
    boolean noted = entry.isLentOn(lease);
    Thread thread = entry.holder();
    if (lent && noted && thread != null) {
      long nanos = now - entry.borrowedAt();
      all.add(new Holding(entry, thread, nanos, entry.lastSent(lease, now)));
    }
  }

  private static String line(Holding holding) {
    Entry entry = holding.entry;
    Thread thread = holding.thread;
    return "connection #"
        + entry.id()
        + " for "
        + holding.nanos / 1_000_000
        + " ms: thread \""
        + ThreadName.of(thread)
        + "\", "
        + where(entry, thread)
        + holding.sent;
  }

  private static String where(Entry entry, Thread thread) {
    Throwable borrowed = entry.borrowStack();
    if (borrowed != null) {
      return "borrowed at " + place(borrowed.getStackTrace(), entry);
    }
    StackTraceElement[] stack = thread.getStackTrace();
    return stack.length == 0 ? "which has ended" : thread.getState() + " at " + place(stack, entry);
  }

  /** The newest frame that is neither the JDK's nor the pool's nor the driver's. */
  private static String place(StackTraceElement[] stack, Entry entry) {
    for (StackTraceElement frame : stack) {
      String name = frame.getClassName();
      if (!entry.physical().isDriversClass(name)
          && OF_NO_INTEREST.stream().noneMatch(name::startsWith)) {
        return text(frame);
      }
    }
    return stack.length == 0 ? "an unknown place" : text(stack[0]);
  }

  /** Without the names of class loader and module, which only confuse. */
  private static String text(StackTraceElement frame) {
    return frame.getClassName()
        + "."
        + frame.getMethodName()
        + "("
        + frame.getFileName()
        + ":"
        + frame.getLineNumber()
        + ")";
  }
}
