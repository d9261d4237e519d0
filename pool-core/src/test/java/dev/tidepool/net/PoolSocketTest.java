package dev.tidepool.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.net.Peer.Blocked;
import dev.tidepool.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.StandardSocketOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** It does what an ordinary socket does, and survives what that survives. */
@Timeout(60)
class PoolSocketTest {
  /** Public methods of a socket that need not be overridden, and why. */
  private static final Map<String, String> INHERITED =
      Map.of("setPerformancePreferences", "does nothing in the JDK");

  @Test
  void everyPublicMethodOfASocket_isOverridden() throws NoSuchMethodException {
    List<String> missing = new ArrayList<>();
    for (Method method : Socket.class.getDeclaredMethods()) {
      if (!Modifier.isPublic(method.getModifiers()) || Modifier.isStatic(method.getModifiers())) {
        continue;
      }
      Method ours = PoolSocket.class.getMethod(method.getName(), method.getParameterTypes());
      if (ours.getDeclaringClass() == Socket.class && !INHERITED.containsKey(method.getName())) {
        missing.add(method.toString());
      }
    }
    assertThat(missing).isEmpty();
  }

  // ---- reading and writing

  @Test
  void largeTransfer_bothWaysAtOnce_arrivesUnchanged() throws Exception {
    byte[] sent = new byte[10_000_000];
    new Random(7).nextBytes(sent);
    try (Peer peer = new Peer()) {
      Blocked<byte[]> reader =
          new Blocked<>(() -> peer.socket.getInputStream().readNBytes(sent.length));
      Thread echo = new Thread(() -> echo(peer.far), "echo");
      echo.setDaemon(true);
      echo.start();
      OutputStream out = peer.socket.getOutputStream();
      out.write(sent[0]);
      out.write(sent, 1, sent.length - 1);
      assertThat(reader.outcome.get()).isEqualTo(sent);
    }
  }

  private static void echo(Socket socket) {
    try {
      socket.getInputStream().transferTo(socket.getOutputStream());
    } catch (IOException e) {
      // The other end has closed; what it missed it reports itself.
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void read_exactlyWhatIsThere_waitsForTheRest() throws Exception {
    try (Peer peer = new Peer()) {
      peer.far.getOutputStream().write(new byte[] {1, 2, 3, (byte) 200});
      InputStream in = peer.socket.getInputStream();
      Await.until("all is there", () -> available(in) == 4);
      byte[] target = new byte[6];
      assertThat(in.read(target, 1, 2)).isEqualTo(2);
      assertThat(target).containsExactly(0, 1, 2, 0, 0, 0);
      assertThat(in.read(target, 0, 0)).isZero();
      assertThat(in.read(target)).isEqualTo(2);
      assertThat(in.available()).isZero();
      Blocked<Integer> next = new Blocked<>(in::read);
      peer.say(201);
      assertThat(next.outcome.get()).isEqualTo(201);
      assertThatThrownBy(() -> in.read(target, 5, 2)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  private static int available(InputStream in) {
    try {
      return in.available();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void read_timesOut_andTheConnectionSurvives() throws Exception {
    try (Peer peer = new Peer()) {
      peer.socket.setSoTimeout(50);
      long begun = System.nanoTime();
      assertThatThrownBy(peer::hear)
          .isInstanceOf(SocketTimeoutException.class)
          .hasMessage("Read timed out");
      assertThat(System.nanoTime() - begun).isGreaterThanOrEqualTo(50_000_000L);
      peer.say(5);
      assertThat(peer.hear()).isEqualTo(5);
      peer.socket.setSoTimeout(0);
      Blocked<Integer> patient = new Blocked<>(peer::hear);
      peer.say(6);
      assertThat(patient.outcome.get()).isEqualTo(6);
      assertThatThrownBy(() -> peer.socket.setSoTimeout(-1))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void ends_areToldApart() throws Exception {
    try (Peer peer = new Peer()) {
      peer.say(1);
      peer.far.close();
      assertThat(peer.hear()).isEqualTo(1);
      assertThat(peer.hear()).isEqualTo(-1);
      assertThat(peer.hear()).isEqualTo(-1);
    }
    try (Peer peer = new Peer()) {
      Blocked<Integer> reader = new Blocked<>(peer::hear);
      peer.reset();
      assertThatThrownBy(reader.outcome::get)
          .cause()
          .isInstanceOf(SocketException.class)
          .hasMessage("Connection reset");
    }
  }

  @Test
  void halfClosed_worksInTheOtherDirection() throws Exception {
    try (Peer peer = new Peer()) {
      peer.socket.shutdownOutput();
      assertThat(peer.socket.isOutputShutdown()).isTrue();
      assertThat(peer.far.getInputStream().read()).isEqualTo(-1);
      assertThatThrownBy(peer.socket::getOutputStream).isInstanceOf(SocketException.class);
      assertThatThrownBy(peer.socket::shutdownOutput).isInstanceOf(SocketException.class);
      peer.say(3);
      assertThat(peer.hear()).isEqualTo(3);
      InputStream in = peer.socket.getInputStream();
      Blocked<Integer> reader = new Blocked<>(in::read);
      peer.socket.shutdownInput();
      assertThat(reader.outcome.get()).isEqualTo(-1);
      assertThat(in.available()).isZero();
      assertThatThrownBy(peer.socket::getInputStream).isInstanceOf(SocketException.class);
      assertThatThrownBy(peer.socket::shutdownInput).isInstanceOf(SocketException.class);
      assertThat(peer.socket.isInputShutdown()).isTrue();
      assertThat(peer.socket.isClosed()).isFalse();
    }
  }

  // ---- interrupts

  @Test
  void interruptedReader_goesOnAndKeepsItsFlag() throws Exception {
    try (Peer peer = new Peer()) {
      Blocked<Boolean> reader =
          new Blocked<>(
              () -> {
                Thread.currentThread().interrupt();
                int first = peer.hear();
                boolean flag = Thread.currentThread().isInterrupted();
                int second = peer.hear();
                return first == 1 && second == 2 && flag && Thread.interrupted();
              });
      reader.thread.interrupt();
      reader.awaitInSelect();
      peer.say(1);
      reader.awaitInSelect();
      peer.say(2);
      assertThat(reader.outcome.get()).isTrue();
    }
  }

  @Test
  void interruptedReader_stillTimesOutOnTime() throws Exception {
    try (Peer peer = new Peer()) {
      peer.socket.setSoTimeout(200);
      Blocked<Boolean> reader =
          new Blocked<>(
              () -> {
                long begun = System.nanoTime();
                assertThatThrownBy(peer::hear).isInstanceOf(SocketTimeoutException.class);
                return System.nanoTime() - begun >= 200_000_000L && Thread.interrupted();
              });
      reader.thread.interrupt();
      assertThat(reader.outcome.get()).isTrue();
      assertThat(peer.socket.isClosed()).isFalse();
    }
  }

  @Test
  void interruptedWriter_goesOnAndKeepsItsFlag() throws Exception {
    byte[] sent = new byte[50_000_000];
    try (Peer peer = new Peer()) {
      Blocked<Boolean> writer =
          new Blocked<>(
              () -> {
                peer.socket.getOutputStream().write(sent);
                return Thread.interrupted();
              });
      writer.thread.interrupt();
      assertThat(peer.far.getInputStream().readNBytes(sent.length)).hasSameSizeAs(sent);
      assertThat(writer.outcome.get()).isTrue();
    }
  }

  // ---- closing

  @Test
  void close_wakesReaderAndWriter_andWaitsForNeither() throws Exception {
    try (Peer peer = new Peer()) {
      Blocked<Integer> reader = new Blocked<>(peer::hear);
      Blocked<Integer> writer =
          new Blocked<>(
              () -> {
                peer.socket.getOutputStream().write(new byte[50_000_000]);
                return 0;
              });
      peer.socket.close();
      peer.socket.close();
      for (Blocked<Integer> blocked : List.of(reader, writer)) {
        assertThatThrownBy(blocked.outcome::get)
            .isInstanceOf(ExecutionException.class)
            .cause()
            .isInstanceOf(SocketException.class)
            .hasMessage("Socket closed");
      }
    }
  }

  @Test
  void closedSocket_refusesEverything_butSaysWhatItWas() throws Exception {
    try (Peer peer = new Peer()) {
      PoolSocket socket = peer.socket;
      InputStream in = socket.getInputStream();
      OutputStream out = socket.getOutputStream();
      int port = socket.getLocalPort();
      in.close();
      assertThat(socket.isClosed()).isTrue();
      assertThat(socket.isConnected()).isTrue();
      assertThat(socket.isBound()).isTrue();
      assertThat(socket.hasNews()).isTrue();
      assertThat(socket.getLocalPort()).isEqualTo(port);
      assertThat(socket.getPort()).isEqualTo(peer.far.getLocalPort());
      assertThatThrownBy(in::read).isInstanceOf(SocketException.class);
      assertThatThrownBy(() -> out.write(1)).isInstanceOf(SocketException.class);
      assertThatThrownBy(in::available).isInstanceOf(SocketException.class);
      assertThatThrownBy(socket::getInputStream).isInstanceOf(SocketException.class);
      assertThatThrownBy(socket::getSoTimeout).isInstanceOf(SocketException.class);
      assertThatThrownBy(() -> socket.setTcpNoDelay(true)).isInstanceOf(SocketException.class);
      assertThatThrownBy(() -> socket.getOption(StandardSocketOptions.SO_KEEPALIVE))
          .isInstanceOf(SocketException.class);
      assertThatThrownBy(() -> socket.connect(new InetSocketAddress("127.0.0.1", 1)))
          .isInstanceOf(SocketException.class);
      assertThat(peer.far.getInputStream().read()).isEqualTo(-1);
    }
  }

  @Test
  void lingerOfZero_closesWithAReset() throws Exception {
    try (Peer peer = new Peer();
        SocketWatch watch = new SocketWatch()) {
      Thread thread = new Thread(watch, "watch");
      thread.start();
      watch.watch(peer.socket, () -> {});
      assertThat(peer.socket.hasNews()).isFalse();
      peer.socket.setSoLinger(true, 0);
      assertThat(peer.socket.getSoLinger()).isZero();
      peer.socket.close();
      assertThatThrownBy(() -> peer.far.getInputStream().read())
          .isInstanceOf(SocketException.class);
      watch.close();
      Await.end(thread);
    }
  }

  // ---- options

  @Test
  void options_reachTheKernel() throws Exception {
    try (Peer peer = new Peer()) {
      PoolSocket socket = peer.socket;
      new KeepAlive(45, 10, 3).apply(socket);
      assertThat(KeepAlive.describe(socket)).isEqualTo("on, idle 45 s, interval 10 s, count 3");
      socket.setTcpNoDelay(true);
      socket.setReuseAddress(true);
      socket.setOOBInline(true);
      socket.setKeepAlive(false);
      socket.setReceiveBufferSize(20_000);
      socket.setSendBufferSize(20_000);
      socket.setTrafficClass(0x10);
      socket.setPerformancePreferences(1, 2, 3);
      assertThat(socket.getTcpNoDelay()).isTrue();
      assertThat(socket.getReuseAddress()).isTrue();
      assertThat(socket.getOOBInline()).isTrue();
      assertThat(socket.getKeepAlive()).isFalse();
      assertThat(socket.getReceiveBufferSize()).isGreaterThanOrEqualTo(20_000);
      assertThat(socket.getSendBufferSize()).isGreaterThanOrEqualTo(20_000);
      assertThat(socket.getTrafficClass()).isBetween(0, 255);
      assertThat(socket.getSoLinger()).isEqualTo(-1);
      assertThat(socket.getChannel()).isNull();
      assertThat(socket.getInetAddress()).isEqualTo(peer.far.getLocalAddress());
      assertThat(socket.getLocalAddress()).isEqualTo(peer.far.getInetAddress());
      assertThat(socket.getRemoteSocketAddress()).isEqualTo(peer.far.getLocalSocketAddress());
      assertThat(socket.getLocalSocketAddress()).isEqualTo(peer.far.getRemoteSocketAddress());
      assertThat(socket.toString()).contains(":" + socket.getLocalPort() + " -> ");
      peer.far.setOOBInline(true);
      socket.sendUrgentData(9);
      assertThat(peer.far.getInputStream().read()).isEqualTo(9);
    }
  }

  // ---- news

  @Test
  void hasNews_seesDataWithoutTakingIt() throws Exception {
    try (Peer peer = new Peer()) {
      assertThat(peer.socket.hasNews()).isFalse();
      peer.say(4);
      peer.awaitNews();
      assertThat(peer.socket.hasNews()).isTrue();
      assertThat(peer.hear()).isEqualTo(4);
      assertThat(peer.socket.hasNews()).isFalse();
      Thread.currentThread().interrupt();
      assertThat(peer.socket.hasNews()).isFalse();
      assertThat(Thread.interrupted()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void hasNews_seesTheEnd(boolean reset) throws Exception {
    try (Peer peer = new Peer()) {
      if (reset) {
        peer.reset();
      } else {
        peer.far.close();
      }
      peer.awaitNews();
    }
  }

  @Test
  void hasNews_whileSomebodyReads_isFalseAndDoesNotWait() throws Exception {
    try (Peer peer = new Peer()) {
      Blocked<Integer> reader = new Blocked<>(peer::hear);
      assertThat(peer.socket.hasNews()).isFalse();
      peer.say(1);
      assertThat(reader.outcome.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    }
  }

  /** Borrowers and those who serve them may look at the same idle connection at the same time. */
  @Test
  void hasNews_whileOthersLook_isNotOverlooked() throws Exception {
    try (Peer peer = new Peer()) {
      peer.say(1);
      peer.awaitNews();
      AtomicBoolean over = new AtomicBoolean();
      FutureTask<Integer> other = new FutureTask<>(() -> overlooked(peer, over::get));
      Thread thread = new Thread(other, "other");
      thread.start();
      int looks = 100_000;
      int[] left = {looks};
      int overlooked = overlooked(peer, () -> left[0]-- == 0);
      over.set(true);
      assertThat(overlooked + other.get(30, TimeUnit.SECONDS)).isZero();
    }
  }

  private static int overlooked(Peer peer, BooleanSupplier over) {
    int overlooked = 0;
    while (!over.getAsBoolean()) {
      overlooked += peer.socket.hasNews() ? 0 : 1;
    }
    return overlooked;
  }

  // ---- descriptors

  @Test
  void descriptors_areAllGivenBack() throws Exception {
    try (SocketWatch watch = new SocketWatch()) {
      Thread thread = new Thread(watch, "watch");
      thread.start();
      cycles(watch, 5);
      int before = Descriptors.open();
      cycles(watch, 200);
      Await.until("as few descriptors as before", () -> Descriptors.open() <= before);
      watch.close();
      Await.end(thread);
    }
  }

  private static void cycles(SocketWatch watch, int count) throws Exception {
    byte[] much = new byte[8_000_000];
    for (int i = 0; i < count; i++) {
      try (Peer peer = new Peer()) {
        switch (i % 4) {
          case 0 -> watch.watch(peer.socket, () -> {});
          case 1 -> assertThat(peer.socket.hasNews()).isFalse();
          case 2 -> {
            Blocked<Integer> reader = new Blocked<>(peer::hear);
            watch.watch(peer.socket, () -> {});
            peer.socket.close();
            assertThatThrownBy(reader.outcome::get).isInstanceOf(ExecutionException.class);
          }
          default -> {
            Blocked<Integer> writer =
                new Blocked<>(
                    () -> {
                      peer.socket.getOutputStream().write(much);
                      return 0;
                    });
            peer.socket.close();
            assertThatThrownBy(writer.outcome::get).isInstanceOf(ExecutionException.class);
          }
        }
      }
    }
  }
}
