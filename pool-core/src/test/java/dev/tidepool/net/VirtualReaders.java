package dev.tidepool.net;

import java.io.IOException;
import java.lang.reflect.Method;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A program whose virtual threads block in many more reads than there are carriers. It ends with 0
 * if they hold up no other virtual thread, and each gets its byte, interrupted though it was.
 */
final class VirtualReaders {
  private static final int READERS = 50;

  private VirtualReaders() {}

  public static void main(String[] args) throws Exception {
    // By reflection, as the tests are compiled for Java 17.
    Method start = Thread.class.getMethod("startVirtualThread", Runnable.class);
    List<Peer> peers = new ArrayList<>();
    List<Thread> readers = new ArrayList<>();
    CountDownLatch begun = new CountDownLatch(READERS);
    CountDownLatch ended = new CountDownLatch(READERS);
    AtomicInteger right = new AtomicInteger();
    for (int i = 0; i < READERS; i++) {
      Peer peer = new Peer();
      peers.add(peer);
      Runnable reader =
          () -> {
            begun.countDown();
            try {
              right.addAndGet(peer.hear() == 1 && Thread.interrupted() ? 1 : 0);
            } catch (IOException e) {
              throw new AssertionError(e);
            } finally {
              ended.countDown();
            }
          };
      readers.add((Thread) start.invoke(null, reader));
    }
    check(begun.await(20, TimeUnit.SECONDS), "readers that began: " + (READERS - begun.getCount()));
    CountDownLatch other = new CountDownLatch(1);
    start.invoke(null, (Runnable) other::countDown);
    check(other.await(20, TimeUnit.SECONDS), "another virtual thread is held up");
    readers.forEach(Thread::interrupt);
    for (Peer peer : peers) {
      peer.say(1);
    }
    check(ended.await(20, TimeUnit.SECONDS), "readers that ended: " + (READERS - ended.getCount()));
    check(right.get() == READERS, "readers that got their byte: " + right);
    for (Peer peer : peers) {
      peer.close();
    }
  }

  private static void check(boolean condition, String otherwise) {
    if (!condition) {
      throw new AssertionError(otherwise);
    }
  }
}
