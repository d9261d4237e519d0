package dev.tidepool.internal.connect;

import dev.tidepool.api.Credentials;
import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.net.AttemptSockets;
import dev.tidepool.net.KeepAlive;
import dev.tidepool.net.UserTimeout;
import java.net.Socket;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One connect from start to end: credentials, driver, preparation; and nothing left open if any of
 * it fails.
 */
final class Opener implements ConnectionSource {
  private static final Logger log = LoggerFactory.getLogger(Opener.class);

  private final ConnectSettings settings;
  private final Connector connector;
  private final SessionPreparation preparation;
  private final Closer closer;
  private final Set<String> targetSecrets;
  private final boolean watchable;
  private final InHand inHand = new InHand();
  private final @Nullable UserTimeout userTimeout;

  /** Whether the present server was asked; a failure may mean that the next one is another. */
  private final AtomicBoolean asked = new AtomicBoolean();

  /** Whether it was said that the driver does not tell its status. */
  private final AtomicBoolean untold = new AtomicBoolean();

  private volatile @Nullable Duration idleLimit;

  Opener(ConnectSettings settings, Connector connector) {
    this.settings = settings;
    this.connector = connector;
    this.preparation = new SessionPreparation(settings.poolName(), settings.session());
    this.closer = new Closer(settings.poolName(), inHand::leave);
    this.targetSecrets = settings.target().secrets();
    this.watchable = settings.tcp().watchable() && connector.plan().watchable();
    this.userTimeout = settings.tcp().userTimeout().isZero() ? null : userTimeout();
  }

  private @Nullable UserTimeout userTimeout() {
    if (watchable) {
      return new UserTimeout(
          settings.tcp().userTimeout(), reason -> log.warn("{}: {}", settings.poolName(), reason));
    }
    log.warn(
        "{}: tcpUserTimeout has no effect on {}: it takes PostgreSQL's or MariaDB's driver, idleWatch"
            + " and no socketFactory of yours",
        settings.poolName(),
        connector.describe());
    return null;
  }

  @Override
  public PhysicalConnection open(ConnectAttempt attempt) throws SQLException {
    AttemptSockets sockets =
        new AttemptSockets(
            settings.tcp().keepAlive(), watchable, attempt.tcpConnectLimitMillis(), userTimeout);
    attempt.mayInterrupt(connector.plan().reach() != SocketTable.Reach.NONE);
    if (!attempt.begin(sockets)) {
      throw givenUp(null);
    }
    Credentials credentials = credentials();
    boolean done = false;
    sockets.begin();
    try {
      PhysicalConnection physical = prepared(attempt, sockets, connect(sockets, credentials));
      done = true;
      return physical;
    } catch (Throwable t) {
      if (t instanceof SQLException) {
        asked.set(false);
      }
      Throwable clean = clean(t, secrets(credentials));
      throw attempt.isCutOff() && !(t instanceof Error) ? givenUp(clean) : thrown(clean);
    } finally {
      sockets.end();
      if (!done) {
        // What a driver forgets when it fails late is freed by nobody: a channel has no cleaner.
        sockets.cutOff();
      }
    }
  }

  /** What the provider says of a failure is as public as what the driver says. */
  private @Nullable Credentials credentials() throws SQLException {
    CredentialsProvider provider = settings.credentials();
    try {
      return provider == null ? null : provider.credentials();
    } catch (Throwable t) {
      throw thrown(clean(t, targetSecrets));
    }
  }

  /**
   * Any Throwable: code in other languages, and proxies, throw checked exceptions that they do not
   * declare. Who catches an interrupt hands it on.
   */
  private static Throwable clean(Throwable error, Collection<String> secrets) {
    if (error instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return SafeErrors.clean(error, secrets);
  }

  /** To be thrown: as it is if it may be, else as the cause of an SQLException. */
  private SQLException thrown(Throwable clean) {
    if (clean instanceof RuntimeException e) {
      throw e;
    } else if (clean instanceof Error e) {
      throw e;
    }
    return clean instanceof SQLException e
        ? e
        : new SQLException(
            settings.poolName() + ": " + connector.describe() + " threw " + clean, "08001", clean);
  }

  private List<String> secrets(@Nullable Credentials credentials) {
    List<String> secrets = new ArrayList<>(targetSecrets);
    String password = credentials == null ? null : credentials.password();
    if (password != null) {
      secrets.add(password);
    }
    return secrets;
  }

  @Override
  public @Nullable Duration idleLimit() {
    return idleLimit;
  }

  @Override
  public @Nullable DataSource dataSource() {
    return connector.dataSource();
  }

  @Override
  public void forget() {
    asked.set(false);
  }

  @Override
  public void closing(Connection connection) {
    inHand.leave(connection);
  }

  private Connection connect(AttemptSockets sockets, @Nullable Credentials credentials)
      throws SQLException {
    Connection connection = connector.connect(sockets, credentials);
    if (connection == null) {
      throw new SQLTransientConnectionException(
          settings.poolName() + ": " + connector.describe() + " returned no connection (null)",
          "08001");
    }
    take(connection);
    return connection;
  }

  /** Before anything is called on it: it may be in the hands of a borrower. */
  private void take(Connection connection) throws SQLException {
    boolean mine = true;
    try {
      mine = inHand.take(connection);
    } catch (Error e) { // no memory to note it, so it is a new one
      closer.discard(connection);
      throw e;
    }
    if (!mine) {
      throw new SQLException(
          settings.poolName()
              + ": the driver or DataSource handed out a connection that is already in the pool");
    }
  }

  private PhysicalConnection prepared(
      ConnectAttempt attempt, AttemptSockets sockets, Connection connection) throws SQLException {
    boolean done = false;
    try {
      attempt.opened(connection);
      Socket socket = socket(sockets, connection);
      SessionDefaults defaults = preparation.prepare(connection, connector.lendsReadTimeout());
      if (settings.learnIdleLimit() && asked.compareAndSet(false, true)) {
        idleLimit = IdleLimit.ask(connection, attempt, settings.poolName());
      }
      String session =
          settings.nameSessions() ? ServerSessions.own(connection, settings.poolName()) : null;
      preparation.finish(connection);
      PhysicalConnection physical = describe(connection, socket, defaults, session);
      if (!attempt.complete()) {
        throw givenUp(null);
      }
      done = true;
      sockets.settle();
      return physical;
    } finally {
      if (!done) {
        closer.discard(connection);
      }
    }
  }

  private PhysicalConnection describe(
      Connection connection,
      @Nullable Socket socket,
      SessionDefaults defaults,
      @Nullable String session) {
    ServerStatus status = LiveStatus.of(connection, settings.poolName());
    if (status == null && LiveStatus.isExpected(connection) && untold.compareAndSet(false, true)) {
      log.warn(
          "{}: this driver, or what its options make of it, does not tell its status: a transaction"
              + " or auto-commit that a borrower changes by SQL passes to the next",
          settings.poolName());
    }
    return new PhysicalConnection(
        connection,
        defaults,
        LiveSocket.closer(socket, settings.poolName()),
        LiveSocket.watchable(socket),
        LiveSocket.describe(socket, connector.plan().text(), settings.poolName()),
        preparation.tellsRequests(connection),
        session,
        status);
  }

  private @Nullable Socket socket(AttemptSockets sockets, Connection connection) {
    return switch (connector.plan().reach()) {
      case FACTORY -> sockets.live();
      case MYSQL -> mysql(connection);
      case NONE -> null;
    };
  }

  private @Nullable Socket mysql(Connection connection) {
    Socket socket = LiveSocket.ofMysql(connection, settings.poolName());
    KeepAlive keepAlive = settings.tcp().keepAlive();
    if (socket != null && keepAlive != null) {
      LiveSocket.applyTimes(socket, keepAlive, settings.poolName());
    }
    return socket;
  }

  private SQLException givenUp(@Nullable Throwable cause) {
    return new SQLTransientConnectionException(
        settings.poolName() + ": connect was given up: " + connector.describe(), "08001", cause);
  }
}
