package dev.tidepool.testing;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.lang.reflect.Field;
import java.nio.charset.StandardCharsets;
import org.slf4j.LoggerFactory;
import org.slf4j.simple.SimpleLogger;
import org.slf4j.spi.LocationAwareLogger;

/**
 * What some classes log while this is open, from INFO upwards; meanwhile nothing of it is printed.
 */
public final class LogCapture implements AutoCloseable {
  private final ByteArrayOutputStream text = new ByteArrayOutputStream();
  private final PrintStream before = System.err;
  private final Class<?>[] loggers;
  private final int[] levels;

  /** Captures the loggers of these classes. */
  public LogCapture(Class<?>... loggers) {
    this.loggers = loggers.clone();
    this.levels = new int[loggers.length];
    for (int i = 0; i < loggers.length; i++) {
      levels[i] = level(loggers[i], LocationAwareLogger.INFO_INT);
    }
    System.setErr(new PrintStream(text, true, StandardCharsets.UTF_8));
  }

  /** Everything logged so far. */
  public String text() {
    return text.toString(StandardCharsets.UTF_8);
  }

  /** How many lines contain {@code part}. */
  public long count(String part) {
    return text().lines().filter(line -> line.contains(part)).count();
  }

  @Override
  public void close() {
    System.setErr(before);
    for (int i = 0; i < loggers.length; i++) {
      level(loggers[i], levels[i]);
    }
  }

  /** The simple logger reads its level once; tests want it for a while only. */
  private static int level(Class<?> owner, int level) {
    try {
      SimpleLogger logger = (SimpleLogger) LoggerFactory.getLogger(owner);
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
