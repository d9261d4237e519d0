package dev.tidepool.internal.inventory;

/** How a thread is called in reports. */
public final class ThreadName {
  private ThreadName() {}

  /** Its name, or a number where it has none, as most virtual threads. */
  public static String of(Thread thread) {
    String name = thread.getName();
    return name.isEmpty() ? "#" + thread.getId() : name;
  }
}
