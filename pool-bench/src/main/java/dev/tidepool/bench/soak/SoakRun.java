package dev.tidepool.bench.soak;

import dev.tidepool.bench.faults.client.Protocol;
import dev.tidepool.bench.faults.model.Database;
import dev.tidepool.bench.faults.rig.Child;
import dev.tidepool.bench.faults.rig.Rig;
import dev.tidepool.bench.faults.rig.RigException;
import dev.tidepool.bench.faults.rig.Site;
import dev.tidepool.bench.soak.client.SoakClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** One pool in its laboratory, from the outside. */
final class SoakRun {
  private static final Duration START = Duration.ofSeconds(60);

  /** Longer than all waits of the exam together that are not a hang. */
  private static final Duration EXAM = Duration.ofMinutes(4);

  /** The server's kernel finds vanished clients within ten; a resent farewell may take longer. */
  private static final long SESSIONS_NANOS = TimeUnit.SECONDS.toNanos(60);

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final SoakPlan plan;
  private final Database database;
  private final Map<String, Long> counts = new TreeMap<>();
  private final List<String> lines = new ArrayList<>();
  private final List<String> broken = new ArrayList<>();

  SoakRun(SoakPlan plan, Database database) {
    this.plan = plan;
    this.database = database;
  }

  SoakResult run() throws IOException {
    Optional<String> missing = Rig.unavailable(database);
    if (missing.isPresent()) {
      return SoakResult.skipped(database, missing.get());
    }
    Rig created;
    try {
      created = Rig.create();
    } catch (RigException e) {
      return SoakResult.skipped(database, "no network namespaces: " + e.oneLine());
    }
    Path log = plan.out().resolve(database.name().toLowerCase(Locale.ROOT) + ".log");
    // It is read whatever becomes of the run.
    Files.writeString(log, "");
    try (created) {
      soak(created, log);
    } catch (RigException e) {
      broken.add("the laboratory: " + e.oneLine());
    }
    LogCheck check = LogCheck.of(log);
    broken.addAll(check.complaints());
    check.expected().forEach((kind, n) -> counts.put("expected in the log\t" + kind, (long) n));
    return new SoakResult(database, counts, lines, broken, check.events(), null);
  }

  private void soak(Rig rig, Path log) {
    Site site = rig.site(database);
    List<String> arguments =
        List.of(site.url(), database.name(), Long.toString(plan.seed()), plan.length().toString());
    try (Child child = rig.startAtPool(log, SoakClient.class, arguments)) {
      await(child, SoakClient.READY, START);
      FaultWalk walk = new FaultWalk(site, child, plan.seed());
      walk.run(plan.length());
      walk.injected().forEach((fault, n) -> counts.put("faults\t" + fault.title(), n));
      child.send(Protocol.line(SoakClient.STOP));
      compareSessions("open", site, child);
      compareSessions("closed", site, child);
      await(child, SoakClient.DONE, EXAM);
    }
  }

  private void compareSessions(String when, Site site, Child child) {
    List<String> fields = await(child, SoakClient.AT_REST, EXAM);
    if (!fields.get(0).equals(SoakClient.AT_REST)) {
      return;
    }
    int total = Integer.parseInt(fields.get(1));
    long end = System.nanoTime() + SESSIONS_NANOS;
    int sessions = site.sessions();
    while (sessions != total && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(LOOK_NANOS);
      sessions = site.sessions();
    }
    lines.add(
        "%s: sessions by the server %d = connections by the pool %d"
            .formatted(when, sessions, total));
    if (sessions != total) {
      broken.add(
          "P6: %s, the server has %d sessions, the pool %d connections"
              .formatted(when, sessions, total));
    }
    child.send(Protocol.line(SoakClient.GO_ON));
  }

  /** Takes in what is told meanwhile. */
  private List<String> await(Child child, String word, Duration bound) {
    String found =
        child.await(
            line -> {
              List<String> fields = Protocol.fields(line);
              return !fields.isEmpty() && take(fields, word);
            },
            bound);
    return Protocol.fields(found);
  }

  private boolean take(List<String> fields, String word) {
    switch (fields.get(0)) {
      case SoakClient.COUNT ->
          counts.put(fields.get(1) + "\t" + fields.get(2), Long.valueOf(fields.get(3)));
      case SoakClient.LINE -> lines.add(fields.get(1));
      case SoakClient.BROKEN -> broken.add(fields.get(1));
      default -> {
        return fields.get(0).equals(word) || fields.get(0).equals(SoakClient.DONE);
      }
    }
    return false;
  }
}
