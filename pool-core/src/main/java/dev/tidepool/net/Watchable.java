package dev.tidepool.net;

import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import org.jspecify.annotations.Nullable;

/** What a {@link SocketWatch} can watch; methods may be called by any thread at any time. */
public interface Watchable {
  /**
   * Whether something has arrived that nobody has read: data, the end of the stream, a reset, a
   * verdict of the kernel's keepalive. Consumes nothing and never blocks.
   *
   * @return true also if it is closed, and if somebody else is looking at this moment; false while
   *     somebody is reading
   */
  boolean hasNews();

  /**
   * Whether the peer has ended the connection, or the kernel has: whatever is asked, no answer will
   * come. Never blocks; what has arrived before the end can still be read.
   *
   * @return true also if it is closed; false while somebody is reading, and if so much has arrived
   *     that the end cannot be seen
   */
  boolean hasEnded();

  /**
   * The key with which it is registered with a selector; without interest in anything if it is new.
   * One selector beside its own at a time. Closing it wakes that selector, so that the descriptor
   * is freed at once.
   *
   * @return null if it is closed
   */
  @Nullable SelectionKey register(Selector selector);
}
