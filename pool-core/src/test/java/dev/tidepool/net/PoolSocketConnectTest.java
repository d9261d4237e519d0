package dev.tidepool.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.net.Peer.Blocked;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How a pool socket is connected, and for how long it tries. */
@Timeout(60)
class PoolSocketConnectTest {
  @Test
  void unconnected_isNeitherReadableNorNews() throws Exception {
    try (PoolSocket socket = PoolSocket.open(0)) {
      assertThat(socket.isConnected()).isFalse();
      assertThat(socket.isBound()).isFalse();
      assertThat(socket.hasNews()).isFalse();
      assertThat(socket).hasToString("PoolSocket[unconnected]");
      assertThatThrownBy(socket::getInputStream).isInstanceOf(SocketException.class);
      socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
      assertThat(socket.isBound()).isTrue();
    }
    assertThatThrownBy(() -> PoolSocket.open(-1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void connect_fails_asAnOrdinarySocketDoes() throws Exception {
    int free;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      free = server.getLocalPort();
    }
    try (PoolSocket socket = PoolSocket.open(0)) {
      assertThatThrownBy(() -> socket.connect(null)).isInstanceOf(IllegalArgumentException.class);
      assertThatThrownBy(() -> socket.connect(new InetSocketAddress("127.0.0.1", free)))
          .isInstanceOf(ConnectException.class);
      assertThat(socket.isClosed()).isTrue();
    }
    try (PoolSocket socket = PoolSocket.open(0)) {
      assertThatThrownBy(
              () -> socket.connect(InetSocketAddress.createUnresolved("no.such.host", 1)))
          .isInstanceOf(UnknownHostException.class);
    }
    try (Peer peer = new Peer()) {
      assertThatThrownBy(() -> peer.socket.connect(peer.socket.getRemoteSocketAddress()))
          .isInstanceOf(SocketException.class);
      assertThat(peer.socket.isClosed()).isFalse();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void connect_isBoundedByTheSmallerOfTimeoutAndLimit(boolean watchable) throws Exception {
    try (Full full = new Full()) {
      for (int[] times : new int[][] {{0, 100}, {100, 0}, {60_000, 100}, {100, 60_000}}) {
        AttemptSockets attempt = new AttemptSockets(null, watchable, times[1]);
        try (Socket socket = attempt.open()) {
          assertThatThrownBy(() -> socket.connect(full.address, times[0]))
              .isInstanceOf(SocketTimeoutException.class)
              .hasMessageMatching("(?i)connect timed out");
        }
      }
    }
  }

  @Test
  void connect_interruptedOrClosed() throws Exception {
    try (Full full = new Full();
        PoolSocket socket = PoolSocket.open(0)) {
      Blocked<Integer> connecting =
          new Blocked<>(
              () -> {
                socket.connect(full.address);
                return 0;
              });
      connecting.thread.interrupt();
      connecting.awaitInSelect();
      assertThat(socket.isClosed()).isFalse();
      socket.close();
      assertThat(socket.isConnected()).isFalse();
      assertThatThrownBy(connecting.outcome::get)
          .cause()
          .isInstanceOf(SocketException.class)
          .hasMessage("Socket closed");
    }
  }

  /** A server whose queue of connections is full, so that handshakes hang. */
  private static final class Full implements AutoCloseable {
    private final ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
    final InetSocketAddress address =
        new InetSocketAddress(server.getInetAddress(), server.getLocalPort());
    private final List<Socket> taken = new ArrayList<>();

    Full() throws IOException {
      for (boolean room = true; room; ) {
        Socket socket = new Socket();
        taken.add(socket);
        try {
          socket.connect(address, 300);
        } catch (SocketTimeoutException e) {
          room = false;
        }
      }
    }

    @Override
    public void close() throws IOException {
      for (Socket socket : taken) {
        socket.close();
      }
      server.close();
    }
  }
}
