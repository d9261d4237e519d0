package dev.tidepool.internal.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.NClob;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A large object of the borrower's, such as another driver's, that this driver may read in the
 * middle of a message to the server, as {@link GuardedStream}. Drivers are not prepared for what it
 * throws, be it the SQLException of the other database: whatever it is, the connection is retired.
 *
 * <p>It is of the same kinds as the object, as MariaDB's are of several at once, and says the same
 * of itself: some drivers send that.
 */
final class GuardedLob implements InvocationHandler {
  private final BorrowedSession session;
  private final Object lob;

  private GuardedLob(BorrowedSession session, Object lob) {
    this.session = session;
    this.lob = lob;
  }

  /** Put in front of {@code lob}, which is a {@link Blob} or a {@link Clob}. */
  static Object of(BorrowedSession session, Object lob) {
    Class<?>[] kinds =
        Stream.of(Blob.class, Clob.class, NClob.class, WrittenAsItself.class)
            .filter(kind -> kind == WrittenAsItself.class || kind.isInstance(lob))
            .toArray(Class<?>[]::new);
    return Proxy.newProxyInstance(
        GuardedLob.class.getClassLoader(), kinds, new GuardedLob(session, lob));
  }

  /** What serialization looks for; a driver may send an object so. */
  interface WrittenAsItself {
    /** The object itself, in place of the proxy. */
    Object writeReplace();
  }

  @Override
  public @Nullable Object invoke(
      Object proxy, Method method, @Nullable Object @Nullable [] arguments) throws Throwable {
    if (method.getDeclaringClass() == WrittenAsItself.class) {
      return lob;
    }
    try {
      Object result = method.invoke(lob, arguments);
      if (result instanceof InputStream stream) {
        return new GuardedStream(session, stream);
      }
      return result instanceof Reader reader ? new GuardedReader(session, reader) : result;
    } catch (InvocationTargetException e) {
      Throwable thrown = e.getTargetException();
      session.cutShort(thrown);
      throw thrown;
    }
  }
}
