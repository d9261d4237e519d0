package dev.tidepool.internal.jdbc;

import java.io.InputStream;
import java.io.OutputStream;
import java.sql.Blob;
import java.sql.SQLException;

/**
 * A large object of the borrower's, such as another driver's, that this driver may read in the
 * middle of a message to the server, as {@link GuardedStream}. Drivers are not prepared for what it
 * throws, be it the SQLException of the other database: whatever it is, the connection is retired.
 */
final class GuardedBlob implements Blob {
  private final BorrowedSession session;
  private final Blob blob;

  GuardedBlob(BorrowedSession session, Blob blob) {
    this.session = session;
    this.blob = blob;
  }

  /** One call of the borrower's object. */
  interface Step<T> {
    T run() throws SQLException;
  }

  /** Makes that call, and costs the connection if it throws anything. */
  static <T> T guarded(BorrowedSession session, Step<T> step) throws SQLException {
    try {
      return step.run();
    } catch (Throwable e) {
      session.cutShort(e);
      throw e;
    }
  }

  @Override
  public long length() throws SQLException {
    return guarded(session, blob::length);
  }

  @Override
  public byte[] getBytes(long position, int length) throws SQLException {
    return guarded(session, () -> blob.getBytes(position, length));
  }

  @Override
  public InputStream getBinaryStream() throws SQLException {
    return new GuardedStream(session, guarded(session, blob::getBinaryStream));
  }

  @Override
  public InputStream getBinaryStream(long position, long length) throws SQLException {
    return new GuardedStream(
        session, guarded(session, () -> blob.getBinaryStream(position, length)));
  }

  @Override
  public long position(byte[] pattern, long start) throws SQLException {
    return guarded(session, () -> blob.position(pattern, start));
  }

  @Override
  public long position(Blob pattern, long start) throws SQLException {
    return guarded(session, () -> blob.position(pattern, start));
  }

  @Override
  public int setBytes(long position, byte[] bytes) throws SQLException {
    return guarded(session, () -> blob.setBytes(position, bytes));
  }

  @Override
  public int setBytes(long position, byte[] bytes, int offset, int length) throws SQLException {
    return guarded(session, () -> blob.setBytes(position, bytes, offset, length));
  }

  @Override
  public OutputStream setBinaryStream(long position) throws SQLException {
    return guarded(session, () -> blob.setBinaryStream(position));
  }

  @Override
  public void truncate(long length) throws SQLException {
    boolean unused =
        guarded(
            session,
            () -> {
              blob.truncate(length);
              return true;
            });
  }

  @Override
  public void free() throws SQLException {
    boolean unused =
        guarded(
            session,
            () -> {
              blob.free();
              return true;
            });
  }
}
