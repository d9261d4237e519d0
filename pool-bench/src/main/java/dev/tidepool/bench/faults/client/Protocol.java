package dev.tidepool.bench.faults.client;

import dev.tidepool.bench.faults.model.Figure;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * The lines between the laboratory and the JVM of a pool. Times are {@link System#nanoTime()},
 * which on Linux is one clock for all processes.
 */
public final class Protocol {
  /** From the pool: ready for the fault. */
  public static final String READY = "READY";

  /** To the pool: the fault is in, since the time that follows. */
  public static final String INJECTED = "INJECTED";

  /** To the pool: everything was repaired at the time that follows. */
  public static final String HEALED = "HEALED";

  /** From the pool: the measurement is over, figures follow. */
  public static final String RESULT = "RESULT";

  /** From the pool: it could not be measured, the reason follows. */
  public static final String FAILED = "FAILED";

  /** To the pool: end. */
  public static final String QUIT = "QUIT";

  private static final String MARK = "@lab\t";
  private static final String ERROR = "error=";

  private Protocol() {}

  /** A line with the mark that tells it from what else a program prints. */
  public static String line(String word, String... fields) {
    return MARK + word + (fields.length == 0 ? "" : "\t" + String.join("\t", fields));
  }

  /** The fields of a line, the word first; empty if the line is none of ours. */
  public static List<String> fields(String line) {
    return line.startsWith(MARK) ? List.of(line.substring(MARK.length()).split("\t")) : List.of();
  }

  /** A {@link #RESULT} line. */
  static String result(Map<Figure, Double> figures, List<String> errors) {
    List<String> fields = new ArrayList<>();
    figures.forEach((figure, value) -> fields.add(figure.key() + "=" + value));
    errors.forEach(error -> fields.add(ERROR + error.replaceAll("\\s+", " ")));
    return line(RESULT, fields.toArray(new String[0]));
  }

  /** The figures of a {@link #RESULT} line. */
  public static Map<Figure, Double> figures(List<String> fields) {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    for (String field : fields) {
      int equals = field.indexOf('=');
      if (equals > 0 && !field.startsWith(ERROR)) {
        Figure.ofKey(field.substring(0, equals))
            .ifPresent(key -> figures.put(key, Double.valueOf(field.substring(equals + 1))));
      }
    }
    return figures;
  }

  /** What callers were told, of a {@link #RESULT} line. */
  public static List<String> errors(List<String> fields) {
    return fields.stream()
        .filter(field -> field.startsWith(ERROR))
        .map(field -> field.substring(ERROR.length()))
        .toList();
  }
}
