package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.Health;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.TinyDriver;
import dev.tidepool.testing.TinyServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/** Before a process is frozen no socket may be open; after it is thawed the pool must work. */
class CheckpointTest {
  private static final Duration LONG = Duration.ofSeconds(30);
  private static final Path DESCRIPTORS = Path.of("/proc/self/fd");

  private static TidepoolDataSource pool(TinyServer server) {
    TidepoolDataSource pool = new TidepoolDataSource();
    pool.setUrl(server.url());
    pool.setDriverClassName(TinyDriver.class.getName());
    pool.setMaximumPoolSize(4);
    pool.setKeepaliveAdaptive(false);
    return pool;
  }

  @Test
  void drained_noSocketIsOpen_andResumedItWorks() throws Exception {
    Assumptions.assumeTrue(Files.isDirectory(DESCRIPTORS), "no /proc to look for sockets in");
    try (TinyServer server = new TinyServer();
        TidepoolDataSource pool = pool(server)) {
      long sockets = -1;
      for (int round = 0; round < 5; round++) {
        assertThat(pool.prefill(LONG)).isTrue();
        Await.until("the server has seen them", () -> server.open() == 4);
        Connection held = pool.getConnection();
        Thread borrower = new Thread(() -> giveBackOnceSuspended(pool, held));
        borrower.start();
        assertThat(pool.drain(LONG)).isTrue();
        Await.end(borrower);
        Await.until("the server has seen them go", () -> server.open() == 0);
        if (round == 0) {
          sockets = sockets(); // the JDK keeps one or the other
        }
        long before = sockets;
        Await.until("the sockets are gone", () -> sockets() <= before);
        assertThat(pool.stats().total()).isZero();
        pool.resume();
        try (Connection connection = pool.getConnection()) {
          assertThat(connection.isValid(5)).isTrue();
        }
      }
    }
  }

  private static void giveBackOnceSuspended(TidepoolDataSource pool, Connection held) {
    Await.until("the drain has begun", pool::isSuspended);
    try {
      held.close();
    } catch (SQLException e) {
      throw new AssertionError("close() must not fail", e);
    }
  }

  /** The steps one by one, as a framework takes them. */
  @Test
  void suspended_evicted_andResumed() throws Exception {
    try (TinyServer server = new TinyServer();
        TidepoolDataSource pool = pool(server)) {
      assertThat(pool.prefill(LONG)).isTrue();
      pool.suspend();
      pool.evict();
      assertThatNothingIsOpen(server, pool);
      pool.resume();
      assertThat(pool.prefill(LONG)).isTrue();
      Await.until("the server has seen them", () -> server.open() == 4);
    }
  }

  @Test
  void suspended_evicted_andResumed_whileAConnectionIsLent() throws Exception {
    try (TinyServer server = new TinyServer();
        TidepoolDataSource pool = pool(server)) {
      assertThat(pool.prefill(LONG)).isTrue();
      Await.until("the server has seen them", () -> server.open() == 4);
      Connection held = pool.getConnection();
      pool.suspend();
      pool.evict();
      Await.until("only the lent one is left", () -> server.open() == 1);
      assertThat(held.isValid(5)).as("nobody took it from its borrower").isTrue();
      held.close();
      assertThatNothingIsOpen(server, pool);
      pool.resume();
      assertThat(pool.prefill(LONG)).isTrue();
      Await.until("the server has seen them", () -> server.open() == 4);
    }
  }

  /** The pool knows that it is down and tries again and again; that must end, too. */
  @Test
  void suspended_evicted_andResumed_whileTheDatabaseIsDown() throws Exception {
    TinyServer first = new TinyServer();
    int port = first.port();
    try (TidepoolDataSource pool = pool(first)) {
      assertThat(pool.prefill(LONG)).isTrue();
      first.close();
      Await.until("it is found to be down", () -> pool.stats().health() == Health.DOWN);
      pool.suspend();
      pool.evict();
      Await.until("no connect is under way", () -> pool.stats().connecting() == 0);
      try (TinyServer back = new TinyServer(port)) {
        assertThatNothingIsOpen(back, pool);
        pool.resume();
        assertThat(pool.prefill(LONG)).isTrue();
        Await.until("the server has seen them", () -> back.open() == 4);
        try (Connection connection = pool.getConnection()) {
          assertThat(connection.isValid(5)).isTrue();
        }
        Await.until("it is found to be up", () -> pool.stats().health() == Health.UP);
      }
    }
  }

  private static void assertThatNothingIsOpen(TinyServer server, TidepoolDataSource pool) {
    Await.until("the server has seen them go", () -> server.open() == 0);
    Await.until("they are closed", () -> pool.stats().total() + pool.stats().closing() == 0);
    Await.quiet(Duration.ofMillis(300));
    assertThat(server.open()).as("and none is opened").isZero();
  }

  private static long sockets() {
    try (Stream<Path> all = Files.list(DESCRIPTORS)) {
      return all.filter(CheckpointTest::isSocket).count();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isSocket(Path descriptor) {
    try {
      return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
    } catch (IOException e) {
      return false; // closed meanwhile
    }
  }
}
