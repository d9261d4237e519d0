package dev.tidepool.config;

import java.util.List;
import java.util.stream.Collectors;

/**
 * The configuration breaks rules; the message lists every one of them, a line each, without
 * secrets.
 */
public final class TidepoolConfigException extends IllegalArgumentException {
  private static final long serialVersionUID = 1L;

  private final Violation[] violations;

  /**
   * For use by the pool and its integrations.
   *
   * @param violations what is wrong; at least one
   */
  public TidepoolConfigException(List<Violation> violations) {
    super(message(violations));
    this.violations = violations.toArray(Violation[]::new);
  }

  /** Every broken rule. */
  public List<Violation> violations() {
    return List.of(violations);
  }

  private static String message(List<Violation> violations) {
    String head =
        violations.size() == 1
            ? "The pool's configuration has 1 problem:"
            : "The pool's configuration has " + violations.size() + " problems:";
    return violations.stream().map(v -> "\n  " + v).collect(Collectors.joining("", head, ""));
  }
}
