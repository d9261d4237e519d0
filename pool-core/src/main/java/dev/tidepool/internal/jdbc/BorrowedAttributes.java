package dev.tidepool.internal.jdbc;

import dev.tidepool.internal.connect.LocalRefusal;
import dev.tidepool.internal.connect.Originals;
import dev.tidepool.internal.connect.QueryTimeout;
import dev.tidepool.internal.connect.SafeErrors;
import dev.tidepool.internal.inventory.Entry;
import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The attributes of a borrowed connection whose values are not asked for when it is opened: before
 * the first change the driver is asked, and the answer kept with the entry ({@link Originals}).
 */
abstract class BorrowedAttributes extends ForwardingConnection {
  private static final Logger LOG = LoggerFactory.getLogger(BorrowedConnection.class);

  BorrowedAttributes(Lender lender, Entry entry, long lease, Connection delegate) {
    super(lender, entry, lease, delegate);
  }

  // ---- client info

  @Override
  public void setClientInfo(String name, @Nullable String value) throws SQLClientInfoException {
    Set<String> names = name == null ? Set.of() : Set.of(name);
    changingClientInfo(names, false);
    try {
      delegate.setClientInfo(name, value);
    } catch (SQLClientInfoException e) {
      failed(e);
      refusedClientInfo(names);
      throw e;
    } catch (Throwable e) {
      brokenClientInfo(names, e);
      throw e;
    } finally {
      called();
    }
  }

  @Override
  public void setClientInfo(Properties properties) throws SQLClientInfoException {
    Set<String> names = properties == null ? Set.of() : properties.stringPropertyNames();
    changingClientInfo(names, true);
    try {
      delegate.setClientInfo(properties);
    } catch (SQLClientInfoException e) {
      failed(e);
      refusedClientInfo(names);
      throw e;
    } catch (Throwable e) {
      brokenClientInfo(names, e);
      throw e;
    } finally {
      called();
    }
  }

  private void refusedClientInfo(Set<String> names) {
    note(originals -> names.forEach(originals::clientInfoRefused));
  }

  private void brokenClientInfo(Set<String> names, Throwable error) {
    broken(error);
    if (LocalRefusal.is(error)) {
      refusedClientInfo(names);
    }
  }

  /**
   * Keeps the originals before the first change, and the names whose values may differ from now;
   * {@link #called} must follow.
   */
  private void changingClientInfo(Set<String> names, boolean all) throws SQLClientInfoException {
    if (!isLeased()) {
      throw clientInfoLeaseOver();
    }
    markUsed();
    Map<String, String> found = wants(Originals::wantsClientInfo) ? readClientInfo() : null;
    mark(Dirty.CLIENT_INFO);
    boolean noted = note(originals -> originals.changingClientInfo(found, names, all));
    if (!noted || !tryCalling()) {
      throw clientInfoLeaseOver();
    }
  }

  /** Keeps the originals before the first change that cannot be seen. */
  final void keepClientInfo() throws SQLException {
    if (wants(Originals::wantsClientInfo)) {
      Map<String, String> found = readClientInfo();
      if (!note(originals -> originals.changingClientInfo(found, Set.of(), false))) {
        throw leaseOver();
      }
    }
  }

  private SQLClientInfoException clientInfoLeaseOver() {
    return new SQLClientInfoException(leaseOverText(), CONNECTION_DOES_NOT_EXIST, Map.of());
  }

  /**
   * A copy, as some drivers hand out the very properties they work with: what is put into it would
   * reach the next borrower.
   */
  @Override
  public @Nullable Properties getClientInfo() throws SQLException {
    enter();
    try {
      Properties found = delegate.getClientInfo();
      if (found == null) {
        return null;
      }
      Properties copy = new Properties();
      copy.putAll(Originals.copy(found));
      return copy;
    } catch (SQLException e) {
      throw failed(e);
    } catch (Throwable e) {
      broken(e);
      throw e;
    }
  }

  private @Nullable Map<String, String> readClientInfo() {
    try {
      return Originals.copy(delegate.getClientInfo());
    } catch (SQLException e) {
      LOG.debug("{}: client info cannot be read; changes are cleared on return", name(), failed(e));
      return null;
    } catch (Throwable e) {
      broken(e);
      if (LocalRefusal.is(e)) { // the driver is older than the method
        return null;
      }
      throw e;
    }
  }

  // ---- type map

  @Override
  public void setTypeMap(Map<String, Class<?>> map) throws SQLException {
    enter();
    try {
      Map<String, Class<?>> found = wants(Originals::wantsTypeMap) ? readTypeMap() : null;
      if (!note(originals -> originals.changingTypeMap(found))) {
        throw leaseOver();
      }
    } catch (SQLException e) {
      throw failed(e);
    } catch (Throwable e) {
      broken(e);
      throw e;
    }
    int before = changing(Dirty.TYPE_MAP);
    try {
      delegate.setTypeMap(map);
    } catch (SQLException e) {
      throw notChanged(Dirty.TYPE_MAP, before, e);
    } catch (Throwable e) {
      brokenSetter(Dirty.TYPE_MAP, before, e);
      throw e;
    } finally {
      called();
    }
  }

  /** Keeps the original before the first change that cannot be seen. */
  final void keepTypeMap() throws SQLException {
    if (!wants(Originals::wantsTypeMap)) {
      return;
    }
    Map<String, Class<?>> found;
    try {
      found = readTypeMap();
    } catch (SQLException e) {
      LOG.debug("{}: the driver has no type map", name(), failed(e));
      return;
    } catch (UnsupportedOperationException | AbstractMethodError e) {
      LOG.debug("{}: the driver has no type map", name(), SafeErrors.clean(e));
      broken(e);
      return;
    }
    if (!note(originals -> originals.changingTypeMap(found))) {
      throw leaseOver();
    }
  }

  /**
   * A copy, as some drivers hand out the very map they work with: what is put into it would reach
   * the next borrower. A change takes effect with {@link #setTypeMap}, as JDBC has it.
   */
  @Override
  public @Nullable Map<String, Class<?>> getTypeMap() throws SQLException {
    check();
    try {
      Map<String, Class<?>> found = delegate.getTypeMap();
      return found == null ? null : new HashMap<>(found);
    } catch (SQLException e) {
      throw failed(e);
    } catch (Throwable e) {
      broken(e);
      throw e;
    }
  }

  private Map<String, Class<?>> readTypeMap() throws SQLException {
    Map<String, Class<?>> found = delegate.getTypeMap();
    return found == null ? Map.of() : new HashMap<>(found);
  }

  // ---- the timeout of a statement, which may be the session's

  /**
   * Before a statement gets a timeout.
   *
   * @param statement the driver's
   * @return whether {@link #changedQueryTimeout} wants to hear of it
   */
  final boolean changingQueryTimeout(Statement statement) throws SQLException {
    if (!wantsOfQueryTimeout(QueryTimeout::isWatched)) {
      return false;
    }
    Integer found =
        wantsOfQueryTimeout(QueryTimeout::isWanted) ? readQueryTimeout(statement) : null;
    mark(Dirty.QUERY_TIMEOUT);
    if (found != null && !note(originals -> originals.queryTimeout().found(found))) {
      throw leaseOver();
    }
    return true;
  }

  /** After the driver has accepted it. */
  final void changedQueryTimeout(int seconds) {
    note(originals -> originals.queryTimeout().changed(seconds));
  }

  private boolean wantsOfQueryTimeout(Predicate<QueryTimeout> question) {
    return wants(originals -> question.test(originals.queryTimeout()));
  }

  private @Nullable Integer readQueryTimeout(Statement statement) {
    try {
      return statement.getQueryTimeout();
    } catch (SQLException e) {
      LOG.debug(
          "{}: the driver does not say the timeout of a statement", name(), SafeErrors.clean(e));
      return null;
    }
  }
}
