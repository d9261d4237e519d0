package dev.tidepool.internal.upkeep;

/**
 * What is known since one connection put the others in doubt; "old" are those opened before.
 *
 * @param life an old connection has completed an exchange with the server since
 * @param dead old connections that died
 * @param silent old connections that were asked before a new connection began its login, and have
 *     not answered although that login is complete
 * @param pending old connections that are still to be asked, or have been asked only just
 * @param hot how many of the pending spoke with the server so lately that nobody has asked them yet
 * @param lent old connections in use that have been silent so far and are still given time to speak
 * @param connected a new connection was opened since
 * @param failing the newest connect failed
 */
record Evidence(
    boolean life,
    int dead,
    int silent,
    int pending,
    int hot,
    int lent,
    boolean connected,
    boolean failing) {

  private static final int SAMPLE = 8;

  /** What follows from the evidence. */
  enum Conclusion {
    /** Nothing yet. */
    OPEN,
    /** The others live, or there are none: whoever died, died alone. */
    ISOLATED,
    /** The old ones are dead, new ones work. */
    GENERATION_DEAD,
    /** The old ones are dead, and no new one can be opened. */
    DOWN
  }

  /**
   * A single death proves nothing about the others: sessions are killed one by one, too. Two that
   * are gone or silent while a complete login went through, and not one sign of life from the rest,
   * are taken as proof; so are eight of many, once those that spoke a moment ago are asked. A slow
   * server does not look like that: a login takes it longer than the empty query that was sent
   * before. A slow query that times out in the hands of its borrower does: where nobody is silent,
   * and deaths are all there is, those in use are heard first.
   *
   * <p>A failed connect proves nothing about the old ones either: a full server or a new password
   * fails it, too. Those in use cannot be asked, so they are given a while to speak by themselves.
   */
  Conclusion conclusion() {
    if (life) {
      return Conclusion.ISOLATED;
    }
    if (connected) {
      int gone = dead + silent;
      if ((gone >= SAMPLE && hot == 0) || (gone >= 2 && pending == 0)) {
        return silent > 0 || lent == 0 ? Conclusion.GENERATION_DEAD : Conclusion.OPEN;
      }
      return pending == 0 ? Conclusion.ISOLATED : Conclusion.OPEN;
    }
    boolean nobodyLeft = silent == 0 && pending == 0 && lent == 0;
    return failing && nobodyLeft ? Conclusion.DOWN : Conclusion.OPEN;
  }
}
