package dev.tidepool.internal.connect;

import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.api.Role;
import dev.tidepool.config.Secrets;
import dev.tidepool.net.KeepAlive;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * All that is needed to open, prepare and check connections; rules have been checked already.
 *
 * @param poolName comes first in each log line and message
 * @param target where connections come from
 * @param credentials asked for every connect; null to log in with what the target itself carries
 * @param session state that every borrower is to find
 * @param tcp what to do with the sockets of drivers that let the pool reach them
 * @param learnIdleLimit whether to ask the server how long it lets a session be idle
 * @param nameSessions whether to ask the server for each session's name
 * @param connectTimeout bound of one connect and login; kept by the engine, here only handed to a
 *     DataSource whose sockets are out of reach
 */
public record ConnectSettings(
    String poolName,
    Target target,
    @Nullable CredentialsProvider credentials,
    Session session,
    Tcp tcp,
    boolean learnIdleLimit,
    boolean nameSessions,
    Duration connectTimeout) {

  @Override
  public String toString() {
    // The provider and the initial SQL could show a password.
    return "ConnectSettings[" + poolName + ", " + target + "]";
  }

  /**
   * Where connections come from; exactly one of URL, object, class and JNDI name is set.
   *
   * @param driverClassName only with a URL; null to ask the {@code DriverManager}
   * @param properties driver properties for a URL, bean properties for a DataSource class
   */
  public record Target(
      @Nullable String jdbcUrl,
      @Nullable String driverClassName,
      @Nullable DataSource dataSource,
      @Nullable String dataSourceClassName,
      @Nullable String dataSourceJndi,
      Map<String, String> properties) {
    /** Keeps a copy of the properties. */
    public Target {
      properties = Map.copyOf(properties);
    }

    /** A target behind a URL, whose driver is found by the {@code DriverManager}. */
    public static Target url(String jdbcUrl, Map<String, String> properties) {
      return new Target(jdbcUrl, null, null, null, null, properties);
    }

    /** What must not be shown to anybody, as far as its name tells. */
    Set<String> secrets() {
      Set<String> found = Secrets.in(properties);
      if (jdbcUrl != null) {
        found.addAll(Secrets.inUrl(jdbcUrl));
      }
      return found;
    }

    @Override
    public String toString() {
      // Property values may be passwords.
      return "Target[jdbcUrl="
          + (jdbcUrl == null ? null : Secrets.maskUrl(jdbcUrl))
          + ", driverClassName="
          + driverClassName
          + ", dataSourceClassName="
          + dataSourceClassName
          + ", dataSourceJndi="
          + dataSourceJndi
          + ", properties="
          + properties.keySet()
          + "]";
    }
  }

  /**
   * The state every borrower is to find.
   *
   * @param readOnly whether borrowers find the connection read-only
   * @param transactionIsolation a constant of {@link java.sql.Connection}; null for the driver's
   *     own
   * @param catalog null for the driver's own
   * @param schema null for the driver's own
   * @param networkTimeout zero for the driver's own
   * @param connectionInitSql run once on each new connection; null for none
   * @param testQuery checks a connection; null for {@code isValid}
   * @param keepaliveQuery pings it; null for {@code testQuery}
   * @param isolateInternalQueries whether the pool rolls back after {@code isValid} too when
   *     autoCommit is off
   * @param requiredRole what the server must be
   */
  public record Session(
      boolean autoCommit,
      boolean readOnly,
      @Nullable Integer transactionIsolation,
      @Nullable String catalog,
      @Nullable String schema,
      Duration networkTimeout,
      @Nullable String connectionInitSql,
      @Nullable String testQuery,
      @Nullable String keepaliveQuery,
      boolean isolateInternalQueries,
      Role requiredRole) {
    /** Nothing configured: autoCommit on, everything else the driver's own. */
    public static final Session DEFAULT =
        new Session(
            true, false, null, null, null, Duration.ZERO, null, null, null, false, Role.ANY);
  }

  /**
   * What to do with sockets.
   *
   * @param keepAlive TCP keepalive; null to leave it to the driver
   * @param watchable make sockets that a selector can watch, for drivers that were tried on them;
   *     with neither the sockets are left to the driver altogether
   * @param userTimeout how long bytes sent on those may stay unacknowledged; zero for the system's
   */
  public record Tcp(@Nullable KeepAlive keepAlive, boolean watchable, Duration userTimeout) {
    /** The defaults of the design: 45 s, 10 s, 3. */
    public static final Tcp DEFAULT = new Tcp(new KeepAlive(45, 10, 3), false);

    /** The driver's own sockets, untouched. */
    public static final Tcp OFF = new Tcp(null, false);

    /** With the system's user timeout. */
    public Tcp(@Nullable KeepAlive keepAlive, boolean watchable) {
      this(keepAlive, watchable, Duration.ZERO);
    }
  }
}
