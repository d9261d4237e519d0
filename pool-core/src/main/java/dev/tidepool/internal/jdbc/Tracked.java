package dev.tidepool.internal.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Something that must be closed with its connection; a link of {@link TrackedList}. */
abstract class Tracked extends BorrowedObject {
  /** Guarded by the list; this itself once it is in no list and never will be again. */
  @Nullable Tracked older;

  /** Guarded by the list. */
  @Nullable Tracked newer;

  Tracked(BorrowedConnection connection) {
    super(connection);
  }

  /** Whether it is known to be in no list; asked without a lock, as that is for ever. */
  @SuppressWarnings("ReferenceEquality") // a mark, not a value
  final boolean isLoose() {
    return older == this;
  }

  /** Notes that it is in no list. */
  final void loosen() {
    newer = null;
    older = this;
  }

  /** {@link #check} for a statement, which its user may have closed. */
  final void checkOpen() throws SQLException {
    check();
    if (isLoose()) {
      closedSlow();
    }
  }

  /** {@link #enter} for a statement, which its user may have closed. */
  final void enterOpen() throws SQLException {
    enter();
    if (isLoose()) {
      closedSlow();
    }
  }

  /** {@link #ask} for a statement, which its user may have closed. */
  final void askOpen() throws SQLException {
    ask();
    if (isLoose()) {
      closedSlow();
    }
  }

  /** Before a call of what its user has closed. */
  void closedSlow() throws SQLException {}

  /** Closes the driver's object, whoever owns the connection now. */
  abstract void closeDelegate() throws SQLException;
}
