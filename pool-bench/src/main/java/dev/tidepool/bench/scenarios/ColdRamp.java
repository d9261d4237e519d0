package dev.tidepool.bench.scenarios;

import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Terms;
import dev.tidepool.bench.compare.Figure;
import dev.tidepool.bench.compare.Scenario;
import dev.tidepool.bench.compare.Turn;
import dev.tidepool.bench.compare.Variant;
import dev.tidepool.bench.driver.NoopTraffic;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.apache.commons.statistics.descriptive.Median;

/** Borrowers all at once on a pool that is empty. */
public final class ColdRamp implements Scenario {
  private static final int LEAST_BURSTS = 3;
  private static final int BURSTS = 10;
  private static final int MANY_BURSTS = 10_000;

  /** Mean of the contenders: one burst takes most of them 0.1 s, some 2.5 s. */
  private static final int SLOW_SECONDS = 3;

  /** Long enough for the slowest contender that serves everybody. */
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  @Override
  public String name() {
    return "cold-ramp";
  }

  @Override
  public String summary() {
    return "Borrowers ask all at once for connections of a pool that has none yet, and keep them until"
        + " all are served. First 32 borrowers with connects of 50 ms; then burst after burst of 12"
        + " borrowers with connects of 1 ms, in search of requests that are lost: somebody waits"
        + " for 10 s although the pool has room. Each burst has a new pool; the first one is the warm-up.";
  }

  @Override
  public Figure main() {
    return Figure.LAST_SERVED;
  }

  @Override
  public List<Variant> variants() {
    return List.of(
        Variant.of("32 borrowers, connects of 50 ms", ColdRamp::slowConnects)
            .lasting(effort -> effort.measure().plusSeconds(SLOW_SECONDS)),
        Variant.of("12 borrowers, connects of 1 ms, many bursts", ColdRamp::manyBursts));
  }

  private static Map<Figure, Double> slowConnects(Turn turn) throws Exception {
    return ramp(turn, 32, Duration.ofMillis(50), turn.effort().scaled(LEAST_BURSTS), BURSTS);
  }

  private static Map<Figure, Double> manyBursts(Turn turn) throws Exception {
    return ramp(turn, 12, Duration.ofMillis(1), 1, MANY_BURSTS);
  }

  /** After one burst to warm up: as many as there is time for, within limits. */
  private static Map<Figure, Double> ramp(
      Turn turn, int borrowers, Duration connect, int least, int most) throws Exception {
    Terms terms = Terms.of(borrowers).startingEmpty().waiting(PATIENCE).withConnectsOf(connect);
    burst(turn, terms, borrowers);
    NoopTraffic.takeMostUnderWay();
    Bursts bursts = new Bursts();
    long end = System.nanoTime() + turn.effort().measure().toNanos();
    for (int i = 0; i < least || (i < most && System.nanoTime() - end < 0); i++) {
      bursts.add(burst(turn, terms, borrowers));
    }
    return bursts.figures();
  }

  private static Burst.Result burst(Turn turn, Terms terms, int borrowers) throws Exception {
    try (PooledSource pool = turn.contender().open(terms)) {
      return new Burst(pool.dataSource(), borrowers).run();
    }
  }

  /** Bursts so far. */
  private static final class Bursts {
    private final List<Burst.Result> results = new ArrayList<>();

    void add(Burst.Result result) {
      results.add(result);
    }

    Map<Figure, Double> figures() {
      double[] millis = results.stream().mapToDouble(Burst.Result::lastServedMillis).toArray();
      Map<Figure, Double> figures = new EnumMap<>(Figure.class);
      figures.put(Figure.LAST_SERVED, Median.withDefaults().evaluate(millis));
      figures.put(Figure.WORST_LAST_SERVED, Arrays.stream(millis).max().orElseThrow());
      figures.put(Figure.MOST_CONNECTS, (double) NoopTraffic.takeMostUnderWay());
      figures.put(Figure.BURSTS, (double) results.size());
      figures.put(
          Figure.LOST, (double) results.stream().filter(result -> result.unserved() > 0).count());
      return figures;
    }
  }
}
