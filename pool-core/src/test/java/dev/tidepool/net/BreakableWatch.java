package dev.tidepool.net;

import java.io.IOException;
import java.nio.channels.Selector;
import java.util.concurrent.atomic.AtomicBoolean;

/** A watch that fails when told to, for tests of those who keep one. */
public final class BreakableWatch {
  private final AtomicBoolean broken = new AtomicBoolean();

  /** The watch to be used. */
  public final SocketWatch watch;

  private final Selector[] selector = new Selector[1];

  /** A watch that works so far. */
  public BreakableWatch() throws IOException {
    watch =
        new SocketWatch(
            (selector, action) -> {
              int found = selector.select(action);
              if (broken.get()) {
                throw new OutOfMemoryError("of the test");
              }
              return found;
            },
            () -> selector[0] = Selector.open());
  }

  /** Its thread has no memory from now on. */
  public void breakDown() {
    broken.set(true);
    selector[0].wakeup();
  }
}
