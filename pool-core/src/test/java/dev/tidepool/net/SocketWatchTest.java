package dev.tidepool.net;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.net.Peer.Blocked;
import dev.tidepool.testing.Await;
import java.io.IOException;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Timeout(60)
class SocketWatchTest {
  private final AtomicInteger turns = new AtomicInteger();
  private SocketWatch watch;
  private Thread thread;

  private void start(SocketWatch.Waiting waiting) throws IOException {
    watch =
        new SocketWatch(
            (selector, action) -> {
              turns.incrementAndGet();
              return waiting.select(selector, action);
            },
            Selector::open);
    thread = new Thread(watch, "watch");
    thread.start();
  }

  @AfterEach
  void end() throws IOException {
    watch.close();
    if (thread != null) {
      Await.end(thread);
    }
  }

  enum News {
    DATA,
    END,
    RESET;

    void happen(Peer peer) throws IOException {
      switch (this) {
        case DATA -> peer.say(1);
        case END -> peer.far.close();
        case RESET -> peer.reset();
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void news_areToldOnceForEachWatch(News news) throws Exception {
    start(Selector::select);
    try (Peer peer = new Peer()) {
      AtomicInteger first = new AtomicInteger();
      AtomicInteger second = new AtomicInteger();
      watch.watch(peer.socket, first::incrementAndGet);
      news.happen(peer);
      Await.until("first news", () -> first.get() == 1);
      // What is still unread is news to the next watch at once.
      watch.watch(peer.socket, second::incrementAndGet);
      Await.until("second news", () -> second.get() == 1);
      pass();
      assertThat(first).hasValue(1);
      assertThat(second).hasValue(1);
    }
  }

  /** Returns when everything that happened before has been dealt with. */
  private void pass() throws IOException {
    for (int i = 0; i < 10; i++) {
      try (Peer other = new Peer()) {
        CountDownLatch told = new CountDownLatch(1);
        watch.watch(other.socket, told::countDown);
        other.say(1);
        Await.open(told);
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void unreadNews_costNothingAfterTheShot(News news) throws Exception {
    start(Selector::select);
    try (Peer peer = new Peer()) {
      CountDownLatch told = new CountDownLatch(1);
      watch.watch(peer.socket, told::countDown);
      news.happen(peer);
      Await.open(told);
      int before = turns.get();
      pass();
      // Ten others, each with a watch, news and a close; a spinning watch makes thousands.
      assertThat(turns.get() - before).isLessThan(60);
    }
  }

  @Test
  void newestCallback_wins() throws Exception {
    start(Selector::select);
    try (Peer peer = new Peer()) {
      AtomicInteger old = new AtomicInteger();
      CountDownLatch told = new CountDownLatch(1);
      watch.watch(peer.socket, old::incrementAndGet);
      watch.watch(peer.socket, told::countDown);
      peer.say(1);
      Await.open(told);
      pass();
      assertThat(old).hasValue(0);
    }
  }

  @Test
  void watchedSocket_isStillReadAndWrittenByItsOwner() throws Exception {
    start(Selector::select);
    try (Peer peer = new Peer()) {
      CountDownLatch told = new CountDownLatch(1);
      watch.watch(peer.socket, told::countDown);
      Blocked<Integer> reader = new Blocked<>(peer::hear);
      peer.socket.getOutputStream().write(7);
      assertThat(peer.far.getInputStream().read()).isEqualTo(7);
      peer.say(8);
      assertThat(reader.outcome.get()).isEqualTo(8);
      // The reader may have taken the first byte before the watch saw it; nobody takes this one.
      peer.say(9);
      Await.open(told);
    }
  }

  @Test
  void closedSocket_isForgottenWithoutACall() throws Exception {
    start(Selector::select);
    AtomicInteger told = new AtomicInteger();
    try (Peer peer = new Peer()) {
      watch.watch(peer.socket, told::incrementAndGet);
      pass();
      peer.socket.close();
      watch.watch(peer.socket, told::incrementAndGet);
      pass();
    }
    assertThat(told).hasValue(0);
  }

  @Test
  void callback_mayWatchAgain() throws Exception {
    start(Selector::select);
    try (Peer peer = new Peer()) {
      CountDownLatch thrice = new CountDownLatch(3);
      AtomicReference<Runnable> again = new AtomicReference<>();
      again.set(
          () -> {
            thrice.countDown();
            if (thrice.getCount() > 0) {
              watch.watch(peer.socket, again.get());
            }
          });
      watch.watch(peer.socket, again.get());
      peer.say(1);
      Await.open(thrice);
    }
  }

  @Test
  void brokenSelector_isReplaced_andNothingIsLost() throws Exception {
    AtomicReference<Selector> broken = new AtomicReference<>();
    CountDownLatch watched = new CountDownLatch(1);
    start(
        (selector, action) -> {
          Await.open(watched);
          broken.compareAndSet(null, selector);
          return selector.equals(broken.get()) ? 0 : selector.select(action);
        });
    List<Peer> peers = new ArrayList<>();
    CountDownLatch told = new CountDownLatch(20);
    for (int i = 0; i < 20; i++) {
      Peer peer = new Peer();
      peers.add(peer);
      watch.watch(peer.socket, told::countDown);
    }
    watched.countDown();
    for (Peer peer : peers) {
      peer.say(1);
    }
    Await.open(told);
    assertThat(broken.get().isOpen()).isFalse();
    pass();
    assertThat(turns.get()).isBetween(SocketWatch.FALSE_RETURNS, 3 * SocketWatch.FALSE_RETURNS);
    for (Peer peer : peers) {
      peer.close();
    }
  }

  @Test
  void interruptedThread_goesOn() throws Exception {
    start(Selector::select);
    thread.interrupt();
    pass();
    thread.interrupt();
    pass();
  }

  @Test
  void close_endsTheThreadAndForgetsEverything() throws Exception {
    start(Selector::select);
    try (Peer peer = new Peer()) {
      AtomicInteger told = new AtomicInteger();
      watch.watch(peer.socket, told::incrementAndGet);
      pass();
      assertThatThrownBy(watch::run).isInstanceOf(IllegalStateException.class);
      watch.close();
      watch.close();
      Await.end(thread);
      assertThat(watch.watch(peer.socket, told::incrementAndGet)).isFalse();
      peer.say(1);
      assertThat(peer.hear()).isEqualTo(1);
      assertThat(told).hasValue(0);
      watch.run();
    }
  }

  @Test
  void close_ofOneThatNeverRan_givesItsDescriptorsBack() throws Exception {
    new SocketWatch().close();
    int before = Descriptors.open();
    watch = new SocketWatch();
    assertThat(Descriptors.open()).isGreaterThan(before);
    watch.close();
    assertThat(Descriptors.open()).isEqualTo(before);
    watch.run();
  }

  @Test
  void manyThreads_watchAndCloseAtOnce_loseNothing() throws Exception {
    start(Selector::select);
    AtomicInteger told = new AtomicInteger();
    AtomicInteger toldOfClosed = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    List<Throwable> failures = new CopyOnWriteArrayList<>();
    for (int t = 0; t < 4; t++) {
      Thread one =
          new Thread(
              () -> {
                try {
                  for (int i = 0; i < 100; i++) {
                    watchAndClose(told, toldOfClosed);
                  }
                } catch (Throwable e) {
                  failures.add(e);
                }
              },
              "owner-" + t);
      threads.add(one);
      one.start();
    }
    threads.forEach(Await::end);
    assertThat(failures).isEmpty();
    assertThat(told).hasValue(400);
    assertThat(toldOfClosed).hasValue(0);
  }

  private void watchAndClose(AtomicInteger told, AtomicInteger toldOfClosed) throws IOException {
    try (Peer loud = new Peer();
        Peer quiet = new Peer()) {
      CountDownLatch latch = new CountDownLatch(1);
      watch.watch(quiet.socket, toldOfClosed::incrementAndGet);
      watch.watch(
          loud.socket,
          () -> {
            told.incrementAndGet();
            latch.countDown();
          });
      loud.say(1);
      quiet.socket.close();
      Await.open(latch);
    }
  }
}
