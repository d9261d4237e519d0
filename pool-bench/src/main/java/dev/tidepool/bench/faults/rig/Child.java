package dev.tidepool.bench.faults.rig;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Another JVM with the same class path, talked to over its standard input and output. */
public final class Child implements AutoCloseable {
  private static final String END = "the other JVM has ended";

  private final Process process;
  private final BufferedWriter in;
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();

  private Child(Process process) {
    this.process = process;
    in = process.outputWriter(StandardCharsets.UTF_8);
    Thread reader = new Thread(this::read, "child-output");
    reader.setDaemon(true);
    reader.start();
  }

  /**
   * Starts a program of this class path.
   *
   * @param errors where its standard error goes
   * @param prefix what to put before the command
   */
  static Child start(Prefix prefix, Path errors, String main, List<String> arguments) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-XX:TieredStopAtLevel=1", "-Xshare:auto", "-Xmx256m"));
    command.addAll(List.of("-cp", classPath(), main));
    command.addAll(arguments);
    try {
      return new Child(
          new ProcessBuilder(prefix.to(command))
              .redirectError(ProcessBuilder.Redirect.to(errors.toFile()))
              .start());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Puts something before a command. */
  interface Prefix {
    List<String> to(List<String> command);
  }

  /** The one that this class came from: Maven runs tests and programs with loaders of its own. */
  private static String classPath() {
    if (Child.class.getClassLoader() instanceof URLClassLoader loader) {
      return Arrays.stream(loader.getURLs())
          .map(url -> Path.of(URI.create(url.toString())).toString())
          .collect(Collectors.joining(File.pathSeparator));
    }
    return System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
  }

  private void read() {
    try (BufferedReader reader = process.inputReader(StandardCharsets.UTF_8)) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        lines.add(line);
      }
    } catch (IOException e) {
      lines.add(e.toString());
    }
    lines.add(END);
  }

  /** Sends a line. */
  public void send(String line) {
    try {
      in.write(line);
      in.newLine();
      in.flush();
    } catch (IOException e) {
      throw new RigException(END + "; it was to be told: " + line);
    }
  }

  /**
   * The first line that fits; others are passed over.
   *
   * @throws RigException if it does not come in time
   */
  public String await(Predicate<String> fits, Duration bound) {
    long end = System.nanoTime() + bound.toNanos();
    while (true) {
      String line = poll(end - System.nanoTime());
      if (line == null || line.equals(END)) {
        throw new RigException(line == null ? "the other JVM said nothing in " + bound : END);
      }
      if (fits.test(line)) {
        return line;
      }
    }
  }

  private @Nullable String poll(long nanos) {
    try {
      return lines.poll(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new RigException("interrupted while waiting for the other JVM");
    }
  }

  /** Ends it, by force if it does not end by itself at once. */
  @Override
  public void close() {
    if (!Shell.hasEnded(process, 3)) {
      Shell.kill(process);
    }
  }

  /** Ends it at once. */
  void kill() {
    Shell.kill(process);
  }
}
