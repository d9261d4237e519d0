package dev.tidepool.bench.scenarios;

import dev.tidepool.bench.Filling;
import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Terms;
import dev.tidepool.bench.compare.Figure;
import dev.tidepool.bench.compare.Scenario;
import dev.tidepool.bench.compare.Turn;
import dev.tidepool.bench.compare.Variant;
import java.sql.Connection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.statistics.descriptive.Median;

/** A large pool with little left against a small one with everything left. */
public final class MostlyInUse implements Scenario {
  private static final int SMALL = 10;
  private static final int LARGE = 1_000;

  /** Of the large pool, in percent. */
  private static final int IN_USE = 95;

  /** Even in its shortest form the large pool has as many left as are taken at a time. */
  private static final int LEAST_LARGE = 100;

  /** The two pools are measured in turns so short that both meet the same weather. */
  private static final int BLOCKS = 20;

  @Override
  public String name() {
    return "mostly-in-use";
  }

  @Override
  public String summary() {
    return "Acquire and release on a pool of 1,000 of which others hold 950, against a pool of 10 of"
        + " which nobody holds any; new threads every time, which have never had a connection.";
  }

  @Override
  public Figure main() {
    return Figure.GROWTH;
  }

  @Override
  public List<Variant> variants() {
    return List.of(
        Variant.of("1 thread, one at a time", turn -> measure(turn, 1, 1)),
        Variant.of("1 thread, five at a time", turn -> measure(turn, 1, 5)),
        Variant.of("8 threads, one at a time", turn -> measure(turn, 8, 1)));
  }

  private static Map<Figure, Double> measure(Turn turn, int threads, int atATime) throws Exception {
    int size = Math.max(LEAST_LARGE, turn.effort().scaled(LARGE));
    try (PooledSource small = turn.contender().open(Terms.of(SMALL));
        PooledSource large = turn.contender().open(Terms.of(size))) {
      Filling.of(small.dataSource(), SMALL);
      Filling.of(large.dataSource(), size);
      List<Connection> held = Filling.borrow(large.dataSource(), size * IN_USE / 100);
      try {
        return compare(
            turn, new Cycles(small, threads, atATime), new Cycles(large, threads, atATime));
      } finally {
        Filling.closeAll(held);
      }
    }
  }

  private static Map<Figure, Double> compare(Turn turn, Cycles small, Cycles large)
      throws Exception {
    long block = Math.max(1, turn.effort().measure().toNanos() / BLOCKS / 2);
    long warmUp = Math.max(1, turn.effort().warmUp().toNanos() / 2);
    small.nanosPerOperation(warmUp);
    large.nanosPerOperation(warmUp);
    double[] smalls = new double[BLOCKS];
    double[] larges = new double[BLOCKS];
    double[] growths = new double[BLOCKS];
    for (int i = 0; i < BLOCKS; i++) {
      smalls[i] = small.nanosPerOperation(block);
      larges[i] = large.nanosPerOperation(block);
      growths[i] = larges[i] / smalls[i];
    }
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    figures.put(Figure.SMALL_NANOS, Median.withDefaults().evaluate(smalls));
    figures.put(Figure.LARGE_NANOS, Median.withDefaults().evaluate(larges));
    figures.put(Figure.GROWTH, Median.withDefaults().evaluate(growths));
    return figures;
  }
}
