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

  @Override
  public int read() throws IOException {
    try {
      return in.read();
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      session.cutShort(e);
      throw e;
    }
  }

  @Override
  public int read(byte[] target, int offset, int length) throws IOException {
    try {
      return in.read(target, offset, length);
    } catch (IOException e) {
      throw e;
    } catch (Throwable e) {
      session.cutShort(e);
      throw e;
    }
  }
}
