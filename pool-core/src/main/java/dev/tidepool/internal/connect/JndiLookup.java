package dev.tidepool.internal.connect;

import java.util.Locale;
import java.util.Set;
import javax.naming.InitialContext;
import javax.naming.NamingException;
import javax.sql.DataSource;

/**
 * Finds a DataSource by its JNDI name; apart from the rest, as a runtime may lack the module {@code
 * java.naming}.
 */
final class JndiLookup {
  /** Schemes that make a lookup fetch objects, and perhaps code, from another host. */
  private static final Set<String> REMOTE =
      Set.of("ldap", "ldaps", "rmi", "dns", "iiop", "iiopname", "corbaname", "corbaloc", "nis");

  private JndiLookup() {}

  // The name is the operator's, as all of the configuration; names of other hosts are refused.
  @SuppressWarnings("BanJNDI")
  static DataSource find(String name) {
    int colon = name.indexOf(':');
    if (colon > 0 && REMOTE.contains(name.substring(0, colon).toLowerCase(Locale.ROOT))) {
      throw new IllegalArgumentException(
          "dataSourceJNDI="
              + name
              + " names another host; use a name of this process, such as"
              + " java:comp/env/jdbc/db");
    }
    Object found;
    try {
      found = new InitialContext().lookup(name);
    } catch (NamingException e) {
      throw new IllegalArgumentException(
          "dataSourceJNDI=" + name + " was not found; bind a DataSource under this name first", e);
    }
    if (found instanceof DataSource dataSource) {
      return dataSource;
    }
    throw new IllegalArgumentException(
        "dataSourceJNDI="
            + name
            + " is bound to "
            + (found == null ? "nothing" : found.getClass().getName())
            + ", not to a javax.sql.DataSource");
  }
}
