package dev.tidepool.bench.load;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.List;

/** Which threads borrow. */
public enum ThreadKind {
  /** Threads of the operating system. */
  PLATFORM("platform threads"),
  /** Virtual threads that live as long as the run. */
  VIRTUAL("virtual threads"),
  /** A virtual thread for every single borrow: nothing that a thread remembers is of any use. */
  FRESH_VIRTUAL("fresh virtual threads");

  private final String title;

  ThreadKind(String title) {
    this.title = title;
  }

  /** For reports. */
  public String title() {
    return title;
  }

  /** Those that this JVM has; virtual threads came with JDK 21. */
  public static List<ThreadKind> available() {
    return Runtime.version().feature() >= 21 ? Arrays.asList(values()) : List.of(PLATFORM);
  }

  /** Starts a thread that does not keep the JVM alive. */
  public void start(Runnable task) {
    if (this == PLATFORM) {
      Thread thread = new Thread(task, "borrower");
      thread.setDaemon(true);
      thread.start();
    } else {
      Virtual.start(task);
    }
  }

  /** By reflection, because this is compiled for JDK 17. Looked up once, when first needed. */
  private static final class Virtual {
    private static final Method START;

    static {
      try {
        START = Thread.class.getMethod("startVirtualThread", Runnable.class);
      } catch (NoSuchMethodException e) {
        throw new IllegalStateException("virtual threads take JDK 21 or later", e);
      }
    }

    static void start(Runnable task) {
      try {
        START.invoke(null, task);
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
