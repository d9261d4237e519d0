package dev.tidepool.internal.connect;

import java.sql.SQLException;

/**
 * What a driver knows of its session beyond what JDBC lets it tell: no question here is put to the
 * server. SQL can begin a transaction, and turn auto-commit off and on; what the server said of
 * that with its last answer the driver keeps. For who owns the connection.
 */
public interface ServerStatus {
  /**
   * The class of the driver's own connection, behind whatever wraps it; an interface of the
   * driver's where it makes that class when it needs it.
   */
  Class<?> driver();

  /**
   * Whether the driver knows what the server said; the answers to the other questions mean nothing
   * if not, and any statement makes it known again. But for one with a fetch size, which MySQL's
   * driver may prepare, and to close that makes it forget.
   */
  boolean known() throws SQLException;

  /**
   * Whether the driver would now pass over {@code rollback()} and {@code commit()}, though it does
   * not know that there is no transaction: MySQL's with useLocalTransactionState.
   */
  boolean mayPassOverEnd() throws SQLException;

  /** Whether a transaction is open, a failed one too. */
  boolean inTransaction() throws SQLException;

  /** Whether the session is under auto-commit, whatever the driver believes. */
  boolean autoCommit() throws SQLException;

  /** What {@code setReadOnly} was told last. */
  boolean readOnly() throws SQLException;

  /**
   * Whether the driver may take each answer for that to the question before, once something has
   * failed beside rows that it fetches little by little: MariaDB's, and MySQL's where it fetches
   * them by a cursor.
   */
  boolean mayLoseStep();

  /**
   * Whether results of a statement have been left unread. MariaDB's driver reads them before it
   * sends the next, and whoever sends that is told what has failed in them.
   */
  boolean hasLeftResults() throws SQLException;

  /**
   * Whether {@code setReadOnly} goes on with another session, on another server: MariaDB's and
   * MySQL's where the URL names a primary and its replicas. The answers to the other questions are
   * those of the present one.
   */
  boolean isOfSeveralSessions();

  /**
   * Whether the driver has gone on with another session by itself, as one does to which several
   * hosts were named: what was prepared, what the borrower has begun and what the driver says of it
   * are the old one's. What it finds first, of each server that {@code setReadOnly} chooses, it
   * takes for the session that belongs here.
   */
  boolean isReplaced() throws SQLException;
}
