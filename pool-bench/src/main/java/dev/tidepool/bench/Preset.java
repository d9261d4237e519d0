package dev.tidepool.bench;

import dev.tidepool.bench.compare.Scenario;
import java.util.List;

/**
 * What a command runs of a scenario, unless options say otherwise.
 *
 * @param scenario its name
 * @param variants which of its variants, a regular expression that is searched in their labels
 * @param rounds turns of each contender
 * @param warmUpMillis before each measurement
 * @param measureMillis each measurement
 */
record Preset(String scenario, String variants, int rounds, int warmUpMillis, int measureMillis) {
  /** The main figures of the fastest pools; under 5 minutes. */
  static final List<Preset> QUICK =
      List.of(
          new Preset("acquire", "^(1 thread|8 threads), pool 32$", 3, 800, 600),
          new Preset("statement", "^(1 thread|8 threads), pool 32$", 3, 800, 600),
          new Preset("saturation", "^platform threads$", 3, 800, 2_000),
          new Preset("cold-ramp", "^32 ", 3, 800, 600));

  /** Every scenario, as long as two JDKs are through in 90 minutes. */
  static final List<Preset> FULL =
      List.of(
          new Preset("acquire", ", pool 32$|^8 threads", 3, 1_000, 600),
          new Preset("statement", "^(1 thread|8 threads), pool 32$", 3, 1_000, 600),
          new Preset("statement-cycle", "^1 thread, ", 3, 1_000, 600),
          new Preset("saturation", "", 3, 4_000, 2_500),
          new Preset("cold-ramp", "", 3, 1_000, 1_000),
          new Preset("expiry", "", 1, 1_000, 1_000),
          new Preset("many-pools", "", 1, 8_000, 8_000),
          new Preset("mostly-in-use", "five|8 threads", 3, 500, 1_000),
          new Preset("database", "^(1 thread|32 threads)$", 3, 2_000, 1_500));

  /** All of a scenario, without haste. */
  static Preset whole(Scenario scenario) {
    return new Preset(scenario.name(), "", 5, 5_000, 10_000);
  }
}
