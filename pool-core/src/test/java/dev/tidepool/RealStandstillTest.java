package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Await;
import dev.tidepool.testing.Commands;
import dev.tidepool.testing.PostgresServer;
import dev.tidepool.testing.Program;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A JVM that is stopped and goes on later, with a pool of real connections in it. */
class RealStandstillTest {
  private static final Duration PING_TIMEOUT = Duration.ofSeconds(2);
  private static final int SIZE = 4;

  /** The JVM that is stopped: says what its pool is like, whenever it is given a line. */
  static final class Sleeper {
    public static void main(String[] arguments) throws Exception {
      TidepoolDataSource pool = RealPools.pool(arguments[0], SIZE);
      pool.setKeepaliveTime(Duration.ofMillis(500));
      pool.setKeepaliveTimeout(PING_TIMEOUT);
      pool.setHedgeAfter(Duration.ZERO); // nothing is to follow from a late answer but its deadline
      pool.prefill(Duration.ofSeconds(30));
      System.out.println(String.join(" ", RealPools.sessions(pool, RealPools.POSTGRES_ID)));
      try (BufferedReader orders =
          new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
        while (orders.readLine() != null) {
          System.out.println(
              pool.stats().checking() + " " + pool.stats().pings() + " " + RealPools.retired(pool));
        }
      } finally {
        pool.close();
      }
    }
  }

  /** Says what its pool was like when it was asked. */
  private record Report(int checking, long pings, long retired) {
    static Report of(String line) {
      String[] parts = line.split(" ");
      return new Report(
          Integer.parseInt(parts[0]), Long.parseLong(parts[1]), Long.parseLong(parts[2]));
    }
  }

  private static final class Child implements AutoCloseable {
    private final Path log;
    private final Process process;
    private final BufferedReader said;
    private final PrintStream orders;
    final List<String> sessions;

    Child(Path dir, String url) throws IOException {
      log = dir.resolve("kill.log");
      process =
          new ProcessBuilder(
                  Program.java(),
                  "-cp",
                  System.getProperty("java.class.path"),
                  Sleeper.class.getName(),
                  url)
              .redirectError(dir.resolve("child.log").toFile())
              .start();
      said = process.inputReader(StandardCharsets.UTF_8);
      orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
      sessions = List.of(said.readLine().split(" "));
    }

    Report report() {
      orders.println();
      try {
        return Report.of(said.readLine());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void stop() throws IOException, InterruptedException {
      signal("-STOP", List.of(Long.toString(process.pid())));
    }

    void goOn() throws IOException, InterruptedException {
      signal("-CONT", List.of(Long.toString(process.pid())));
    }

    void signal(String signal, List<String> processes) throws IOException, InterruptedException {
      List<String> command = new ArrayList<>(List.of("kill", signal));
      command.addAll(processes);
      Commands.run(log, command);
    }

    @Override
    public void close() {
      process.destroyForcibly();
    }
  }

  /** The answers come while nobody can read them, and the deadlines pass meanwhile. */
  @Test
  void stoppedWithItsPingsUnderWay_losesNoConnection(@TempDir Path dir) throws Exception {
    try (PostgresServer server = PostgresServer.start(dir);
        Child child = new Child(dir, server.url())) {
      child.signal("-STOP", child.sessions);
      Await.until("all pings are under way", () -> child.report().checking() == SIZE);
      child.stop();
      child.signal("-CONT", child.sessions);
      Await.quiet(PING_TIMEOUT.plusSeconds(1));
      child.goOn();
      long pings = child.report().pings();
      Await.until("the next round of pings", () -> child.report().pings() >= pings + 2 * SIZE);
      assertThat(child.report().retired()).isZero();
    }
  }

  /** Whoever does not answer after the standstill either is dead all the same. */
  @Test
  void stoppedWithItsServerDead_noticesAfterwards(@TempDir Path dir) throws Exception {
    try (PostgresServer server = PostgresServer.start(dir);
        Child child = new Child(dir, server.url())) {
      child.signal("-STOP", child.sessions);
      try {
        Await.until("all pings are under way", () -> child.report().checking() == SIZE);
        child.stop();
        Await.quiet(PING_TIMEOUT.plusSeconds(1));
        child.goOn();
        // One by one, or the rest together once two have died.
        Await.until("all are retired", () -> child.report().retired() == SIZE);
      } finally {
        child.signal("-CONT", child.sessions);
      }
    }
  }
}
