package dev.tidepool.bench.soak.client;

import java.sql.SQLException;
import java.util.List;
import java.util.Random;

/**
 * What borrowers do with a connection; whoever runs it closes the connection afterwards, once more
 * if it was closed.
 *
 * @param weight how often it is chosen, in relation to the others
 * @param mayFail whether its calls may fail though all is well
 */
record Deed(String name, int weight, boolean mayFail, Action action) {
  /** What is done. */
  interface Action {
    void run(Job job) throws SQLException;
  }

  private static final List<Deed> ALL =
      List.of(
          new Deed("read", 30, false, Work::read),
          new Deed("nothing at all", 10, false, job -> {}),
          new Deed("prepared statements", 15, false, Work::prepared),
          new Deed("write and commit", 20, false, Work::commit),
          new Deed("write and roll back", 10, false, Work::rollBack),
          new Deed("batch", 5, false, Work::batch),
          new Deed("slow statement", 10, false, Work::slow),
          new Deed("wrong statement", 3, true, Work::wrong),
          new Deed("cancelled statement", 1, true, Work::cancelled),
          new Deed("network timeout", 1, true, Misuse::networkTimeout),
          new Deed("close twice", 4, false, Misuse::closeTwice),
          new Deed("close in two threads at once", 4, true, Misuse::closeAtOnce),
          new Deed("close from another thread", 4, true, Misuse::closeElsewhere),
          new Deed("use after close", 4, false, Misuse::useAfterClose),
          new Deed("abort", 2, false, Misuse::abort),
          new Deed("abort from another thread", 2, true, Misuse::abortElsewhere),
          new Deed("leave a transaction open", 5, false, Misuse::leaveTransaction),
          new Deed("leave a transaction of SQL open", 3, false, Misuse::leaveSqlTransaction),
          new Deed("leave statements open", 5, false, Misuse::leaveStatements),
          new Deed("leave settings changed", 5, false, Misuse::leaveSettings),
          new Deed("never close", 1, false, Misuse::neverClose),
          new Deed("kill the session", 1, true, Misuse::kill),
          new Deed("evict the connection", 2, false, Misuse::evict));

  private static final int TOTAL = ALL.stream().mapToInt(Deed::weight).sum();

  static Deed any(Random random) {
    int left = random.nextInt(TOTAL);
    for (Deed deed : ALL) {
      left -= deed.weight;
      if (left < 0) {
        return deed;
      }
    }
    throw new AssertionError("weights");
  }
}
