package dev.tidepool.internal.connect;

import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Timeouts of a driver's own that let a login end by itself where the pool cannot cut it off, as
 * its socket is out of reach until it is over. Never one that the URL or the user names already.
 *
 * <p>Only for MySQL's driver, whose defaults are no limits at all: other drivers whose sockets are
 * out of reach were not tried.
 *
 * @param properties to add to the user's
 * @param readTimeout whether one of them bounds each read, so that it has to be taken back after
 *     the login
 */
record LoginLimits(Map<String, String> properties, boolean readTimeout) {
  static final LoginLimits NONE = new LoginLimits(Map.of(), false);

  private static final String READ_TIMEOUT = "socketTimeout";

  /** Of several hosts the driver may choose another later, with the timeout of the login. */
  private static final Pattern ONE_HOST = Pattern.compile("(?i)jdbc:mysql://[^,(/?]*([/?].*)?");

  LoginLimits {
    properties = Map.copyOf(properties);
  }

  /**
   * The limits for a URL.
   *
   * @param user the user's own properties
   * @param timeout of one connect and login; zero for none
   */
  static LoginLimits of(String url, Map<String, String> user, Duration timeout) {
    Dialect dialect = Dialect.of(url);
    if (dialect != Dialect.MYSQL || timeout.isZero()) {
      return NONE;
    }
    Set<String> named = dialect.parameters(url);
    named.addAll(user.keySet());
    String millis = Integer.toString(Durations.millis(timeout));
    Map<String, String> properties = new HashMap<>();
    if (!named.contains("connectTimeout")) {
      properties.put("connectTimeout", millis);
    }
    // It can stand in the middle of the URL, too, as a property of one host.
    boolean usersOwn =
        named.contains(READ_TIMEOUT)
            || url.toLowerCase(Locale.ROOT).contains(READ_TIMEOUT.toLowerCase(Locale.ROOT));
    boolean lent = !usersOwn && ONE_HOST.matcher(url).matches();
    if (lent) {
      properties.put(READ_TIMEOUT, millis);
    }
    return new LoginLimits(properties, lent);
  }
}
