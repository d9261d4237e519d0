package dev.tidepool.examples.lab;

import static dev.tidepool.examples.lab.Findings.KEEPALIVE_TIMER;
import static dev.tidepool.examples.lab.Findings.Lasting.pids;

import dev.tidepool.examples.lab.Findings.Claim;
import dev.tidepool.examples.lab.Findings.Lasting;
import java.io.PrintStream;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;

/** The experiment: use, silence, use again; then a look at a live socket. */
final class Lab {
  private static final Duration KEEPALIVE_TIME = Duration.ofMillis(800);
  private static final String ALIVE = "SELECT count(*) FROM pg_stat_activity WHERE pid = ANY (?)";

  private static final List<String> NAMES = List.of("plain", "no pings", "tidepool");

  private final Server server;
  private final int silence;
  private final PrintStream out;

  Lab(Server server, int silence, PrintStream out) {
    this.server = server;
    this.silence = silence;
    this.out = out;
  }

  /** Runs the experiment, prints it, and returns what was seen. */
  Findings run() throws SQLException, InterruptedException {
    try (Connection observer = server.observer();
        Contender.Pool unpinged = Contender.Pool.withoutKeepalive(server);
        Contender.Pool pinged = Contender.Pool.tidepool(server, KEEPALIVE_TIME)) {
      introduce(observer);
      // Opened before anybody's silence begins: that may take long.
      pinged.use();
      unpinged.use();
      return run(observer, unpinged, pinged);
    }
  }

  private Findings run(Connection observer, Contender.Pool unpinged, Contender.Pool pinged)
      throws SQLException, InterruptedException {
    try (Contender.Plain plain = Contender.Plain.open(server)) {
      plain.requireIdleLimit(server.idleLimit());
      List<Contender> contenders = List.of(plain, unpinged, pinged);
      List<List<Answer>> before = use(contenders);
      beSilent(observer, contenders, before);
      List<List<Answer>> after = use(contenders);
      table(contenders, before, after);
      Findings findings =
          new Findings(
              new Lasting(before.get(0), after.get(0)),
              new Lasting(before.get(1), after.get(1)),
              new Lasting(before.get(2), after.get(2)),
              pinged.stats(),
              sockets(observer, pinged));
      verdict(findings.claims());
      return findings;
    }
  }

  private void introduce(Connection observer) throws SQLException {
    out.println();
    out.println("Tidepool keepalive lab: who survives " + silence + " s of silence?");
    out.println();
    out.println(
        "  server     "
            + server.describe(observer)
            + "; kills a session idle for "
            + server.idleLimit());
    out.println("  plain      one connection from DriverManager");
    out.println("  no pings   a pool without keepalive: lends what it has, unchecked");
    out.println("  tidepool   Tidepool with keepaliveTime=" + KEEPALIVE_TIME.toMillis() + "ms");
    out.println();
  }

  private static List<List<Answer>> use(List<Contender> contenders) throws SQLException {
    List<List<Answer>> answers = new ArrayList<>();
    for (Contender contender : contenders) {
      answers.add(contender.use());
    }
    return answers;
  }

  /**
   * Nobody uses a connection; the observer asks the server every second whose sessions it still
   * has.
   */
  private void beSilent(Connection observer, List<Contender> contenders, List<List<Answer>> before)
      throws SQLException, InterruptedException {
    out.println("Sessions alive, as the server counts them:");
    out.println();
    out.println("  silence |  plain | no pings | tidepool | pings so far");
    out.println("  --------+--------+----------+----------+-------------");
    long begin = System.nanoTime();
    for (int second = 0; second <= silence; second++) {
      long due = begin + TimeUnit.SECONDS.toNanos(second);
      TimeUnit.NANOSECONDS.sleep(due - System.nanoTime());
      out.printf(
          "  %5d s | %6s | %8s | %8s | %12d%n",
          second,
          alive(observer, before.get(0)),
          alive(observer, before.get(1)),
          alive(observer, before.get(2)),
          contenders.get(2).pings().orElse(0));
    }
    out.println();
  }

  /** Such as {@code 3 of 3}. */
  private static String alive(Connection observer, List<Answer> before) throws SQLException {
    Object[] pids = pids(before).toArray();
    Array array = observer.createArrayOf("int4", pids);
    try (PreparedStatement statement = observer.prepareStatement(ALIVE)) {
      statement.setArray(1, array);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return result.getInt(1) + " of " + pids.length;
      }
    } finally {
      array.free();
    }
  }

  private void table(
      List<Contender> contenders, List<List<Answer>> before, List<List<Answer>> after) {
    String row = "  %-9s | %7s | %-14s | %-8s | %-22s | %-22s | %s%n";
    out.println("First use after the silence:");
    out.println();
    out.printf(
        row, "contender", "silence", "first use", "SQLSTATE", "pids before", "pids after", "pings");
    out.println("  " + "-".repeat(102));
    for (int i = 0; i < contenders.size(); i++) {
      List<Answer> answers = after.get(i);
      long worked = answers.stream().filter(Answer::worked).count();
      OptionalLong pings = contenders.get(i).pings();
      out.printf(
          row,
          NAMES.get(i),
          silence + " s",
          worked == 0 ? answers.size() + " failed" : worked + " of " + answers.size() + " worked",
          answers.stream().map(Answer::sqlState).distinct().collect(Collectors.joining(" ")),
          show(before.get(i)),
          show(answers),
          pings.isPresent() ? String.valueOf(pings.getAsLong()) : "-");
    }
    out.println();
  }

  private static String show(List<Answer> answers) {
    String pids = pids(answers).stream().map(String::valueOf).collect(Collectors.joining(" "));
    return pids.isEmpty() ? "dead" : pids;
  }

  /** Shows the pool's socket beside an ordinary one and returns the line about the pool's. */
  private Optional<String> sockets(Connection ordinary, Contender.Pool pool)
      throws SQLException, InterruptedException {
    Optional<String> pinged;
    try (Connection borrowed = pool.source().getConnection()) {
      pinged = SocketLook.of(borrowed, line -> line.contains(KEEPALIVE_TIMER));
    }
    Optional<String> other = SocketLook.of(ordinary, line -> !line.contains("timer:(on"));
    String missing = "not shown: ss (Linux, iproute2) does not see this socket here";
    out.println("TCP keepalive, for peers that die without a word:");
    out.println();
    out.println("  read back   " + pool.stats().tcpKeepAlive());
    out.println("  ss -tno     " + pinged.orElse(missing));
    out.println("  unpooled    " + other.orElse(missing));
    out.println();
    return pinged;
  }

  private void verdict(List<Claim> claims) {
    claims.forEach(c -> out.println((c.holds() ? "  ok      " : "  FAILED  ") + c.text()));
    out.println();
    out.println(
        claims.stream().allMatch(Claim::holds)
            ? "OK: silence kills what nobody pings, and nothing else."
            : "FAILED: not every claim held.");
  }
}
