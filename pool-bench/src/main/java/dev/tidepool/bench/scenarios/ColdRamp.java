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
  private static final int BURSTS = 10;
  private static final int WARM_UP_BURSTS = 2;
  private static final int MANY_BURSTS = 10_000;

  /** Ten times what the slowest contender that serves everybody takes. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  @Override
  public String name() {
    return "cold-ramp";
  }

  @Override
  public String summary() {
    return "Borrowers ask all at once for connections of a pool that has none yet, and keep them until"
        + " all are served. First 32 borrowers with connects of 50 ms; then burst after burst of 12"
        + " borrowers with connects of 1 ms, in search of requests that are lost: somebody waits"
        + " for 5 s although the pool has room. Each burst has a new pool.";
  }

  @Override
  public Figure main() {
    return Figure.LAST_SERVED;
  }

  @Override
  public List<Variant> variants() {
    return List.of(
        Variant.of("32 borrowers, connects of 50 ms", ColdRamp::slowConnects),
        Variant.of("12 borrowers, connects of 1 ms, many bursts", ColdRamp::manyBursts));
  }

  private static Map<Figure, Double> slowConnects(Turn turn) throws Exception {
    Terms terms = Terms.of(32).startingEmpty();
    Terms slow = terms.withConnectsOf(Duration.ofMillis(50));
    for (int i = 0; i < turn.effort().scaled(WARM_UP_BURSTS); i++) {
      burst(turn, slow, 32);
    }
    NoopTraffic.takeMostUnderWay();
    Bursts bursts = new Bursts();
    for (int i = 0; i < turn.effort().scaled(BURSTS); i++) {
      bursts.add(burst(turn, slow, 32));
    }
    return bursts.figures();
  }

  /** As many as there is time for. */
  private static Map<Figure, Double> manyBursts(Turn turn) throws Exception {
    Terms terms =
        Terms.of(12).startingEmpty().waiting(PATIENCE).withConnectsOf(Duration.ofMillis(1));
    burst(turn, terms, 12);
    NoopTraffic.takeMostUnderWay();
    Bursts bursts = new Bursts();
    long end = System.nanoTime() + turn.effort().measure().toNanos();
    for (int i = 0; i < turn.effort().scaled(MANY_BURSTS) && System.nanoTime() - end < 0; i++) {
      bursts.add(burst(turn, terms, 12));
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
