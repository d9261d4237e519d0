package dev.tidepool.internal.connect;

import dev.tidepool.internal.connect.ConnectSettings.Tcp;
import dev.tidepool.net.KeepAlive;
import dev.tidepool.net.PoolSocketFactory;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which string properties make a driver keep its TCP connections alive, and let the pool reach and
 * watch its sockets. Never one that the URL or the user names already.
 */
final class SocketTable {
  static final String ORACLE_KEEP_ALIVE = "oracle.net.keepAlive";
  private static final String FACTORY = PoolSocketFactory.class.getName();

  /** How the pool gets at the socket of an open connection. */
  enum Reach {
    /** It comes from our factory. */
    FACTORY,
    /** Asked of MySQL's driver after the connect, by reflection. */
    MYSQL,
    /** Not at all. */
    NONE
  }

  /**
   * What to do for one source.
   *
   * @param properties to add to the user's
   * @param argumentProperty takes the attempt's argument, anew for each connect; null if there is
   *     none
   * @param reach how the socket is reached
   * @param watchable whether the driver was tried on sockets that a selector can watch
   * @param text what is known of keepalive where the socket cannot be read; null if there is no
   *     socket
   */
  record Plan(
      Map<String, String> properties,
      @Nullable String argumentProperty,
      Reach reach,
      boolean watchable,
      @Nullable String text) {
    Plan {
      properties = Map.copyOf(properties);
    }
  }

  private static final String TO_DRIVER = "left to the driver";

  private final Dialect dialect;
  private final Set<String> named;
  private final Map<String, String> user;
  private final @Nullable KeepAlive keepAlive;
  private final boolean factoryUsable;
  private final Map<String, String> added = new LinkedHashMap<>();

  private SocketTable(
      Dialect dialect,
      String url,
      Map<String, String> user,
      @Nullable KeepAlive keepAlive,
      boolean factoryUsable) {
    this.dialect = dialect;
    this.named = dialect.parameters(url);
    this.named.addAll(user.keySet());
    this.user = user;
    this.keepAlive = keepAlive;
    this.factoryUsable = factoryUsable;
  }

  /**
   * The plan for a URL.
   *
   * @param user the user's own driver properties
   * @param tcp with neither keepalive nor the watch wanted the sockets are left to the driver
   * @param factoryUsable whether the driver can load our socket factory
   */
  static Plan plan(String url, Map<String, String> user, Tcp tcp, boolean factoryUsable) {
    Dialect dialect = Dialect.of(url);
    if (dialect == Dialect.EMBEDDED) {
      return new Plan(Map.of(), null, Reach.NONE, false, null);
    }
    if (tcp.keepAlive() == null && !(tcp.watchable() && isWatchable(dialect))) {
      return new Plan(Map.of(), null, Reach.NONE, false, TO_DRIVER);
    }
    return new SocketTable(dialect, url, user, tcp.keepAlive(), factoryUsable).plan();
  }

  /** The other drivers were not tried on sockets that a selector can watch. */
  private static boolean isWatchable(Dialect dialect) {
    return dialect == Dialect.POSTGRESQL || dialect == Dialect.MARIADB;
  }

  private Plan plan() {
    return switch (dialect) {
      case POSTGRESQL -> postgresql();
      case MARIADB -> mariadb();
      case SQLSERVER -> factoryOr("socketFactoryClass", "socketFactoryConstructorArg", TO_DRIVER);
      case ORACLE_THIN -> oracle();
      case MYSQL -> new Plan(added, null, Reach.MYSQL, false, TO_DRIVER);
      case EMBEDDED, OTHER -> new Plan(added, null, Reach.NONE, false, TO_DRIVER);
    };
  }

  private Plan postgresql() {
    String otherwise = TO_DRIVER;
    if (keepAlive != null) {
      // pgjdbc sets SO_KEEPALIVE to exactly this after connecting, whatever the factory did.
      add("tcpKeepAlive", "true");
      otherwise = "set by the driver, times of the system";
    }
    return factoryOr("socketFactory", "socketFactoryArg", otherwise);
  }

  private Plan mariadb() {
    if (keepAlive == null) {
      return factoryOr("socketFactory", null, TO_DRIVER);
    }
    addTimes(keepAlive, "tcpKeepIdle", "tcpKeepInterval", "tcpKeepCount");
    return factoryOr("socketFactory", null, handed());
  }

  private Plan oracle() {
    if (keepAlive != null) {
      add(ORACLE_KEEP_ALIVE, "true");
      addTimes(
          keepAlive,
          "oracle.net.TCP_KEEPIDLE",
          "oracle.net.TCP_KEEPINTERVAL",
          "oracle.net.TCP_KEEPCOUNT");
    }
    return new Plan(added, null, Reach.NONE, false, handed());
  }

  /** A factory of the user stays, and its argument with it. */
  private Plan factoryOr(String factory, @Nullable String argument, String otherwise) {
    if (named.contains(factory) || (argument != null && named.contains(argument))) {
      String name = value(factory);
      String text = "left to the user's " + factory + (name == null ? "" : "=" + name);
      return new Plan(added, null, Reach.NONE, false, text);
    }
    if (!factoryUsable) {
      return new Plan(added, null, Reach.NONE, false, otherwise);
    }
    add(factory, FACTORY);
    return new Plan(added, argument, Reach.FACTORY, isWatchable(dialect), otherwise);
  }

  private @Nullable String value(String name) {
    for (Map.Entry<String, String> property : user.entrySet()) {
      Set<String> one = dialect.names();
      one.add(property.getKey());
      if (one.contains(name)) {
        return property.getValue();
      }
    }
    return null;
  }

  private void addTimes(KeepAlive times, String idle, String interval, String count) {
    add(idle, times.idleSeconds());
    add(interval, times.intervalSeconds());
    add(count, times.count());
  }

  private void add(String name, int value) {
    if (value != -1) {
      add(name, Integer.toString(value));
    }
  }

  private void add(String name, String value) {
    if (!named.contains(name)) {
      added.put(name, value);
    }
  }

  /** What the driver was asked to set; it does not say what it did. */
  private String handed() {
    if (added.isEmpty()) {
      return "left to the user's properties";
    }
    StringBuilder text = new StringBuilder();
    added.forEach(
        (name, value) -> text.append(text.isEmpty() ? "" : ", ").append(name + "=" + value));
    return text + " handed to the driver";
  }
}
