package dev.tidepool.api;

import org.jspecify.annotations.Nullable;

/**
 * User name and password for one connect.
 *
 * @param username user name, or null for the driver's default
 * @param password password, or null for none; never shown by {@link #toString()}
 */
public record Credentials(@Nullable String username, @Nullable String password) {
  @Override
  public String toString() {
    return "Credentials[username="
        + username
        + ", password="
        + (password == null ? "none" : "***")
        + "]";
  }
}
