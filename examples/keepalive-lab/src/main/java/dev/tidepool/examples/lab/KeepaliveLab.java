package dev.tidepool.examples.lab;

import dev.tidepool.examples.lab.Findings.Claim;
import java.io.IOException;
import java.io.PrintStream;
import java.sql.SQLException;
import java.util.List;

/**
 * Runs the lab: {@code mvn -q compile -Pdemo -pl examples/keepalive-lab -am}. It ends with 0 if
 * every claim holds, with 1 if one does not or the server cannot be used, and with 2 if it was
 * called wrongly.
 */
public final class KeepaliveLab {
  private KeepaliveLab() {}

  /** Runs the lab and, if it failed, ends the JVM with its exit code. */
  public static void main(String[] arguments) throws Exception {
    int code = run(List.of(arguments), System.out);
    if (code != 0) {
      System.exit(code);
    }
  }

  /** Runs the lab and returns its exit code. */
  static int run(List<String> arguments, PrintStream out) throws InterruptedException {
    Options options;
    try {
      options = Options.parse(arguments);
    } catch (IllegalArgumentException e) {
      out.println(e.getMessage());
      out.println(Options.USAGE);
      return 2;
    }
    String url = options.url();
    try (Server server = url == null ? Server.embedded() : Server.given(url)) {
      return run(server, options.silence(), out);
    } catch (IOException e) {
      out.println("FAILED: no embedded PostgreSQL here: " + e);
      out.println("Name one of yours (14 or later) with --url");
    } catch (SQLException | IllegalStateException e) {
      out.println("FAILED: " + e.getMessage());
    }
    return 1;
  }

  /** The same with this server; 0 if each claim holds. */
  static int run(Server server, int silence, PrintStream out)
      throws SQLException, InterruptedException {
    Findings findings = new Lab(server, silence, out).run();
    return findings.claims().stream().allMatch(Claim::holds) ? 0 : 1;
  }
}
