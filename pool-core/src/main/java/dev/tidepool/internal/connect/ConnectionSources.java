package dev.tidepool.internal.connect;

import dev.tidepool.internal.connect.ConnectSettings.Tcp;
import dev.tidepool.net.AttemptSockets;
import dev.tidepool.net.PoolSocketFactory;
import java.sql.SQLException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/** Makes the {@link ConnectionSource} that settings describe; call it in the user's thread. */
public final class ConnectionSources {
  private static final Logger log = LoggerFactory.getLogger(ConnectionSources.class);
  private static final SocketTable.Plan LEFT =
      new SocketTable.Plan(Map.of(), null, SocketTable.Reach.NONE, false, "left to the DataSource");

  private static final String MYSQL = "com.mysql.cj.jdbc.";

  private ConnectionSources() {}

  /**
   * Resolves driver, class or name, by the context class loader of the calling thread; connects
   * nothing.
   *
   * @throws IllegalArgumentException with property, value and remedy, if the target cannot be
   *     resolved
   */
  public static ConnectionSource create(ConnectSettings settings) {
    return new Opener(settings, connector(settings));
  }

  private static Connector connector(ConnectSettings settings) {
    ConnectSettings.Target target = settings.target();
    if (target.dataSource() != null) {
      return given(settings, target.dataSource());
    } else if (target.dataSourceClassName() != null) {
      return made(settings, target.dataSourceClassName());
    } else if (target.dataSourceJndi() != null) {
      return given(settings, JndiLookup.find(target.dataSourceJndi()));
    } else if (target.jdbcUrl() != null) {
      return new DriverConnector(
          settings.poolName(),
          DriverLookup.resolve(target.jdbcUrl(), target.driverClassName()),
          target.jdbcUrl(),
          target.properties(),
          settings.tcp(),
          LoginLimits.of(target.jdbcUrl(), target.properties(), settings.connectTimeout()));
    }
    throw new IllegalArgumentException(
        "nothing to connect to; set jdbcUrl, dataSource, dataSourceClassName or dataSourceJNDI");
  }

  /** A DataSource of the user is used as it is. */
  private static Connector given(ConnectSettings settings, DataSource dataSource) {
    limitLogin(settings, dataSource);
    return new DataSourceConnector(dataSource, LEFT, false);
  }

  private static Connector made(ConnectSettings settings, String className) {
    DataSource dataSource = instance(className);
    Map<String, String> properties = new HashMap<>(settings.target().properties());
    SocketTable.Plan plan = plan(settings, dataSource);
    properties.putAll(plan.properties());
    LoginLimits limits = limits(settings, dataSource);
    properties.putAll(limits.properties());
    if (plan.argumentProperty() != null) {
      properties.put(
          plan.argumentProperty(), AttemptSockets.threadArgument(settings.tcp().keepAlive()));
    }
    BeanProperties.apply(dataSource, properties);
    if (plan.reach() != SocketTable.Reach.FACTORY) {
      limitLogin(settings, dataSource);
    }
    return new DataSourceConnector(dataSource, plan, limits.readTimeout());
  }

  private static DataSource instance(String className) {
    try {
      return Classes.load(className)
          .asSubclass(DataSource.class)
          .getDeclaredConstructor()
          .newInstance();
    } catch (ClassNotFoundException | LinkageError e) {
      throw new IllegalArgumentException(
          "dataSourceClassName=" + className + " cannot be loaded; add its jar to the class path",
          SafeErrors.clean(e));
    } catch (ClassCastException e) {
      throw new IllegalArgumentException(
          "dataSourceClassName="
              + className
              + " is not a javax.sql.DataSource; for a driver use jdbcUrl and driverClassName",
          e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          "dataSourceClassName="
              + className
              + " cannot be created; it needs a public constructor without parameters",
          SafeErrors.clean(e));
    }
  }

  /** Two drivers' DataSources are known; every other keeps its own ways. */
  private static SocketTable.Plan plan(ConnectSettings settings, DataSource dataSource) {
    Tcp tcp = settings.tcp();
    String name = dataSource.getClass().getName();
    if (name.startsWith(MYSQL)) {
      return tcp.keepAlive() == null ? LEFT : SocketTable.plan("jdbc:mysql:", Map.of(), tcp, false);
    }
    if (!name.equals("org.postgresql.ds.PGSimpleDataSource") || tcp.equals(Tcp.OFF)) {
      return LEFT;
    }
    String url = "jdbc:postgresql:";
    Map<String, String> user = new HashMap<>();
    for (Map.Entry<String, String> property : settings.target().properties().entrySet()) {
      if (property.getKey().equalsIgnoreCase("url")) {
        url = property.getValue();
      }
      // Setters are found in any case, so the table must see the driver's spelling.
      user.put(canonical(property.getKey()), property.getValue());
    }
    boolean usable = Classes.sees(dataSource.getClass().getClassLoader(), PoolSocketFactory.class);
    return SocketTable.plan(url, user, tcp, usable);
  }

  private static LoginLimits limits(ConnectSettings settings, DataSource dataSource) {
    if (!dataSource.getClass().getName().startsWith(MYSQL)) {
      return LoginLimits.NONE;
    }
    Map<String, String> user = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    user.putAll(settings.target().properties());
    String url = user.get("url");
    String host = user.getOrDefault("serverName", "localhost");
    return LoginLimits.of(
        url != null ? url : "jdbc:mysql://" + host, user, settings.connectTimeout());
  }

  private static String canonical(String name) {
    for (String known : new String[] {"tcpKeepAlive", "socketFactory", "socketFactoryArg"}) {
      if (known.equalsIgnoreCase(name)) {
        return known;
      }
    }
    return name;
  }

  /** Lets a login end by itself where the pool cannot cut it off; a limit of the user stays. */
  private static void limitLogin(ConnectSettings settings, DataSource dataSource) {
    Duration timeout = settings.connectTimeout();
    try {
      if (dataSource.getLoginTimeout() == 0 && !timeout.isZero()) {
        dataSource.setLoginTimeout(Durations.wholeSeconds(timeout));
      }
    } catch (SQLException | RuntimeException | AbstractMethodError e) {
      // The pool can do without: it only bounds what hangs in the driver after it was given up.
      log.atLevel(e instanceof SQLException || Unsupported.is(e) ? Level.DEBUG : Level.WARN)
          .setCause(SafeErrors.clean(e))
          .log(
              "{}: {} takes no login timeout; a login that hangs is given up without it",
              settings.poolName(),
              dataSource.getClass());
    }
  }
}
