package dev.tidepool.bench.faults.client;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.Database;
import dev.tidepool.bench.faults.model.Fault;
import dev.tidepool.bench.faults.model.Killer;
import dev.tidepool.bench.faults.model.Load;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the JVM of a pool is started with.
 *
 * @param url the database as the pool reaches it
 * @param validation longest validation of a connection
 * @param bound after it the measurement ends even if callers have not recovered; with an idle
 *     killer, how long the trickle lasts
 */
public record Task(Cell cell, String url, Duration validation, Duration bound) {
  private static final String NOBODY = "-";

  /** As arguments of a program. */
  public List<String> arguments() {
    Killer killer = cell.killer();
    return List.of(
        cell.fault().name(),
        killer == null ? NOBODY : killer.name(),
        cell.pool(),
        cell.database().name(),
        Boolean.toString(cell.tls()),
        cell.load().name(),
        Integer.toString(cell.callers()),
        Integer.toString(cell.round()),
        url,
        validation.toString(),
        bound.toString());
  }

  /** The opposite of {@link #arguments()}. */
  static Task parse(String[] words) {
    @Nullable Killer killer = words[1].equals(NOBODY) ? null : Killer.valueOf(words[1]);
    Cell cell =
        new Cell(
            Fault.valueOf(words[0]),
            killer,
            words[2],
            Database.valueOf(words[3]),
            Boolean.parseBoolean(words[4]),
            Load.valueOf(words[5]),
            Integer.parseInt(words[6]),
            Integer.parseInt(words[7]));
    return new Task(cell, words[8], Duration.parse(words[9]), Duration.parse(words[10]));
  }
}
