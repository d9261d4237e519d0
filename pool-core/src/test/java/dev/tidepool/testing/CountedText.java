package dev.tidepool.testing;

/**
 * A text that counts how often its characters are read, and fails when that is too often for its
 * length: whoever reads it in linear time is told from others without a clock, and at once.
 */
public final class CountedText implements CharSequence {
  /** Of each character, on the average: readers look back and ahead a little. */
  private static final int MOST_LOOKS = 40;

  private final String text;
  private long left;

  /** Counts from here on. */
  public CountedText(String text) {
    this.text = text;
    this.left = 1_000 + (long) MOST_LOOKS * text.length();
  }

  @Override
  public char charAt(int index) {
    if (--left < 0) {
      throw new AssertionError(
          "each character was looked at " + MOST_LOOKS + " times, and it goes on");
    }
    return text.charAt(index);
  }

  @Override
  public int length() {
    return text.length();
  }

  @Override
  public CharSequence subSequence(int start, int end) {
    left -= end - start;
    return text.substring(start, end);
  }

  @Override
  public String toString() {
    return text;
  }
}
