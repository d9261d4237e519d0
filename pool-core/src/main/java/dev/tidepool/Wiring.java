package dev.tidepool;

import dev.tidepool.api.Credentials;
import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.api.FailureClassifier;
import dev.tidepool.config.PropertyTable;
import dev.tidepool.config.TidepoolConfig;
import dev.tidepool.internal.connect.Checks;
import dev.tidepool.internal.connect.Closer;
import dev.tidepool.internal.connect.ConnectSettings;
import dev.tidepool.internal.connect.ConnectionSource;
import dev.tidepool.internal.connect.ConnectionSources;
import dev.tidepool.internal.connect.DefaultFailureClassifier;
import dev.tidepool.internal.connect.Instances;
import dev.tidepool.internal.connect.OverrideClassifier;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.pool.Engine;
import dev.tidepool.internal.runtime.PoolRuntime;
import dev.tidepool.internal.runtime.ThreadedRuntime;
import dev.tidepool.internal.upkeep.Probe;
import dev.tidepool.net.KeepAlive;
import dev.tidepool.observe.PoolJmx;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.ThreadFactory;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * Puts an engine together from a configuration. Nothing is opened and no thread is started here.
 */
final class Wiring {
  private static final Logger log = LoggerFactory.getLogger(Wiring.class);

  private Wiring() {}

  /**
   * An engine that has yet to be started.
   *
   * @param current supplies the credentials of each connect, so that changed ones are used from
   *     then on
   * @param repetition whether its start repeats one that failed, which the log need not hear again
   * @throws IllegalArgumentException if a driver, class or name cannot be found
   */
  static Engine engine(
      TidepoolConfig config, Supplier<TidepoolConfig> current, boolean repetition) {
    tell(config, List.of(), repetition ? Level.DEBUG : Level.WARN);
    try {
      Engine engine = assemble(config, current);
      if (repetition) {
        engine.inventory().connectLog().hush();
      }
      return engine;
    } catch (IllegalArgumentException e) {
      // One of a class of its own is that of a class of the user's.
      boolean ours = e.getClass() == IllegalArgumentException.class;
      throw ours && config.isSet(PropertyTable.POOL_NAME) ? named(config.poolName(), e) : e;
    }
  }

  /** Logs what has no effect, but for what was said before. */
  static void tell(TidepoolConfig config, Collection<String> known, Level level) {
    for (String notice : config.notices()) {
      if (!known.contains(notice)) {
        log.atLevel(level).log("{}: {}", config.poolName(), notice);
      }
    }
  }

  /** Those who look for drivers and classes do not know whose they are. */
  private static IllegalArgumentException named(String poolName, IllegalArgumentException e) {
    IllegalArgumentException named =
        new IllegalArgumentException(poolName + ": " + e.getMessage(), e.getCause());
    named.setStackTrace(e.getStackTrace());
    return named;
  }

  private static Engine assemble(TidepoolConfig config, Supplier<TidepoolConfig> current) {
    ConnectSettings settings = settings(config, current);
    ConnectionSource source = ConnectionSources.create(settings);
    FailureClassifier classifier = classifier(config);
    Checks checks = new Checks(config.poolName(), settings.session(), classifier);
    return new Engine(
        config,
        source,
        new Closer(config.poolName(), source::closing),
        probe(config, checks),
        classifier,
        runtime(config));
  }

  private static Probe probe(TidepoolConfig config, Checks checks) {
    String testQuery = config.connectionTestQuery();
    String pingQuery = config.keepaliveQuery() != null ? config.keepaliveQuery() : testQuery;
    return new Probe() {
      @Override
      public Checks.Verdict ask(
          PhysicalConnection connection, Duration timeout, Probe.Question question)
          throws SQLException {
        return switch (question) {
          case PING -> checks.ping(connection, timeout, pingQuery);
          case VALIDATION -> checks.ping(connection, timeout, testQuery);
          case WRITABLE -> checks.askWritable(connection, timeout);
        };
      }

      @Override
      public Set<String> sessions(PhysicalConnection connection) throws SQLException {
        return Checks.sessions(connection);
      }
    };
  }

  private static ConnectSettings settings(TidepoolConfig config, Supplier<TidepoolConfig> current) {
    Map<String, String> properties = new HashMap<>();
    config.dataSourceProperties().forEach((k, v) -> properties.put((String) k, String.valueOf(v)));
    OptionalInt isolation = config.transactionIsolationLevel();
    return new ConnectSettings(
        config.poolName(),
        new ConnectSettings.Target(
            config.jdbcUrl(),
            config.driverClassName(),
            config.dataSource(),
            config.dataSourceClassName(),
            config.dataSourceJNDI(),
            properties),
        credentials(config, current),
        new ConnectSettings.Session(
            config.autoCommit(),
            config.readOnly(),
            isolation.isPresent() ? isolation.getAsInt() : null,
            config.catalog(),
            config.schema(),
            config.networkTimeout(),
            config.connectionInitSql(),
            config.connectionTestQuery(),
            config.keepaliveQuery(),
            config.isolateInternalQueries(),
            config.requiredRole()),
        new ConnectSettings.Tcp(keepAlive(config), config.idleWatch(), config.tcpUserTimeout()),
        config.keepaliveAdaptive(),
        config.abortInUseOnFailover(),
        config.connectTimeout());
  }

  private static @Nullable KeepAlive keepAlive(TidepoolConfig config) {
    return config.tcpKeepAlive()
        ? new KeepAlive(
            (int) config.tcpKeepIdle().toSeconds(),
            (int) config.tcpKeepInterval().toSeconds(),
            config.tcpKeepCount())
        : null;
  }

  private static @Nullable CredentialsProvider credentials(
      TidepoolConfig config, Supplier<TidepoolConfig> current) {
    String className = config.credentialsProviderClassName();
    if (className != null) {
      return Instances.create("credentialsProviderClassName", className, CredentialsProvider.class);
    }
    // Without a user at the start the target may carry its own; one set later is used all the same.
    return () -> {
      TidepoolConfig now = current.get();
      CredentialsProvider given = now.credentialsProvider();
      return given != null ? given.credentials() : new Credentials(now.username(), now.password());
    };
  }

  private static FailureClassifier classifier(TidepoolConfig config) {
    FailureClassifier given = config.failureClassifier();
    if (given != null) {
      return given;
    }
    String className = config.exceptionOverrideClassName();
    return className != null
        ? OverrideClassifier.create(config.poolName(), className)
        : new DefaultFailureClassifier();
  }

  private static PoolRuntime runtime(TidepoolConfig config) {
    ThreadFactory given = config.threadFactory();
    String className = config.threadFactoryClassName();
    if (given == null && className != null) {
      given = Instances.create("threadFactoryClassName", className, ThreadFactory.class);
    }
    return given == null ? ThreadedRuntime.shared() : ThreadedRuntime.own(given);
  }

  /** Registers with JMX if asked to; ends the registration on close. */
  static AutoCloseable registerJmx(TidepoolConfig config, TidepoolDataSource pool) {
    return config.registerMbeans() ? PoolJmx.register(new PoolBean(pool)) : () -> {};
  }

  /** Closes what must not stop the closing of everything else. */
  static void quietly(String poolName, AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      log.warn("{}: closing failed", poolName, e);
    }
  }
}
