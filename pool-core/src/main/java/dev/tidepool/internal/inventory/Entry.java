package dev.tidepool.internal.inventory;

import dev.tidepool.api.ConnectionInfo;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.exchange.Slot;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * A slot of the pool with its physical connection and its history.
 *
 * <p>Times are nanoseconds of the runtime's coarse clock. Fields without a note are written by whoever owns the slot and
 * read by the upkeep pass, which tolerates values that are a moment old; the state word orders them between owners.
 */
public final class Entry extends Slot {
  private final long id;
  private final PhysicalConnection physical;
  private final long openedAt;

  private long lastTraffic;
  private long idleSince;
  private long borrowedAt;
  private long uses;
  private @Nullable Thread holder;

  /** A connection that was opened just now. */
  public Entry(long id, PhysicalConnection physical, long now) {
    this.id = id;
    this.physical = physical;
    this.openedAt = now;
    this.lastTraffic = now;
    this.idleSince = now;
  }

  /** Number of the connection in its pool. */
  public long id() {
    return id;
  }

  /** The driver's connection and what is known of it. */
  public PhysicalConnection physical() {
    return physical;
  }

  /** When it was opened. */
  public long openedAt() {
    return openedAt;
  }

  /** When the last exchange with the server was completed. */
  public long lastTraffic() {
    return lastTraffic;
  }

  /** Notes that an exchange with the server was completed just now: it is alive. */
  public void touch(long now) {
    lastTraffic = now;
  }

  /** When the last borrower gave it back. */
  public long idleSince() {
    return idleSince;
  }

  /** When the present borrower took it. */
  public long borrowedAt() {
    return borrowedAt;
  }

  /** How often it was borrowed. */
  public long uses() {
    return uses;
  }

  /** The thread that borrowed it, while it is out. */
  public @Nullable Thread holder() {
    return holder;
  }

  /** Notes the borrower. */
  public void borrowed(Thread by, long now) {
    holder = by;
    borrowedAt = now;
    uses++;
  }

  /** Notes the return; before the slot is passed on. */
  public void returned(long now) {
    holder = null;
    idleSince = now;
  }

  /** This connection for events and reports. */
  public ConnectionInfo info(long now) {
    return new ConnectionInfo(id, Duration.ofNanos(Math.max(0, now - openedAt)), uses);
  }
}
