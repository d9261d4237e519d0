package dev.tidepool.internal.connect;

import dev.tidepool.config.Secrets;
import java.sql.Driver;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Finds the driver of a URL, once, in the user's thread. Threads of the pool never ask the {@code
 * DriverManager}: it answers by the class loader of whoever calls.
 */
final class DriverLookup {
  private DriverLookup() {}

  /**
   * The driver for a URL.
   *
   * @throws IllegalArgumentException if there is none, or it does not accept the URL
   */
  static Driver resolve(String url, @Nullable String className) {
    Driver driver = className == null ? registered(url) : named(className, url);
    try {
      if (driver.acceptsURL(url)) {
        return driver;
      }
    } catch (SQLException e) {
      throw new IllegalArgumentException(
          "jdbcUrl=" + Secrets.maskUrl(url) + ": driver " + name(driver) + " cannot read it",
          SafeErrors.clean(e, Secrets.inUrl(url)));
    }
    throw new IllegalArgumentException(
        "jdbcUrl="
            + Secrets.maskUrl(url)
            + ": driver "
            + name(driver)
            + " does not accept this URL; correct the URL's prefix, or driverClassName");
  }

  private static Driver registered(String url) {
    try {
      return DriverManager.getDriver(url);
    } catch (SQLException e) {
      throw new IllegalArgumentException(
          "jdbcUrl="
              + Secrets.maskUrl(url)
              + ": no registered driver accepts it; add the driver's jar to the class path, correct"
              + " the URL, or set driverClassName (it is loaded by the thread's context class"
              + " loader)",
          e);
    }
  }

  private static Driver named(String className, String url) {
    Class<? extends Driver> type = load(className, url);
    List<Driver> known =
        DriverManager.drivers().filter(driver -> driver.getClass() == type).toList();
    if (!known.isEmpty()) {
      return known.get(0);
    }
    try {
      return type.getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          "driverClassName="
              + className
              + " cannot be created; it needs a public constructor"
              + " without parameters",
          SafeErrors.clean(e));
    }
  }

  private static Class<? extends Driver> load(String className, String url) {
    Class<?> type;
    try {
      type = Classes.load(className);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new IllegalArgumentException(
          "driverClassName=" + className + " cannot be loaded; " + advice(url),
          SafeErrors.clean(e));
    }
    try {
      return type.asSubclass(Driver.class);
    } catch (ClassCastException e) {
      throw new IllegalArgumentException(
          "driverClassName=" + className + " is not a java.sql.Driver", e);
    }
  }

  /**
   * A driver may well be there: Spring Boot, for one, always passes a class name, and an old one
   * may be gone.
   */
  private static String advice(String url) {
    try {
      return "driver "
          + name(DriverManager.getDriver(url))
          + " is registered for "
          + Secrets.maskUrl(url)
          + ": name it, or remove driverClassName";
    } catch (SQLException e) {
      return "add the driver's jar to the class path; no registered driver accepts "
          + Secrets.maskUrl(url)
          + " either";
    }
  }

  private static String name(Driver driver) {
    return driver.getClass().getName();
  }
}
