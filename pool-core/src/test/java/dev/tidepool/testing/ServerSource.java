package dev.tidepool.testing;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.opentest4j.TestAbortedException;

/**
 * One way to come by a server.
 *
 * @param name what {@code tidepool.test.require} calls it
 * @param attempt gives the URL of a server that runs; anything it throws but {@link None} fails the
 *     test
 */
record ServerSource(String name, Attempt attempt) {
  /** The property that allows one source only, and fails the tests where that one has no server. */
  static final String REQUIRE = "tidepool.test.require";

  @FunctionalInterface
  interface Attempt {
    String url() throws Exception;
  }

  /** This source has no server here, which is nobody's mistake. */
  static final class None extends Exception {
    private static final long serialVersionUID = 1;

    None(String reason) {
      super(reason);
    }

    None(String reason, Throwable cause) {
      super(reason, cause);
    }
  }

  /**
   * The URL of the first source that has a server.
   *
   * @param required the only source to ask, or null to ask all in turn
   * @param say hears which one was taken, and why the earlier ones were not
   * @throws TestAbortedException if none has, so that the test is skipped
   * @throws AssertionError if the required one has none
   */
  static String first(
      String product, List<ServerSource> sources, @Nullable String required, Consumer<String> say)
      throws Exception {
    List<String> reasons = new ArrayList<>();
    boolean known = false;
    for (ServerSource source : sources) {
      if (required != null && !required.equals(source.name)) {
        continue;
      }
      known = true;
      try {
        String url = source.attempt.url();
        say.accept("tests use " + product + " from: " + source.name + because(reasons));
        return url;
      } catch (None none) {
        if (required != null) {
          throw new AssertionError(
              product + ": " + REQUIRE + "=" + required + ", but " + none.getMessage(), none);
        }
        reasons.add(source.name + ": " + none.getMessage());
      }
    }
    if (!known) {
      throw new AssertionError(
          product
              + ": no source is called "
              + REQUIRE
              + "="
              + required
              + "; there are "
              + sources.stream().map(ServerSource::name).toList());
    }
    throw new TestAbortedException("no " + product + because(reasons));
  }

  private static String because(List<String> reasons) {
    return reasons.isEmpty() ? "" : " (not from " + String.join("; ", reasons) + ")";
  }
}
