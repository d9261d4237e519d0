package dev.tidepool.conformance;

import java.util.Set;

/**
 * A difference that is meant.
 *
 * @param on the databases where it shows
 * @param probe the name of the probe
 * @param calls pattern of the calls, as the lines begin
 * @param instead pattern of what comes of them through the pool
 * @param why the pool does not do as the driver does
 */
record Excuse(Set<Database> on, String probe, String calls, String instead, String why) {
  boolean covers(Database database, Probe probed, String driver, String pool) {
    String[] line = pool.split(" (->|=) ", 2);
    return on.contains(database)
        && probe.equals(probed.name())
        && driver.startsWith(line[0])
        && line[0].matches(calls)
        && line.length == 2
        && line[1].matches(instead);
  }
}
