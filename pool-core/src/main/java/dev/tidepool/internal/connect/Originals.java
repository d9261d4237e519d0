package dev.tidepool.internal.connect;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Client info, type map and query timeout of a connection before any borrower changed them. Asked
 * for at the first change only, as {@link SessionDefaults} would cost each new connection; kept for
 * all borrowers, as each return restores them.
 *
 * <p>Not thread-safe: under the monitor of the connection's entry, by who holds the lease or the
 * return.
 */
public final class Originals {
  private @Nullable Map<String, String> clientInfo;

  /** How often each name was set, or may have been. */
  private final Map<String, Integer> changed = new HashMap<>();

  /** How often the driver refused that. */
  private final Map<String, Integer> refused = new HashMap<>();

  private @Nullable Map<String, Class<?>> typeMap;
  private final QueryTimeout queryTimeout = new QueryTimeout();

  /** Whether what the driver answers now is the client info to be kept. */
  public boolean wantsClientInfo() {
    // Where the answer failed once, a later one would show the borrower's own changes.
    return clientInfo == null && changed.isEmpty();
  }

  /**
   * Notes names that change now.
   *
   * @param found the driver's answer, copied; null if it was not asked or could not say
   * @param all whether all other names may change, too
   */
  public void changingClientInfo(
      @Nullable Map<String, String> found, Set<String> names, boolean all) {
    if (found != null && wantsClientInfo()) {
      clientInfo = found;
    }
    names.forEach(this::changing);
    if (all && clientInfo != null) {
      clientInfo.keySet().forEach(this::changing);
    }
  }

  private void changing(String name) {
    changed.merge(name, 1, Integer::sum);
  }

  /** Notes that the driver refused to set a name. */
  public void clientInfoRefused(String name) {
    refused.merge(name, 1, Integer::sum);
  }

  /** Whether the driver refused it each time the name was set, so that it never changed. */
  public boolean wasRefused(String name) {
    return refused.containsKey(name) && refused.get(name).equals(changed.get(name));
  }

  /** The client info as it was; empty if it is not known. */
  public Properties clientInfo() {
    Properties copy = new Properties();
    if (clientInfo != null) {
      copy.putAll(clientInfo);
    }
    return copy;
  }

  /** Whether there is something to compare the client info with. */
  public boolean knowsClientInfo() {
    return clientInfo != null;
  }

  /**
   * Notes the names that were changed unseen.
   *
   * @param found the driver's answer, copied
   * @return whether any name has not its original value
   */
  public boolean foundClientInfo(Map<String, String> found) {
    Map<String, String> before = clientInfo == null ? Map.of() : clientInfo;
    Set<String> names = new HashSet<>(before.keySet());
    names.addAll(found.keySet());
    for (String name : names) {
      if (!Objects.equals(before.get(name), found.get(name))) {
        changing(name);
      }
    }
    return !changed.isEmpty();
  }

  /** The changed names with their original values, null for none. */
  public Map<String, @Nullable String> changedClientInfo() {
    Map<String, @Nullable String> originals = new HashMap<>();
    for (String name : changed.keySet()) {
      originals.put(name, clientInfo == null ? null : clientInfo.get(name));
    }
    return originals;
  }

  /** Notes that the original values are back. */
  public void clientInfoRestored() {
    changed.clear();
    refused.clear();
  }

  /** Whether what the driver answers now is the type map to be kept. */
  public boolean wantsTypeMap() {
    return typeMap == null;
  }

  /**
   * Notes that the type map changes now.
   *
   * @param found the driver's answer, copied; null if it was not asked
   */
  public void changingTypeMap(@Nullable Map<String, Class<?>> found) {
    if (typeMap == null) {
      typeMap = found;
    }
  }

  /** A copy of the type map, as a driver may hand out what it is given; empty if there was none. */
  public Map<String, Class<?>> typeMap() {
    return typeMap == null ? new HashMap<>() : new HashMap<>(typeMap);
  }

  /** The timeout of its statements. */
  public QueryTimeout queryTimeout() {
    return queryTimeout;
  }

  /** What a driver answered, which may be its own live object; null counts as empty. */
  public static Map<String, String> copy(@Nullable Properties found) {
    Map<String, String> copy = new HashMap<>();
    if (found != null) {
      for (String name : found.stringPropertyNames()) {
        copy.put(name, found.getProperty(name));
      }
    }
    return copy;
  }
}
