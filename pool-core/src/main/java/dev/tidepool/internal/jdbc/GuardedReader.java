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
    return (int) GuardedStream.guarded(session, in::read);
  }

  @Override
  public int read(char[] target, int offset, int length) throws IOException {
    return (int) GuardedStream.guarded(session, () -> in.read(target, offset, length));
  }

  @Override
  public long skip(long count) throws IOException {
    return GuardedStream.guarded(session, () -> in.skip(count));
  }

  @Override
  public boolean ready() throws IOException {
    return GuardedStream.guarded(session, () -> in.ready() ? 1 : 0) != 0;
  }
}
