package dev.tidepool.internal.connect;

import java.sql.SQLTransientConnectionException;

/**
 * The server at the other end is not what {@code requiredRole} asks for; another attempt may find
 * another server.
 */
public final class WrongRoleException extends SQLTransientConnectionException {
  private static final long serialVersionUID = 1L;

  WrongRoleException(String message) {
    super(message, "08004");
  }
}
