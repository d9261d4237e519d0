package dev.tidepool.net;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Linux's {@code TCP_USER_TIMEOUT} for the sockets of one pool: how long sent bytes may stay
 * without an acknowledgement before the kernel ends the connection.
 *
 * <p>The JDK has no such option, so libc is called through {@code java.lang.foreign}. Where that
 * cannot be done, one warning says why, and sockets work without. Safe for use by several threads.
 */
public final class UserTimeout {
  private static final int IPPROTO_TCP = 6;
  private static final int TCP_USER_TIMEOUT = 18;

  private final Consumer<String> onFailure;
  private final AtomicBoolean failed = new AtomicBoolean();

  /** Takes a channel and gives 0 if all is well; null if there is no way to call it. */
  private final @Nullable MethodHandle setter;

  /**
   * Prepares the call, or reports at once why there can be none.
   *
   * @param timeout from 1 ms to {@link Integer#MAX_VALUE} ms
   * @param onFailure gets the one warning
   */
  public UserTimeout(Duration timeout, Consumer<String> onFailure) {
    this.onFailure = onFailure;
    MethodHandle linked = null;
    try {
      String lacking = lacking();
      if (lacking == null) {
        linked = link(Math.toIntExact(timeout.toMillis()));
      } else {
        fail(lacking);
      }
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      fail("libc cannot be called: " + (e.getCause() == null ? e : e.getCause()));
    }
    this.setter = linked;
  }

  private static @Nullable String lacking() throws ReflectiveOperationException {
    int java = Runtime.version().feature();
    if (java < 22 || !"Linux".equals(System.getProperty("os.name"))) {
      return "it takes Linux and Java 22, this is " + System.getProperty("os.name") + ", " + java;
    }
    Module own = UserTimeout.class.getModule();
    String name = own.isNamed() ? own.getName() : "ALL-UNNAMED";
    String options = "";
    if (!Object.class.getModule().isExported("sun.nio.ch", own)) {
      options += " --add-exports=java.base/sun.nio.ch=" + name;
    }
    if (!(boolean) Module.class.getMethod("isNativeAccessEnabled").invoke(own)) {
      options += " --enable-native-access=" + name;
    }
    return options.isEmpty() ? null : "it takes the JVM options" + options;
  }

  /** The pool is compiled for Java 17, so what came later is found by its name. */
  private static MethodHandle link(int millis) throws ReflectiveOperationException {
    Object anInt = type("ValueLayout").getField("JAVA_INT").get(null);
    Object pointer = type("ValueLayout").getField("ADDRESS").get(null);
    Object linker = call("Linker", null, "nativeLinker");
    Object libc = call("Linker", linker, "defaultLookup");
    Optional<?> address = (Optional<?>) call("SymbolLookup", libc, "find", "setsockopt");
    Object parameters = array("MemoryLayout", anInt, anInt, anInt, pointer, anInt);
    Object function = call("FunctionDescriptor", null, "of", anInt, parameters);
    Object none = array("Linker$Option");
    Object setsockopt =
        call("Linker", linker, "downcallHandle", address.orElseThrow(), function, none);
    // Freed together with the handle, which holds the value.
    Object arena = call("Arena", null, "ofAuto");
    Object value = call("SegmentAllocator", arena, "allocateFrom", anInt, millis);
    MethodHandle ofDescriptor =
        MethodHandles.insertArguments(
            (MethodHandle) setsockopt, 1, IPPROTO_TCP, TCP_USER_TIMEOUT, value, Integer.BYTES);
    Method descriptor = Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal");
    return MethodHandles.filterArguments(
            ofDescriptor, 0, MethodHandles.lookup().unreflect(descriptor))
        .asType(MethodType.methodType(int.class, SocketChannel.class));
  }

  static Class<?> type(String name) throws ClassNotFoundException {
    return Class.forName("java.lang.foreign." + name);
  }

  static Object array(String type, Object... elements) throws ClassNotFoundException {
    Object array = Array.newInstance(type(type), elements.length);
    System.arraycopy(elements, 0, array, 0, elements.length);
    return array;
  }

  /** Calls the one method of that name that takes these arguments. */
  static Object call(String type, @Nullable Object target, String name, Object... arguments)
      throws ReflectiveOperationException {
    for (Method method : type(type).getMethods()) {
      if (method.getName().equals(name) && takes(method.getParameterTypes(), arguments)) {
        return method.invoke(target, arguments);
      }
    }
    throw new NoSuchMethodException(type + "." + name);
  }

  private static boolean takes(Class<?>[] types, Object... arguments) {
    boolean fits = types.length == arguments.length;
    for (int i = 0; fits && i < types.length; i++) {
      fits = MethodType.methodType(types[i]).wrap().returnType().isInstance(arguments[i]);
    }
    return fits;
  }

  /**
   * For a channel that nobody else knows yet: a closed one's descriptor may be another's by now.
   */
  void apply(SocketChannel channel) {
    try {
      if (setter != null && (int) setter.invokeExact(channel) != 0) {
        fail("the system refuses it");
      }
    } catch (Error e) {
      throw e;
    } catch (Throwable e) {
      fail("libc cannot be called: " + e);
    }
  }

  private void fail(String reason) {
    if (failed.compareAndSet(false, true)) {
      onFailure.accept("tcpUserTimeout is not in force: " + reason);
    }
  }
}
