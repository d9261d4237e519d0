package dev.tidepool.internal.jdbc;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a borrower has open, and the originals of what it changed; made for the first of them.
 *
 * <p>Thread-safe: a statement may be closed by one thread while another closes the connection. The
 * lock is held for a few field accesses, never during a call of the driver.
 */
final class Leftovers {
  private @Nullable Tracked newest;
  private boolean drained;

  private @Nullable Properties clientInfo;
  private @Nullable Set<String> clientInfoNames;
  private @Nullable Map<String, Class<?>> typeMap;

  /** Whether it was added; false if the connection has gone back already. */
  synchronized boolean add(Tracked opened) {
    if (drained) {
      return false;
    }
    Tracked before = newest;
    opened.older = before;
    if (before != null) {
      before.newer = opened;
    }
    opened.linked = true;
    newest = opened;
    return true;
  }

  /** Whether it was there; the one caller that hears true closes it. */
  synchronized boolean remove(Tracked closed) {
    if (!closed.linked) {
      return false;
    }
    Tracked older = closed.older;
    Tracked newer = closed.newer;
    if (older != null) {
      older.newer = newer;
    }
    if (newer != null) {
      newer.older = older;
    } else {
      newest = older;
    }
    closed.older = null;
    closed.newer = null;
    closed.linked = false;
    return true;
  }

  /** Takes out the newest; after null nothing can be added any more. */
  synchronized @Nullable Tracked poll() {
    Tracked next = newest;
    if (next == null) {
      drained = true;
    } else {
      remove(next);
    }
    return next;
  }

  synchronized boolean knowsClientInfo() {
    return clientInfo != null;
  }

  /** Keeps the client info found before the first change. */
  synchronized void rememberClientInfo(@Nullable Properties found) {
    if (clientInfo == null) {
      clientInfo = new Properties();
      if (found != null) {
        clientInfo.putAll(found);
      }
    }
  }

  /** Notes names that change now, or all there are. */
  synchronized void changingClientInfo(Collection<String> names, boolean all) {
    Set<String> changed = clientInfoNames;
    if (changed == null) {
      // Only now: most borrowers open statements and never come here.
      changed = new HashSet<>();
      clientInfoNames = changed;
    }
    changed.addAll(names);
    if (all && clientInfo != null) {
      changed.addAll(clientInfo.stringPropertyNames());
    }
  }

  /** The changed names with their original values, null for none. */
  synchronized Map<String, @Nullable String> changedClientInfo() {
    Map<String, @Nullable String> originals = new HashMap<>();
    Set<String> changed = clientInfoNames == null ? Set.of() : clientInfoNames;
    for (String name : changed) {
      originals.put(name, clientInfo == null ? null : clientInfo.getProperty(name));
    }
    return originals;
  }

  synchronized boolean knowsTypeMap() {
    return typeMap != null;
  }

  /** Keeps the type map found before the first change. */
  synchronized void rememberTypeMap(@Nullable Map<String, Class<?>> found) {
    if (typeMap == null) {
      typeMap = found == null ? new HashMap<>() : new HashMap<>(found);
    }
  }

  /** The type map before the first change; empty if there was none. */
  synchronized Map<String, Class<?>> originalTypeMap() {
    return typeMap == null ? new HashMap<>() : typeMap;
  }
}
