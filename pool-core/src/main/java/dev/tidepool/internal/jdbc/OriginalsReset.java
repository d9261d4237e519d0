package dev.tidepool.internal.jdbc;

import dev.tidepool.internal.connect.LocalRefusal;
import dev.tidepool.internal.connect.Originals;
import dev.tidepool.internal.inventory.Entry;
import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The part of {@link ConnectionReset} that brings back what {@link Originals} keeps. The driver is
 * never called under their lock.
 */
final class OriginalsReset {
  private final Entry entry;
  private final Connection delegate;

  private OriginalsReset(Entry entry) {
    this.entry = entry;
    this.delegate = entry.physical().connection();
  }

  /** Brings back the attributes whose bits of {@link Dirty} are set. */
  static void run(Entry entry, int flags) throws SQLException {
    OriginalsReset reset = new OriginalsReset(entry);
    if ((flags & Dirty.TYPE_MAP) != 0) {
      entry.physical().connection().setTypeMap(reset.ask(Originals::typeMap));
    }
    if ((flags & Dirty.CLIENT_INFO) != 0) {
      reset.clientInfo();
    }
    if ((flags & Dirty.QUERY_TIMEOUT) != 0) {
      reset.queryTimeout((flags & Dirty.UNWRAPPED) == 0);
    }
  }

  private <T> T ask(Function<Originals, T> question) {
    synchronized (entry) {
      return question.apply(entry.originals());
    }
  }

  private void clientInfo() throws SQLException {
    Map<String, Throwable> refused = new HashMap<>();
    Map<String, @Nullable String> changed = ask(Originals::changedClientInfo);
    for (Map.Entry<String, @Nullable String> info : changed.entrySet()) {
      setClientInfo(info.getKey(), info.getValue(), refused);
    }
    if (!refused.isEmpty() || (changed.containsValue(null) && ask(Originals::knowsClientInfo))) {
      changed.values().removeIf(Objects::nonNull);
      takeOut(changed.keySet(), refused.values().stream().findFirst().orElse(null));
    }
    synchronized (entry) {
      entry.originals().clientInfoRestored();
    }
  }

  private void setClientInfo(String name, @Nullable String value, Map<String, Throwable> refused)
      throws SQLClientInfoException {
    try {
      delegate.setClientInfo(name, value);
    } catch (SQLClientInfoException | UnsupportedOperationException | AbstractMethodError e) {
      // What could not be set need not be unset.
      boolean refusal = e instanceof SQLClientInfoException || LocalRefusal.is(e);
      if (value != null || !refusal || !ask(originals -> originals.wasRefused(name))) {
        throw e;
      }
      refused.put(name, e);
    } catch (NullPointerException e) {
      if (value != null) {
        throw e;
      }
      refused.put(name, e);
    }
  }

  /**
   * For drivers that cannot set a name to null, or pass over it. JDBC has them take the whole in
   * exchange; MariaDB's only adds, and PostgreSQL's knows a few names, but they hand out the very
   * properties that they work with.
   */
  private void takeOut(Set<String> names, @Nullable Throwable refusal) throws SQLException {
    if (areSeenToBeGone(names)) {
      return;
    }
    delegate.setClientInfo(ask(Originals::clientInfo));
    if (isThere(names)) {
      Properties live = delegate.getClientInfo();
      names.forEach(live::remove);
    }
    Map<String, String> found = new HashMap<>(found());
    found.values().removeIf(String::isEmpty); // a driver may keep the name of what has no value
    if (!Collections.disjoint(found.keySet(), names)) {
      throw new SQLException("client info cannot be taken out: " + names, refusal);
    }
  }

  /** H2 keeps a name that was set to null, and then cannot tell any. */
  private boolean areSeenToBeGone(Set<String> names) {
    try {
      return !isThere(names);
    } catch (SQLException | RuntimeException e) {
      return false; // what the driver makes of the whole decides
    }
  }

  private boolean isThere(Set<String> names) throws SQLException {
    return !Collections.disjoint(found().keySet(), names);
  }

  /** What a driver refuses to set, and cannot tell, it does not have. */
  private Map<String, String> found() throws SQLException {
    try {
      return Originals.copy(delegate.getClientInfo());
    } catch (SQLException | UnsupportedOperationException | AbstractMethodError e) {
      if (LocalRefusal.is(e)) {
        return Map.of();
      }
      throw e;
    }
  }

  /** On a new statement: it shows what is the session's, and costs no round trip. */
  private void queryTimeout(boolean allSeen) throws SQLException {
    if (!ask(originals -> originals.queryTimeout().isToBeRestored())) {
      return;
    }
    int original = ask(originals -> originals.queryTimeout().original());
    try (Statement statement = delegate.createStatement()) {
      int found = statement.getQueryTimeout();
      if (found != original) {
        statement.setQueryTimeout(original);
      }
      synchronized (entry) {
        entry.originals().queryTimeout().foundOnReturn(found, allSeen);
      }
    }
  }
}
