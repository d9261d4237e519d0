package dev.tidepool.internal.pool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.PoolListener;
import dev.tidepool.api.PoolState;
import dev.tidepool.testing.LogCapture;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Many pools may share a log: each line says whose it is. */
class LogPrefixTest {
  private static final Path SOURCES = Path.of("src", "main", "java", "dev", "tidepool");

  /** A call with the beginning of its message, or with whatever stands in its place. */
  private static final Pattern CALL =
      Pattern.compile("(?i)\\blog\\s*\\.\\s*(?:warn|info|debug|error|trace|log)\\(\\s*(\\S+)");

  private static final Set<String> SHARED =
      Set.of("Guard.java", "SuspensionWatch.java", "ThreadedRuntime.java", "WatchKeeper.java");

  private static final Pattern AT_LEVEL =
      Pattern.compile("\\.atLevel\\(\\w+\\)\\s*\\.log\\(\\s*(\\S+)");

  @Test
  void everyMessageInTheSources_beginsWithThePoolsName() throws IOException {
    List<String> messages = new ArrayList<>();
    List<String> ofNobody = new ArrayList<>();
    try (Stream<Path> files = Files.walk(SOURCES)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
        // The runtime is shared: what it says concerns all pools.
        boolean shared = SHARED.contains(String.valueOf(file.getFileName()));
        String prefix = shared ? "\"tidepool:" : "\"{}:";
        for (String message : messages(Files.readString(file))) {
          messages.add(message);
          if (!message.startsWith(prefix)) {
            ofNobody.add(file.getFileName() + ": " + message);
          }
        }
      }
    }
    assertThat(messages).hasSizeGreaterThan(50);
    assertThat(ofNobody).isEmpty();
  }

  private static List<String> messages(String source) {
    return Stream.of(CALL, AT_LEVEL)
        .flatMap(pattern -> pattern.matcher(source).results())
        .map((MatchResult call) -> call.group(1))
        .toList();
  }

  @Test
  void everyLineOfBusyPools_beginsWithTheirName() throws InterruptedException {
    long seed = Long.getLong("tidepool.seed", System.nanoTime());
    try (LogCapture log = LogCapture.everythingBeside(Engine.class)) {
      for (int pool = 0; pool < 10; pool++) {
        SimulatedPool simulated = new SimulatedPool(new Random(seed + pool));
        simulated.addListener(new Failing());
        simulated.start();
        for (int i = 0; i < 400; i++) {
          simulated.act();
        }
        simulated.recovers();
        simulated.close();
      }
      assertThat(log.lines())
          .as("-Dtidepool.seed=%d", seed)
          .hasSizeGreaterThan(300)
          .allMatch(line -> line.contains(" - simulated: "));
      assertThat(log.lines())
          .anyMatch(line -> line.contains(".EventQueue "))
          .anyMatch(line -> line.contains(".Check "))
          .anyMatch(line -> line.contains(".ConnectLog "))
          .anyMatch(line -> line.contains(".HealthReport "));
    }
  }

  /** One whose failures are logged. */
  private static final class Failing implements PoolListener {
    @Override
    public void stateChanged(PoolState from, PoolState to) {
      throw new IllegalStateException("of a listener");
    }
  }
}
