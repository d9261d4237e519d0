package dev.tidepool.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.net.Peer.Blocked;
import dev.tidepool.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The JDK's TLS over a pool socket, as every driver layers it. */
@Timeout(60)
class PoolSocketTlsTest {
  private static final String PASSWORD = "changeit";
  private static SSLContext context;

  @BeforeAll
  static void makeKey(@TempDir Path dir)
      throws IOException, InterruptedException, GeneralSecurityException {
    Path file = dir.resolve("keys.p12");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "server",
                "-keyalg",
                "EC",
                "-dname",
                "CN=localhost",
                "-storepass",
                PASSWORD,
                "-storetype",
                "PKCS12",
                "-keystore",
                file.toString())
            .redirectErrorStream(true)
            .start();
    byte[] said = keytool.getInputStream().readAllBytes();
    assertThat(keytool.waitFor()).as(new String(said, StandardCharsets.UTF_8)).isZero();
    KeyStore keys = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      keys.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory own = KeyManagerFactory.getInstance("PKIX");
    own.init(keys, PASSWORD.toCharArray());
    TrustManagerFactory trusted = TrustManagerFactory.getInstance("PKIX");
    trusted.init(keys);
    context = SSLContext.getInstance("TLS");
    context.init(own.getKeyManagers(), trusted.getTrustManagers(), null);
  }

  /** Both ends, after the handshake. */
  private static final class Pair implements AutoCloseable {
    final PoolSocket raw = PoolSocket.open(0);
    final SSLSocket near;
    final SSLSocket far;

    Pair(String protocol) throws Exception {
      try (SSLServerSocket server =
          (SSLServerSocket)
              context
                  .getServerSocketFactory()
                  .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
        raw.connect(new InetSocketAddress(server.getInetAddress(), server.getLocalPort()));
        far = (SSLSocket) server.accept();
        FutureTask<Void> handshake =
            new FutureTask<>(
                () -> {
                  far.startHandshake();
                  return null;
                });
        new Thread(handshake, "far").start();
        near =
            (SSLSocket)
                context
                    .getSocketFactory()
                    .createSocket(raw, "localhost", server.getLocalPort(), true);
        near.setEnabledProtocols(new String[] {protocol});
        near.startHandshake();
        handshake.get(30, TimeUnit.SECONDS);
        assertThat(near.getSession().getProtocol()).isEqualTo(protocol);
      }
    }

    @Override
    public void close() throws IOException {
      near.close();
      far.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void largeTransfer_arrivesUnchanged(String protocol) throws Exception {
    byte[] sent = new byte[10_000_000];
    new Random(7).nextBytes(sent);
    try (Pair pair = new Pair(protocol)) {
      FutureTask<byte[]> up =
          new FutureTask<>(() -> pair.far.getInputStream().readNBytes(sent.length));
      new Thread(up, "reader").start();
      pair.near.getOutputStream().write(sent);
      assertThat(up.get(30, TimeUnit.SECONDS)).isEqualTo(sent);
      FutureTask<byte[]> down =
          new FutureTask<>(() -> pair.near.getInputStream().readNBytes(sent.length));
      new Thread(down, "reader").start();
      pair.far.getOutputStream().write(sent);
      assertThat(down.get(30, TimeUnit.SECONDS)).isEqualTo(sent);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void timeoutAndInterrupt_leaveTheConnectionUsable(String protocol) throws Exception {
    try (Pair pair = new Pair(protocol)) {
      pair.near.setSoTimeout(50);
      assertThatThrownBy(() -> pair.near.getInputStream().read())
          .isInstanceOf(SocketTimeoutException.class);
      pair.near.setSoTimeout(0);
      Blocked<Boolean> reader =
          new Blocked<>(() -> pair.near.getInputStream().read() == 3 && Thread.interrupted());
      reader.thread.interrupt();
      reader.awaitInSelect();
      pair.far.getOutputStream().write(3);
      assertThat(reader.outcome.get()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"TLSv1.3", "TLSv1.2"})
  void theEnd_isNews_andTheRawCloseFreesTheReader(String protocol) throws Exception {
    try (SocketWatch watch = new SocketWatch();
        Pair pair = new Pair(protocol);
        Pair ended = new Pair(protocol)) {
      Thread thread = new Thread(watch, "watch");
      thread.start();
      CountDownLatch told = new CountDownLatch(1);
      // One byte each way, so that the session tickets of TLS 1.3 have been read.
      ended.far.getOutputStream().write(1);
      assertThat(ended.near.getInputStream().read()).isEqualTo(1);
      watch.watch(ended.raw, told::countDown);
      ended.far.close();
      Await.open(told);
      Await.until("the end behind the alert", ended.raw::hasEnded);
      assertThat(ended.raw.hasNews()).isTrue();
      assertThat(ended.near.getInputStream().read()).isEqualTo(-1);

      Blocked<Integer> reader = new Blocked<>(() -> pair.near.getInputStream().read());
      pair.raw.close();
      assertThatThrownBy(reader.outcome::get).cause().isInstanceOf(SocketException.class);
      watch.close();
      Await.end(thread);
    }
  }
}
