package dev.tidepool.bench.soak.client;

import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/** The heap after a collection, again and again: does it grow? By one thread. */
final class Heap {
  private static final double MIB = 1 << 20;

  /** A pool of another size, or another fault, moves it by one or two. */
  private static final double MOST_GROWTH_MIB = 4;

  private static final int LEAST_SAMPLES = 6;

  private record Sample(double seconds, double mib) {}

  private final long begun = System.nanoTime();
  private final List<Sample> samples = new ArrayList<>();

  void sample() {
    System.gc();
    double used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / MIB;
    add((System.nanoTime() - begun) / 1e9, used);
  }

  void add(double seconds, double mib) {
    samples.add(new Sample(seconds, mib));
  }

  /** Classes are loaded and caches filled in the first third. */
  private List<Sample> settled() {
    return samples.subList(samples.size() / 3, samples.size());
  }

  /** What the line of least squares rises by, from the first settled sample to the last. */
  double growthMib() {
    List<Sample> settled = settled();
    double meanX = settled.stream().mapToDouble(Sample::seconds).average().orElse(0);
    double meanY = settled.stream().mapToDouble(Sample::mib).average().orElse(0);
    double above = 0;
    double below = 0;
    for (Sample each : settled) {
      above += (each.seconds - meanX) * (each.mib - meanY);
      below += (each.seconds - meanX) * (each.seconds - meanX);
    }
    double slope = below == 0 ? 0 : above / below;
    return slope * (settled.get(settled.size() - 1).seconds - settled.get(0).seconds);
  }

  /** Too few samples say nothing about growth. */
  boolean isKnown() {
    return settled().size() >= LEAST_SAMPLES;
  }

  boolean isFlat() {
    return growthMib() <= MOST_GROWTH_MIB;
  }

  @Override
  public String toString() {
    if (!isKnown()) {
      return samples.size() + " samples after GC are too few to tell";
    }
    List<Double> mib = new ArrayList<>(settled().stream().map(Sample::mib).toList());
    Collections.sort(mib);
    return String.format(
        Locale.ROOT,
        "%d samples after GC, the last two thirds: least %.1f, median %.1f, most %.1f MiB;"
            + " trend %+.2f MiB over them (limit %.0f)",
        samples.size(),
        mib.get(0),
        mib.get(mib.size() / 2),
        mib.get(mib.size() - 1),
        growthMib(),
        MOST_GROWTH_MIB);
  }
}
