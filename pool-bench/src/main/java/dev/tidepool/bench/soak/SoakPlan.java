package dev.tidepool.bench.soak;

import dev.tidepool.bench.faults.model.Database;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Random;

/**
 * What to soak.
 *
 * @param length how long the pools are used
 * @param seed decides which actions are chosen, though not which of them meet
 * @param databases each with a laboratory and a JVM of its own, all at the same time
 * @param out directory of the report and the logs
 */
public record SoakPlan(Duration length, long seed, List<Database> databases, Path out) {
  /** What can be asked for. */
  public static final String USAGE =
      """
      soak [options]     random load, faults, changes and misuse, and exact accounts at the end
        --minutes N           default: 30
        --seconds N           instead of minutes
        --seed N              default: chosen at random, and printed
        --databases LIST      POSTGRESQL, MARIADB; default: both, at the same time
        --out DIR             default: pool-bench/target/soak
      """;

  /**
   * Reads the options.
   *
   * @throws IllegalArgumentException with {@link #USAGE} if there is one that means nothing
   */
  public static SoakPlan parse(String... args) {
    Duration length = Duration.ofMinutes(30);
    // Short enough to be typed again.
    long seed = new Random().nextInt(1_000_000);
    List<Database> databases = List.of(Database.values());
    Path out = Path.of("pool-bench/target/soak");
    for (int i = 0; i < args.length; i += 2) {
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " takes a value\n" + USAGE);
      }
      String value = args[i + 1];
      try {
        switch (args[i]) {
          case "--minutes" -> length = Duration.ofMinutes(positive(value));
          case "--seconds" -> length = Duration.ofSeconds(positive(value));
          case "--seed" -> seed = Long.parseLong(value);
          case "--databases" -> databases = databases(value);
          case "--out" -> out = Path.of(value);
          default -> throw new IllegalArgumentException("no such option");
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            args[i] + " " + value + ": " + e.getMessage() + "\n" + USAGE, e);
      }
    }
    return new SoakPlan(length, seed, databases, out);
  }

  private static int positive(String word) {
    int number = Integer.parseInt(word);
    if (number < 1) {
      throw new IllegalArgumentException("at least 1");
    }
    return number;
  }

  private static List<Database> databases(String words) {
    EnumSet<Database> chosen = EnumSet.noneOf(Database.class);
    Arrays.stream(words.split(","))
        .map(word -> Database.valueOf(word.trim().toUpperCase(Locale.ROOT)))
        .forEach(chosen::add);
    return List.copyOf(chosen);
  }
}
