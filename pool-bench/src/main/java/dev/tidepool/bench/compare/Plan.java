package dev.tidepool.bench.compare;

import dev.tidepool.bench.Contender;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;

/**
 * What a comparison runs.
 *
 * @param rounds how often each contender has its turn; one fresh JVM each time
 * @param contenders who takes part
 * @param scenarios what they do
 * @param warmUpMillis time before the measurement of each turn
 * @param measureMillis time of the measurement of each turn
 * @param json file for all samples
 */
public record Plan(
    int rounds,
    List<Contender> contenders,
    List<Scenario> scenarios,
    int warmUpMillis,
    int measureMillis,
    Path json) {

  /** The options, with their defaults. */
  public static final String USAGE =
      """
      quick [--rounds 5] [--contenders tidepool,hikaricp] [--pools 32] [--only REGEX]
            [--warm-up 800] [--measure 600] [--json pool-bench/target/quick.json]
      Times are milliseconds of one turn; REGEX is searched in a title like "acquire 8 threads, pool 32".""";

  /**
   * Reads the command line.
   *
   * @throws IllegalArgumentException for what cannot be understood, with the usage
   */
  public static Plan parse(String... args) {
    Map<String, String> given = options(args);
    Predicate<String> only = Pattern.compile(given.getOrDefault("--only", "")).asPredicate();
    List<Scenario> scenarios =
        texts(given.getOrDefault("--pools", "32")).stream()
            .map(Integer::parseInt)
            .flatMap(size -> Scenario.withPoolOf(size).stream())
            .filter(scenario -> only.test(scenario.title()))
            .toList();
    List<Contender> contenders =
        texts(given.getOrDefault("--contenders", "tidepool,hikaricp")).stream()
            .map(name -> Contender.valueOf(name.toUpperCase(Locale.ROOT)))
            .toList();
    return new Plan(
        positive(given, "--rounds", 5),
        contenders,
        scenarios,
        positive(given, "--warm-up", 800),
        positive(given, "--measure", 600),
        Path.of(given.getOrDefault("--json", "pool-bench/target/quick.json")));
  }

  private static Map<String, String> options(String[] args) {
    Map<String, String> given = new LinkedHashMap<>();
    List<String> known = Arrays.stream(USAGE.split("[\\s\\[]+")).toList();
    for (int i = 0; i < args.length; i += 2) {
      if (!args[i].startsWith("--") || !known.contains(args[i]) || i + 1 == args.length) {
        throw new IllegalArgumentException("not understood: " + args[i] + "\n" + USAGE);
      }
      given.put(args[i], args[i + 1]);
    }
    return given;
  }

  private static int positive(Map<String, String> given, String option, int otherwise) {
    int value = Integer.parseInt(given.getOrDefault(option, Integer.toString(otherwise)));
    if (value < 1) {
      throw new IllegalArgumentException(option + " " + value + " must be 1 or more");
    }
    return value;
  }

  private static List<String> texts(String commaSeparated) {
    return Arrays.asList(commaSeparated.split(",", -1));
  }
}
