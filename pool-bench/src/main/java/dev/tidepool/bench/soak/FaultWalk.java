package dev.tidepool.bench.soak;

import dev.tidepool.bench.faults.client.Protocol;
import dev.tidepool.bench.faults.rig.Child;
import dev.tidepool.bench.faults.rig.Site;
import dev.tidepool.bench.soak.client.SoakClient;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** Faults one after the other, each kind as often as the others, with pauses between them. */
final class FaultWalk {
  private static final int LONGEST_FAULT_MILLIS = 4_000;
  private static final int LONGEST_PAUSE_MILLIS = 4_000;

  /** Long enough for all to be well again and to be judged by it for a while. */
  private static final int CALM_MILLIS = 9_000;

  private static final int CALM_AFTER = 3;

  /**
   * By then the client knows that it is no longer calm: else it calls the first errors breaches.
   */
  private static final int HEARD_MILLIS = 300;

  private final Site site;
  private final Child child;
  private final Random random;
  private final Map<SoakFault, Long> injected = new EnumMap<>(SoakFault.class);
  private final List<SoakFault> next = new ArrayList<>();

  FaultWalk(Site site, Child child, long seed) {
    this.site = site;
    this.child = child;
    random = new Random(seed);
  }

  /** Goes on for so long; at the end all is repaired. */
  void run(Duration length) {
    long end = System.nanoTime() + length.toNanos();
    for (int number = 1; ; number++) {
      boolean calm = number % CALM_AFTER == 0;
      int pause = calm ? CALM_MILLIS : 500 + random.nextInt(LONGEST_PAUSE_MILLIS);
      int lasting = 100 + random.nextInt(LONGEST_FAULT_MILLIS);
      SoakFault fault = choose();
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      if (left < pause + HEARD_MILLIS + lasting) {
        park(Math.max(0, left));
        return;
      }
      park(pause);
      child.send(Protocol.line(SoakClient.FAULT, fault.title() + " for " + lasting + " ms"));
      park(HEARD_MILLIS);
      try {
        fault.inject(site);
        injected.merge(fault, 1L, Long::sum);
        park(lasting);
      } finally {
        site.heal();
      }
      child.send(Protocol.line(SoakClient.REPAIRED));
    }
  }

  private SoakFault choose() {
    if (next.isEmpty()) {
      next.addAll(List.of(SoakFault.values()));
      Collections.shuffle(next, random);
    }
    return next.remove(next.size() - 1);
  }

  Map<SoakFault, Long> injected() {
    return injected;
  }

  private static void park(long millis) {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
