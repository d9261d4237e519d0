package dev.tidepool.testing;

import org.jspecify.annotations.Nullable;

/** All the memory there is, for programs that run alone with little of it. */
public final class FullHeap {
  /** Down to what nothing fits beside. */
  private static final int[] SIZES = {1 << 18, 1 << 14, 1 << 10, 1 << 6, 8, 1};

  /** A chain of all that was allocated. */
  private static Object @Nullable [] hog;

  private FullHeap() {}

  /** Takes what is left; by one thread at a time. */
  public static void fill() {
    for (int size : SIZES) {
      boolean more = true;
      while (more) {
        more = take(size);
      }
    }
  }

  private static boolean take(int size) {
    try {
      Object[] next = new Object[size];
      next[0] = hog;
      hog = next;
      return true;
    } catch (OutOfMemoryError e) {
      return false;
    }
  }

  /** Whether there is some again, as others let go of theirs. */
  public static boolean hasRoom() {
    try {
      return new Object[SIZES[1]].length > 0;
    } catch (OutOfMemoryError e) {
      return false;
    }
  }

  /** Gives all of it back. */
  public static void free() {
    hog = null;
  }
}
