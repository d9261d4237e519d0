package dev.tidepool.internal.jdbc;

import dev.tidepool.internal.connect.Originals;
import dev.tidepool.internal.connect.SessionDefaults;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import java.util.Objects;

/**
 * What was set on the driver's own object, which the borrower had unwrapped, shows only there. The
 * answers are bits of {@link Dirty}.
 */
final class UnseenChanges {
  private UnseenChanges() {}

  /** A getter of the driver. */
  private interface Getter {
    int get() throws SQLException;
  }

  /** Each of these is a field of it. */
  static int atHand(Connection delegate, SessionDefaults defaults) throws SQLException {
    // Of PostgreSQL's a session has one for good, and to ask for it may wait for a COPY's end.
    boolean onlyCatalog = defaults.postgres() != null;
    int changed = 0;
    if (!onlyCatalog && !Objects.equals(defaults.catalog(), delegate.getCatalog())) {
      changed |= Dirty.CATALOG;
    }
    if (differs(defaults.holdability(), delegate::getHoldability)) {
      changed |= Dirty.HOLDABILITY;
    }
    if (differs(defaults.networkTimeoutMillis(), delegate::getNetworkTimeout)) {
      changed |= Dirty.NETWORK_TIMEOUT;
    }
    return changed;
  }

  /** For these some drivers ask the server. */
  static int onServer(BorrowedSession session, Connection delegate, SessionDefaults defaults)
      throws SQLException {
    int changed = 0;
    if (differs(defaults.transactionIsolation(), delegate::getTransactionIsolation)) {
      changed |= Dirty.ISOLATION;
    }
    if (defaults.postgres() != null // to ask takes as long as to set it
        || (defaults.schema() != null && !defaults.schema().equals(delegate.getSchema()))) {
      changed |= Dirty.SCHEMA;
    }
    if (session.wants(Originals::knowsClientInfo)) {
      Map<String, String> found = Originals.copy(delegate.getClientInfo());
      changed |= session.wants(kept -> kept.foundClientInfo(found)) ? Dirty.CLIENT_INFO : 0;
    }
    if (!session.wants(Originals::wantsTypeMap)) {
      Map<String, Class<?>> found = delegate.getTypeMap();
      Map<String, Class<?>> now = found == null ? Map.of() : found;
      changed |= session.wants(kept -> !kept.typeMap().equals(now)) ? Dirty.TYPE_MAP : 0;
    }
    return changed;
  }

  private static boolean differs(int before, Getter getter) throws SQLException {
    return before != SessionDefaults.UNKNOWN && before != getter.get();
  }
}
