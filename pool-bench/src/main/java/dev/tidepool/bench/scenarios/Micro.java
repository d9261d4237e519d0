package dev.tidepool.bench.scenarios;

import dev.tidepool.bench.compare.CpuProfiler;
import dev.tidepool.bench.compare.Figure;
import dev.tidepool.bench.compare.Scenario;
import dev.tidepool.bench.compare.Turn;
import dev.tidepool.bench.compare.Variant;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * A JMH benchmark with different threads and pools.
 *
 * @param benchmark class with a method {@code cycle}
 * @param pools sizes of the pools
 */
public record Micro(String name, String summary, Class<?> benchmark, List<Integer> pools)
    implements Scenario {
  private static final int[] THREADS = {1, 2, 8, 32};
  private static final int ITERATIONS = 2;

  /** Start and end of JMH's JVM. */
  private static final Duration ASIDE = Duration.ofSeconds(1);

  /** JMH waits for all threads before and after an iteration. */
  private static final Duration ASIDE_PER_THREAD = Duration.ofMillis(70);

  @Override
  public Figure main() {
    return Figure.NANOS;
  }

  @Override
  public List<Figure> compared() {
    return List.of(Figure.NANOS, Figure.CPU_NANOS);
  }

  @Override
  public boolean takesVariations() {
    return true;
  }

  @Override
  public List<Variant> variants() {
    List<Variant> variants = new ArrayList<>();
    for (int pool : pools) {
      for (int threads : THREADS) {
        String label = (threads == 1 ? "1 thread" : threads + " threads") + ", pool " + pool;
        Duration aside = ASIDE.plus(ASIDE_PER_THREAD.multipliedBy(threads));
        variants.add(
            new Variant(
                label,
                true,
                effort -> effort.warmUp().plus(effort.measure()).plus(aside),
                turn -> measure(turn, threads, pool)));
      }
    }
    return variants;
  }

  private Map<Figure, Double> measure(Turn turn, int threads, int pool) throws RunnerException {
    RunResult result = new Runner(options(turn, threads, pool)).runSingle();
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    figures.put(Figure.NANOS, threads * 1e9 / result.getPrimaryResult().getScore());
    figures.put(Figure.CPU_NANOS, secondary(result, CpuProfiler.LABEL));
    figures.put(Figure.BYTES, secondary(result, "gc.alloc.rate.norm"));
    return figures;
  }

  private Options options(Turn turn, int threads, int pool) {
    return new OptionsBuilder()
        .include("^" + Pattern.quote(benchmark.getName() + ".cycle") + "$")
        .param("contender", turn.contender().name())
        .param("poolSize", Integer.toString(pool))
        .threads(threads)
        // Not the average time: JMH takes it of each thread and then of the threads, and one that
        // hardly had a processor in a short iteration makes it a thousand times too long.
        .mode(Mode.Throughput)
        .timeUnit(TimeUnit.SECONDS)
        .forks(turn.fork() ? 1 : 0)
        .warmupIterations(ITERATIONS)
        .warmupTime(part(turn.effort().warmUp().toMillis()))
        .measurementIterations(ITERATIONS)
        .measurementTime(part(turn.effort().measure().toMillis()))
        .addProfiler(GCProfiler.class)
        .addProfiler(CpuProfiler.class)
        .shouldFailOnError(true)
        .verbosity(VerboseMode.SILENT)
        .build();
  }

  private static TimeValue part(long millis) {
    return TimeValue.milliseconds(Math.max(1, millis / ITERATIONS));
  }

  private static double secondary(RunResult result, String label) {
    // By its ending: JMH has changed what stands before its own labels.
    String key =
        result.getSecondaryResults().keySet().stream()
            .filter(name -> name.endsWith(label))
            .findFirst()
            .orElseThrow(() -> new IllegalStateException("JMH did not report " + label));
    return Objects.requireNonNull(result.getSecondaryResults().get(key)).getScore();
  }
}
