package dev.tidepool.internal.jdbc;

import java.sql.CallableStatement;
import org.jspecify.annotations.Nullable;

/** A callable statement of a borrowed connection; closed with it at the latest. */
final class BorrowedCallableStatement extends ForwardingCallableStatement {
  BorrowedCallableStatement(
      BorrowedConnection connection, CallableStatement delegate, @Nullable String sql) {
    super(connection, delegate, sql);
  }
}
