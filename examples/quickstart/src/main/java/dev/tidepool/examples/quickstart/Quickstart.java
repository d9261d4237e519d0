package dev.tidepool.examples.quickstart;

import java.io.PrintStream;
import java.sql.SQLException;
import java.util.List;

/**
 * Runs the demo: {@code mvn -q compile -Pdemo -pl examples/quickstart -am}. It ends with 0 if every
 * query worked and the books balance, with 1 if not, and with 2 if it was called wrongly.
 */
public final class Quickstart {
  private Quickstart() {}

  /** Runs the demo and, if it failed, ends the JVM with its exit code. */
  public static void main(String[] arguments) throws Exception {
    int code = run(List.of(arguments), System.out);
    if (code != 0) {
      System.exit(code);
    }
  }

  /** Runs the demo and returns its exit code. */
  static int run(List<String> arguments, PrintStream out)
      throws SQLException, InterruptedException {
    Options options;
    try {
      options = Options.parse(arguments);
    } catch (IllegalArgumentException e) {
      out.println(e.getMessage());
      out.println(Options.USAGE);
      return 2;
    }
    Summary summary = new Show(options, out).run();
    summary.print(out);
    return summary.problems().isEmpty() ? 0 : 1;
  }
}
