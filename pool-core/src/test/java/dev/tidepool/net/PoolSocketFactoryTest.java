package dev.tidepool.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import org.junit.jupiter.api.Test;

class PoolSocketFactoryTest {
  private static final KeepAlive TIMES = new KeepAlive(45, 10, 3);

  @Test
  void createSocket_byArgument_setsKeepaliveAndLeavesItUnconnected() throws IOException {
    AttemptSockets attempt = new AttemptSockets(TIMES, false, 0);
    attempt.begin();
    try (Socket socket = new PoolSocketFactory(attempt.factoryArgument()).createSocket()) {
      assertThat(socket.isConnected()).isFalse();
      assertThat(KeepAlive.describe(socket)).isEqualTo("on, idle 45 s, interval 10 s, count 3");
      assertThat(socket).isNotInstanceOf(PoolSocket.class);
    } finally {
      attempt.end();
    }
  }

  @Test
  void createSocket_watchable_isAPoolSocket() throws IOException {
    AttemptSockets attempt = new AttemptSockets(TIMES, true, 0);
    attempt.begin();
    try (Socket socket = new PoolSocketFactory().createSocket()) {
      assertThat(socket).isInstanceOf(PoolSocket.class);
      assertThat(KeepAlive.describe(socket)).isEqualTo("on, idle 45 s, interval 10 s, count 3");
    } finally {
      attempt.end();
    }
  }

  @Test
  void createSocket_timesLeftToTheSystem_turnsKeepaliveOnOnly() throws IOException {
    AttemptSockets attempt = new AttemptSockets(KeepAlive.SYSTEM, false, 0);
    attempt.begin();
    try (Socket plain = new Socket();
        Socket socket = new PoolSocketFactory(attempt.factoryArgument()).createSocket()) {
      assertThat(KeepAlive.describe(plain)).isEqualTo("off");
      plain.setKeepAlive(true);
      assertThat(KeepAlive.describe(socket)).isEqualTo(KeepAlive.describe(plain));
    } finally {
      attempt.end();
    }
  }

  @Test
  void cutOff_closesEarlierSocketsAndRefusesLaterOnes() throws IOException {
    AttemptSockets attempt = new AttemptSockets(TIMES, false, 0);
    attempt.begin();
    try (Socket first = new PoolSocketFactory(attempt.factoryArgument()).createSocket()) {
      PoolSocketFactory factory = new PoolSocketFactory(attempt.factoryArgument());

      assertThat(attempt.cutOff()).isEqualTo(1);

      assertThat(first.isClosed()).isTrue();
      assertThatThrownBy(factory::createSocket)
          .isInstanceOf(SocketException.class)
          .hasMessageContaining("gave this connect attempt up");
    } finally {
      attempt.end();
    }
  }

  @Test
  void createSocket_afterTheAttemptSettled_worksAndIsNotNoted() throws IOException {
    AttemptSockets attempt = new AttemptSockets(TIMES, false, 0);
    attempt.begin();
    PoolSocketFactory factory = new PoolSocketFactory(attempt.factoryArgument());
    attempt.settle();
    attempt.end();

    try (Socket cancelRequest = factory.createSocket()) {
      assertThat(attempt.cutOff()).isZero();
      assertThat(cancelRequest.isClosed()).isFalse();
    }
  }

  @Test
  void createSocket_ofAnAttemptUnknownHere_setsTheOptionsOnly() throws IOException {
    AttemptSockets over = new AttemptSockets(TIMES, true, 0);
    try (Socket ended = new PoolSocketFactory(over.factoryArgument()).createSocket();
        Socket foreign = new PoolSocketFactory("another-copy:1:45/10/3").createSocket();
        Socket bare = new PoolSocketFactory().createSocket()) {
      assertThat(KeepAlive.describe(ended)).startsWith("on, idle 45 s");
      assertThat(KeepAlive.describe(foreign)).startsWith("on, idle 45 s");
      assertThat(KeepAlive.describe(bare)).isEqualTo("off");
      assertThat(ended).isNotInstanceOf(PoolSocket.class);
    }
  }

  @Test
  void threadArgument_findsTheAttemptOfTheThread() throws IOException {
    AttemptSockets attempt = new AttemptSockets(TIMES, false, 0);
    attempt.begin();
    try (Socket socket =
        new PoolSocketFactory(AttemptSockets.threadArgument(TIMES)).createSocket()) {
      attempt.cutOff();
      assertThat(socket.isClosed()).isTrue();
    } finally {
      attempt.end();
    }
  }

  @Test
  void live_isTheLastSocketStillConnected() throws IOException {
    AttemptSockets attempt = new AttemptSockets(null, false, 0);
    attempt.begin();
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getLoopbackAddress())) {
      PoolSocketFactory factory = new PoolSocketFactory(attempt.factoryArgument());
      assertThat(attempt.live()).isNull();
      Socket first = factory.createSocket(server.getInetAddress(), server.getLocalPort());
      Socket second =
          factory.createSocket(server.getInetAddress().getHostAddress(), server.getLocalPort());
      Socket unconnected = factory.createSocket();

      assertThat(attempt.live()).isSameAs(second);
      second.close();
      assertThat(attempt.live()).isSameAs(first);
      assertThat(attempt.cutOff()).isEqualTo(2);
      assertThat(unconnected.isClosed()).isTrue();
    } finally {
      attempt.end();
    }
  }

  @Test
  void end_leavesNothingBehind() {
    AttemptSockets attempt = new AttemptSockets(TIMES, false, 0);
    int before = AttemptSockets.runningCount();
    attempt.begin();
    assertThat(AttemptSockets.runningCount()).isEqualTo(before + 1);
    attempt.end();
    assertThat(AttemptSockets.runningCount()).isEqualTo(before);
    assertThat(AttemptSockets.ofThread()).isNull();
  }

  @Test
  void constructor_argumentOfAUser_saysThatThePoolAddsItByItself() {
    assertThatThrownBy(() -> new PoolSocketFactory("1,1,3"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("the pool adds it by itself");
  }

  @Test
  void keepAlive_zero_isRejected() {
    assertThatThrownBy(() -> new KeepAlive(0, 10, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("positive");
  }
}
