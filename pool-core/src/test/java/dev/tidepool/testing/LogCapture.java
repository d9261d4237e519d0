package dev.tidepool.testing;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.slf4j.LoggerFactory;
import org.slf4j.simple.SimpleLogger;
import org.slf4j.spi.LocationAwareLogger;

/** What some classes log while this is open; meanwhile nothing of it is printed. */
public final class LogCapture implements AutoCloseable {
  private static final String LOGGER = "dev.tidepool.";

  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private final PrintStream before = System.err;
  private final List<String> loggers;
  private final int[] levels;

  /** Captures the loggers of these classes, from INFO upwards. */
  public LogCapture(Class<?>... loggers) {
    this(Stream.of(loggers).map(Class::getName).toList(), LocationAwareLogger.INFO_INT);
  }

  private LogCapture(List<String> loggers, int level) {
    this.loggers = loggers;
    this.levels = loggers.stream().mapToInt(name -> level(name, level)).toArray();
    System.setErr(new PrintStream(text, true, StandardCharsets.UTF_8));
  }

  /** Captures the loggers of classes that the test does not see, from INFO upwards. */
  public static LogCapture of(String... classNames) {
    return new LogCapture(List.of(classNames), LocationAwareLogger.INFO_INT);
  }

  /**
   * Captures whatever classes say from DEBUG upwards that come from the same place as {@code one}.
   */
  public static LogCapture everythingBeside(Class<?> one) {
    try {
      Path root = Path.of(one.getProtectionDomain().getCodeSource().getLocation().toURI());
      try (Stream<Path> files = Files.walk(root)) {
        return new LogCapture(
            files
                .map(file -> root.relativize(file).toString())
                .filter(file -> file.endsWith(".class") && !file.contains("$"))
                .map(file -> file.substring(0, file.length() - 6).replace('/', '.'))
                .filter(name -> name.startsWith(LOGGER))
                .toList(),
            LocationAwareLogger.DEBUG_INT);
      }
    } catch (URISyntaxException | IOException e) {
      throw new AssertionError("no classes", e);
    }
  }

  /** Everything logged so far. */
  public String text() {
    return text.toString(StandardCharsets.UTF_8);
  }

  /** The lines that begin an entry, without those of stack traces. */
  public List<String> lines() {
    return text()
        .lines()
        .filter(line -> line.startsWith("[") && line.contains(" " + LOGGER))
        .toList();
  }

  /** How many lines contain {@code part}. */
  public long count(String part) {
    return text().lines().filter(line -> line.contains(part)).count();
  }

  @Override
  public void close() {
    System.setErr(before);
    for (int i = 0; i < levels.length; i++) {
      level(loggers.get(i), levels[i]);
    }
  }

  /** The simple logger reads its level once; tests want it for a while only. */
  private static int level(String name, int level) {
    try {
      SimpleLogger logger = (SimpleLogger) LoggerFactory.getLogger(name);
      Field field = SimpleLogger.class.getDeclaredField("currentLogLevel");
      field.setAccessible(true);
      int was = field.getInt(logger);
      field.setInt(logger, level);
      return was;
    } catch (ReflectiveOperationException e) {
      throw new LinkageError("SimpleLogger has changed", e);
    }
  }
}
