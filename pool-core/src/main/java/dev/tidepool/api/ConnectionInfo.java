package dev.tidepool.api;

import java.time.Duration;

/**
 * One physical connection, as events and reports name it.
 *
 * @param id number of the connection within its pool, counted from 1 in the order of opening
 * @param age time since it was opened
 * @param uses how often it was borrowed
 */
public record ConnectionInfo(long id, Duration age, long uses) {
  @Override
  public String toString() {
    return "#" + id + " (age " + age.toMillis() + " ms, " + uses + " uses)";
  }
}
