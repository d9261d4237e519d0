package dev.tidepool.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Await;
import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.spi.AbstractSelectableChannel;
import java.nio.channels.spi.AbstractSelector;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A watch for which there is no descriptor or no memory. */
@Timeout(60)
class SocketWatchFailureTest {
  private final AtomicInteger turns = new AtomicInteger();
  private final AtomicReference<Throwable> end = new AtomicReference<>();
  private final CountDownLatch ready = new CountDownLatch(1);
  private SocketWatch watch;
  private Thread thread;

  /** The thread begins to wait for news when {@link #ready} is open. */
  private void start(SocketWatch.Waiting waiting, SelectorSource selectors) throws IOException {
    watch =
        new SocketWatch(
            (selector, action) -> {
              Await.open(ready);
              turns.incrementAndGet();
              return waiting.select(selector, action);
            },
            selectors);
    thread = new Thread(watch, "watch");
    thread.setUncaughtExceptionHandler((dead, reason) -> end.set(reason));
    thread.start();
  }

  @AfterEach
  void end() throws IOException {
    ready.countDown();
    watch.close();
    Await.end(thread);
  }

  private Throwable reason() {
    Await.end(thread);
    return end.get();
  }

  private static int failWith(String kind) throws IOException {
    if (kind.equals("memory")) {
      throw new OutOfMemoryError("of the test");
    }
    throw new IOException("of the test");
  }

  // ---- a broken selector

  @Test
  void brokenSelector_staysWhileNoOtherCanBeHad_andIsNoHotLoop() throws Exception {
    int refusals = 3;
    AtomicInteger opened = new AtomicInteger();
    AtomicReference<Selector> broken = new AtomicReference<>();
    start(
        (selector, action) -> {
          broken.compareAndSet(null, selector);
          return selector.equals(broken.get()) ? 0 : selector.select(action);
        },
        () -> {
          int number = opened.incrementAndGet();
          if (number > 1 && number <= 1 + refusals) {
            throw new IOException("Too many open files");
          }
          return Selector.open();
        });
    try (Peer peer = new Peer()) {
      CountDownLatch told = new CountDownLatch(1);
      assertThat(watch.watch(peer.socket, told::countDown)).isTrue();
      peer.say(1);
      long begun = System.nanoTime();
      ready.countDown();
      Await.open(told);
      assertThat(TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun))
          .isGreaterThanOrEqualTo(refusals * SocketWatch.PAUSE_MILLIS);
    }
    assertThat(opened).hasValue(2 + refusals);
    assertThat(broken.get().isOpen()).isFalse();
    // One to be woken by the watch, one for each attempt, and some to wait for the news.
    assertThat(turns.get()).isLessThan(SocketWatch.FALSE_RETURNS + refusals + 10);
    watch.close();
    assertThat(reason()).isNull();
  }

  @Test
  void noMemoryWhileMoving_firesEverything_andLeaksNoSelector() throws Exception {
    List<Selector> opened = new ArrayList<>();
    start(
        (selector, action) -> 0,
        () -> {
          Selector selector = Selector.open();
          opened.add(selector);
          return selector;
        });
    try (Peer one = new Peer();
        Peer other = new Peer()) {
      AtomicInteger told = new AtomicInteger();
      assertThat(watch.watch(one.socket, told::incrementAndGet)).isTrue();
      assertThat(watch.watch(new OnceRegistered(other.socket), told::incrementAndGet)).isTrue();
      ready.countDown();
      assertThat(reason()).isInstanceOf(OutOfMemoryError.class);
      assertThat(told).hasValue(2);
    }
    assertThat(opened).hasSize(2).noneMatch(Selector::isOpen);
  }

  /** There is no memory for a second key. */
  private static final class OnceRegistered implements Watchable {
    private final PoolSocket socket;
    private boolean registered;

    OnceRegistered(PoolSocket socket) {
      this.socket = socket;
    }

    @Override
    public boolean hasNews() {
      return socket.hasNews();
    }

    @Override
    public boolean hasEnded() {
      return socket.hasEnded();
    }

    @Override
    public SelectionKey register(Selector selector) {
      if (registered) {
        throw new OutOfMemoryError("of the test");
      }
      registered = true;
      return socket.register(selector);
    }
  }

  // ---- the end of the thread

  @ParameterizedTest
  @ValueSource(strings = {"memory", "io"})
  void threadThatCannotGoOn_firesWhatIsWatched_andRefusesMore(String kind) throws Exception {
    start((selector, action) -> failWith(kind), Selector::open);
    try (Peer one = new Peer();
        Peer other = new Peer();
        Peer closed = new Peer()) {
      AtomicInteger told = new AtomicInteger();
      AtomicInteger toldOfClosed = new AtomicInteger();
      AtomicReference<Boolean> again = new AtomicReference<>();
      watch.watch(one.socket, () -> throwing(told));
      watch.watch(
          other.socket,
          () -> {
            told.incrementAndGet();
            again.set(watch.watch(other.socket, told::incrementAndGet));
          });
      watch.watch(closed.socket, toldOfClosed::incrementAndGet);
      closed.socket.close();
      ready.countDown();
      Throwable reason = reason();
      assertThat(kind.equals("io") ? reason.getCause() : reason).hasMessage("of the test");
      assertThat(told).hasValue(2);
      assertThat(again).hasValue(false);
      assertThat(toldOfClosed).hasValue(0);
      assertThat(watch.watch(one.socket, told::incrementAndGet)).isFalse();
    }
  }

  private static void throwing(AtomicInteger told) {
    told.incrementAndGet();
    throw new IllegalStateException("a bug");
  }

  @Test
  void callbackThatThrows_keepsNoOtherFromItsNews() throws Exception {
    start(Selector::select, Selector::open);
    List<Peer> peers = new ArrayList<>();
    AtomicInteger told = new AtomicInteger();
    for (int i = 0; i < 5; i++) {
      Peer peer = new Peer();
      peers.add(peer);
      watch.watch(peer.socket, () -> throwing(told));
      if (i < 4) {
        peer.say(1);
        peer.awaitNews();
      }
    }
    ready.countDown();
    assertThat(reason()).isInstanceOf(IllegalStateException.class).hasMessage("a bug");
    assertThat(told).as("four with news, and one without").hasValue(5);
    for (Peer peer : peers) {
      peer.close();
    }
  }

  @Test
  void noMemoryToFire_isTriedAgain() throws Exception {
    AtomicReference<Forgetful> forgetful = new AtomicReference<>();
    start(
        (selector, action) -> failWith("memory"),
        () -> {
          forgetful.set(new Forgetful(Selector.open()));
          return forgetful.get();
        });
    try (Peer peer = new Peer()) {
      AtomicInteger told = new AtomicInteger();
      Watchable socket =
          new Watchable() {
            @Override
            public boolean hasNews() {
              return false;
            }

            @Override
            public boolean hasEnded() {
              return false;
            }

            @Override
            public SelectionKey register(Selector selector) {
              return peer.socket.register(forgetful.get().real);
            }
          };
      assertThat(watch.watch(socket, told::incrementAndGet)).isTrue();
      ready.countDown();
      assertThat(reason()).isInstanceOf(OutOfMemoryError.class);
      assertThat(told).hasValue(1);
    }
  }

  /** There is no memory when it is first asked for its keys. */
  private static final class Forgetful extends AbstractSelector {
    private final Selector real;
    private boolean asked;

    Forgetful(Selector real) {
      super(real.provider());
      this.real = real;
    }

    @Override
    public Set<SelectionKey> keys() {
      if (!asked) {
        asked = true;
        throw new OutOfMemoryError("of the test");
      }
      return real.keys();
    }

    @Override
    protected void implCloseSelector() throws IOException {
      real.close();
    }

    @Override
    protected SelectionKey register(AbstractSelectableChannel channel, int ops, Object attachment) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Set<SelectionKey> selectedKeys() {
      return real.selectedKeys();
    }

    @Override
    public int selectNow() throws IOException {
      return real.selectNow();
    }

    @Override
    public int select(long timeout) throws IOException {
      return real.select(timeout);
    }

    @Override
    public int select() throws IOException {
      return real.select();
    }

    @Override
    public Selector wakeup() {
      return real.wakeup();
    }
  }
}
