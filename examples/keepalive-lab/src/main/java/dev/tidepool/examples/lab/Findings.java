package dev.tidepool.examples.lab;

import dev.tidepool.api.PoolStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What the lab saw.
 *
 * @param plain the plain connection
 * @param unpinged the pool without keepalive
 * @param pinged Tidepool
 * @param stats Tidepool's figures after the silence
 * @param pingedSocket the kernel's view of one of its sockets, empty if it cannot be had
 */
record Findings(
    Lasting plain,
    Lasting unpinged,
    Lasting pinged,
    PoolStats stats,
    Optional<String> pingedSocket) {
  /** SQLSTATE of PostgreSQL for a session killed because it was idle. */
  private static final String IDLE_SESSION_TIMEOUT = "57P05";

  /** How {@code ss} says that the kernel will probe a silent peer. */
  static final String KEEPALIVE_TIMER = "timer:(keepalive,";

  /** The answers of one contender before and after the silence. */
  record Lasting(List<Answer> before, List<Answer> after) {
    boolean survived() {
      return after.stream().allMatch(Answer::worked) && pids(before).equals(pids(after));
    }

    boolean killed() {
      return after.stream().allMatch(a -> a.sqlState().equals(IDLE_SESSION_TIMEOUT));
    }

    /** Processes of the answers in order, without those that failed. */
    static List<Integer> pids(List<Answer> answers) {
      return answers.stream().filter(Answer::worked).map(Answer::pid).sorted().toList();
    }
  }

  /** Something the lab promises to show, and whether it did. */
  record Claim(boolean holds, String text) {}

  /** Every claim, in the order of the story. */
  List<Claim> claims() {
    List<Claim> claims = new ArrayList<>();
    claims.add(
        new Claim(plain.killed(), "the plain connection is dead: 57P05, killed for being idle"));
    claims.add(
        new Claim(unpinged.killed(), "the pool without keepalive lent only dead connections"));
    claims.add(
        new Claim(
            pinged.survived() && stats.retired().isEmpty() && stats.pings() > 0,
            "Tidepool's connections work, and they are the same ones: pinged, none replaced"));
    String tcp = String.valueOf(stats.tcpKeepAlive());
    claims.add(
        new Claim(tcp.startsWith("on, "), "TCP keepalive is on, as read from the live socket"));
    pingedSocket.ifPresent(
        line ->
            claims.add(
                new Claim(
                    line.contains(KEEPALIVE_TIMER),
                    "the kernel's keepalive timer runs on that socket")));
    return claims;
  }
}
