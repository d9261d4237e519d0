package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.Credentials;
import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.api.PoolClosedException;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.Call;
import dev.tidepool.testing.LogCapture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A start that hangs while the engine is put together, where code of the user's runs. Whoever
 * closed the pool waited for that code, for ever and whatever interrupted him.
 */
class HangingStartTest extends ScriptedPoolTest {
  private static volatile CountDownLatch hanging = new CountDownLatch(1);
  private static volatile CountDownLatch end = new CountDownLatch(1);

  /** Takes for ever to be made. */
  public static final class Hanging implements CredentialsProvider {
    /** For the pool. */
    public Hanging() {
      hanging.countDown();
      Await.openUninterruptibly(end);
    }

    @Override
    public Credentials credentials() {
      return new Credentials("sa", "");
    }
  }

  private Call borrower;

  @BeforeEach
  void beginToStart() {
    hanging = new CountDownLatch(1);
    end = new CountDownLatch(1);
    pool.setCredentialsProviderClassName(Hanging.class.getName());
    pool.setRegisterMbeans(true);
    borrower = new Call(pool::getConnection);
    Await.open(hanging);
  }

  @AfterEach
  void letItEnd() {
    end.countDown();
  }

  private boolean closes() {
    pool.close();
    return Thread.currentThread().isInterrupted();
  }

  @Test
  void close_returns_andTheStartCleansUpWhenItGoesOn() {
    try (LogCapture log = new LogCapture(TidepoolDataSource.class)) {
      assertThat(new Call(this::closes).await()).isEqualTo("false");
      assertThat(log.count("scripted: closed while it is still being put together")).isEqualTo(1);
    }
    assertThat(borrower.isOver()).isFalse();
    end.countDown();
    assertThat(borrower.await()).isInstanceOf(PoolClosedException.class);
    assertThat(database.opened()).isEmpty();
    assertThat(pool.isClosed()).isTrue();
  }

  /** There was no engine yet that could have been told. */
  @Test
  void changedMeanwhile_isInForceAfterwards() {
    pool.setMaximumPoolSize(3);
    end.countDown();
    assertThat(borrower.await()).isInstanceOf(String.class);
    assertThat(pool.stats().maximumPoolSize()).isEqualTo(3);
  }

  @Test
  void close_interrupted_returns_andKeepsTheFlag() {
    Call close =
        new Call(
            () -> {
              Thread.currentThread().interrupt();
              return closes();
            });
    assertThat(close.await()).isEqualTo("true");
    assertThat(borrower.isOver()).isFalse();
  }
}
