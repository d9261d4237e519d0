package dev.tidepool.bench.compare;

import dev.tidepool.bench.AcquireReleaseBenchmark;
import dev.tidepool.bench.StatementBenchmark;
import java.util.List;
import java.util.regex.Pattern;

/**
 * One benchmark method with a pool size.
 *
 * @param label how reports call it
 * @param benchmark class that holds the method
 * @param method its name
 * @param poolSize connections in the pool
 */
record Scenario(String label, Class<?> benchmark, String method, int poolSize) {
  /** All benchmarks with a pool of that size. */
  static List<Scenario> withPoolOf(int size) {
    return List.of(
        new Scenario("acquire 1 thread", AcquireReleaseBenchmark.class, "oneThread", size),
        new Scenario("acquire 8 threads", AcquireReleaseBenchmark.class, "eightThreads", size),
        new Scenario("statement 1 thread", StatementBenchmark.class, "oneThread", size),
        new Scenario("statement 8 threads", StatementBenchmark.class, "eightThreads", size));
  }

  /** What makes JMH run this and nothing else. */
  String include() {
    return "^" + Pattern.quote(benchmark.getName() + "." + method) + "$";
  }

  /** Label and pool size. */
  String title() {
    return label + ", pool " + poolSize;
  }
}
