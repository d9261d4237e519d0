package dev.tidepool.bench.scenarios;

import dev.tidepool.bench.Filling;
import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Terms;
import dev.tidepool.bench.compare.Effort;
import dev.tidepool.bench.compare.Figure;
import dev.tidepool.bench.compare.Scenario;
import dev.tidepool.bench.compare.Turn;
import dev.tidepool.bench.compare.Variant;
import dev.tidepool.bench.driver.NoopTraffic;
import dev.tidepool.bench.load.Load;
import dev.tidepool.bench.load.LoadResult;
import dev.tidepool.bench.load.ThreadKind;
import dev.tidepool.bench.load.Use;
import dev.tidepool.bench.load.Waits;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.apache.commons.statistics.descriptive.Median;

/** All connections, opened together, reach their maximum age under a steady load. */
public final class Expiry implements Scenario {
  private static final int CONNECTIONS = 16;
  private static final int THREADS = 16;
  private static final Duration CONNECT = Duration.ofMillis(20);
  private static final Duration HOLD = Duration.ofMillis(1);
  private static final Duration PERIOD = Duration.ofMillis(4);

  /** HikariCP takes no less. */
  private static final Duration LIFETIME = Duration.ofSeconds(30);

  /** Begins before the first and ends after the last. Expiries may be spread over a quarter. */
  private static final Duration MEASURED = Duration.ofSeconds(16);

  private static final Duration WARM_UP = Duration.ofSeconds(19);
  private static final Duration SLICE = Duration.ofMillis(500);

  @Override
  public String name() {
    return "expiry";
  }

  @Override
  public String summary() {
    return "16 threads on 16 connections, each with one statement of 1 ms every 4 ms; all connections were opened at once"
        + " and reach `maxLifetime`, 30 s, while it goes on; a connect takes 20 ms. Times are from"
        + " when the thread meant to ask to having; slices are half a second.";
  }

  @Override
  public Figure main() {
    return Figure.WORST_SLICE;
  }

  @Override
  public Effort effort(Effort asked) {
    double scale = asked.scale();
    return new Effort(scaled(WARM_UP, scale), atLeastASecond(scaled(MEASURED, scale)), scale);
  }

  @Override
  public List<Variant> variants() {
    return List.of(Variant.of("16 threads, 16 connections", Expiry::measure));
  }

  private static Map<Figure, Double> measure(Turn turn) throws Exception {
    Duration lifetime = atLeastASecond(scaled(LIFETIME, turn.effort().scale()));
    Terms terms = Terms.of(CONNECTIONS).withLatencies(CONNECT, HOLD).living(lifetime);
    try (PooledSource pool = turn.contender().open(terms)) {
      Filling.of(pool.dataSource(), CONNECTIONS);
      int opened = NoopTraffic.connects();
      LoadResult result =
          new Load(THREADS, ThreadKind.PLATFORM, PERIOD, SLICE, false)
              .run(pool.dataSource(), Use::statement, turn.effort());
      Map<Figure, Double> figures = result.figures();
      figures.put(Figure.REPLACED, (double) (NoopTraffic.connects() - opened));
      slices(result, figures);
      return figures;
    }
  }

  private static Duration scaled(Duration full, double scale) {
    return Duration.ofMillis(Math.round(full.toMillis() * scale));
  }

  /** Some pools count the age of connections in seconds. */
  private static Duration atLeastASecond(Duration duration) {
    return duration.compareTo(Duration.ofSeconds(1)) < 0 ? Duration.ofSeconds(1) : duration;
  }

  private static void slices(LoadResult result, Map<Figure, Double> figures) {
    List<Waits> slices = result.slices();
    // The last one may be a short one.
    double[] counts =
        slices.stream().limit(Math.max(1, slices.size() - 1)).mapToDouble(Waits::count).toArray();
    double worst = 0;
    for (double time : result.sliceTails()) {
      worst = Math.max(worst, time);
    }
    double fewest = Double.MAX_VALUE;
    for (double count : counts) {
      fewest = Math.min(fewest, count);
    }
    figures.put(Figure.WORST_SLICE, worst);
    figures.put(Figure.LOWEST_SLICE, fewest / Math.max(1, Median.withDefaults().evaluate(counts)));
  }
}
