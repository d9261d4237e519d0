package dev.tidepool.conformance;

import java.util.Set;

/**
 * A difference that is meant.
 *
 * @param on the databases where it shows
 * @param probe the name of the probe
 * @param calls pattern of the calls, as the lines begin
 * @param why the pool does not do as the driver does
 */
record Excuse(Set<Database> on, String probe, String calls, String why) {
  boolean covers(Database database, Probe probed, String line) {
    return on.contains(database)
        && probe.equals(probed.name())
        && line.split(" (->|=) ", 2)[0].matches(calls);
  }
}
