package dev.tidepool.internal.jdbc;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/**
 * A stream of the borrower's that the driver may read in the middle of a message to the server.
 * Drivers expect an IOException there, and deal with it. Anything else leaves the message as it is,
 * and the next borrower's query would be the rest of it: whatever is thrown, and however the driver
 * passes it on, the connection is retired. A user's stream may throw an SQLException, too: Kotlin
 * does not declare them, and a large object of another database is read so.
 */
final class GuardedStream extends FilterInputStream {
  private final BorrowedSession session;

  GuardedStream(BorrowedSession session, InputStream stream) {
    super(stream);
    this.session = session;
  }

  /** One call of the borrower's object. */
  interface Step {
    long run() throws IOException;
  }

  /** Makes that call, and costs the connection if it throws anything but an IOException. */
  static long guarded(BorrowedSession session, Step step) throws IOException {
    try {
      return step.run();
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      session.cutShort(e);
      throw e;
    }
  }

  @Override
  public int read() throws IOException {
    return (int) guarded(session, in::read);
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    return (int) guarded(session, () -> in.read(target, offset, length));
  }

  @Override
  public long skip(long count) throws IOException {
    return guarded(session, () -> in.skip(count));
  }

  @Override
  public int available() throws IOException {
    return (int) guarded(session, in::available);
  }
}
