package dev.tidepool.internal.connect;

import java.lang.reflect.Method;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What some drivers know from the server's last answer, and JDBC does not tell: that a transaction
 * is open although auto-commit is on, because a borrower sent {@code BEGIN} as a statement. Asking
 * costs no round trip.
 *
 * <p>By reflection, as no driver is needed to compile this; of a driver that is not known, or that
 * its module hides, nothing is known.
 */
public final class ServerTransaction {
  private static final Logger log = LoggerFactory.getLogger(ServerTransaction.class);

  /** Bit of the server's status in the protocol of MariaDB and MySQL. */
  private static final int IN_TRANSACTION = 1;

  private static final ServerTransaction UNKNOWN =
      new ServerTransaction(List.of(), answer -> false, false);

  private static final ClassValue<ServerTransaction> OF =
      new ClassValue<>() {
        @Override
        protected ServerTransaction computeValue(Class<?> type) {
          return find(type);
        }
      };

  /** To be called one on the result of the other; empty if nobody knows. */
  private final List<Method> way;

  private final Predicate<Object> isOpen;
  private final boolean followsAutoCommit;

  private ServerTransaction(
      List<Method> way, Predicate<Object> isOpen, boolean followsAutoCommit) {
    this.way = way;
    this.isOpen = isOpen;
    this.followsAutoCommit = followsAutoCommit;
  }

  /** What is known of a driver's connections. */
  public static ServerTransaction of(Connection connection) {
    return OF.get(connection.getClass());
  }

  /**
   * Whether {@code getAutoCommit} also tells of changes that were made by statements, and asks
   * nobody for that.
   */
  public boolean followsAutoCommit() {
    return followsAutoCommit;
  }

  /** Whether a transaction is known to be open. */
  public boolean isOpen(Connection connection) {
    if (way.isEmpty()) {
      return false;
    }
    try {
      Object answer = connection;
      for (Method step : way) {
        answer = step.invoke(answer);
      }
      return isOpen.test(answer);
    } catch (ReflectiveOperationException | RuntimeException e) {
      log.debug("a driver does not tell whether a transaction is open", e);
      return false;
    }
  }

  private static ServerTransaction find(Class<?> type) {
    Class<?> postgresql = ancestor(type, "org.postgresql.core.BaseConnection");
    if (postgresql != null) {
      return known(
          postgresql,
          answer -> answer instanceof Enum<?> state && !state.name().equals("IDLE"),
          false,
          "getTransactionState");
    }
    Class<?> mariaDb = ancestor(type, "org.mariadb.jdbc.Connection");
    if (mariaDb != null) {
      return known(
          mariaDb,
          answer -> answer instanceof Integer status && (status & IN_TRANSACTION) != 0,
          true,
          "getContext",
          "getServerStatus");
    }
    Class<?> mysql = ancestor(type, "com.mysql.cj.jdbc.JdbcConnection");
    if (mysql != null) {
      return known(
          mysql, Boolean.TRUE::equals, false, "getSession", "getServerSession", "inTransactionOnServer");
    }
    // In H2, BEGIN turns auto-commit off.
    return ancestor(type, "org.h2.jdbc.JdbcConnection") == null
        ? UNKNOWN
        : new ServerTransaction(List.of(), answer -> false, true);
  }

  private static ServerTransaction known(
      Class<?> start, Predicate<Object> isOpen, boolean followsAutoCommit, String... names) {
    List<Method> way = new ArrayList<>();
    Class<?> type = start;
    try {
      for (String name : names) {
        Method step = type.getMethod(name);
        if (!step.trySetAccessible()) {
          return new ServerTransaction(List.of(), isOpen, followsAutoCommit);
        }
        way.add(step);
        type = step.getReturnType();
      }
      return new ServerTransaction(List.copyOf(way), isOpen, followsAutoCommit);
    } catch (NoSuchMethodException e) {
      log.debug("{} has changed: whether a transaction is open remains unknown", start, e);
      return new ServerTransaction(List.of(), isOpen, followsAutoCommit);
    }
  }

  /** The class or interface of that name above a type, whatever class loader it comes from. */
  private static @Nullable Class<?> ancestor(@Nullable Class<?> type, String name) {
    if (type == null || type.getName().equals(name)) {
      return type;
    }
    for (Class<?> above : type.getInterfaces()) {
      Class<?> found = ancestor(above, name);
      if (found != null) {
        return found;
      }
    }
    return ancestor(type.getSuperclass(), name);
  }
}
