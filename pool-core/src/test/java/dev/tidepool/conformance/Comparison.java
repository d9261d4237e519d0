package dev.tidepool.conformance;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.api.RetireReason;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Plays the probes of an area on the driver and through a pool of one connection. */
final class Comparison {
  /** Where connections come from. */
  private interface Source {
    Connection open() throws SQLException;
  }

  private final Database database;
  private final TidepoolDataSource pool;
  private final List<Excuse> excuses;
  private final List<String> differences = new ArrayList<>();
  private final Set<Excuse> used = new LinkedHashSet<>();
  private final Set<String> refusals = new TreeSet<>();
  private final Set<String> stumbles = new TreeSet<>();
  private int calls;
  private int excused;

  Comparison(Database database, TidepoolDataSource pool, List<Excuse> excuses) {
    this.database = database;
    this.pool = pool;
    this.excuses = excuses;
  }

  /** Plays all probes of the area that the database has. */
  void play(Area area) throws SQLException {
    int number = 0;
    for (Probe probe : area.probes()) {
      number++;
      if (probe.on().contains(database)) {
        compare(probe, number);
      }
    }
  }

  /** Calls compared, one for each line of the driver's transcripts. */
  int calls() {
    return calls;
  }

  /** Calls that ended differently without an excuse, as text. */
  List<String> differences() {
    return differences;
  }

  /** How many calls ended differently as they are meant to. */
  int excused() {
    return excused;
  }

  /** The excuses that were needed. */
  Set<Excuse> used() {
    return used;
  }

  /** What the driver does not support, and the pool as little. */
  Set<String> refusals() {
    return refusals;
  }

  /** RuntimeExceptions of the driver, and so of the pool, which gives up the session then. */
  Set<String> stumbles() {
    return stumbles;
  }

  private void compare(Probe probe, int number) throws SQLException {
    List<String> bare =
        transcript(probe, number, () -> DriverManager.getConnection(database.url()), false);
    Map<RetireReason, Long> before = new HashMap<>(pool.stats().retired());
    List<String> pooled = transcript(probe, number, pool::getConnection, true);
    if (isToLive(probe, bare) && !pool.stats().retired().equals(before)) {
      // Equal transcripts then prove nothing: the next borrower got a session that is new.
      differences.add(
          probe.name() + ": the session was retired: " + before + ", then " + retired());
    }
    calls += bare.size();
    for (int i = 0; i < Math.max(bare.size(), pooled.size()); i++) {
      compare(probe, line(bare, i), line(pooled, i));
    }
  }

  /** After a RuntimeException the pool gives up the session: the driver may be anywhere. */
  private boolean isToLive(Probe probe, List<String> bare) {
    List<String> stumbling = bare.stream().filter(Words::tellsOfAStumble).toList();
    stumbling.forEach(line -> stumbles.add(probe.name() + ": " + line));
    // Of two bodies the second asks what the first has left in the very same session.
    return !probe.ends() && (stumbling.isEmpty() || probe.bodies().size() > 1);
  }

  private Map<RetireReason, Long> retired() {
    return pool.stats().retired();
  }

  private static @Nullable String line(List<String> lines, int index) {
    return index < lines.size() ? lines.get(index) : null;
  }

  private void compare(Probe probe, @Nullable String bare, @Nullable String pooled) {
    if (bare != null && bare.equals(pooled)) {
      if (bare.contains("!! java.sql.SQLFeatureNotSupportedException")) {
        refusals.add(probe.name() + ": " + bare);
      }
      return;
    }
    for (Excuse excuse : excuses) {
      if (bare != null && pooled != null && excuse.covers(database, probe, bare, pooled)) {
        used.add(excuse);
        excused++;
        return;
      }
    }
    differences.add(probe.name() + ":\n  driver: " + bare + "\n  pool:   " + pooled);
  }

  private List<String> transcript(Probe probe, int number, Source source, boolean pooled)
      throws SQLException {
    Transcript transcript = new Transcript(pooled);
    try (Workbench bench = new Workbench(database, number)) {
      for (Probe.Body body : probe.bodies()) {
        Connection connection = source.open();
        try {
          body.run(new Subject(connection, database, transcript, bench));
        } finally {
          transcript.run("close of the connection", connection::close);
        }
      }
    }
    return transcript.lines();
  }
}
