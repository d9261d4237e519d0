package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.ScriptedDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Collectors;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordedEvent;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A virtual thread that waits for a connection leaves its carrier to others. */
class PinningTest {
  private static final String PINNED = "jdk.VirtualThreadPinned";
  private static final int THREADS = 200;
  private static final int BORROWS = 20;

  @TempDir Path directory;

  /** To wait in here holds the carrier on every JDK. */
  private static final class Pinned {
    static final boolean DONE;

    static {
      LockSupport.parkNanos(1_000_000);
      DONE = true;
    }

    private Pinned() {}
  }

  @Test
  @Timeout(120)
  void waitingForAConnection_pinsNoCarrier() throws Exception {
    Assumptions.assumeTrue(Runtime.version().feature() >= 21, "virtual threads come with Java 21");
    Path file = directory.resolve("pinned.jfr");
    Thread control;
    try (Recording recording = new Recording();
        TidepoolDataSource pool = new TidepoolDataSource()) {
      recording.enable(PINNED).withThreshold(Duration.ZERO).withStackTrace();
      recording.start();
      control = startVirtual(() -> assertThat(Pinned.DONE).isTrue());
      control.join();
      pool.setDataSource(new ScriptedDataSource("pinning"));
      pool.setMaximumPoolSize(4);
      assertThat(contend(pool)).isEmpty();
      assertThat(pool.stats().acquireWaits()).isPositive();
      recording.stop();
      recording.dump(file);
    }
    List<RecordedEvent> pinned =
        RecordingFile.readAllEvents(file).stream()
            .filter(event -> event.getEventType().getName().equals(PINNED))
            .toList();
    Set<Long> threads =
        pinned.stream()
            .map(event -> event.getThread().getJavaThreadId())
            .collect(Collectors.toSet());
    assertThat(threads).as(pinned.toString()).containsExactly(control.getId());
  }

  /** Returns what went wrong. */
  private static List<Throwable> contend(TidepoolDataSource pool) throws Exception {
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < THREADS; i++) {
      threads.add(startVirtual(() -> borrow(pool, failures)));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    return List.copyOf(failures);
  }

  private static void borrow(TidepoolDataSource pool, ConcurrentLinkedQueue<Throwable> failures) {
    for (int i = 0; i < BORROWS; i++) {
      try (Connection connection = pool.getConnection()) {
        assertThat(connection).isNotNull();
        LockSupport.parkNanos(50_000);
      } catch (SQLException | AssertionError e) {
        failures.add(e);
      }
    }
  }

  /** By reflection, as the tests compile for Java 17. */
  private static Thread startVirtual(Runnable task) throws ReflectiveOperationException {
    return (Thread) Thread.class.getMethod("startVirtualThread", Runnable.class).invoke(null, task);
  }
}
