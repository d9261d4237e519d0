package dev.tidepool.internal.jdbc;

import java.io.InputStream;
import java.io.OutputStream;
import java.io.Reader;
import java.io.Writer;
import java.sql.Clob;
import java.sql.NClob;
import java.sql.SQLException;

/** The same as {@link GuardedBlob}, of characters. */
class GuardedClob implements Clob {
  private final BorrowedSession session;
  private final Clob clob;

  GuardedClob(BorrowedSession session, Clob clob) {
    this.session = session;
    this.clob = clob;
  }

  /** Drivers tell the two apart by the type alone. */
  static final class National extends GuardedClob implements NClob {
    National(BorrowedSession session, NClob clob) {
      super(session, clob);
    }
  }

  @Override
  public long length() throws SQLException {
    return GuardedBlob.guarded(session, clob::length);
  }

  @Override
  public String getSubString(long position, int length) throws SQLException {
    return GuardedBlob.guarded(session, () -> clob.getSubString(position, length));
  }

  @Override
  public Reader getCharacterStream() throws SQLException {
    return new GuardedReader(session, GuardedBlob.guarded(session, clob::getCharacterStream));
  }

  @Override
  public Reader getCharacterStream(long position, long length) throws SQLException {
    return new GuardedReader(
        session, GuardedBlob.guarded(session, () -> clob.getCharacterStream(position, length)));
  }

  @Override
  public InputStream getAsciiStream() throws SQLException {
    return new GuardedStream(session, GuardedBlob.guarded(session, clob::getAsciiStream));
  }

  @Override
  public long position(String text, long start) throws SQLException {
    return GuardedBlob.guarded(session, () -> clob.position(text, start));
  }

  @Override
  public long position(Clob text, long start) throws SQLException {
    return GuardedBlob.guarded(session, () -> clob.position(text, start));
  }

  @Override
  public int setString(long position, String text) throws SQLException {
    return GuardedBlob.guarded(session, () -> clob.setString(position, text));
  }

  @Override
  public int setString(long position, String text, int offset, int length) throws SQLException {
    return GuardedBlob.guarded(session, () -> clob.setString(position, text, offset, length));
  }

  @Override
  public OutputStream setAsciiStream(long position) throws SQLException {
    return GuardedBlob.guarded(session, () -> clob.setAsciiStream(position));
  }

  @Override
  public Writer setCharacterStream(long position) throws SQLException {
    return GuardedBlob.guarded(session, () -> clob.setCharacterStream(position));
  }

  @Override
  public void truncate(long length) throws SQLException {
    boolean unused =
        GuardedBlob.guarded(
            session,
            () -> {
              clob.truncate(length);
              return true;
            });
  }

  @Override
  public void free() throws SQLException {
    boolean unused =
        GuardedBlob.guarded(
            session,
            () -> {
              clob.free();
              return true;
            });
  }
}
