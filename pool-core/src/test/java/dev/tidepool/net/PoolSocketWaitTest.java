package dev.tidepool.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tidepool.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Who has to wait while there is no descriptor for a selector. */
@Timeout(60)
class PoolSocketWaitTest {
  private static final String NONE = "no selector can be opened to wait with: Too many open files";

  private final AtomicInteger asked = new AtomicInteger();
  private volatile boolean full;

  private Selector open() throws IOException {
    asked.incrementAndGet();
    if (full) {
      throw new IOException("Too many open files");
    }
    return Selector.open();
  }

  private static void assertTold(Throwable thrown) {
    assertThat(thrown)
        .isInstanceOf(SocketException.class)
        .hasMessage(NONE)
        .hasRootCauseMessage("Too many open files");
  }

  @Test
  void writer_thatHasToWait_isToldAtOnce() throws Exception {
    try (ServerSocket server = server();
        PoolSocket socket = PoolSocket.open(0, this::open)) {
      socket.connect(server.getLocalSocketAddress());
      full = true;
      int before = asked.get();
      assertTold(catchThrowable(() -> socket.getOutputStream().write(new byte[50_000_000])));
      assertThat(asked.get() - before).isEqualTo(1);
    }
  }

  @Test
  void readerOrWhoConnects_isToldAtOnce() throws Exception {
    full = true;
    try (ServerSocket server = server();
        PoolSocket socket = PoolSocket.open(0, this::open)) {
      // On loopback the handshake may be over before anybody has to wait for it.
      assertTold(
          catchThrowable(
              () -> {
                socket.connect(server.getLocalSocketAddress());
                int unused = socket.getInputStream().read();
              }));
      assertThat(asked).hasValue(1);
    }
  }

  @Test
  void closedSocket_isNotTakenForALackOfDescriptors() throws Exception {
    try (ServerSocket server = server();
        PoolSocket socket = PoolSocket.open(0, this::open)) {
      socket.connect(server.getLocalSocketAddress());
      InputStream in = socket.getInputStream();
      try (Socket far = server.accept()) {
        far.getOutputStream().write(1);
        // With room for more, so that the next read waits first.
        assertThat(in.read(new byte[2])).isEqualTo(1);
      }
      socket.close();
      full = true;
      int before = asked.get();
      assertThat(catchThrowable(in::read)).hasMessage("Socket closed");
      assertThat(asked).hasValue(before);
    }
  }

  /** A process that stood still used to find the time up, and the answer in its buffer unread. */
  @Test
  void whatCameAfterTheDeadline_butBeforeTheLook_isFound() throws Exception {
    try (ServerSocket server = server();
        PoolSocket socket = PoolSocket.open(0);
        ReadyWait wait = new ReadyWait(socket.channel, Selector::open)) {
      socket.connect(server.getLocalSocketAddress());
      try (Socket far = server.accept()) {
        long deadline = System.nanoTime() - 1;
        assertThat(wait.await(SelectionKey.OP_READ, deadline)).isFalse();
        far.getOutputStream().write(1);
        Await.until("the byte is there", socket::hasNews);
        assertThat(wait.await(SelectionKey.OP_READ, deadline)).isTrue();
        assertThat(socket.getInputStream().read()).isEqualTo(1);
        assertThat(wait.await(SelectionKey.OP_READ, deadline)).isFalse();
      }
    }
  }

  private static ServerSocket server() throws IOException {
    return new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
  }
}
