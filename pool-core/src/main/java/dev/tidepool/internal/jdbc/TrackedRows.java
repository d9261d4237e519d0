package dev.tidepool.internal.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Rows whose values may be cursors. pgjdbc fetches the rows of a cursor when it is asked for, and
 * may ask its server what type a column has, so such a call must not meet a return. But the type
 * belongs to the column: one value that is no cursor says that none of it is, and that the driver
 * knows the type. To note each value would cost as much as many a driver takes to show it.
 */
abstract class TrackedRows extends Tracked {
  /** Columns beyond are noted each time. */
  private static final int COLUMNS = Long.SIZE / 2;

  /** It is pgjdbc, or descends from it. */
  final boolean mayReadCursors;

  /**
   * A bit for each column of which a value was seen, and one where it was asked for as a type, as a
   * cursor can come as its name then. Plain: what two threads lose is noted once more.
   */
  private long plain;

  TrackedRows(BorrowedConnection connection) {
    super(connection);
    this.mayReadCursors = connection.entry().physical().readsCursorsWhenAsked();
  }

  /** {@link #calling} if the driver may ask the server before it shows a value. */
  final boolean callingForValue(int column, boolean typed) throws SQLException {
    if (!mayReadCursors || (plain & bit(column, typed)) != 0) {
      return false;
    }
    calling();
    return true;
  }

  /** Passes a value on. */
  final <T> @Nullable T seen(int column, boolean typed, @Nullable T value) {
    if (mayReadCursors && value != null && !(value instanceof BorrowedResultSet)) {
      plain |= bit(column, typed);
    }
    return value;
  }

  private static long bit(int column, boolean typed) {
    return column > 0 && column <= COLUMNS ? 1L << (2 * column - (typed ? 1 : 2)) : 0;
  }

  /**
   * The number of a column for what is noted; looked up once, as that takes half a value's time.
   */
  final int columnFor(@Nullable String label) {
    return mayReadCursors ? columnOf(label) : 0;
  }

  /** The driver's number of a column; 0 if there is none, which the call itself will say. */
  abstract int columnOf(@Nullable String label);
}
