package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.internal.inventory.ConnectLog;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.LogCapture;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A log that stands still, as one does whose disk is full or whose appender waits for a lock. */
class BlockedLogTest extends ScriptedPoolTest {
  private final CountDownLatch blocked = new CountDownLatch(1);

  /** Waits in the middle of a line, for one that tells of success. */
  private final class Blocking extends PrintStream {
    Blocking() {
      super(OutputStream.nullOutputStream(), true, StandardCharsets.UTF_8);
    }

    @Override
    public void println(String line) {
      if (line.contains("connected again")) {
        blocked.countDown();
        Await.openUninterruptibly(letGo);
      }
    }
  }

  @Test
  void connectionThatIsReady_doesNotWaitForTheLog() throws Exception {
    PrintStream before = System.err;
    try (LogCapture unused = new LogCapture(ConnectLog.class)) {
      System.setErr(new Blocking());
      CountDownLatch refused = new CountDownLatch(1);
      database.onLogin(
          () -> {
            refused.countDown();
            throw new SQLException("the database is starting up", "57P03");
          });
      pool.setMaximumPoolSize(1); // so that no other connection is opened meanwhile
      pool.setConnectionTimeout(LONG);
      FutureTask<Boolean> borrower = new FutureTask<>(() -> pool.getConnection().isValid(1));
      new Thread(borrower, "borrower").start();
      Await.open(refused);
      database.onLogin(() -> {});
      Await.open(blocked);
      assertThat(borrower.get(LONG.toSeconds() / 2, TimeUnit.SECONDS)).isTrue();
      letGo.countDown();
    } finally {
      System.setErr(before);
    }
  }
}
