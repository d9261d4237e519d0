package dev.tidepool.config;

/** A value cannot be read as the type of its property; the message says what was expected. */
final class ValueException extends Exception {
  private static final long serialVersionUID = 1L;

  ValueException(String expected) {
    super(expected);
  }

  /** What was expected, as the end of "must be ...". */
  String expected() {
    return String.valueOf(getMessage());
  }
}
