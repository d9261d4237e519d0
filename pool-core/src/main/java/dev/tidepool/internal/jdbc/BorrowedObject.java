package dev.tidepool.internal.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Struct;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Something made by a borrowed connection; it lives as long as the lease. */
abstract class BorrowedObject {
  /** Of values that can be more than a value. */
  private static final List<Class<?>> MORE =
      List.of(
          ResultSet.class,
          Blob.class,
          Clob.class,
          Array.class,
          SQLXML.class,
          Ref.class,
          Struct.class,
          InputStream.class,
          Reader.class);

  /**
   * Whether a value of a class is none of those. By class, as nearly all values are none, and for a
   * class to have none of so many interfaces is slow to find out: 100 ns, five times what it takes
   * a driver to show the value.
   */
  private static final ClassValue<Boolean> PLAIN =
      new ClassValue<>() {
        @Override
        protected Boolean computeValue(Class<?> type) {
          return MORE.stream().noneMatch(more -> more.isAssignableFrom(type));
        }
      };

  final BorrowedConnection connection;

  BorrowedObject(BorrowedConnection connection) {
    this.connection = connection;
  }

  final void check() throws SQLException {
    connection.check();
  }

  final void enter() throws SQLException {
    connection.enter();
  }

  final void ask() throws SQLException {
    connection.ask();
  }

  final void calling() throws SQLException {
    connection.calling();
  }

  final void called() {
    connection.called();
  }

  final void exchanged() {
    connection.exchanged();
  }

  /** What it was prepared with. */
  @Nullable String sql() {
    return null;
  }

  /** Before a change that a driver may keep with a statement beyond its end. */
  void keepOutOfCaches() throws SQLException {}

  final void sending(@Nullable String sql) {
    connection.sending(sql);
  }

  final void lendLiving() {
    connection.lendLiving();
  }

  final void broken(Throwable error) {
    connection.broken(error);
  }

  final SQLException failed(SQLException error) {
    return connection.failed(error);
  }

  final @Nullable InputStream guarded(@Nullable InputStream stream) {
    return stream == null ? null : new GuardedStream(connection, stream);
  }

  final @Nullable Reader guarded(@Nullable Reader reader) {
    return reader == null ? null : new GuardedReader(connection, reader);
  }

  final @Nullable Blob guarded(@Nullable Blob blob) {
    return blob == null || isDriversOwn(blob) ? blob : (Blob) GuardedLob.of(connection, blob);
  }

  final @Nullable Clob guarded(@Nullable Clob clob) {
    return clob == null || isDriversOwn(clob) ? clob : (Clob) GuardedLob.of(connection, clob);
  }

  final @Nullable NClob guarded(@Nullable NClob clob) {
    return clob == null || isDriversOwn(clob) ? clob : (NClob) GuardedLob.of(connection, clob);
  }

  private static boolean isPlain(@Nullable Object value) {
    return value == null || PLAIN.get(value.getClass());
  }

  final @Nullable Object guarded(@Nullable Object value) {
    if (isPlain(value)) {
      return value;
    }
    if (value instanceof InputStream stream) {
      return guarded(stream);
    }
    if (value instanceof Reader reader) {
      return guarded(reader);
    }
    if (value instanceof Blob || value instanceof Clob) {
      return isDriversOwn(value) ? value : GuardedLob.of(connection, value);
    }
    return value;
  }

  /**
   * A driver may know its own by their class; Oracle's are in a package beside the driver's. Where
   * the JDK makes proxies tells nothing: there are those of the borrower's, too.
   */
  private boolean isDriversOwn(Object lob) {
    String name = lob.getClass().getName();
    return name.startsWith("oracle.")
        || (!name.startsWith("jdk.proxy") && connection.entry().physical().isDriversClass(name));
  }

  /** {@link #calling} if a driver may send this to the server as soon as it is set. */
  final boolean callingWith(@Nullable Object value) throws SQLException {
    boolean large =
        !isPlain(value)
            && (value instanceof InputStream
                || value instanceof Reader
                || value instanceof Blob
                || value instanceof Clob);
    if (large) {
      calling();
    }
    return large;
  }

  /** Puts a result set made by this object in front of the driver's. */
  @Nullable ResultSet wrapResultSet(@Nullable ResultSet made) throws SQLException {
    return made == null ? null : wrapCursor(made);
  }

  /** The same for generated keys. */
  @Nullable ResultSet wrapKeys(@Nullable ResultSet made) throws SQLException {
    return wrapResultSet(made);
  }

  @Nullable ResultSetMetaData wrapResultSetMetaData(@Nullable ResultSetMetaData made) {
    return made == null ? null : new BorrowedResultSetMetaData(connection, made);
  }

  final @Nullable ParameterMetaData wrapParameterMetaData(@Nullable ParameterMetaData made) {
    connection.mark(Dirty.MAY_HAVE_FAILED);
    return made == null ? null : new BorrowedParameterMetaData(connection, made);
  }

  /** A value that is itself a result set (a cursor) must not lead to the driver's objects. */
  final @Nullable Object wrapObject(@Nullable Object value) throws SQLException {
    if (isPlain(value)) {
      return value;
    }
    noteLiving(value);
    return value instanceof ResultSet cursor ? wrapCursor(cursor) : value;
  }

  private void noteLiving(@Nullable Object value) {
    if (value instanceof Blob
        || value instanceof Clob
        || value instanceof Array
        || value instanceof SQLXML
        || value instanceof Ref
        || value instanceof Struct) {
      lendLiving();
    }
  }

  /**
   * The same for a value of a type asked for; a type of the driver's own is handed out as it is.
   */
  final <T> @Nullable T wrapTyped(@Nullable T value, @Nullable Class<T> type) throws SQLException {
    if (isPlain(value)) {
      return value;
    }
    noteLiving(value);
    return type != null
            && type.isAssignableFrom(ResultSet.class)
            && value instanceof ResultSet cursor
        ? type.cast(wrapCursor(cursor))
        : value;
  }

  /** A cursor can have a statement of its own inside the driver, so it is tracked by itself. */
  BorrowedResultSet wrapCursor(ResultSet cursor) throws SQLException {
    return connection.keep(new BorrowedResultSet(connection, cursor, null));
  }

  /** Pool and connection in front of the driver's own text. */
  final String describe(Object delegate) {
    return connection.name() + ": " + BorrowedConnection.text(delegate);
  }
}
