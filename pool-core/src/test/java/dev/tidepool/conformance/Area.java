package dev.tidepool.conformance;

import java.util.List;

/** A part of JDBC; one row of the table. */
record Area(String name, List<Probe> probes) {
  static Area of(String name, Probe... probes) {
    return new Area(name, List.of(probes));
  }

  @Override
  public String toString() {
    return name;
  }
}
