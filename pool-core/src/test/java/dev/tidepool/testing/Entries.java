package dev.tidepool.testing;

import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.connect.SessionDefaults;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.net.Watchable;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.sql.Connection;
import org.jspecify.annotations.Nullable;

/** Entries for tests of what is made of their history: nobody asks their connections anything. */
public final class Entries {
  private static final SessionDefaults DEFAULTS =
      new SessionDefaults(true, false, Connection.TRANSACTION_READ_COMMITTED, null, null, 1, 0);

  private Entries() {}

  /** An entry in CHECKING, opened at that time. */
  public static Entry opened(long now, @Nullable Watchable socket) {
    Connection connection = new NoopDataSource().getConnection();
    return new Entry(
        7,
        new PhysicalConnection(connection, DEFAULTS, null, socket, null, false, null, null),
        now);
  }

  /** Moves an entry from CHECKING to another state. */
  public static Entry in(SlotState state, Entry entry, Doom why) {
    boolean there =
        switch (state) {
          case CHECKING -> true;
          case IDLE -> entry.makeIdle();
          case IN_USE -> entry.lend();
          case RETURNING -> entry.lend() && entry.beginReturn(entry.lease());
          case DOOMED -> entry.lend() && entry.doom(why);
          case RETIRED -> entry.condemn();
        };
    if (!there || entry.state() != state) {
      throw new AssertionError(entry.state() + " instead of " + state);
    }
    return entry;
  }

  /** A socket where nothing ever arrives. */
  public static Watchable quietSocket() {
    return new Watchable() {
      @Override
      public boolean hasNews() {
        return false;
      }

      @Override
      public boolean hasEnded() {
        return false;
      }

      @Override
      public @Nullable SelectionKey register(Selector selector) {
        return null;
      }
    };
  }
}
