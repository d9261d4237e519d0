package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * Sections of a few steps take a monitor, not a lock of the library: to wait for one needs no heap,
 * and the JVM gives it back whatever ends the section, the end of the stack included, where {@code
 * ReentrantLock} can stay held for ever. But before Java 24 a virtual thread that blocks while it
 * holds a monitor holds its carrier, too. So each is known here, and what they cover can neither
 * call a driver nor wait. PinningTest cannot see it: on the JDKs of the build either a monitor pins
 * nothing, or there are no virtual threads.
 */
class MonitorTest {
  private static final Path SOURCES = Path.of("src", "main", "java", "dev", "tidepool");

  /** Methods and blocks; whoever adds one looks at what it covers, and at what that calls. */
  private static final Map<String, Integer> KNOWN =
      Map.ofEntries(
          Map.entry("AttemptSockets.java", 4),
          Map.entry("Bag.java", 2),
          Map.entry("BorrowedSession.java", 2),
          Map.entry("Entry.java", 2),
          Map.entry("EventQueue.java", 3),
          Map.entry("InHand.java", 2),
          Map.entry("InterruptibleCall.java", 3),
          Map.entry("LostSessions.java", 4),
          Map.entry("OriginalsReset.java", 3),
          Map.entry("PathLimit.java", 6),
          Map.entry("Places.java", 20),
          Map.entry("PutOff.java", 2),
          Map.entry("Recovery.java", 2),
          Map.entry("RequestStart.java", 2),
          Map.entry("Rounds.java", 6),
          Map.entry("Service.java", 3),
          Map.entry("StartPause.java", 5),
          Map.entry("TimerLoop.java", 5),
          Map.entry("TrackedList.java", 2),
          Map.entry("WatchKeeper.java", 5),
          Map.entry("WrongNode.java", 6));

  private static final Pattern MONITOR = Pattern.compile("\\bsynchronized\\b[^;{}]*\\{");

  /** Calls of a driver, of user code or of the log, and whatever waits. */
  private static final Pattern MAY_BLOCK =
      Pattern.compile(
          "(?i)delegate|connection\\(\\)|physical\\(\\)|park|await(?!ed)|\\bwait\\(|\\bjoin\\(|lock\\("
              + "|\\bclose\\(|abort\\(|execute\\(|schedule\\(|publish\\(|\\blog\\.");

  @Test
  void everyMonitorIsKnown_andCoversNothingThatMayBlock() throws IOException {
    Map<String, Integer> found = new TreeMap<>();
    List<String> blocking = new ArrayList<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
        for (String body : monitors(Files.readString(file))) {
          found.merge(String.valueOf(file.getFileName()), 1, Integer::sum);
          if (MAY_BLOCK.matcher(body).find()) {
            blocking.add(file.getFileName() + ": " + body);
          }
        }
      }
    }
    assertThat(blocking).isEmpty();
    assertThat(found).isEqualTo(new TreeMap<>(KNOWN));
  }

  @Test
  void whatMayBlock_isFound() {
    String source =
        """
        synchronized void forgets() {
          if (known) {
            entry.physical().connection().commit();
          }
        }

        void waits() throws InterruptedException {
          synchronized (this) {
            wait(1);
          }
          delegate.commit();
        }

        void adds() {
          synchronized (list) {
            list.add(1);
          }
          lock.lock();
        }
        """;
    assertThat(monitors(source))
        .extracting(body -> MAY_BLOCK.matcher(body).find())
        .containsExactly(true, true, false);
  }

  /** What each monitor of a source covers, up to its closing brace. */
  private static List<String> monitors(String source) {
    List<String> bodies = new ArrayList<>();
    Matcher monitor = MONITOR.matcher(source);
    while (monitor.find()) {
      int end = monitor.end();
      for (int open = 1; open > 0; end++) {
        char c = source.charAt(end);
        open += c == '{' ? 1 : c == '}' ? -1 : 0;
      }
      bodies.add(source.substring(monitor.start(), end));
    }
    return bodies;
  }
}
