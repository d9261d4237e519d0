package dev.tidepool.bench.load;

import dev.tidepool.bench.driver.Pause;
import java.sql.Connection;
import java.sql.SQLException;

/** One thread's work, or one after the other's if every borrow has a fresh thread. */
final class Borrower implements Runnable {
  private final LoadRun run;
  private final Taken taken;
  private final long period;

  /** When the next operation is to begin; the first ones are spread over a period. */
  private long next;

  Borrower(LoadRun run, int number) {
    this.run = run;
    period = run.load.period().toNanos();
    taken = new Taken(run.window, run.load.slice().toNanos());
    next = run.window.start() + period * number / run.load.threads();
  }

  Taken taken() {
    return taken;
  }

  void start() {
    run.load.kind().start(this);
  }

  @Override
  public void run() {
    boolean more = true;
    try {
      if (run.load.kind() == ThreadKind.FRESH_VIRTUAL) {
        more = step();
      } else {
        while (more) {
          more = step();
        }
      }
    } catch (Throwable e) {
      more = false;
      throw e;
    } finally {
      if (!more) {
        run.ended.countDown();
      }
    }
    if (more) {
      start();
    }
  }

  /** One operation; false when it is time to end. */
  private boolean step() {
    long intended = next;
    if (period > 0) {
      Pause.until(intended);
      next = intended + period;
    } else {
      intended = System.nanoTime();
    }
    long begun = System.nanoTime();
    if (begun - run.window.to() >= 0) {
      return false;
    }
    try {
      long granted = borrowAndUse();
      taken.operation(intended, begun, run.load.wholeOperation() ? System.nanoTime() : granted);
    } catch (SQLException e) {
      if (run.window.measures(System.nanoTime())) {
        taken.failed++;
      }
      taken.operation(intended, begun, System.nanoTime());
    }
    return true;
  }

  /** Returns when the connection was granted. */
  private long borrowAndUse() throws SQLException {
    try (Connection connection = run.pool.getConnection()) {
      long granted = System.nanoTime();
      run.use.on(connection);
      return granted;
    }
  }
}
