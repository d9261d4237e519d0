package dev.tidepool.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledForJreRange;
import org.openjdk.jcstress.JCStress;
import org.openjdk.jcstress.Options;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.infra.Status;
import org.openjdk.jcstress.infra.collectors.DiskReadCollector;
import org.openjdk.jcstress.infra.collectors.InProcessCollector;
import org.openjdk.jcstress.infra.collectors.TestResult;

/**
 * Runs the jcstress tests and judges them: models and real classes must show no forbidden outcome,
 * and each weakened variant must show one, or its test could not tell right from wrong.
 */
class JcstressTest {
  private static final String ALL = ".*Stress[.]";
  private static final String WEAKENED = ".Weakened";

  /** jcstress loads a native library in the JVMs it starts, and newer ones warn of that. */
  private static final List<String> JVM = List.of("--enable-native-access=ALL-UNNAMED");

  /** How often the weakened variants that have not failed yet are run again, ever longer. */
  private static final int MORE_CHANCES = 6;

  /** On JDK 17 jcstress starts twice as many JVMs, with and without biased locking. */
  @Test
  @EnabledForJreRange(minVersion = 21, disabledReason = "the short form takes JDK 21 or later")
  @Timeout(value = 7, unit = TimeUnit.MINUTES)
  void realClassesHold_andWeakenedOnesFail() throws Exception {
    judge(runOnce(ALL + "(Real|Weakened)", "100"));
  }

  /** With every way to compile the actors and every JVM option that jcstress finds worthwhile. */
  @Test
  @Tag("stress")
  @Timeout(value = 3, unit = TimeUnit.HOURS)
  void inFull() throws Exception {
    judge(run(ALL + ".*", "-jvmArgsPrepend", JVM.get(0), "-time", "200", "-iters", "2"));
  }

  @Test
  void everyTestComesInThrees() throws Exception {
    Options options = options(ALL + ".*", Path.of("."));
    Set<String> names = new JCStress(options).getTests();
    assertThat(names).isNotEmpty();
    for (String name : names) {
      String test = name.substring(0, name.lastIndexOf('.'));
      assertThat(names).contains(test + ".Model", test + ".Real", test + WEAKENED);
    }
  }

  private static void judge(Collection<TestResult> results) throws Exception {
    Set<String> harmless = new TreeSet<>();
    List<String> failures = new ArrayList<>();
    for (TestResult result : results) {
      boolean ran = result.status() == Status.NORMAL && result.getTotalCount() > 0;
      boolean mayFail = result.getName().endsWith(WEAKENED);
      if (!ran || (!mayFail && !forbidden(result).isEmpty())) {
        failures.add(describe(result));
      }
      if (mayFail) {
        harmless.add(result.getName());
      }
    }
    assertThat(failures).isEmpty();
    assertThat(harmless).as("weakened variants that ran").isNotEmpty();
    harmless.removeAll(broken(results));
    for (int chance = 1; chance <= MORE_CHANCES && !harmless.isEmpty(); chance++) {
      String again =
          harmless.stream().map(n -> n.replace(".", "[.]")).collect(Collectors.joining("|"));
      String time = String.valueOf(200 << chance);
      harmless.removeAll(broken(runOnce(again, time)));
    }
    assertThat(harmless).as("weakened variants whose test did not notice").isEmpty();
  }

  /** The tests that showed a forbidden outcome. */
  private static Set<String> broken(Collection<TestResult> results) {
    return results.stream()
        .filter(result -> !forbidden(result).isEmpty())
        .map(TestResult::getName)
        .collect(Collectors.toSet());
  }

  private static List<String> forbidden(TestResult result) {
    return result.grading().gradingResults.values().stream()
        .filter(outcome -> outcome.expect == Expect.FORBIDDEN && outcome.count > 0)
        .map(outcome -> outcome.count + " x " + outcome.id + ": " + outcome.description)
        .toList();
  }

  private static String describe(TestResult result) {
    return "%s %s: %s, %s%n%s%n%s"
        .formatted(
            result.getName(),
            result.getConfig().jvmArgs,
            result.status(),
            forbidden(result),
            String.join("\n", result.getMessages()),
            String.join("\n", result.getVmErr()));
  }

  private static Options options(String tests, Path report, String... more) throws Exception {
    List<String> args = new ArrayList<>(List.of("-t", tests, "-r", report.toString()));
    args.addAll(List.of("-f", "1", "-fsm", "1"));
    args.addAll(Arrays.asList(more));
    Options options = new Options(args.toArray(String[]::new));
    assertThat(options.parse()).as(() -> "options " + args).isTrue();
    return options;
  }

  /** With one JVM option and one way to compile the actors. */
  private static Collection<TestResult> runOnce(String tests, String millis) throws Exception {
    return run(tests, "-jvmArgs", JVM.get(0), "-sc", "false", "-iters", "1", "-time", millis);
  }

  private static Collection<TestResult> run(String tests, String... more) throws Exception {
    Path report = Files.createDirectories(Path.of("jcstress"));
    Options options = options(tests, report, more);
    try {
      new JCStress(options).run();
    } catch (AssertionError e) {
      // It takes every forbidden outcome for a failure, those of the weakened variants too.
      System.out.println(e.getMessage());
    }
    InProcessCollector collector = new InProcessCollector();
    DiskReadCollector reader = new DiskReadCollector(options.getResultFile(), collector);
    reader.dump();
    reader.close();
    return collector.getTestResults();
  }
}
