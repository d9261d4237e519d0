package dev.tidepool.internal.inventory;

import dev.tidepool.api.RetireReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/** What a pool counts off the hot path. */
public final class Counters {
  public final LongAdder opened = new LongAdder();
  public final LongAdder closed = new LongAdder();
  public final LongAdder connectFailures = new LongAdder();
  public final LongAdder acquireTimeouts = new LongAdder();
  public final LongAdder acquireRefusals = new LongAdder();
  public final LongAdder acquireWaits = new LongAdder();
  public final LongAdder acquireWaitNanos = new LongAdder();
  public final LongAccumulator acquireWaitLongest = new LongAccumulator(Long::max, 0);
  public final LongAdder pings = new LongAdder();
  public final LongAdder pingFailures = new LongAdder();
  public final LongAdder validations = new LongAdder();
  public final LongAdder validationFailures = new LongAdder();
  public final LongAdder lateAnswers = new LongAdder();
  public final LongAdder idleNews = new LongAdder();
  public final LongAdder suspicions = new LongAdder();
  public final LongAdder outages = new LongAdder();
  public final LongAdder leaks = new LongAdder();

  /** Borrows of connections that are gone; those of the living are counted in their entries. */
  public final LongAdder borrowsOfRetired = new LongAdder();

  private final Map<RetireReason, LongAdder> retired = new EnumMap<>(RetireReason.class);

  /** All at zero. */
  public Counters() {
    for (RetireReason reason : RetireReason.values()) {
      retired.put(reason, new LongAdder());
    }
  }

  /** A borrower's wait has ended, whether it was served or not. */
  public void acquireWaited(long nanos) {
    acquireWaits.increment();
    acquireWaitNanos.add(nanos);
    acquireWaitLongest.accumulate(nanos);
  }

  void retired(RetireReason reason) {
    LongAdder adder = retired.get(reason);
    if (adder != null) {
      adder.increment();
    }
  }

  /** Connections retired so far, by reason, without the reasons that have not occurred. */
  public Map<RetireReason, Long> retired() {
    Map<RetireReason, Long> map = new EnumMap<>(RetireReason.class);
    retired.forEach(
        (reason, adder) -> {
          if (adder.sum() > 0) {
            map.put(reason, adder.sum());
          }
        });
    return map;
  }
}
