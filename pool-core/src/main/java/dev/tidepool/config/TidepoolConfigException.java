package dev.tidepool.config;

import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The configuration breaks rules; the message names the pool, if a name was set, and lists every
 * one of them, a line each, without secrets.
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
    this(null, violations);
  }

  /**
   * For use by the pool and its integrations.
   *
   * @param poolName the name that was set, to stand first in the message; null, and one that breaks
   *     a rule itself, for none
   * @param violations what is wrong; at least one
   */
  public TidepoolConfigException(@Nullable String poolName, List<Violation> violations) {
    this(poolName, "", violations);
  }

  /** With where the configuration stands, such as " in pool.properties". */
  TidepoolConfigException(@Nullable String poolName, String where, List<Violation> violations) {
    super(message(poolName, where, violations));
    this.violations = violations.toArray(Violation[]::new);
  }

  /** Every broken rule. */
  public List<Violation> violations() {
    return List.of(violations);
  }

  private static String message(
      @Nullable String poolName, String where, List<Violation> violations) {
    int count = violations.size();
    String head =
        subject(poolName) + where + " has " + count + (count == 1 ? " problem:" : " problems:");
    return violations.stream().map(v -> "\n  " + v).collect(Collectors.joining("", head, ""));
  }

  /** As in all that is said of a pool, its name comes first; a bad one could forge a line. */
  private static String subject(@Nullable String poolName) {
    Property<String> property = PropertyTable.POOL_NAME;
    return poolName == null || property.check(poolName) != null
        ? "The pool's configuration"
        : property.show(poolName) + ": the pool's configuration";
  }
}
