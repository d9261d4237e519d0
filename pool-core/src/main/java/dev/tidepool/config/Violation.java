package dev.tidepool.config;

import java.io.Serializable;

/**
 * One broken rule.
 *
 * @param property name of the property, as it was given
 * @param value the value, with secrets masked; empty if there is none to show
 * @param rule the rule it breaks
 * @param fix what to do about it
 */
public record Violation(String property, String value, String rule, String fix)
    implements Serializable {
  private static final long serialVersionUID = 1L;

  /** The violation in one line. */
  @Override
  public String toString() {
    return property + (value.isEmpty() ? "" : " = " + value) + ": " + rule + "; " + fix;
  }
}
