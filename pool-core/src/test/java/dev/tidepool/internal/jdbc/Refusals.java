package dev.tidepool.internal.jdbc;

import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;

/** Errors of a double as the driver's own method throws them: those of a proxy come from deeper. */
final class Refusals {
  private Refusals() {}

  /**
   * The error, with the stack it has where the method refuses, or is not there. To be called while
   * the proxy answers.
   */
  static Throwable by(String method, Throwable error) {
    List<StackTraceElement> stack = new ArrayList<>(List.of(new Throwable().getStackTrace()));
    while (!isProxy(stack.remove(0))) {}
    if (!(error instanceof AbstractMethodError)) {
      stack.add(0, new StackTraceElement("com.example.Driver", method, "Driver.java", 1));
    }
    error.setStackTrace(stack.toArray(StackTraceElement[]::new));
    return error;
  }

  /** The error, as something throws it that the driver has called on its way. */
  static <T extends Throwable> T deeperDown(T error) {
    List<StackTraceElement> stack = new ArrayList<>();
    for (String method : List.of("read", "send", "call")) {
      stack.add(new StackTraceElement("com.example.Driver", method, "Driver.java", 1));
    }
    stack.addAll(List.of(error.getStackTrace()));
    error.setStackTrace(stack.toArray(StackTraceElement[]::new));
    return error;
  }

  private static boolean isProxy(StackTraceElement frame) {
    try {
      return Proxy.isProxyClass(Class.forName(frame.getClassName()));
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
