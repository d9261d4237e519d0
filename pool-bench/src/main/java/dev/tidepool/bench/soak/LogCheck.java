package dev.tidepool.bench.soak;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What the pool's JVM logged: nothing but what its faults and its misuse explain. */
final class LogCheck {
  /** A line of the pool's log, without the stack that may follow; all else is a complaint. */
  private static final Pattern LINE =
      Pattern.compile("\\[.*?] (ERROR|WARN|INFO) (\\S+) - (?:\\S+: )?(.*)");

  private static final Pattern UNCAUGHT = Pattern.compile("Exception in thread .*|.*OutOfMemory.*");

  private static final List<String> EXPECTED =
      List.of(
          "cannot connect \\(attempt .*",
          "connection #\\d+ has been out for .*",
          "connection #\\d+ is taken back from thread .*",
          "no heartbeat is ever sent: .*", // the operator makes lives short
          "not drained, .*",
          "the database answers.*",
          "the database is down.*",
          "the database refuses the login.*",
          "connections opened .*",
          "idleTimeout has no effect: .*", // until the operator makes the pool larger
          "the log stood still; .*",
          "the old connections lead to a server that refuses to write.*",
          "the server refuses to write, and so does .*",
          "the server ends sessions that are idle for .*",
          "something on the way to the database ends connections .*");

  private static final int MOST_COMPLAINTS = 10;

  /** How {@code Ledger} begins the lines on what led to the first breach. */
  private static final Pattern EVENT = Pattern.compile(" +\\d+\\.\\d{3} s  .*");

  private static final int MOST_EVENTS = 40;

  private final Map<String, Integer> expected = new TreeMap<>();
  private final List<String> complaints = new ArrayList<>();
  private final Deque<String> events = new ArrayDeque<>();

  /** Reads it to the end. */
  static LogCheck of(Path log) throws IOException {
    LogCheck check = new LogCheck();
    try (Stream<String> lines = Files.lines(log)) {
      lines.forEach(check::line);
    }
    return check;
  }

  private void line(String line) {
    Matcher matcher = LINE.matcher(line);
    if (EVENT.matcher(line).matches()) {
      if (events.size() == MOST_EVENTS) {
        events.removeFirst();
      }
      events.addLast(line.strip());
    } else if (!matcher.matches()) {
      if (UNCAUGHT.matcher(line).matches()) {
        complain(line);
      }
    } else {
      said(line, matcher);
    }
  }

  private void said(String line, Matcher matcher) {
    String text = matcher.group(3);
    boolean known = matcher.group(1).equals("WARN") && EXPECTED.stream().anyMatch(text::matches);
    if (known) {
      expected.merge(kind(text), 1, Integer::sum);
    } else {
      complain(line);
    }
  }

  private static String kind(String text) {
    String kind = text.replaceAll("\\d+(\\.\\d+)?", "N").replaceAll("\"[^\"]*\"", "T");
    return kind.length() > 60 ? kind.substring(0, 60) + "..." : kind;
  }

  private void complain(String line) {
    if (complaints.size() < MOST_COMPLAINTS) {
      complaints.add("the log has: " + line);
    }
  }

  /** Expected lines by kind. */
  Map<String, Integer> expected() {
    return expected;
  }

  /** What led to the first breach, the newest last. */
  List<String> events() {
    return List.copyOf(events);
  }

  /** What nobody expected. */
  List<String> complaints() {
    return complaints;
  }
}
