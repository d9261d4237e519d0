package dev.tidepool.bench.driver;

import java.sql.Connection;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.DriverPropertyInfo;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.time.Duration;
import java.util.Locale;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Connects to nothing: at once, or with the latencies that the URL asks for, all in microseconds:
 * {@code jdbc:tidepool-noop:?connect=50000&query=200&validation=500}. There is one class for each
 * JDBC interface, so that a pool's calls of it have one target and can be inlined, for every
 * contender alike. It registers itself, as drivers do.
 */
public final class NoopDriver implements Driver {
  /** What its URLs begin with, and a complete one: everything takes no time. */
  public static final String URL = "jdbc:tidepool-noop:";

  static {
    try {
      DriverManager.registerDriver(new NoopDriver());
    } catch (SQLException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  /** The URL for these latencies. */
  public static String url(Duration connect, Duration query, Duration validation) {
    return URL
        + "?connect=%d&query=%d&validation=%d"
            .formatted(
                TimeUnit.NANOSECONDS.toMicros(connect.toNanos()),
                TimeUnit.NANOSECONDS.toMicros(query.toNanos()),
                TimeUnit.NANOSECONDS.toMicros(validation.toNanos()));
  }

  @Override
  public @Nullable Connection connect(String url, Properties info) {
    if (!acceptsURL(url)) {
      return null;
    }
    NoopTraffic.connecting();
    Pause.nanos(Latency.CONNECT.in(url));
    NoopConnection connection =
        new NoopConnection(Latency.QUERY.in(url), Latency.VALIDATION.in(url));
    NoopTraffic.connected();
    return connection;
  }

  @Override
  public boolean acceptsURL(String url) {
    return url.startsWith(URL);
  }

  @Override
  public DriverPropertyInfo[] getPropertyInfo(String url, Properties info) {
    return new DriverPropertyInfo[0];
  }

  @Override
  public int getMajorVersion() {
    return 1;
  }

  @Override
  public int getMinorVersion() {
    return 0;
  }

  @Override
  public boolean jdbcCompliant() {
    return false;
  }

  @Override
  public Logger getParentLogger() throws SQLFeatureNotSupportedException {
    throw new SQLFeatureNotSupportedException("the no-op driver does not log");
  }

  /** What can be made slow. */
  private enum Latency {
    CONNECT,
    QUERY,
    VALIDATION;

    private final Pattern pattern =
        Pattern.compile("[?&]" + name().toLowerCase(Locale.ROOT) + "=(\\d+)");

    /** In nanoseconds. */
    long in(String url) {
      Matcher matcher = pattern.matcher(url);
      return matcher.find() ? TimeUnit.MICROSECONDS.toNanos(Long.parseLong(matcher.group(1))) : 0;
    }
  }
}
