package dev.tidepool.bench.scenarios;

import com.sun.management.OperatingSystemMXBean;
import dev.tidepool.bench.PooledSource;
import dev.tidepool.bench.Terms;
import dev.tidepool.bench.compare.Effort;
import dev.tidepool.bench.compare.Figure;
import dev.tidepool.bench.compare.Scenario;
import dev.tidepool.bench.compare.Turn;
import dev.tidepool.bench.compare.Variant;
import dev.tidepool.bench.driver.NoopTraffic;
import dev.tidepool.bench.driver.Pause;
import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** One pool for each tenant, and nobody asks. */
public final class ManyPools implements Scenario {
  private static final int POOLS = 1_000;
  private static final int CONNECTIONS = 10;
  private static final int OPENERS = 16;

  /** Of all pools, about. */
  private static final int OPEN_SECONDS = 4;

  private static final long FILLED_NANOS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(20);

  @Override
  public String name() {
    return "many-pools";
  }

  @Override
  public String summary() {
    return "1,000 pools of 10 idle connections in one JVM that nobody asks: threads that they started,"
        + " processor time of the process, live heap after a collection (the stacks of threads come"
        + " on top of it).";
  }

  @Override
  public Figure main() {
    return Figure.THREADS;
  }

  @Override
  public List<Variant> variants() {
    return List.of(
        Variant.of("idle", ManyPools::measure)
            .lasting(effort -> effort.warmUp().plus(effort.measure()).plusSeconds(OPEN_SECONDS)));
  }

  private static Map<Figure, Double> measure(Turn turn) throws Exception {
    int pools = turn.effort().scaled(POOLS);
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    int openBefore = NoopTraffic.open();
    int connectsBefore = NoopTraffic.connects();
    long heapBefore = heap();
    int threadsBefore = threads();
    List<PooledSource> opened = open(turn, pools);
    try {
      awaitConnects(connectsBefore + pools * CONNECTIONS);
      figures.put(Figure.CPU_PERCENT, cpuPercent(turn.effort()));
      figures.put(Figure.THREADS, (double) (threads() - threadsBefore));
      figures.put(Figure.HEAP, (heap() - heapBefore) / 1024.0 / pools);
      figures.put(Figure.OPEN, (double) (NoopTraffic.open() - openBefore));
    } finally {
      close(opened);
    }
    return figures;
  }

  private static List<PooledSource> open(Turn turn, int pools) throws Exception {
    ExecutorService openers = Executors.newFixedThreadPool(OPENERS);
    try {
      List<Future<PooledSource>> opening = new ArrayList<>();
      for (int i = 0; i < pools; i++) {
        opening.add(openers.submit(() -> open(turn)));
      }
      List<PooledSource> opened = new ArrayList<>();
      for (Future<PooledSource> each : opening) {
        opened.add(each.get());
      }
      return opened;
    } finally {
      openers.shutdown();
      openers.awaitTermination(1, TimeUnit.MINUTES);
    }
  }

  /** With one borrow: some pools do nothing before the first. */
  private static PooledSource open(Turn turn) throws SQLException {
    PooledSource pool = turn.contender().open(Terms.of(CONNECTIONS));
    try (Connection connection = pool.dataSource().getConnection()) {
      connection.clearWarnings();
    }
    return pool;
  }

  /** Or not; then {@link Figure#OPEN} shows it. */
  private static void awaitConnects(int connects) {
    long end = System.nanoTime() + FILLED_NANOS;
    while (NoopTraffic.connects() - connects < 0 && System.nanoTime() - end < 0) {
      Pause.nanos(LOOK_NANOS);
    }
  }

  private static double cpuPercent(Effort effort) {
    OperatingSystemMXBean process =
        ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    Pause.nanos(effort.warmUp().toNanos());
    long before = process.getProcessCpuTime();
    Pause.nanos(effort.measure().toNanos());
    return 100.0 * (process.getProcessCpuTime() - before) / effort.measure().toNanos();
  }

  private static int threads() {
    return ManagementFactory.getThreadMXBean().getThreadCount();
  }

  private static long heap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static void close(List<PooledSource> opened) throws SQLException {
    for (PooledSource pool : opened) {
      pool.close();
    }
  }
}
