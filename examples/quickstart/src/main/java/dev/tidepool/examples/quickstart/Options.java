package dev.tidepool.examples.quickstart;

import java.util.Iterator;
import java.util.List;

/**
 * What can be said on the command line.
 *
 * @param seconds how long the demo takes, 3 to 25
 * @param breakQuery whether one query is made to fail, to see that the demo notices
 */
record Options(int seconds, boolean breakQuery) {
  static final String USAGE = "arguments: [--seconds 3..25] [--break-query]";

  /**
   * Reads the arguments.
   *
   * @throws IllegalArgumentException if one is unknown or out of range
   */
  static Options parse(List<String> arguments) {
    int seconds = 15;
    boolean breakQuery = false;
    for (Iterator<String> rest = arguments.iterator(); rest.hasNext(); ) {
      String name = rest.next();
      switch (name) {
        case "--break-query" -> breakQuery = true;
        case "--seconds" -> seconds = seconds(rest.hasNext() ? rest.next() : "");
        default -> throw new IllegalArgumentException("unknown argument " + name);
      }
    }
    return new Options(seconds, breakQuery);
  }

  private static int seconds(String text) {
    // Two digits at most, so that the number always fits.
    int value = text.matches("[0-9]{1,2}") ? Integer.parseInt(text) : 0;
    if (value < 3 || value > 25) {
      throw new IllegalArgumentException("--seconds must be 3 to 25, not '" + text + "'");
    }
    return value;
  }
}
