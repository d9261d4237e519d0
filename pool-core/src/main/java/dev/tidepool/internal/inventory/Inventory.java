package dev.tidepool.internal.inventory;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.connect.Closer;
import dev.tidepool.internal.connect.ConnectionSource;
import dev.tidepool.internal.connect.LoginRefusal;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.exchange.StackRoom;
import dev.tidepool.internal.runtime.EventQueue;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * What exists. Every connection is opened here once and closed here once, and {@code open +
 * connecting} never exceeds the maximum. A connect given up, or a connection cut off, frees its
 * place at once; one closed as a matter of routine does when it is closed, as the server may allow
 * no session more, or after a moment. What the driver still does is counted as hung or closing, and
 * bounded.
 */
public final class Inventory {
  /** Told about what changes, on whatever thread changed it; must not block. */
  public interface Owner {
    /**
     * A connection has arrived: in CHECKING, in the exchange, the owner's to pass on. {@link
     * #changed} follows.
     *
     * @param took nanoseconds from the beginning of its connect
     * @param answer nanoseconds for one question after its login; 0 if it was asked none
     * @param unwanted why it is to go at once, as {@link #evictConnecting} was called meanwhile, or
     *     the maximum lowered; null if it is wanted
     */
    void arrived(Entry entry, long took, long answer, @Nullable RetireReason unwanted);

    /** A connect failed or was given up; {@link #changed} follows. */
    void failed(Throwable cause);

    /** A place became free, a connection arrived, a connect failed, or it is time to try again. */
    void changed();
  }

  /** Has all of them made before the first connection is opened. */
  private static final Doom CLOSED = Doom.of(RetireReason.POOL_CLOSED);

  private final PoolRuntime runtime;
  private final ConnectionSource source;
  private final Closer closer;
  private final Exchange<Entry> exchange;
  private final EventQueue events;
  private final Counters counters;
  private final Owner owner;
  private final long connectTimeout;
  private final Places places;
  private final Retiring retiring;
  private final ConnectLog connectLog;
  private final AtomicLong ids = new AtomicLong();

  private volatile boolean startOnly;

  /** Whether a session has come to nothing, and none has been lent since for the first time. */
  private volatile boolean doubtful;

  private volatile @Nullable ConnectFailure lastFailure;
  private volatile @Nullable String tcpKeepAlive;
  private final AtomicInteger generation = new AtomicInteger(1);
  private final AtomicInteger credentials = new AtomicInteger();

  /** How often what was being opened has been evicted. */
  private final AtomicInteger evictions = new AtomicInteger();

  /** The first credentials of the present user; older ones may be another's. */
  private volatile int firstOfUser;

  /** An empty inventory for the pool described by {@code parts}. */
  public Inventory(
      String poolName,
      PoolRuntime runtime,
      ConnectionSource source,
      Closer closer,
      Exchange<Entry> exchange,
      EventQueue events,
      Counters counters,
      Owner owner,
      Duration connectTimeout,
      int connectConcurrency,
      int maximum) {
    this.runtime = runtime;
    this.source = source;
    this.closer = closer;
    this.exchange = exchange;
    this.events = events;
    this.counters = counters;
    this.owner = owner;
    this.connectTimeout = connectTimeout.toNanos();
    this.places = new Places(runtime, exchange, connectConcurrency, maximum);
    this.connectLog = new ConnectLog(poolName, runtime);
    this.retiring =
        new Retiring(runtime, closer, exchange, events, counters, owner, places, connectLog);
    LoginRefusal.load();
  }

  // ---- opening

  /**
   * Starts up to {@code wanted} connects, as far as the limits and the backoff allow; none while
   * slots are held back, as whoever suspends a pool and evicts what it has wants no socket left.
   *
   * @param awaited whether somebody waits for them, so that the backoff is short
   */
  public void connect(int wanted, boolean awaited) {
    if (!startOnly) {
      open(wanted, awaited);
    }
  }

  /** The same for one connect of the start, also while {@link #startOnly}. */
  public void connectForStart() {
    open(1, true);
  }

  /** Whether the start alone decides for now if anything is opened. */
  public void startOnly(boolean on) {
    startOnly = on;
  }

  private void open(int wanted, boolean awaited) {
    for (int i = 0; i < wanted && places.hasRoom(); i++) {
      StackRoom.forStep(); // or a place would be taken and not given back
      Opening opening = new Opening(this, runtime, source, closer, connectTimeout, evictions.get());
      // After the evictions were counted: who has counted the last one sees the suspension before
      // it, and of the others the eviction sees to what arrives.
      if (exchange.isHeld() || !places.take(opening, awaited)) {
        return;
      }
      // Suspended in between: whoever waits until nothing is being opened may have looked before.
      if (exchange.isHeld()) {
        opening.abandon(); // not without its say: it may have been given up by close() meanwhile
        owner.changed();
        return;
      }
      opening.start();
    }
  }

  /** A connect takes so long that another way should be tried for whoever waits for it. */
  void doubt(Opening opening) {
    places.doubt(opening);
    owner.changed();
  }

  /** A slot for a connection that was opened just now. */
  Entry entry(PhysicalConnection physical, int loggedInWith) {
    return new Entry(ids.incrementAndGet(), physical, runtime.nanoTime(), loggedInWith);
  }

  /** See {@link Places#opened}. */
  Places.Arrival settle(Entry entry, Opening opening) {
    return places.opened(entry, opening);
  }

  void opened(Entry entry, Places.Arrival arrival, Opening opening, long took) {
    try {
      tell(entry, arrival.ended(), took);
    } finally { // whatever fails there, the entry must not stay in CHECKING
      try {
        passOn(entry, arrival, opening, took);
      } finally {
        places.arrived();
        owner.changed();
      }
    }
  }

  private void passOn(Entry entry, Places.Arrival arrival, Opening opening, long took) {
    if (!arrival.closed()) {
      // Asked now that it can be seen: it is evicted here, or by who looks at all there are.
      owner.arrived(entry, took, opening.answer(), unwanted(arrival, opening));
    } else if (entry.retireOwned()) {
      retire(entry, CLOSED);
    }
  }

  private @Nullable RetireReason unwanted(Places.Arrival arrival, Opening opening) {
    if (opening.evictions() != evictions.get()) {
      return RetireReason.EVICTED;
    }
    return arrival.surplus() ? RetireReason.SURPLUS : null;
  }

  private void tell(Entry entry, int failures, long took) {
    counters.opened.increment();
    tcpKeepAlive = entry.physical().tcpKeepAlive();
    connectLog.opened(entry.id(), failures, took);
    events.publish(l -> l.connectionOpened(entry.info(runtime.nanoTime()), Duration.ofNanos(took)));
  }

  void failed(Throwable cause, Opening opening, long took) {
    long now = runtime.nanoTime();
    boolean refused = LoginRefusal.is(cause);
    count(cause, now, refused);
    follow(cause, places.failed(opening, now, refused), took);
  }

  /**
   * A session died before its first borrower got hold of it. That is no better than a connect that
   * failed: whoever waits would have sessions opened as fast as the server lets them in. To be told
   * before its place is free, as the next connect has to wait.
   */
  public void cameToNothing(Entry entry, Throwable cause) {
    long now = runtime.nanoTime();
    count(cause, now, false);
    Places.Failure failure = places.cameToNothing(entry, now);
    doubtful = true;
    follow(cause, failure, now - entry.openedAt());
  }

  /** A session was lent for the first time: what logs in now is good for something. */
  public void proved() {
    if (doubtful) {
      doubtful = false;
      connectLog.again(places.proved());
      owner.changed();
    }
  }

  private void count(Throwable cause, long now, boolean refused) {
    if (!places.isClosed()) {
      // In this order: whoever sees the count, such as a start that waits for it, finds the
      // reason; and whoever sees the place free sees the count, or a start would log in again.
      lastFailure = new ConnectFailure(cause, now, refused);
      counters.connectFailures.increment();
    }
  }

  private void follow(Throwable cause, Places.Failure failure, long took) {
    if (failure.closed()) {
      owner.changed();
      return;
    }
    try {
      connectLog.failed(cause, failure);
      events.publish(l -> l.connectFailed(cause, Duration.ofNanos(took)));
      for (long delay : failure.delays()) {
        runtime.schedule(owner::changed, delay);
      }
    } finally {
      owner.failed(cause);
      owner.changed();
    }
  }

  /** A connect that got a place could not begin. */
  void neverBegan(Opening opening) {
    places.neverBegan(opening);
  }

  void ended(Opening opening) {
    places.ended(opening);
  }

  /** Nobody works on a connect any more: if its place is not another's by now, it is free. */
  void over(Opening opening) {
    if (places.over(opening)) {
      owner.changed();
    }
  }

  void hung() {
    places.hung(1);
  }

  /** A login given up has returned after all. */
  void hungReturned() {
    places.hung(-1);
    owner.changed();
  }

  /** Closes a connection that arrived after its connect was given up. */
  void closeLate(PhysicalConnection physical) {
    connectLog.late();
    closer.close(physical);
  }

  // ---- closing

  /** Closes a connection whose slot the caller has moved to RETIRED, if nobody else does. */
  public void retire(Entry entry, Doom doom) {
    retire(entry, doom, doom.isDead());
  }

  /** The same, but cut off instead of closed politely if {@code dead}. */
  public void retire(Entry entry, Doom doom, boolean dead) {
    retiring.retire(entry, doom, dead);
  }

  /** As {@link #retire}, but the close begins with the next {@link #closePutOff} only. */
  public void takeOut(Entry entry, Doom doom) {
    retiring.takeOut(entry, doom);
  }

  /** See {@link Retiring#closePutOff}. */
  public void closePutOff() {
    retiring.closePutOff();
  }

  /** See {@link Retiring#finish}. */
  public void finishRetiring() {
    retiring.finish();
  }

  /** See {@link Retiring#finishAll}. */
  public void finishAllRetiring(Doom otherwise) {
    retiring.finishAll(otherwise);
  }

  /** Opens nothing more, and gives up the connects under way. */
  public void close() {
    Throwable failure = null;
    for (Opening opening : places.close()) {
      try {
        opening.giveUp("the pool was closed");
      } catch (RuntimeException | Error e) { // the others must not go on for that
        failure = failure == null ? e : failure;
      }
    }
    if (failure instanceof Error error) {
      throw error;
    } else if (failure instanceof RuntimeException exception) {
      throw exception;
    }
  }

  /** What is being opened now is to be retired when it arrives. */
  public void evictConnecting() {
    evictions.incrementAndGet();
  }

  // ---- looking

  /** What the log hears of connects. */
  public ConnectLog connectLog() {
    return connectLog;
  }

  /** Changes the limits for connects from now on; retiring what is too many is the caller's. */
  public void setLimits(int maximum, int connectConcurrency) {
    places.setLimits(maximum, connectConcurrency);
  }

  /** As {@link Counts#hasRoom}, at the price of reading a field. */
  public boolean hasRoom() {
    return places.hasRoom();
  }

  /** A consistent snapshot of the counts. */
  public Counts counts() {
    return places.counts();
  }

  /** Whether nothing is open, being opened or being closed. */
  public boolean isEmpty() {
    Counts counts = counts();
    return counts.open() == 0 && counts.connecting() == 0 && counts.closing() == 0;
  }

  /** Number of the present generation, from 1. */
  public int generation() {
    return generation.get();
  }

  /**
   * What was opened so far is dead; what is opened from now on belongs to the next generation, and
   * what the server said of itself is asked anew.
   *
   * @return number of the generation that ended
   */
  public int nextGeneration() {
    source.forget();
    return generation.getAndIncrement();
  }

  /** See {@link ConnectionSource#dataSource}. */
  public @Nullable DataSource dataSource() {
    return source.dataSource();
  }

  /** How often the credentials have been changed. */
  public int credentials() {
    return credentials.get();
  }

  /**
   * What logs in from now on uses other credentials; before the source hands them out, and one call
   * at a time.
   */
  public void credentialsChanged(boolean otherUser) {
    int now = credentials.incrementAndGet();
    if (otherUser) {
      firstOfUser = now;
    }
    // After they were counted: a refusal of the old ones that comes later knows it by that.
    places.forgetRefusal();
  }

  /** Whether this session logged in as the present user, be it with an earlier password. */
  public boolean isOfPresentUser(Entry entry) {
    return entry.credentials() >= firstOfUser;
  }

  /** Whether the newest connect failed. */
  public boolean isFailing() {
    return places.isFailing();
  }

  /** The newest failed connect, or null. */
  public @Nullable ConnectFailure lastFailure() {
    return lastFailure;
  }

  /** Why the newest failed connect failed, if its login was refused; else null. */
  public @Nullable Throwable refusal() {
    ConnectFailure newest = lastFailure;
    return newest != null && newest.loginRefused() ? newest.cause() : null;
  }

  /** What is known of TCP keepalive on the newest connection; null if there is no socket. */
  public @Nullable String tcpKeepAlive() {
    return tcpKeepAlive;
  }
}
