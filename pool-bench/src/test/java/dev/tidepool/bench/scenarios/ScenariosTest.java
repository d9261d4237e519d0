package dev.tidepool.bench.scenarios;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.bench.Catalogue;
import dev.tidepool.bench.CommandLine;
import dev.tidepool.bench.Contender;
import dev.tidepool.bench.compare.Comparison;
import dev.tidepool.bench.compare.Figure;
import dev.tidepool.bench.compare.Outcome;
import dev.tidepool.bench.compare.Scenario;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledForJreRange;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every scenario runs with every contender, for moments and in this JVM: nothing rots. */
class ScenariosTest {
  @TempDir private Path dir;

  /** JMH allows one run per machine, for the sake of figures that nobody reads here. */
  @BeforeAll
  static void besideOtherRunsOfJmh() {
    System.setProperty("jmh.ignoreLock", "true");
  }

  static Stream<String> names() {
    return Catalogue.all().stream().map(Scenario::name);
  }

  @ParameterizedTest
  @MethodSource("names")
  @DisabledForJreRange(minVersion = 21, disabledReason = "the same code as on JDK 17")
  void every_contender_can_be_measured(String name) throws Exception {
    Scenario scenario = Catalogue.scenario(name);
    Assumptions.assumeTrue(scenario.unavailable().isEmpty());

    List<Outcome> outcomes = run(name, "--fork", "false");

    assertThat(outcomes).extracting(Outcome::contender).containsOnlyOnce(Contender.values());
    assertThat(outcomes)
        .allSatisfy(
            outcome -> {
              assertThat(outcome.error()).isNull();
              assertThat(outcome.figures()).containsKey(scenario.main());
              assertThat(outcome.figures().getOrDefault(Figure.FAILED, 0.0)).isZero();
            });
    String markdown = Files.readString(dir.resolve("results.md"));
    assertThat(markdown).contains("a trial run, no result").contains("## " + name);
    assertThat(dir.resolve(name + ".svg")).isNotEmptyFile();
    assertThat(dir.resolve("results.json")).isNotEmptyFile();
  }

  @Test
  void a_turn_in_a_jvm_of_its_own_tells_the_same_figures() throws Exception {
    List<Outcome> outcomes = run("mostly-in-use", "--contenders", "tidepool");
    assertThat(outcomes).hasSize(1).allSatisfy(o -> assertThat(o.error()).isNull());
    assertThat(outcomes.get(0).figures())
        .containsOnlyKeys(Figure.SMALL_NANOS, Figure.LARGE_NANOS, Figure.GROWTH);
  }

  @Test
  void fresh_virtual_threads_carry_the_load_on() throws Exception {
    Assumptions.assumeTrue(Runtime.version().feature() >= 21);
    // Long enough for a slow machine to load the classes and to serve the first.
    String[] options = {
      "--fork", "false", "--contenders", "tidepool", "--only", "fresh", "--measure", "2000"
    };
    List<Outcome> outcomes = run("saturation", options);
    assertThat(outcomes).hasSize(1);
    assertThat(outcomes.get(0).error()).isNull();
    assertThat(outcomes.get(0).figures().get(Figure.THROUGHPUT)).isGreaterThan(100);
  }

  private List<Outcome> run(String name, String... options) throws Exception {
    String everybody =
        Arrays.stream(Contender.values())
            .map(Contender::name)
            .collect(Collectors.joining(","))
            .replace('_', '-');
    String[] moments = {
      "--contenders",
      everybody,
      "--rounds",
      "1",
      "--warm-up",
      "20",
      "--measure",
      "40",
      "--scale",
      "0.01",
      "--out",
      dir.toString()
    };
    String[] first = {name};
    Stream<String> only =
        List.of(options).contains("--only") ? Stream.empty() : Stream.of("--only", first(name));
    String[] all =
        Stream.of(Stream.of(first), Stream.of(moments), only, Stream.of(options))
            .flatMap(part -> part)
            .toArray(String[]::new);
    return Comparison.run(CommandLine.parse(all), new PrintStream(OutputStream.nullOutputStream()));
  }

  /** One variant each is enough where the others differ in numbers only. */
  private static String first(String name) {
    return switch (name) {
      case "acquire", "statement", "statement-cycle" -> ": 2 threads, pool 32";
      case "saturation" -> "platform threads$";
      case "mostly-in-use" -> "five";
      case "cold-ramp" -> "many bursts";
      case "database" -> ": 8 threads";
      default -> "";
    };
  }
}
