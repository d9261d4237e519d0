package dev.tidepool.internal.runtime;

import dev.tidepool.api.PoolListener;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.StackEnd;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * The stack of one thread ends in what all pools share; afterwards others use it as before.
 * Argument: "timers" or "events".
 */
final class StackEndProgram {
  /** Some ends do harm only where the delivery catches up with them at that moment. */
  private static final int SWEEPS = 5;

  private StackEndProgram() {}

  public static void main(String[] args) {
    switch (args[0]) {
      case "timers" -> timers();
      case "events" -> events();
      default -> throw new IllegalArgumentException(args[0]);
    }
    System.out.println("it goes on");
  }

  private static void timers() {
    TimerLoop loop = new TimerLoop(System::nanoTime, now -> {}, now -> {}, Long.MAX_VALUE / 4);
    Thread thread = new Thread(loop);
    thread.setDaemon(true);
    thread.start();
    PoolRuntime.Timer timer = loop.schedule(() -> {}, TimeUnit.HOURS.toNanos(1));
    StackEnd.sweep(timer::cancel, () -> {});
    CountDownLatch rung = new CountDownLatch(1);
    loop.schedule(rung::countDown, 0);
    Await.open(rung);
  }

  private static void events() {
    ThreadedRuntime runtime = ThreadedRuntime.shared();
    EventQueue events = new EventQueue("events", runtime);
    events.add(new PoolListener() {});
    for (int i = 0; i < SWEEPS; i++) {
      StackEnd.sweep(() -> events.publish(l -> {}), () -> {});
    }
    AtomicBoolean arrived = new AtomicBoolean();
    Thread other =
        new Thread(
            () -> {
              while (!arrived.get()) { // the queue may be full for a moment
                events.publish(l -> arrived.set(true));
                Thread.onSpinWait();
              }
            });
    other.setDaemon(true); // it may be stuck
    other.start();
    Await.until("an event arrives", arrived::get);
    runtime.release();
  }
}
