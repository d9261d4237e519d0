package dev.tidepool.net;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.net.Peer.Blocked;
import dev.tidepool.testing.Await;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** The look for the end of the stream, past what has arrived before it. */
class PoolSocketEndTest {
  /** As much as is taken ahead. */
  private static final int AHEAD = 4 * 1024;

  private static void awaitEnd(Peer peer) {
    Await.until("the end", peer.socket::hasEnded);
  }

  @Test
  void words_areNoEnd_andAreReadLaterInOrder() throws Exception {
    try (Peer peer = new Peer()) {
      assertThat(peer.socket.hasEnded()).isFalse();
      peer.far.getOutputStream().write("one".getBytes(US_ASCII));
      peer.awaitNews();
      assertThat(peer.socket.hasEnded()).isFalse();
      assertThat(peer.socket.hasNews()).isTrue();
      peer.far.getOutputStream().write("two".getBytes(US_ASCII));
      InputStream input = peer.socket.getInputStream();
      assertThat(input.available()).isGreaterThanOrEqualTo(3);
      assertThat(input.read()).isEqualTo('o');
      assertThat(new String(input.readNBytes(5), US_ASCII)).isEqualTo("netwo");
      assertThat(peer.socket.hasNews()).isFalse();
      peer.socket.setSoTimeout(1);
      assertThatThrownBy(input::read).isInstanceOf(SocketTimeoutException.class);
    }
  }

  @Test
  void end_isSeenBehindTheWords_whichAreStillRead() throws Exception {
    try (Peer peer = new Peer()) {
      peer.far.getOutputStream().write("bye".getBytes(US_ASCII));
      peer.far.close();
      awaitEnd(peer);
      assertThat(peer.socket.hasNews()).isTrue();
      assertThat(peer.socket.hasEnded()).isTrue();
      InputStream input = peer.socket.getInputStream();
      assertThat(new String(input.readAllBytes(), US_ASCII)).isEqualTo("bye");
      assertThat(input.read()).isEqualTo(-1);
      assertThat(peer.socket.hasEnded()).isTrue();
    }
  }

  @Test
  void reset_isAnEnd_andTheReaderIsTold() throws Exception {
    try (Peer peer = new Peer()) {
      peer.reset();
      awaitEnd(peer);
      assertThatThrownBy(peer::hear).isInstanceOf(SocketException.class);
    }
  }

  @Test
  void closed_hasEnded_unconnectedHasNot() throws Exception {
    try (Peer peer = new Peer();
        PoolSocket unconnected = PoolSocket.open(0)) {
      peer.socket.close();
      assertThat(peer.socket.hasEnded()).isTrue();
      assertThat(unconnected.hasEnded()).isFalse();
    }
  }

  @Test
  void whileSomebodyReads_nothingIsTakenFromHim() throws Exception {
    try (Peer peer = new Peer()) {
      Blocked<Integer> reader = new Blocked<>(peer::hear);
      assertThat(peer.socket.hasEnded()).isFalse();
      peer.say(1);
      assertThat(reader.outcome.get(30, TimeUnit.SECONDS)).isEqualTo(1);
    }
  }

  /** Whoever talks that much without having been asked is asked. */
  @Test
  void moreThanIsTakenAhead_hidesTheEnd_andLosesNothing() throws Exception {
    byte[] much = new byte[3 * AHEAD];
    new Random(1).nextBytes(much);
    try (Peer peer = new Peer()) {
      peer.far.getOutputStream().write(much);
      peer.far.close();
      DataInputStream input = new DataInputStream(peer.socket.getInputStream());
      Await.until("all of it", () -> peer.socket.hasNews() && available(input) == much.length);
      assertThat(peer.socket.hasEnded()).isFalse();
      assertThat(peer.socket.hasEnded()).isFalse();
      assertThat(input.available()).isEqualTo(much.length);
      byte[] first = new byte[AHEAD + 1];
      input.readFully(first, 0, AHEAD - 1);
      assertThat(peer.socket.hasEnded()).isFalse();
      input.readFully(first, AHEAD - 1, 2);
      assertThat(first).isEqualTo(Arrays.copyOf(much, AHEAD + 1));
      assertThat(input.readAllBytes()).isEqualTo(Arrays.copyOfRange(much, AHEAD + 1, much.length));
    }
  }

  private static int available(InputStream input) {
    try {
      return input.available();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
