package dev.tidepool.internal.connect;

/**
 * Recognises what a stream of the borrower's has thrown while the driver was reading it. It may end
 * the session, whose message to the server broke off, but says nothing of the network or the
 * server: some drivers pass it on without an SQLState, as they do with the failure of a socket.
 */
final class BorrowersStream {
  /** How many causes are looked at; they may be a ring. */
  private static final int MOST = 32;

  /** What the pool puts in front of such a stream. */
  private static final String GUARD = LocalRefusal.POOL + "jdbc.Guarded";

  private BorrowersStream() {}

  /** Whether the error, or one of its causes, comes from there; false where it cannot be told. */
  static boolean failed(Throwable error) {
    Throwable cause = error;
    for (int i = 0; cause != null && i < MOST; i++) {
      if (isThrownBelowTheGuard(cause)) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  /**
   * The first frame of the pool tells whom it called: a stream may itself read from a connection of
   * another pool, and that pool has to hear of its own network.
   */
  private static boolean isThrownBelowTheGuard(Throwable error) {
    for (StackTraceElement frame : error.getStackTrace()) {
      if (frame.getClassName().startsWith(LocalRefusal.POOL)) {
        return frame.getClassName().startsWith(GUARD);
      }
    }
    return false;
  }
}
