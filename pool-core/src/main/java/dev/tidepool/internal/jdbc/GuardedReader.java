package dev.tidepool.internal.jdbc;

import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/** The same as {@link GuardedStream}, of characters. */
final class GuardedReader extends FilterReader {
  private final BorrowedSession session;

  GuardedReader(BorrowedSession session, Reader reader) {
    super(reader);
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
  public int read(char[] target, int offset, int length) throws IOException {
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
