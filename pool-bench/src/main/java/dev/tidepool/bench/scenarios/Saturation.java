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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** More borrowers than connections. */
public final class Saturation implements Scenario {
  private static final Duration HOLD = Duration.ofNanos(200_000);
  private static final Duration THINK = Duration.ofMillis(5);

  @Override
  public String name() {
    return "saturation";
  }

  @Override
  public String summary() {
    return "64 threads share 8 connections and hold each for 200 us; fresh virtual threads: 1,000 in"
        + " flight on 10 connections, 1 ms each. Times are from asking to having; with think time"
        + " from when the thread meant to ask.";
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
        Load load = Load.of(1_000, kind, Duration.ZERO);
        variants.add(
            Variant.of(kind.title(), turn -> measure(turn, load, 10, Duration.ofMillis(1))));
      } else {
        Load greedy = Load.of(64, kind, Duration.ZERO);
        Load thinking = Load.of(64, kind, THINK.plus(HOLD));
        variants.add(Variant.of(kind.title(), turn -> measure(turn, greedy, 8, HOLD)));
        variants.add(
            Variant.of(kind.title() + ", 5 ms think", turn -> measure(turn, thinking, 8, HOLD)));
      }
    }
    return variants;
  }

  private static Map<Figure, Double> measure(Turn turn, Load load, int connections, Duration hold)
      throws Exception {
    long nanos = hold.toNanos();
    try (PooledSource pool = turn.contender().open(Terms.of(connections))) {
      LoadResult result =
          load.run(pool.dataSource(), connection -> Pause.nanos(nanos), turn.effort());
      Map<Figure, Double> figures = result.figures();
      if (!load.period().isZero()) {
        figures.put(Figure.CALL_P999, result.calls().micros(99.9));
      }
      figures.put(Figure.SLOWEST, result.done().getMin() / Math.max(1, result.done().getAverage()));
      return figures;
    }
  }
}
