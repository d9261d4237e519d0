package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.internal.exchange.SlotState;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * One thread ends its transaction while another gives the connection back and a third one waits for
 * it. What is late must not reach the driver: it would commit half of the work of the third, or
 * turn its auto-commit on or off.
 */
class LateTransactionCallTest {
  private static final int ROUNDS = 800;
  private static final int SPINS = 1_000;

  /** What comes late. */
  enum Late {
    COMMIT,
    ROLLBACK,
    AUTO_COMMIT_ON,
    AUTO_COMMIT_OFF,
    ROLLBACK_TO_SAVEPOINT;

    void on(Connection connection) throws SQLException {
      switch (this) {
        case COMMIT -> connection.commit();
        case ROLLBACK -> connection.rollback();
        case AUTO_COMMIT_ON -> connection.setAutoCommit(true);
        case AUTO_COMMIT_OFF -> connection.setAutoCommit(false);
        case ROLLBACK_TO_SAVEPOINT -> connection.rollback(null);
      }
    }
  }

  private final RecordingJdbc jdbc = new RecordingJdbc();
  private final ExecutorService threads = Executors.newFixedThreadPool(3);
  private final CyclicBarrier start = new CyclicBarrier(3);

  /** Calls that the driver got, or was still at, while the next borrower had the connection. */
  private final Queue<String> strays = new ConcurrentLinkedQueue<>();

  private volatile FakeLender lender = new FakeLender(jdbc.connection());
  private volatile long lease;
  private volatile boolean returned;

  @BeforeEach
  void watch() {
    for (String call : List.of("commit", "rollback", "setAutoCommit")) {
      jdbc.answerWith(
          "Connection." + call,
          () -> {
            lookAround(call);
            for (int i = 0; i < SPINS; i++) { // a call takes its time
              Thread.onSpinWait();
            }
            lookAround(call);
            return null;
          });
    }
  }

  private void lookAround(String call) {
    if (lender.entry.lease() != lease && lender.entry.state() == SlotState.IN_USE) {
      strays.add(call);
    }
  }

  @AfterEach
  void stopThreads() throws InterruptedException {
    threads.shutdownNow();
    assertThat(threads.awaitTermination(10, TimeUnit.SECONDS)).isTrue();
  }

  @ParameterizedTest
  @EnumSource
  void lateCall_neverReachesTheNextBorrower(Late late) throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      lender = new FakeLender(jdbc.connection());
      Connection connection = lender.lend();
      lease = lender.entry.lease();
      returned = false;
      connection.setAutoCommit(round % 2 == 0);
      jdbc.forgetCalls();
      boolean lentAgain = race(connection, late);
      assertThat(strays).as("round " + round).isEmpty();
      assertThat(lender.returns).hasSize(1);
      assertThat(lender.entry.state()).isEqualTo(lentAgain ? SlotState.IN_USE : SlotState.RETIRED);
    }
  }

  /** Returns whether the next borrower got the connection, and not another one in its place. */
  private boolean race(Connection connection, Late late) throws Exception {
    Future<Boolean> user = threads.submit(at(() -> tryLate(connection, late)));
    Future<Boolean> closer =
        threads.submit(
            at(
                () -> {
                  connection.close();
                  returned = true;
                  return true;
                }));
    Future<Boolean> next = threads.submit(at(this::borrow));
    user.get(10, TimeUnit.SECONDS);
    closer.get(10, TimeUnit.SECONDS);
    return next.get(10, TimeUnit.SECONDS);
  }

  private Callable<Boolean> at(Callable<Boolean> action) {
    return () -> {
      start.await(10, TimeUnit.SECONDS);
      return action.call();
    };
  }

  private static boolean tryLate(Connection connection, Late late) {
    try {
      late.on(connection);
      return true;
    } catch (SQLException e) {
      assertThat(e.getSQLState()).isEqualTo("08003");
      return false;
    }
  }

  private boolean borrow() {
    while (!lender.entry.tryAcquire()) {
      if (returned && lender.entry.state() == SlotState.RETIRED) {
        return false;
      }
      Thread.onSpinWait();
    }
    return true;
  }
}
