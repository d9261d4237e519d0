package dev.tidepool.internal.upkeep;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.connect.Checks;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.inventory.Doom;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.internal.inventory.Inventory;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * After a generation was found dead, its lent connections may hang in reads that nothing ever ends.
 * If the server that new connections lead to does not list the session of such a connection, no
 * answer can come any more: the connection is cut off, and its borrower gets an error instead of a
 * wait without end. A session that is still listed is left alone, and looked for again while its
 * borrower says nothing; so is one of another user than the one who asks, to whom it may be hidden.
 * However many generations end, there is one loop of looks, which ends ten minutes after the last.
 */
public final class LostSessions {
  /** Lists the sessions of the server that a connection leads to, blocking as the driver does. */
  @FunctionalInterface
  public interface Listing {
    /** Every session of that server, as {@link PhysicalConnection#session} names them. */
    Set<String> sessions(PhysicalConnection connection) throws SQLException;
  }

  private static final long AGAIN_NANOS = 5_000_000_000L;

  /** Ten minutes' worth; who keeps a connection and says nothing for longer has leaked it. */
  private static final int MOST_LOOKS = 120;

  private static final Doom LOST = Doom.of(RetireReason.SESSION_LOST);
  private static final Logger log = LoggerFactory.getLogger(LostSessions.class);

  private final String poolName;
  private final PoolRuntime runtime;
  private final Exchange<Entry> exchange;
  private final Inventory inventory;
  private final Checker checker;
  private final Listing listing;
  private final Object lock = new Object();
  // guarded by lock
  private boolean stopped;

  /** Distinguishes the present loop of looks from one it has replaced. */
  private long loop;

  /** What was opened before then belongs to a dead generation. */
  private long before;

  private int looksLeft;
  private PoolRuntime.@Nullable Timer next;

  /** For one pool. */
  public LostSessions(
      String poolName,
      PoolRuntime runtime,
      Exchange<Entry> exchange,
      Inventory inventory,
      Checker checker,
      Listing listing) {
    this.poolName = poolName;
    this.runtime = runtime;
    this.exchange = exchange;
    this.inventory = inventory;
    this.checker = checker;
    this.listing = listing;
  }

  /** Looks no more. */
  void stop() {
    PoolRuntime.Timer last;
    synchronized (lock) {
      stopped = true;
      last = takeNext();
    }
    cancel(last);
  }

  /**
   * Cuts off the silent connections opened before then whose sessions are gone. Looks that are
   * under way for an earlier generation go on as part of these: whoever is older than that is older
   * than this.
   */
  void end(long generation) {
    long mine;
    PoolRuntime.Timer last;
    synchronized (lock) {
      before = loop == 0 || generation - before > 0 ? generation : before;
      looksLeft = MOST_LOOKS;
      mine = ++loop;
      last = takeNext();
    }
    cancel(last);
    lookAgain(mine);
  }

  /** The caller holds the lock, and cancels it when it does not. */
  private PoolRuntime.@Nullable Timer takeNext() {
    PoolRuntime.Timer last = next;
    next = null;
    return last;
  }

  private static void cancel(PoolRuntime.@Nullable Timer timer) {
    if (timer != null) {
      timer.cancel();
    }
  }

  private void lookAgain(long mine) {
    long then;
    synchronized (lock) {
      if (!goesOn(mine)) {
        return;
      }
      then = before;
    }
    if (silent(then).isEmpty()) {
      return;
    }
    PoolRuntime.Timer again = runtime.schedule(() -> lookAgain(mine), AGAIN_NANOS);
    if (!takeTurn(mine, again)) {
      cancel(again);
      return;
    }
    // Made beforehand: between taking a slot and handing it to the checker nothing may fail.
    Asking asking = new Asking(then);
    Entry fresh = exchange.tryReserve(entry -> !entry.isOld(then));
    if (fresh != null) {
      checker.ask(fresh, asking, asking);
    }
  }

  /** False if the loop has been replaced meanwhile. */
  private boolean takeTurn(long mine, PoolRuntime.@Nullable Timer again) {
    synchronized (lock) {
      if (!goesOn(mine)) {
        return false;
      }
      looksLeft--;
      next = again;
      return true;
    }
  }

  /** The caller holds the lock. */
  private boolean goesOn(long mine) {
    return !stopped && mine == loop && looksLeft > 0;
  }

  /** Asks one connection which sessions there are, and acts on the answer; on one thread. */
  private final class Asking implements CheckKind.Exam, Checker.Judge {
    private final long then;
    private @Nullable String lister;
    private Set<String> listed = Set.of();

    Asking(long then) {
      this.then = then;
    }

    @Override
    public Checks.Verdict ask(PhysicalConnection physical, Duration timeout) throws SQLException {
      lister = physical.session();
      listed = listing.sessions(physical);
      return Checks.Verdict.ALIVE;
    }

    @Override
    public boolean keeps(boolean alive) {
      endUnlisted(then, lister, listed);
      return alive;
    }
  }

  private List<Entry> silent(long then) {
    List<Entry> silent = new ArrayList<>();
    exchange.forEach(
        entry -> {
          boolean lent =
              switch (entry.state()) {
                case IN_USE, RETURNING, DOOMED -> true;
                case IDLE, CHECKING, RETIRED -> false;
              };
          if (lent && entry.physical().session() != null && entry.isOldAndSilent(then)) {
            silent.add(entry);
          }
        });
    return silent;
  }

  private void endUnlisted(long then, @Nullable String lister, Set<String> listed) {
    if (lister == null || !listed.contains(lister)) {
      return; // it lists not even the session that asked: it will not say
    }
    for (Entry entry : silent(then)) {
      String session = entry.physical().session();
      if (session != null
          && Checks.sees(lister, session)
          && !listed.contains(session)
          && entry.condemn()) {
        cutOff(entry);
      }
    }
  }

  private void cutOff(Entry entry) {
    entry.retiredFor(LOST); // the log may take its time, and others may see to it meanwhile
    try {
      log.warn(
          "{}: connection #{} is cut off: the server does not know its session any more"
              + " (abortInUseOnFailover)",
          poolName,
          entry.id());
    } finally { // no memory to tell: the slot must not be lost with it
      inventory.retire(entry, LOST);
    }
  }
}
