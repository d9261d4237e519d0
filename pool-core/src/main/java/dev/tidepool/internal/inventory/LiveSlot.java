package dev.tidepool.internal.inventory;

import dev.tidepool.internal.exchange.Slot;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A slot whose connection is asked for signs of life: when it last gave one, whether it is being
 * asked, and whether its socket is watched. Times and fields as in {@link Entry}.
 */
abstract class LiveSlot extends Slot {
  private long lastTraffic;
  private double pingSpread = ThreadLocalRandom.current().nextDouble();

  /** When the driver was asked for a sign of life, while the answer is outstanding. */
  private volatile long askedAt;

  private volatile boolean asked;

  private volatile boolean watched;

  /** At first the time of opening, which is as good as long ago: nobody watches so early. */
  private volatile long newsAt;

  /** Of a connection that was opened just now, which is a sign of life. */
  LiveSlot(long now) {
    this.lastTraffic = now;
    this.newsAt = now;
  }

  /** Where in the spread of ping intervals the next ping lies, 0 to 1. */
  public double pingSpread() {
    return pingSpread;
  }

  /** When the last exchange with the server was completed. */
  public long lastTraffic() {
    return lastTraffic;
  }

  /** Notes that an exchange with the server was completed just now: it is alive. */
  public void touch(long now) {
    lastTraffic = now;
  }

  /**
   * Notes that it was silent for so long in which the clock stood still. A word with the server at
   * the same moment may be lost with this: then it is asked once too often.
   */
  public void silentFor(long nanos) {
    lastTraffic -= nanos;
  }

  /** Notes a good answer to a ping or validation, and draws the moment of the next ping anew. */
  public void answered(long now) {
    lastTraffic = now;
    pingSpread = ThreadLocalRandom.current().nextDouble();
  }

  /** Notes that the driver is being asked for a sign of life. */
  public void ask(long now) {
    askedAt = now;
    asked = true;
  }

  /** Notes that the question counts as put only then. */
  public void askedAt(long now) {
    askedAt = now;
  }

  /** Notes that the answer is there, or is not waited for any more. */
  public void asked() {
    asked = false;
  }

  /** Whether the driver is being asked for a sign of life. */
  public boolean isAsked() {
    return asked;
  }

  /** Since when. */
  public long askedAt() {
    return askedAt;
  }

  /** Whether it has not spoken with the server since then; to be opened is to speak. */
  public boolean isSilent(long then) {
    return lastTraffic - then < 0;
  }

  /** Whether its socket is being watched for news. */
  public boolean isWatched() {
    return watched;
  }

  /** Notes that its socket is being watched, or no longer is. */
  public void watched(boolean on) {
    watched = on;
  }

  /** When the watch last found something that nobody had read. */
  public long newsAt() {
    return newsAt;
  }

  /** Notes that the watch found something that nobody has read. */
  public void news(long now) {
    newsAt = now;
  }
}
