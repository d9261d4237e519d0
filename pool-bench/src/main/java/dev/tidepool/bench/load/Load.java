package dev.tidepool.bench.load;

import dev.tidepool.bench.compare.Effort;
import java.time.Duration;
import javax.sql.DataSource;

/**
 * What borrowers do to a pool.
 *
 * @param threads how many borrow; of {@link ThreadKind#FRESH_VIRTUAL}, how many at a time
 * @param kind which threads
 * @param period from one intended start of a thread to the next, or zero: begin again at once. A
 *     thread that is late does not wait for its turn, and its time counts from the intended start.
 *     So a pool that holds a thread up pays for all that the thread would have done meanwhile.
 * @param slice length of the slices of time that are told apart, or zero
 * @param wholeOperation whether times end when the connection is given back, or when it is granted
 */
public record Load(
    int threads, ThreadKind kind, Duration period, Duration slice, boolean wholeOperation) {

  /** Threads that wait for a connection and do nothing else; there are no slices. */
  public static Load of(int threads, ThreadKind kind, Duration period) {
    return new Load(threads, kind, period, Duration.ZERO, false);
  }

  /** Runs it to its end. */
  public LoadResult run(DataSource pool, Use use, Effort effort) throws InterruptedException {
    return new LoadRun(this, pool, use, Window.of(effort)).run();
  }
}
