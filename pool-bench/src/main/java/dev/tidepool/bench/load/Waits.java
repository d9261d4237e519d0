package dev.tidepool.bench.load;

import dev.tidepool.bench.compare.Figure;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/** Times of one thread, or of all, to one part in a hundred. Not thread-safe. */
public final class Waits {
  /** Below it a clock tells little. */
  private static final long LEAST_NANOS = 100;

  private static final long MOST_NANOS = TimeUnit.MINUTES.toNanos(10);
  private static final int DIGITS = 2;

  private final Histogram histogram = new Histogram(LEAST_NANOS, MOST_NANOS, DIGITS);

  void add(long nanos) {
    histogram.recordValue(Math.min(MOST_NANOS, Math.max(0, nanos)));
  }

  /** Takes over the times of another. */
  public void add(Waits other) {
    histogram.add(other.histogram);
  }

  /** How many. */
  public long count() {
    return histogram.getTotalCount();
  }

  /** In microseconds, the time that such a share, in percent, does not exceed. */
  public double micros(double percent) {
    return histogram.getValueAtPercentile(percent) / 1_000.0;
  }

  /** The usual percentiles and the maximum. */
  public void into(Map<Figure, Double> figures) {
    figures.put(Figure.P50, micros(50));
    figures.put(Figure.P99, micros(99));
    figures.put(Figure.P999, micros(99.9));
    figures.put(Figure.MAX, histogram.getMaxValue() / 1_000.0);
  }
}
