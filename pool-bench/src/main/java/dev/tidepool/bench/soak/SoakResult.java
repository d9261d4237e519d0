package dev.tidepool.bench.soak;

import dev.tidepool.bench.faults.model.Database;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What came of one pool.
 *
 * @param counts by group and name, separated by a tabulator
 * @param lines of the accounts
 * @param broken what must not be
 * @param events that led to the first thing that is broken, the newest last
 * @param skipped why it was not run; null if it was
 */
public record SoakResult(
    Database database,
    Map<String, Long> counts,
    List<String> lines,
    List<String> broken,
    List<String> events,
    @Nullable String skipped) {
  static SoakResult skipped(Database database, String reason) {
    return new SoakResult(database, Map.of(), List.of(), List.of(), List.of(), reason);
  }
}
