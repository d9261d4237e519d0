package dev.tidepool.internal.inventory;

import dev.tidepool.api.PoolListener;
import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.connect.Closer;
import dev.tidepool.internal.exchange.Exchange;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.exchange.StackRoom;
import dev.tidepool.internal.runtime.EventQueue;
import dev.tidepool.internal.runtime.PoolRuntime;
import java.util.function.Predicate;

/**
 * The way out of a pool: from a slot that is RETIRED to a session that is closed.
 *
 * <p>It begins once for each, when {@link Places#retired} notes that it counts as open no more.
 * What comes before may be cut short, on the thread of a borrower whose stack has come to its end:
 * then the slot is found in the exchange, RETIRED, and others finish what has not begun. What comes
 * after may want memory or a thread: then the close is put off.
 */
final class Retiring {
  private final PoolRuntime runtime;
  private final Closer closer;
  private final Exchange<Entry> exchange;
  private final EventQueue events;
  private final Counters counters;
  private final Inventory.Owner owner;
  private final Places places;
  private final ConnectLog connectLog;
  private final PutOff putOff = new PutOff();

  /** Set where one could not begin; a field, as there was no stack for a call. */
  private volatile boolean unfinished;

  Retiring(
      PoolRuntime runtime,
      Closer closer,
      Exchange<Entry> exchange,
      EventQueue events,
      Counters counters,
      Inventory.Owner owner,
      Places places,
      ConnectLog connectLog) {
    this.runtime = runtime;
    this.closer = closer;
    this.exchange = exchange;
    this.events = events;
    this.counters = counters;
    this.owner = owner;
    this.places = places;
    this.connectLog = connectLog;
  }

  /** See {@link Inventory#retire}. */
  void retire(Entry entry, Doom doom, boolean dead) {
    if (!leave(entry, !dead && doom.isRoutine())) {
      return;
    }
    try {
      tell(entry, doom);
    } finally {
      close(entry, dead);
    }
  }

  /** See {@link Inventory#takeOut}. */
  void takeOut(Entry entry, Doom doom) {
    if (!leave(entry, false)) {
      return;
    }
    try {
      tell(entry, doom);
    } finally {
      putOff(entry);
    }
  }

  /** False if somebody else has seen to it. */
  private boolean leave(Entry entry, boolean inPeace) {
    try {
      StackRoom.forStep();
    } catch (StackOverflowError e) {
      entry.unfinished = true;
      unfinished = true;
      throw e;
    }
    if (!places.retired(entry, inPeace)) {
      return false;
    }
    exchange.remove(entry); // only then: as long as it can be found, others can finish it
    return true;
  }

  private void tell(Entry entry, Doom doom) {
    counters.borrowsOfRetired.add(entry.uses());
    counters.retired(doom.reason());
    connectLog.retired(entry.id(), doom);
    publish(entry, doom);
  }

  private void publish(Entry entry, Doom doom) {
    events.publish(
        (PoolListener l) ->
            l.connectionRetired(entry.info(runtime.nanoTime()), doom.reason(), doom.cause()));
  }

  private void close(Entry entry, boolean dead) {
    boolean begun = false;
    try {
      new Closing(this, runtime, closer, entry, dead).start();
      begun = true;
    } finally {
      if (!begun) { // no memory, no thread: later, as this thread may be one that must not block
        putOff(entry);
      }
      owner.changed();
    }
  }

  private void putOff(Entry entry) {
    places.left(entry);
    putOff.add(entry);
  }

  /**
   * Cuts off what was put off; called now and then, as a close may have been for want of memory.
   */
  void closePutOff() {
    for (Entry entry = putOff.next(); entry != null; entry = putOff.next()) {
      close(entry, true);
    }
  }

  /** Retires what could not begin to go; not what somebody is just retiring. */
  void finish() {
    if (unfinished) {
      unfinished = false;
      finish(entry -> entry.unfinished, Doom.of(RetireReason.ABORTED));
    }
  }

  /** The same for all that is RETIRED; for that reason if none was noted before. */
  void finishAll(Doom otherwise) {
    finish(entry -> true, otherwise);
  }

  private void finish(Predicate<Entry> which, Doom otherwise) {
    exchange.forEach(
        entry -> {
          if (entry.state() == SlotState.RETIRED && which.test(entry)) {
            Doom doom = entry.doomed();
            retire(entry, doom == null ? otherwise : doom, true);
          }
        });
  }

  /** A close takes so long that its place should not be kept any more. */
  void left(Entry entry) {
    places.left(entry);
    owner.changed();
  }

  /** A close has ended. */
  void closed(Entry entry) {
    counters.closed.increment();
    places.closed(entry);
    owner.changed();
  }
}
