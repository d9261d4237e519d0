package dev.tidepool.bench;

import dev.tidepool.bench.compare.Effort;
import dev.tidepool.bench.compare.Plan;
import dev.tidepool.bench.compare.Scenario;
import dev.tidepool.bench.compare.Variant;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;

/** What the user typed, as a {@link Plan}. */
public final class CommandLine {
  private static final String QUICK = "quick";
  private static final String FULL = "full";

  private static final List<Contender> FASTEST =
      List.of(Contender.TIDEPOOL, Contender.HIKARICP, Contender.AGROAL, Contender.AGROAL_BARE);

  private static final Set<String> OPTIONS =
      Set.of(
          "--rounds",
          "--contenders",
          "--only",
          "--warm-up",
          "--measure",
          "--scale",
          "--fork",
          "--out");

  private static final String USAGE =
      """
      java -jar benchmarks.jar COMMAND [OPTION VALUE]...

      quick            the main figures of the fastest pools, under 5 minutes
      full             every scenario with every pool, 35 to 50 minutes
      SCENARIO         one of: %s
      faults           the fault lab, with options of its own
      soak             Tidepool under load, faults, changes and misuse, with options of its own
      anything else    goes to JMH as it is

        --rounds N         turns of each contender (quick 3, full 3 or 1, a scenario 5)
        --contenders A,B   who takes part, of: %s
        --only REGEX       only what fits, searched in "scenario: variant"
        --warm-up MILLIS   before each measurement (quick 800, full 1000, a scenario 5000)
        --measure MILLIS   each measurement (quick and full 600 and more, a scenario 10000)
        --scale SHARE      of pools, bursts and lifetimes, 0 to 1 (1); below 1 only to try things out
        --fork BOOLEAN     a JVM for each turn (true); false only to try things out
        --out DIR          where results.json, results.md and the plots go
                           (pool-bench/target/results/COMMAND)
      """
          .formatted(
              Catalogue.all().stream().map(Scenario::name).collect(Collectors.joining(", ")),
              Arrays.stream(Contender.values())
                  .map(CommandLine::name)
                  .collect(Collectors.joining(", ")));

  private final String command;
  private final Map<String, String> given = new LinkedHashMap<>();

  private CommandLine(String command) {
    this.command = command;
  }

  /** Whether the command is one of the comparisons. */
  static boolean isComparison(String command) {
    return command.equals(QUICK)
        || command.equals(FULL)
        || Catalogue.all().stream().anyMatch(scenario -> scenario.name().equals(command));
  }

  /** All commands and options. */
  static String usage() {
    return USAGE;
  }

  /**
   * Reads a command with its options.
   *
   * @throws IllegalArgumentException for what cannot be understood, with the usage
   */
  public static Plan parse(String... args) {
    CommandLine line = new CommandLine(args[0]);
    try {
      line.read(args);
      return line.plan();
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(e.getMessage() + "\n\n" + USAGE, e);
    }
  }

  private void read(String[] args) {
    for (int i = 1; i < args.length; i += 2) {
      if (!OPTIONS.contains(args[i])) {
        throw new IllegalArgumentException("no such option: " + args[i]);
      }
      if (i + 1 == args.length) {
        throw new IllegalArgumentException(args[i] + " takes a value");
      }
      given.put(args[i], args[i + 1]);
    }
  }

  private Plan plan() {
    List<Preset> presets =
        switch (command) {
          case QUICK -> Preset.QUICK;
          case FULL -> Preset.FULL;
          default -> List.of(Preset.whole(Catalogue.scenario(command)));
        };
    List<Plan.Part> parts =
        presets.stream().map(this::part).filter(part -> !part.variants().isEmpty()).toList();
    if (parts.isEmpty()) {
      throw new IllegalArgumentException("nothing fits --only " + given.get("--only"));
    }
    String out = given.getOrDefault("--out", "pool-bench/target/results/" + command);
    return new Plan(typed(), parts, fork(), Path.of(out));
  }

  private Plan.Part part(Preset preset) {
    Scenario scenario = Catalogue.scenario(preset.scenario());
    Predicate<String> usual = Pattern.compile(preset.variants()).asPredicate();
    Predicate<String> only = only();
    List<Variant> variants =
        scenario.variants().stream()
            .filter(variant -> usual.test(variant.label()))
            .filter(variant -> only.test(scenario.name() + ": " + variant.label()))
            .toList();
    Effort asked =
        new Effort(
            Duration.ofMillis(positive("--warm-up", preset.warmUpMillis())),
            Duration.ofMillis(positive("--measure", preset.measureMillis())),
            scale());
    int rounds = positive("--rounds", preset.rounds());
    return new Plan.Part(scenario, variants, contenders(scenario), rounds, scenario.effort(asked));
  }

  /** What has to be typed for the same figures; where they were written to is of no interest. */
  private String typed() {
    StringBuilder text = new StringBuilder(command);
    given.forEach(
        (option, value) -> {
          if (!option.equals("--out")) {
            text.append(' ').append(option).append(' ').append(value);
          }
        });
    return text.toString();
  }

  private List<Contender> contenders(Scenario scenario) {
    String names = given.get("--contenders");
    if (names != null) {
      return Arrays.stream(names.split(",", -1)).map(CommandLine::contender).distinct().toList();
    }
    List<Contender> usual = command.equals(QUICK) ? FASTEST : Arrays.asList(Contender.values());
    return usual.stream()
        .filter(contender -> scenario.takesVariations() || !contender.isVariation())
        .toList();
  }

  private static Contender contender(String name) {
    return Arrays.stream(Contender.values())
        .filter(contender -> name(contender).equalsIgnoreCase(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("there is no contender " + name));
  }

  private static String name(Contender contender) {
    return contender.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private Predicate<String> only() {
    try {
      return Pattern.compile(given.getOrDefault("--only", "")).asPredicate();
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException("--only " + e.getMessage(), e);
    }
  }

  private int positive(String option, int otherwise) {
    String text = given.getOrDefault(option, Integer.toString(otherwise));
    if (!text.matches("[1-9]\\d{0,8}")) {
      throw new IllegalArgumentException(
          option + " " + text + " must be a whole number, 1 or more");
    }
    return Integer.parseInt(text);
  }

  private double scale() {
    String text = given.getOrDefault("--scale", "1");
    if (!text.matches("0?\\.\\d*[1-9]\\d*|1")) {
      throw new IllegalArgumentException("--scale " + text + " must be above 0 and at most 1");
    }
    return Double.parseDouble(text);
  }

  private boolean fork() {
    String text = given.getOrDefault("--fork", "true");
    if (!text.equals("true") && !text.equals("false")) {
      throw new IllegalArgumentException("--fork " + text + " must be true or false");
    }
    return text.equals("true");
  }
}
