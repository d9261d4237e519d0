package dev.tidepool.api;

import java.sql.SQLException;

/**
 * Supplies the credentials for each new connection, so that rotating passwords and tokens need no
 * restart.
 *
 * <p>Called once for every connect, from several threads at a time; it may block, within {@code
 * connectTimeout}.
 *
 * <p>Sessions that are open stay, whatever it answers for the next: a login is the only time it is
 * asked. Where old ones are to go, set a new provider, or call {@link Tidepool#evict()}.
 */
@FunctionalInterface
public interface CredentialsProvider {
  /**
   * The credentials to log in with now.
   *
   * @throws SQLException if there are none; the connect fails with it
   */
  Credentials credentials() throws SQLException;
}
