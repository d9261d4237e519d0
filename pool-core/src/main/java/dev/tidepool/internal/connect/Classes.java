package dev.tidepool.internal.connect;

import org.jspecify.annotations.Nullable;

/**
 * Loads classes that the user names, without running their static initialisers: whether a class is
 * of the right kind is found out first.
 */
final class Classes {
  private Classes() {}

  /** By the context class loader of the thread, then by the pool's own. */
  static Class<?> load(String name) throws ClassNotFoundException {
    ClassLoader context = Thread.currentThread().getContextClassLoader();
    if (context != null) {
      try {
        return Class.forName(name, false, context);
      } catch (ClassNotFoundException e) {
        return second(name, e);
      }
    }
    return Class.forName(name, false, Classes.class.getClassLoader());
  }

  private static Class<?> second(String name, ClassNotFoundException first)
      throws ClassNotFoundException {
    try {
      return Class.forName(name, false, Classes.class.getClassLoader());
    } catch (ClassNotFoundException e) {
      e.addSuppressed(first);
      throw e;
    }
  }

  /** Whether a class loader finds this very class, and not another copy or none. */
  static boolean sees(@Nullable ClassLoader loader, Class<?> type) {
    try {
      return Class.forName(type.getName(), false, loader) == type;
    } catch (ClassNotFoundException | LinkageError e) {
      return false;
    }
  }
}
