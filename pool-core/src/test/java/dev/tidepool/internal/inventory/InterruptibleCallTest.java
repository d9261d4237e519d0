package dev.tidepool.internal.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class InterruptibleCallTest {
  private final InterruptibleCall call = new InterruptibleCall();

  @AfterEach
  void forgetInterrupt() {
    boolean unused = Thread.interrupted();
  }

  @Test
  void interrupt_reachesTheCall_andNothingAfterIt() {
    call.enter();
    call.interrupt();
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    call.leave();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void interrupt_beforeOrAfterwards_reachesNobody() {
    call.interrupt();
    call.enter();
    call.leave();
    call.interrupt();
    assertThat(Thread.currentThread().isInterrupted()).isFalse();
  }

  @Test
  void interruptFromBefore_stays() {
    Thread.currentThread().interrupt();
    call.enter();
    call.interrupt();
    call.leave();
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  @Test
  void interruptOfSomebodyElse_staysAlsoAfterALaterCall() {
    call.enter();
    call.interrupt();
    call.leave();
    call.enter();
    Thread.currentThread().interrupt();
    call.leave();
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }

  @Test
  void interruptOfSomebodyElse_stays() {
    call.enter();
    Thread.currentThread().interrupt();
    call.leave();
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
  }
}
