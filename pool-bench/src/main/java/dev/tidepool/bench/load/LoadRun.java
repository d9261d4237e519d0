package dev.tidepool.bench.load;

import com.sun.management.OperatingSystemMXBean;
import dev.tidepool.bench.driver.Pause;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/** A load that runs. */
final class LoadRun {
  /** Longer than any borrower waits. */
  private static final long END_SECONDS = 60;

  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  final Load load;
  final DataSource pool;
  final Use use;
  final Window window;
  final CountDownLatch ended;

  LoadRun(Load load, DataSource pool, Use use, Window window) {
    this.load = load;
    this.pool = pool;
    this.use = use;
    this.window = window;
    ended = new CountDownLatch(load.threads());
  }

  LoadResult run() throws InterruptedException {
    List<Borrower> borrowers = new ArrayList<>();
    for (int i = 0; i < load.threads(); i++) {
      borrowers.add(new Borrower(this, i));
    }
    borrowers.forEach(Borrower::start);
    Pause.until(window.from());
    long before = PROCESS.getProcessCpuTime();
    Pause.until(window.to());
    long cpuNanos = PROCESS.getProcessCpuTime() - before;
    if (!ended.await(END_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(ended.getCount() + " borrowers are still waiting");
    }
    double seconds = (window.to() - window.from()) / 1e9;
    return LoadResult.of(borrowers.stream().map(Borrower::taken).toList(), seconds, cpuNanos);
  }
}
