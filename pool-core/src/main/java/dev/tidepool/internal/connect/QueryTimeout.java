package dev.tidepool.internal.connect;

/**
 * The query timeout of a connection's statements before any borrower changed it. With most drivers
 * each statement has its own, which ends with it; with H2 it is the session's. Which it is shows
 * when the first connection on which one was set comes back, so no driver has to be known.
 *
 * <p>Not thread-safe: under the monitor of the connection's entry, as {@link Originals}.
 */
public final class QueryTimeout {
  private static final int UNKNOWN = -1;

  private int original = UNKNOWN;
  private boolean ofStatements;
  private boolean setToOther;
  private boolean setBack;

  QueryTimeout() {}

  /** Whether it has to be watched: not where each statement is known to have its own. */
  public boolean isWatched() {
    return !ofStatements;
  }

  /** Whether what the driver answers now is the timeout to be kept. */
  public boolean isWanted() {
    return original == UNKNOWN;
  }

  /** Whether there is something to bring back; nothing was set if nothing is known. */
  public boolean isToBeRestored() {
    return !ofStatements && original != UNKNOWN;
  }

  /** Keeps the first answer, in seconds. */
  public void found(int seconds) {
    if (original == UNKNOWN) {
      original = seconds;
    }
  }

  /**
   * Notes what the driver has accepted, in seconds. One that would not say before what it was does
   * not say it at all, and so cannot be asked for it back. Of a closed statement it would not
   * accept it either.
   */
  public void changed(int seconds) {
    ofStatements |= original == UNKNOWN;
    setToOther |= seconds != original;
    setBack |= seconds == original;
  }

  /** What it was, in seconds. */
  public int original() {
    return original;
  }

  /**
   * Notes what a new statement had when the connection came back. If it had the original although
   * nobody set that, it is not the session's.
   *
   * @param allSeen whether nobody can have set it but through {@link #changed}
   */
  public void foundOnReturn(int seconds, boolean allSeen) {
    ofStatements = allSeen && seconds == original && setToOther && !setBack;
    setToOther = false;
    setBack = false;
  }
}
