package dev.tidepool.examples.lab;

import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What can be said on the command line.
 *
 * @param url a PostgreSQL to use; null for an embedded one
 * @param silence seconds for which nobody uses a connection, 1 to 60
 */
record Options(@Nullable String url, int silence) {
  static final String USAGE =
      "arguments: [--url jdbc:postgresql://host/database?user=...&password=...] [--silence 1..60]";

  /**
   * Reads the arguments.
   *
   * @throws IllegalArgumentException if one is unknown or out of range
   */
  static Options parse(List<String> arguments) {
    String url = null;
    int silence = 10;
    for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
      String name = rest.next();
      switch (name) {
        case "--url" -> url = url(rest.hasNext() ? rest.next() : "");
        case "--silence" -> silence = silence(rest.hasNext() ? rest.next() : "");
        default -> throw new IllegalArgumentException("unknown argument " + name);
      }
    }
    return new Options(url, silence);
  }

  private static String url(String text) {
    // The text stays out of the message: it may contain a password.
    if (!text.startsWith("jdbc:postgresql:")) {
      throw new IllegalArgumentException("--url must begin with jdbc:postgresql:");
    }
    return text;
  }

  private static int silence(String text) {
    // Two digits at most, so that the number always fits.
    int value = text.matches("[0-9]{1,2}") ? Integer.parseInt(text) : 0;
    if (value < 1 || value > 60) {
      throw new IllegalArgumentException("--silence must be 1 to 60, not '" + text + "'");
    }
    return value;
  }
}
