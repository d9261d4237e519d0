package dev.tidepool.bench.load;

import dev.tidepool.bench.compare.Figure;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import org.apache.commons.statistics.descriptive.Median;

/**
 * What all borrowers measured together.
 *
 * @param waits from the intended start
 * @param calls from the actual start
 * @param slices of time, in their order
 * @param done operations of each thread
 * @param failed operations that ended with an exception
 * @param seconds length of the measurement
 * @param cpuNanos processor time of the process
 */
public record LoadResult(
    Waits waits,
    Waits calls,
    List<Waits> slices,
    LongSummaryStatistics done,
    long failed,
    double seconds,
    long cpuNanos) {

  static LoadResult of(List<Taken> all, double seconds, long cpuNanos) {
    Waits waits = new Waits();
    Waits calls = new Waits();
    List<Waits> slices = new ArrayList<>();
    LongSummaryStatistics done = new LongSummaryStatistics();
    long failed = 0;
    for (int i = 0; i < all.get(0).slices.size(); i++) {
      slices.add(new Waits());
    }
    for (Taken taken : all) {
      waits.add(taken.waits);
      calls.add(taken.calls);
      for (int i = 0; i < slices.size(); i++) {
        slices.get(i).add(taken.slices.get(i));
      }
      done.accept(taken.done);
      failed += taken.failed;
    }
    return new LoadResult(waits, calls, slices, done, failed, seconds, cpuNanos);
  }

  /**
   * Throughput, waits, failures, and processor time of an operation; where there are slices, the
   * usual one of them too.
   */
  public Map<Figure, Double> figures() {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    figures.put(Figure.THROUGHPUT, done.getSum() / seconds);
    waits.into(figures);
    if (!slices.isEmpty()) {
      figures.put(Figure.USUAL_SLICE, Median.withDefaults().evaluate(sliceTails()));
    }
    figures.put(Figure.CPU_MICROS, cpuNanos / 1_000.0 / Math.max(1, done.getSum()));
    figures.put(Figure.FAILED, (double) failed);
    return figures;
  }

  /** The 99.9th percentile of each slice, in microseconds. */
  public double[] sliceTails() {
    return slices.stream().mapToDouble(slice -> slice.micros(99.9)).toArray();
  }
}
