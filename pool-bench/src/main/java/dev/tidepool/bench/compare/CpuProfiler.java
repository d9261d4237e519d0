package dev.tidepool.bench.compare;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Collection;
import java.util.List;
import org.openjdk.jmh.infra.BenchmarkParams;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.profile.InternalProfiler;
import org.openjdk.jmh.results.AggregationPolicy;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.ScalarResult;

/**
 * Processor time of the measured threads per operation. On a machine with other work to do it says
 * more than the time on the wall, because a thread that has to stand aside does not pay for that.
 * The compiler's and the pool's own threads are left out.
 */
public final class CpuProfiler implements InternalProfiler {
  /** Name of the result. */
  public static final String LABEL = "cpu.norm";

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private long before;

  /** For JMH, which creates profilers by their class. */
  public CpuProfiler() {}

  @Override
  public String getDescription() {
    return "processor time of the measured threads per operation";
  }

  @Override
  public void beforeIteration(BenchmarkParams benchmark, IterationParams iteration) {
    before = cpuNanos();
  }

  @Override
  public Collection<? extends Result<?>> afterIteration(
      BenchmarkParams benchmark, IterationParams iteration, IterationResult result) {
    long operations = Math.max(1, result.getMetadata().getAllOps());
    double nanos = (cpuNanos() - before) / (double) operations;
    return List.of(new ScalarResult(LABEL, nanos, "ns/op", AggregationPolicy.AVG));
  }

  /**
   * Of the threads that exist now; JMH starts them in the first iteration and ends them after the
   * last.
   */
  private long cpuNanos() {
    long sum = 0;
    for (long id : threads.getAllThreadIds()) {
      ThreadInfo info = threads.getThreadInfo(id);
      if (info != null && info.getThreadName().contains("-jmh-worker-")) {
        sum += Math.max(0, threads.getThreadCpuTime(id));
      }
    }
    return sum;
  }
}
