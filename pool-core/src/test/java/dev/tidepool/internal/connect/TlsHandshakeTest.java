package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.internal.connect.ConnectSettings.Session;
import dev.tidepool.internal.connect.ConnectSettings.Tcp;
import dev.tidepool.net.KeepAlive;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A login can hang between two layers: what is closed then must be the raw socket. */
class TlsHandshakeTest {
  private static final KeepAlive TIMES = new KeepAlive(45, 10, 3);

  /** A PostgreSQL server that agrees to TLS, hears the client's first word, and says no more. */
  private static final class SilentAfterHello implements AutoCloseable {
    private static final int REQUEST_BYTES = 8;

    private final ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    private final CountDownLatch hello = new CountDownLatch(1);
    private final CountDownLatch over = new CountDownLatch(1);
    private final FutureTask<Throwable> conversation;

    SilentAfterHello() throws IOException {
      conversation = Background.run(this::converse);
    }

    private boolean converse() throws IOException, InterruptedException {
      try (Socket client = server.accept()) {
        InputStream in = client.getInputStream();
        assertThat(in.readNBytes(REQUEST_BYTES)).hasSize(REQUEST_BYTES);
        client.getOutputStream().write('S');
        assertThat(in.read()).as("content type of a TLS handshake").isEqualTo(22);
        hello.countDown();
        return over.await(30, TimeUnit.SECONDS);
      }
    }

    @Override
    public void close() throws Exception {
      over.countDown();
      server.close();
      assertThat(conversation.get(10, TimeUnit.SECONDS)).as("went as planned").isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void cutOff_ofALoginThatHangsInTheHandshake_freesIt(boolean watchable) throws Exception {
    try (SilentAfterHello peer = new SilentAfterHello()) {
      String url =
          "jdbc:postgresql://127.0.0.1:"
              + peer.server.getLocalPort()
              + "/x?user=u&sslmode=require&gssEncMode=disable";
      ConnectionSource source =
          ConnectionSources.create(Fixtures.url(url, Session.DEFAULT, new Tcp(TIMES, watchable)));
      ConnectAttempt attempt = new ConnectAttempt();
      FutureTask<Throwable> login = Background.run(() -> source.open(attempt));
      OpenerTest.await(peer.hello);

      assertThat(attempt.cutOff()).isTrue();
      assertThat(login.get(10, TimeUnit.SECONDS))
          .isInstanceOf(SQLException.class)
          .hasMessageContaining("p: connect was given up");
    }
  }
}
