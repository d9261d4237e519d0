package dev.tidepool.internal.jdbc;

import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Something that must be closed with its connection; a link of {@link Leftovers}. */
abstract class Tracked extends BorrowedObject {
  // Guarded by the list.
  @Nullable Tracked older;
  @Nullable Tracked newer;
  boolean linked;

  Tracked(BorrowedConnection connection) {
    super(connection);
  }

  /** Closes the driver's object, whoever owns the connection now. */
  abstract void closeDelegate() throws SQLException;
}
