package dev.tidepool.internal.connect;

import dev.tidepool.api.Credentials;
import dev.tidepool.config.Secrets;
import dev.tidepool.internal.connect.ConnectSettings.Tcp;
import dev.tidepool.net.AttemptSockets;
import dev.tidepool.net.PoolSocketFactory;
import java.sql.Connection;
import java.sql.Driver;
import java.sql.SQLException;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Connects by a driver and a URL. */
final class DriverConnector implements Connector {
  private static final Logger log = LoggerFactory.getLogger(DriverConnector.class);

  private final String poolName;
  private final Driver driver;
  private final String url;
  private final Map<String, String> user;
  private final Tcp tcp;
  private final LoginLimits limits;
  private final AtomicReference<SocketTable.Plan> plan;

  DriverConnector(
      String poolName,
      Driver driver,
      String url,
      Map<String, String> user,
      Tcp tcp,
      LoginLimits limits) {
    this.poolName = poolName;
    this.driver = driver;
    this.url = url;
    this.user = user;
    this.tcp = tcp;
    this.limits = limits;
    this.plan = new AtomicReference<>(firstPlan());
  }

  private SocketTable.Plan firstPlan() {
    SocketTable.Plan best = SocketTable.plan(url, user, tcp, true);
    // pgjdbc may find the class by the thread's class loader, depending on its version: the first
    // connect tells.
    boolean tries = Dialect.of(url) == Dialect.POSTGRESQL;
    if (best.reach() != SocketTable.Reach.FACTORY
        || tries
        || Classes.sees(driver.getClass().getClassLoader(), PoolSocketFactory.class)) {
      return best;
    }
    logUnreachable();
    return SocketTable.plan(url, user, tcp, false);
  }

  @Override
  public @Nullable Connection connect(AttemptSockets sockets, @Nullable Credentials credentials)
      throws SQLException {
    SocketTable.Plan used = plan.get();
    try {
      return driver.connect(url, properties(used, sockets, credentials));
    } catch (SQLException e) {
      if (used.reach() != SocketTable.Reach.FACTORY || !cannotLoadFactory(e)) {
        throw e;
      }
      SocketTable.Plan plain = SocketTable.plan(url, user, tcp, false);
      if (plan.compareAndSet(used, plain)) {
        logUnreachable();
      }
      return driver.connect(url, properties(plain, sockets, credentials));
    }
  }

  /** Anew for each connect: drivers may keep or change what they are given. */
  private Properties properties(
      SocketTable.Plan used, AttemptSockets sockets, @Nullable Credentials credentials) {
    Properties properties = new Properties();
    properties.putAll(user);
    properties.putAll(used.properties());
    properties.putAll(limits.properties());
    if (used.argumentProperty() != null) {
      properties.setProperty(used.argumentProperty(), sockets.factoryArgument());
    }
    if (credentials != null) {
      put(properties, "user", credentials.username());
      put(properties, "password", credentials.password());
    }
    return properties;
  }

  private static void put(Properties properties, String name, @Nullable String value) {
    if (value != null) {
      properties.setProperty(name, value);
    }
  }

  private static boolean cannotLoadFactory(Throwable error) {
    Throwable cause = error;
    for (int depth = 0; cause != null && depth < 10; depth++) {
      if ((cause instanceof ClassNotFoundException || cause instanceof LinkageError)
          && String.valueOf(cause.getMessage()).contains("PoolSocketFactory")) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private void logUnreachable() {
    log.warn(
        "{}: {} cannot load {}, so its sockets are left to it: TCP keepalive has the system's times"
            + " unless the driver sets its own, idle ones are not watched, and a hung login or call cannot be"
            + " cut off; put the pool"
            + " where the driver's class loader sees it",
        poolName,
        driver.getClass().getName(),
        PoolSocketFactory.class.getName());
  }

  @Override
  public SocketTable.Plan plan() {
    return plan.get();
  }

  @Override
  public boolean lendsReadTimeout() {
    return limits.readTimeout();
  }

  @Override
  public String describe() {
    return "driver " + driver.getClass().getName() + " for " + Secrets.maskUrl(url);
  }
}
