package dev.tidepool.conformance;

import java.sql.SQLException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/**
 * A named piece of work whose transcript must be the same on the driver's connection and on one of
 * the pool's.
 *
 * @param bodies run one after the other, each on a connection that is closed before the next is
 *     opened; through the pool it is the same session each time
 * @param on the databases that can do it at all
 * @param ends whether the session is used up by it, so that the pool may open another
 */
record Probe(String name, List<Body> bodies, Set<Database> on, boolean ends) {
  /** What is done with one connection; throws only where the preparation fails. */
  interface Body {
    void run(Subject on) throws SQLException;
  }

  /** On all databases. */
  static Probe of(String name, Body... bodies) {
    return new Probe(name, List.of(bodies), EnumSet.allOf(Database.class), false);
  }

  /** The same on these databases only. */
  Probe only(Database... databases) {
    return new Probe(name, bodies, Set.of(databases), ends);
  }

  /** The same, and it may cost the session. */
  Probe endingTheSession() {
    return new Probe(name, bodies, on, true);
  }
}
