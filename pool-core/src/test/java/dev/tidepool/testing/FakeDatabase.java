package dev.tidepool.testing;

import dev.tidepool.internal.connect.ServerStatus;
import dev.tidepool.net.Watchable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A database that keeps accounts: every session is known from opening to closing, with its state,
 * and every breach of what a pool must never do is written down in {@link #breaches}.
 */
@SuppressWarnings({
  "ReferenceEquality",
  "StatementSwitchToExpressionSwitch"
}) // proxies are equal to themselves only
public final class FakeDatabase {
  private final Set<Session> open = new LinkedHashSet<>();
  private final List<String> breaches = new ArrayList<>();
  private int opened;
  private int closed;
  private int commits;
  private @Nullable String product;
  private Class<? extends Connection> type = DriverConnection.class;

  /** The driver's own type, by which borrowers unwrap its connection. */
  public interface DriverConnection extends Connection {
    /** As pgjdbc's has it. */
    Object getCopyAPI();
  }

  /** Further connections have no type of the driver's own. */
  public void plainConnections() {
    type = Connection.class;
  }

  /** One server-side session and the driver's connection to it. */
  public final class Session implements InvocationHandler, Watchable, ServerStatus {
    private final int number;
    private final Connection connection;
    private boolean autoCommit = true;
    private boolean readOnly;
    private int isolation = Connection.TRANSACTION_READ_COMMITTED;
    private String schema = "public";
    private boolean inTransaction;
    private boolean closedByDriver;
    private boolean aborted;
    private boolean killed;
    private boolean unread;
    private boolean looksUnread;
    private boolean lastWords;
    private @Nullable Error nextLookError;

    /** What it says to isValid, whatever the truth; null for the truth. */
    private @Nullable Boolean lie;

    private int openStatements;
    private final FakeAttributes attributes = new FakeAttributes();
    private @Nullable Runnable onNextCall;
    private boolean refusesWrites;
    private Runnable onEachCall = () -> {};
    private Runnable onAbort = () -> {};

    private Session(int number) {
      this.number = number;
      this.connection = FakeObjects.proxy(type, this);
    }

    /** Its number, counted from 1 in the order of opening. */
    public int number() {
      return number;
    }

    /** The driver's object. */
    public Connection connection() {
      return connection;
    }

    /** Ends the session on the server: every further call fails. */
    public void kill() {
      killed = true;
    }

    /** As {@link #kill}, but the server says why, and the end of the stream is still to come. */
    public void killWithWords() {
      killed = true;
      lastWords = true;
    }

    /** The end of the stream arrives after the words. */
    public void end() {
      lastWords = false;
    }

    /** The server sends something that nobody asked for. */
    public void send() {
      unread = true;
    }

    /** The next look finds news, those after it none: as if somebody had read them meanwhile. */
    public void startle() {
      looksUnread = true;
    }

    /** The next look ends in this. */
    public void failNextLook(Error error) {
      nextLookError = error;
    }

    @Override
    public boolean hasNews() {
      Error error = nextLookError;
      if (error != null) {
        nextLookError = null;
        throw error;
      }
      if (looksUnread) {
        looksUnread = false;
        return true;
      }
      return unread || killed || closedByDriver;
    }

    @Override
    public boolean hasEnded() {
      return (killed && !lastWords) || closedByDriver;
    }

    @Override
    public @Nullable SelectionKey register(Selector selector) {
      throw new UnsupportedOperationException("no real socket");
    }

    @Override
    public String toString() {
      return "session " + number;
    }

    /** Does something at the next call, such as throwing an Error or letting time pass. */
    public void onNextCall(Runnable action) {
      onNextCall = action;
    }

    /** Its server is no longer the primary: from now on it refuses to write. */
    public void demote() {
      refusesWrites = true;
    }

    /** Whether its server refuses to write. */
    public boolean refusesWrites() {
      return refusesWrites;
    }

    /** Does something before each call, such as killing the session after too long a silence. */
    public void onEachCall(Runnable action) {
      onEachCall = action;
    }

    /** Does something before it is aborted. */
    public void onAbort(Runnable action) {
      onAbort = action;
    }

    /** Whether the driver's connection is closed. */
    public boolean isClosed() {
      return closedByDriver;
    }

    /** Before each call of what it made. */
    void onCall() {
      onEachCall.run();
    }

    String schema() {
      return schema;
    }

    boolean isAlive() {
      return !killed && !closedByDriver;
    }

    void countStatement(int more) {
      openStatements += more;
    }

    @Override
    public boolean mayPassOverEnd() {
      return false;
    }

    @Override
    public Class<?> driver() {
      return connection.getClass();
    }

    @Override
    public boolean known() {
      return true;
    }

    @Override
    public boolean inTransaction() {
      return inTransaction;
    }

    @Override
    public boolean autoCommit() {
      return autoCommit;
    }

    @Override
    public boolean readOnly() {
      return readOnly;
    }

    @Override
    public boolean mayLoseStep() {
      return false;
    }

    @Override
    public boolean hasLeftResults() {
      return false;
    }

    @Override
    public boolean isOfSeveralSessions() {
      return false;
    }

    @Override
    public boolean isReplaced() {
      return false;
    }

    /** What a statement of it sends. */
    void execute(@Nullable Object sql) {
      if ("ROLLBACK".equals(sql)) {
        inTransaction = false;
      } else if (!autoCommit || "begin".equals(sql)) {
        inTransaction = true;
      }
    }

    /** Empty if the session is as it was after login, else what is left over. */
    public String leftovers() {
      List<String> left = new ArrayList<>();
      if (inTransaction) {
        left.add("transaction");
      }
      if (!autoCommit) {
        left.add("autoCommit=false");
      }
      if (readOnly) {
        left.add("readOnly");
      }
      if (isolation != Connection.TRANSACTION_READ_COMMITTED) {
        left.add("isolation");
      }
      if (!schema.equals("public")) {
        left.add("schema=" + schema);
      }
      if (openStatements > 0) {
        left.add(openStatements + " statements");
      }
      left.addAll(attributes.leftovers());
      return String.join(", ", left);
    }

    /** From now on it says this to isValid, dead or alive. */
    public void sayValid(boolean answer) {
      lie = answer;
    }

    @Override
    public @Nullable Object invoke(Object proxy, Method method, Object @Nullable [] args)
        throws Throwable {
      try {
        return call(proxy, method, args);
      } catch (SQLException e) {
        throw method.getName().equals("setClientInfo") // which declares no other
            ? new SQLClientInfoException(e.getMessage(), e.getSQLState(), Map.of(), e)
            : e;
      }
    }

    private @Nullable Object call(Object proxy, Method method, Object @Nullable [] args)
        throws SQLException {
      if (!isBookkeeping(method)) {
        boolean wasOpen = !closedByDriver;
        onEachCall.run();
        unread = false; // any call reads what has come
        Runnable action = onNextCall;
        onNextCall = null;
        try {
          if (action != null) {
            action.run();
          }
        } finally {
          boolean abortedMeanwhile = wasOpen && closedByDriver;
          if (method.getName().equals("close") && !abortedMeanwhile) {
            end("closed");
          }
        }
      }
      return switch (method.getName()) {
        case "hashCode" -> System.identityHashCode(proxy);
        case "equals" -> args != null && proxy == args[0];
        case "toString" -> "session " + number;
        case "close" -> null;
        case "abort" -> {
          onAbort.run();
          end("aborted");
          yield null;
        }
        case "isClosed" -> closedByDriver;
        case "isValid" -> lie != null ? lie : !killed && !closedByDriver;
        case "isWrapperFor" -> false;
        default -> alive(method, args);
      };
    }

    private static boolean isBookkeeping(Method method) {
      return switch (method.getName()) {
        case "hashCode", "equals", "toString", "isClosed", "isWrapperFor", "abort" -> true;
        default -> false;
      };
    }

    private void end(String how) {
      if (aborted) {
        return; // then either is of no effect, as JDBC has it
      }
      aborted = how.equals("aborted");
      if (closedByDriver) {
        breaches.add("session " + number + " was " + how + " although closed already");
        return;
      }
      closedByDriver = true;
      open.remove(this);
      closed++;
    }

    /** As with pgjdbc: what the server need not know is answered without it, dead or not. */
    private boolean isLocal(Method method) {
      return switch (method.getName()) {
        case "commit", "rollback", "setAutoCommit" -> !inTransaction;
        case "clearWarnings",
            "getAutoCommit",
            "getHoldability",
            "getNetworkTimeout",
            "isReadOnly" ->
            true;
        default -> false;
      };
    }

    private @Nullable Object alive(Method method, Object @Nullable [] args) throws SQLException {
      if (closedByDriver || (killed && !isLocal(method))) {
        throw new SQLNonTransientConnectionException("session " + number + " is gone", "08006");
      }
      Object first = args == null || args.length == 0 ? null : args[0];
      switch (method.getName()) {
        case "getAutoCommit":
          return autoCommit;
        case "setAutoCommit":
          if (inTransaction && !autoCommit && Boolean.TRUE.equals(first)) {
            breaches.add(
                "session " + number + ": autoCommit turned on inside a transaction commits it");
          }
          autoCommit = Boolean.TRUE.equals(first);
          return null;
        case "isReadOnly":
          return readOnly;
        case "setReadOnly":
          readOnly = Boolean.TRUE.equals(first);
          return null;
        case "getTransactionIsolation":
          return isolation;
        case "setTransactionIsolation":
          isolation = first instanceof Integer i ? i : isolation;
          return null;
        case "getSchema":
          return schema;
        case "setSchema":
          schema = String.valueOf(first);
          return null;
        case "commit":
          commits++;
          inTransaction = false;
          return null;
        case "rollback":
          inTransaction &= first != null; // to a savepoint
          return null;
        case "createStatement", "prepareStatement":
          return FakeObjects.statement(this);
        case "getMetaData":
          String name = product;
          return name == null ? null : FakeObjects.metaData(this, name);
        case "createBlob":
          return FakeObjects.blob(this);
        case "setSavepoint":
          inTransaction = true;
          return FakeObjects.savepoint(this);
        default:
          return FakeAttributes.has(method)
              ? attributes.call(method, args)
              : FakeObjects.zero(method.getReturnType());
      }
    }
  }

  /** What it calls itself; null for a driver without meta data. */
  public void product(@Nullable String name) {
    product = name;
  }

  /** Where a pool gets its sessions if it is to open them as it opens those of a real driver. */
  public static DataSource dataSource(Supplier<Session> logins) {
    return FakeObjects.proxy(
        DataSource.class,
        (proxy, method, args) ->
            method.getName().equals("getConnection")
                ? logins.get().connection()
                : FakeObjects.zero(method.getReturnType()));
  }

  /** Opens a session. */
  public Session open() {
    Session session = new Session(++opened);
    open.add(session);
    return session;
  }

  /** The session behind a driver's connection of this database. */
  public Session session(Connection driverConnection) {
    InvocationHandler handler = Proxy.getInvocationHandler(driverConnection);
    return (Session) handler;
  }

  /** Sessions that are open now. */
  public List<Session> sessions() {
    return List.copyOf(open);
  }

  /** Sessions opened so far. */
  public int opened() {
    return opened;
  }

  /** Commits so far. */
  public int commits() {
    return commits;
  }

  /** Sessions closed so far. */
  public int closed() {
    return closed;
  }

  /** Sessions open now. */
  public int openNow() {
    return open.size();
  }

  /** What should never have happened. */
  public List<String> breaches() {
    return breaches;
  }
}
