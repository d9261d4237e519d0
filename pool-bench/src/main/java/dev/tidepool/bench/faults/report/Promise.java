package dev.tidepool.bench.faults.report;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Figure;
import dev.tidepool.bench.faults.model.Killer;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.Collectors;

/**
 * One line of the list of promises.
 *
 * @param scope fault, database, encryption, load, callers; {@code *} is anything
 * @param limit the most that the figure may be
 * @param enforced whether a short run fails that breaks it
 */
public record Promise(List<String> scope, Figure figure, double limit, boolean enforced) {
  private static final int WORDS = 8;

  /** Reads a line. */
  static Promise parse(String line) {
    String[] words = line.trim().split("\\s+");
    if (words.length != WORDS) {
      throw new IllegalArgumentException("a promise has " + WORDS + " words: " + line);
    }
    Figure figure =
        Figure.ofKey(words[5])
            .orElseThrow(() -> new IllegalArgumentException("no such figure: " + line));
    if (!words[7].equals("enforced") && !words[7].equals("wanted")) {
      throw new IllegalArgumentException("enforced or wanted: " + line);
    }
    return new Promise(
        List.of(words).subList(0, 5),
        figure,
        Double.parseDouble(words[6]),
        words[7].equals("enforced"));
  }

  /** Whether it is about such cells. */
  boolean covers(Cell cell) {
    Killer killer = cell.killer();
    String fault = cell.fault().name();
    String killing = killer == null ? fault : fault + ":" + killer;
    return (fits(0, fault) || fits(0, killing))
        && fits(1, cell.database().name())
        && fits(2, cell.tls() ? "tls" : "plain")
        && fits(3, cell.load().toString())
        && fits(4, Integer.toString(cell.callers()));
  }

  /** What it is about, for people. */
  String title() {
    String about =
        scope.stream().filter(word -> !word.equals("*")).collect(Collectors.joining(" "));
    return (about.isEmpty() ? "always" : about)
        + ": "
        + figure.title()
        + (enforced ? " (enforced)" : " (wanted)");
  }

  private boolean fits(int word, String value) {
    return scope.get(word).equals("*") || scope.get(word).equals(value);
  }

  /** How the result breaks it, if it does. */
  Optional<Broken> brokenBy(CellResult result) {
    OptionalDouble value = result.figure(figure);
    return value.isPresent() && value.getAsDouble() <= limit
        ? Optional.empty()
        : Optional.of(new Broken(this, result.cell(), value));
  }

  /**
   * A promise that was not kept.
   *
   * @param value what was measured; empty if nothing was
   */
  public record Broken(Promise promise, Cell cell, OptionalDouble value) {
    /** For people. */
    public String describe() {
      String measured =
          value.isPresent()
              ? String.format(Locale.ROOT, "%.0f", value.getAsDouble())
              : "not measured";
      return String.format(
          Locale.ROOT,
          "%s, round %d: %s is %s, promised is at most %.0f%s",
          cell,
          cell.round(),
          promise.figure().title(),
          measured,
          promise.limit(),
          promise.enforced() ? "" : " (not enforced yet)");
    }
  }
}
