package dev.tidepool.internal.inventory;

/**
 * How many connections of a pool are in which stage; {@code open + connecting + leaving <= maximum}
 * unless the maximum was lowered.
 *
 * @param maximum the limit
 * @param open established and not retired
 * @param connecting connects under way
 * @param doubted how many of those take suspiciously long
 * @param arriving how many of those open were opened just now and are not yet anybody's
 * @param hung connects given up whose driver call has not returned
 * @param closing retired and not yet closed
 * @param leaving how many of those have their place still
 */
public record Counts(
    int maximum,
    int open,
    int connecting,
    int doubted,
    int arriving,
    int hung,
    int closing,
    int leaving) {
  /** Connects that will likely yield a connection soon, or just have. */
  public int promising() {
    return connecting - doubted + arriving;
  }

  /** Whether all that may be open is open. */
  public boolean isFull() {
    return open >= maximum;
  }

  /** Whether another connection may be opened. */
  public boolean hasRoom() {
    return open + connecting + leaving < maximum;
  }
}
