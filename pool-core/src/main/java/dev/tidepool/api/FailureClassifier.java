package dev.tidepool.api;

import java.sql.SQLException;

/**
 * Decides whether a connection can still be trusted after an error of the driver.
 *
 * <p>Called with every {@link SQLException} that a borrower's call ends in, on the borrower's
 * thread; it must not block and may be called from many threads at a time. After anything else the
 * connection is retired without a question, unless it is an {@link UnsupportedOperationException}
 * or an {@link AbstractMethodError} of the very method that was called, or a {@link
 * RuntimeException} of a call that asks nobody, such as a getter of a result set or a setter of a
 * statement; and so it is after what a stream of the borrower's throws, other than an {@link
 * java.io.IOException}. Nor is it asked where MySQL's driver refuses by itself to commit or roll
 * back under auto-commit.
 *
 * <p>It is also asked, on a thread of the pool, when a ping or a validation ends in an error: after
 * {@link Verdict#KEEP} the question is put once more, under the same deadline, and the connection
 * is retired if that fails as well; after anything else it is retired at once. What fails when a
 * connection is given back is not judged: state that could not be undone always retires it.
 */
@FunctionalInterface
public interface FailureClassifier {
  /** What an error says about the connection it came from. */
  enum Verdict {
    /** An ordinary error; the connection stays. */
    KEEP,
    /** This session is over or in doubt; the connection is retired on return. */
    RETIRE,
    /**
     * The server refuses to write. On a connection that was asked to be read-only this is an
     * ordinary error. On any other the connection is retired, and the pool finds out whether the
     * others too lead to a server that is no longer the primary; if new ones lead there as well,
     * connections are kept for a while, as retiring them would not help.
     */
    WRONG_NODE
  }

  /** Judges one error; the exception's chain and causes may be consulted too. */
  Verdict classify(SQLException error);
}
