package dev.tidepool.net;

import java.lang.invoke.MethodHandle;
import java.lang.reflect.Method;
import java.net.StandardProtocolFamily;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A program that sets a user timeout of 7 s and prints what the kernel says about a socket with and
 * one without, in milliseconds, and then the warnings after two sockets that cannot have any.
 */
final class UserTimeoutReadBack {
  private UserTimeoutReadBack() {}

  public static void main(String[] args) throws Throwable {
    List<String> warnings = new ArrayList<>();
    UserTimeout timeout = new UserTimeout(Duration.ofSeconds(7), warnings::add);
    AttemptSockets attempt = new AttemptSockets(null, true, 0, timeout);
    attempt.begin();
    try (PoolSocket with = (PoolSocket) new PoolSocketFactory().createSocket();
        PoolSocket without = PoolSocket.open(0);
        SocketChannel unix = SocketChannel.open(StandardProtocolFamily.UNIX)) {
      System.out.println(millis(with) + " " + millis(without));
      System.out.println(warnings);
      timeout.apply(unix);
      timeout.apply(unix);
      System.out.println(warnings);
    } finally {
      attempt.end();
    }
  }

  private static int millis(PoolSocket socket) throws Throwable {
    Object anInt = UserTimeout.type("ValueLayout").getField("JAVA_INT").get(null);
    Object pointer = UserTimeout.type("ValueLayout").getField("ADDRESS").get(null);
    Object linker = UserTimeout.call("Linker", null, "nativeLinker");
    Object libc = UserTimeout.call("Linker", linker, "defaultLookup");
    Optional<?> address =
        (Optional<?>) UserTimeout.call("SymbolLookup", libc, "find", "getsockopt");
    Object parameters = UserTimeout.array("MemoryLayout", anInt, anInt, anInt, pointer, pointer);
    MethodHandle getsockopt =
        (MethodHandle)
            UserTimeout.call(
                "Linker",
                linker,
                "downcallHandle",
                address.orElseThrow(),
                UserTimeout.call("FunctionDescriptor", null, "of", anInt, parameters),
                UserTimeout.array("Linker$Option"));
    Object arena = UserTimeout.call("Arena", null, "ofAuto");
    Object value = UserTimeout.call("SegmentAllocator", arena, "allocateFrom", anInt, -1);
    Object length = UserTimeout.call("SegmentAllocator", arena, "allocateFrom", anInt, 4);
    Method descriptor = Class.forName("sun.nio.ch.SelChImpl").getMethod("getFDVal");
    Object result =
        getsockopt.invokeWithArguments(descriptor.invoke(socket.channel), 6, 18, value, length);
    if (!result.equals(0)) {
      throw new AssertionError("getsockopt failed");
    }
    return (int) UserTimeout.call("MemorySegment", value, "get", anInt, 0L);
  }
}
