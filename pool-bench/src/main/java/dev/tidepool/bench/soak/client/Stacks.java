package dev.tidepool.bench.soak.client;

import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMException;
import javax.management.ObjectName;

/** Looks at the threads of this JVM. */
final class Stacks {
  /** Threads of the JDK that come and go as it likes, and one of the soak's that stays. */
  private static final String NOT_COUNTED =
      "soak-last-resort|ForkJoinPool.*|VirtualThread.*|Common-Cleaner|Attach Listener|.*Poller|"
          + "JVMCI.*|C[12] CompilerThread.*|GC Thread.*|.*unparker.*";

  private Stacks() {}

  /** Prints the stacks of all threads; of virtual ones too, where the JVM can. */
  static void print(PrintStream out) {
    for (Map.Entry<Thread, StackTraceElement[]> each : Thread.getAllStackTraces().entrySet()) {
      out.println(each.getKey() + " " + each.getKey().getState());
      for (StackTraceElement frame : each.getValue()) {
        out.println("    at " + frame);
      }
    }
    if (Runtime.version().feature() >= 21) {
      printVirtual(out);
    }
  }

  private static void printVirtual(PrintStream out) {
    try {
      Path dir = Files.createTempDirectory("soak-threads");
      Path file = dir.resolve("threads.txt");
      ManagementFactory.getPlatformMBeanServer()
          .invoke(
              new ObjectName("com.sun.management:type=HotSpotDiagnostic"),
              "dumpThreads",
              new Object[] {file.toString(), "TEXT_PLAIN"},
              new String[] {
                "java.lang.String", "com.sun.management.HotSpotDiagnosticMXBean$ThreadDumpFormat"
              });
      out.println(Files.readString(file));
      Files.delete(file);
      Files.delete(dir);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (JMException e) {
      out.println("virtual threads cannot be shown: " + e);
    }
  }

  /** How many threads there are of each name, without the numbers in the names. */
  static Map<String, Integer> names() {
    Map<String, Integer> names = new TreeMap<>();
    for (Thread thread : Thread.getAllStackTraces().keySet()) {
      if (!thread.getName().matches(NOT_COUNTED)) {
        names.merge(thread.getName().replaceAll("[0-9]+", "N"), 1, Integer::sum);
      }
    }
    return names;
  }

  /** Those that there are now and were not before; it waits for them to end. */
  static Map<String, Integer> more(Map<String, Integer> before, long seconds) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
    while (true) {
      Map<String, Integer> more = new TreeMap<>();
      names()
          .forEach(
              (name, count) -> {
                int surplus = count - before.getOrDefault(name, 0);
                if (surplus > 0) {
                  more.put(name, surplus);
                }
              });
      if (more.isEmpty() || System.nanoTime() - end > 0) {
        return more;
      }
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(100));
    }
  }
}
