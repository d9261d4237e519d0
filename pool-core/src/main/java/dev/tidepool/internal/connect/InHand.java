package dev.tidepool.internal.connect;

import java.sql.Connection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;

/**
 * The driver's objects that the pool has, from the moment the driver returns one until it is asked
 * to close it: a DataSource that recycles its objects may hand it out again before that call
 * returns. A DataSource that hands one out twice is found out before anything is called on it: the
 * first call would commit what its borrower has not.
 */
final class InHand {
  private final Object lock = new Object();

  /** By identity, as a driver's equals() may be anything; guarded by lock. */
  private final Set<Connection> connections = Collections.newSetFromMap(new IdentityHashMap<>());

  /** False if the pool has this object already: then it is not the caller's to touch. */
  boolean take(Connection connection) {
    synchronized (lock) {
      return connections.add(connection);
    }
  }

  /** The object is about to be closed, and may be handed out again. */
  void leave(Connection connection) {
    synchronized (lock) {
      connections.remove(connection);
    }
  }
}
