package dev.tidepool.bench.scenarios;

import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Terms;
import dev.tidepool.bench.compare.Figure;
import dev.tidepool.bench.compare.Scenario;
import dev.tidepool.bench.compare.Turn;
import dev.tidepool.bench.compare.Variant;
import dev.tidepool.bench.driver.Pause;
import dev.tidepool.bench.load.Load;
import dev.tidepool.bench.load.LoadResult;
import dev.tidepool.bench.load.ThreadKind;
import dev.tidepool.bench.load.Use;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** More borrowers than connections. */
public final class Saturation implements Scenario {
  private static final Duration HOLD = Duration.ofNanos(200_000);
  private static final Duration SLICE = Duration.ofMillis(500);
  private static final Duration LONG_HOLD = Duration.ofMillis(1);
  private static final Duration THINK = Duration.ofMillis(5);

  @Override
  public String name() {
    return "saturation";
  }

  @Override
  public String summary() {
    return "64 threads share 8 connections and execute one statement of 200 us each time; fresh"
        + " virtual threads: 1,000 in flight on 10 connections, a statement of 1 ms. Not used:"
        + " connections are held as long, but nothing is asked of them. Times are from asking to"
        + " having; with think time from when the thread meant to ask; slices are half a second.";
  }

  @Override
  public Figure main() {
    return Figure.P999;
  }

  @Override
  public List<Figure> compared() {
    return List.of(Figure.THROUGHPUT, Figure.P999, Figure.CPU_MICROS);
  }

  @Override
  public List<Variant> variants() {
    List<Variant> variants = new ArrayList<>();
    for (ThreadKind kind : ThreadKind.available()) {
      if (kind == ThreadKind.FRESH_VIRTUAL) {
        variants.add(statements(kind.title(), Load.of(1_000, kind, Duration.ZERO), 10, LONG_HOLD));
      } else {
        Load greedy = Load.of(64, kind, Duration.ZERO);
        variants.add(statements(kind.title(), greedy, 8, HOLD));
        variants.add(statements(kind.title() + ", 5 ms think", thinking(kind), 8, HOLD));
      }
    }
    variants.add(
        Variant.of(
            "platform threads, 5 ms think, not used",
            turn ->
                measure(
                    turn,
                    Terms.of(8),
                    thinking(ThreadKind.PLATFORM),
                    connection -> Pause.nanos(HOLD.toNanos()))));
    return variants;
  }

  private static Load thinking(ThreadKind kind) {
    return new Load(64, kind, THINK.plus(HOLD), SLICE, false);
  }

  private static Variant statements(String label, Load load, int connections, Duration hold) {
    Terms terms = Terms.of(connections).withLatencies(Duration.ZERO, hold);
    return Variant.of(label, turn -> measure(turn, terms, load, Use::statement));
  }

  private static Map<Figure, Double> measure(Turn turn, Terms terms, Load load, Use use)
      throws Exception {
    try (PooledSource pool = turn.contender().open(terms)) {
      LoadResult result = load.run(pool.dataSource(), use, turn.effort());
      Map<Figure, Double> figures = result.figures();
      if (!load.period().isZero()) {
        figures.put(Figure.CALL_P999, result.calls().micros(99.9));
      }
      figures.put(Figure.SLOWEST, result.done().getMin() / Math.max(1, result.done().getAverage()));
      return figures;
    }
  }
}
