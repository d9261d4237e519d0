package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.RetireReason;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the driver reads from the borrower, and what becomes of the connection if that fails. */
@NullUnmarked // drivers answer null
class GuardedStreamTest {
  private final RecordingJdbc jdbc = new RecordingJdbc();
  private FakeLender lender;
  private PreparedStatement statement;

  @BeforeEach
  void prepare() throws SQLException {
    lender = new FakeLender(jdbc.connection());
    statement = lender.lend().prepareStatement("insert");
    jdbc.forgetCalls();
  }

  private Object given() {
    List<Object> arguments = jdbc.calls().get(0).arguments();
    jdbc.forgetCalls();
    return arguments.get(1);
  }

  @Test
  void driverReadsWhatTheBorrowerGives() throws Exception {
    byte[] bytes = "pearl".getBytes(StandardCharsets.UTF_8);
    statement.setBinaryStream(1, new ByteArrayInputStream(bytes));
    assertThat((InputStream) given()).hasBinaryContent(bytes);
    statement.setObject(1, new ByteArrayInputStream(bytes));
    InputStream single = (InputStream) given();
    assertThat(single.read()).isEqualTo('p');
    statement.setCharacterStream(1, new StringReader("pearl"));
    Reader reader = (Reader) given();
    assertThat(reader.read()).isEqualTo('p');
    char[] rest = new char[9];
    assertThat(reader.read(rest)).isEqualTo(4);
    assertThat(new String(rest, 0, 4)).isEqualTo("earl");
    statement.setObject(1, new StringReader("pearl"));
    assertThat(((Reader) given()).read()).isEqualTo('p');
    statement.setBinaryStream(1, null);
    assertThat(given()).isNull();
    assertThat(lender.dooms).isEmpty();
  }

  /** Drivers expect it, and end the message. */
  @Test
  void failedRead_concernsNobodyElse() throws SQLException {
    for (Callable<?> read : reads(new IOException("disk"))) {
      assertThatThrownBy(read::call).hasMessage("disk");
    }
    assertThat(lender.dooms).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      classes = {
        SQLException.class,
        Exception.class,
        UnsupportedOperationException.class,
        AbstractMethodError.class
      })
  void anythingElse_costsTheSession(Class<? extends Throwable> type) throws Exception {
    Throwable error = type.getConstructor(String.class).newInstance("of a user");
    for (Callable<?> read : reads(error)) {
      lender.dooms.clear();
      assertThatThrownBy(read::call).isSameAs(error);
      assertThat(lender.dooms)
          .containsExactly(new FakeLender.Doomed(RetireReason.FATAL_ERROR, error));
    }
  }

  /** Every way in which a driver may read. */
  private List<Callable<?>> reads(Throwable error) throws SQLException {
    statement.setBinaryStream(1, new FailingStream(error));
    InputStream stream = (InputStream) given();
    statement.setClob(1, new FailingReader(error));
    Reader reader = (Reader) given();
    return List.of(
        stream::read,
        () -> stream.read(new byte[9]),
        () -> stream.transferTo(java.io.OutputStream.nullOutputStream()),
        () -> stream.skip(1),
        stream::available,
        reader::read,
        () -> reader.read(new char[9]),
        () -> reader.skip(1),
        reader::ready);
  }

  /** Throws what it does not declare, as Kotlin's do. */
  @SuppressWarnings({"unchecked", "TypeParameterUnusedInFormals"})
  private static <E extends Throwable> int sneak(Throwable error) throws E {
    throw (E) error;
  }

  private static final class FailingStream extends InputStream {
    private final Throwable error;

    FailingStream(Throwable error) {
      this.error = error;
    }

    @Override
    public int read() {
      return sneak(error);
    }

    @Override
    public int read(byte[] target, int offset, int length) {
      return sneak(error);
    }

    @Override
    public int available() {
      return sneak(error);
    }
  }

  private static final class FailingReader extends Reader {
    private final Throwable error;

    FailingReader(Throwable error) {
      this.error = error;
    }

    @Override
    public int read(char[] target, int offset, int length) {
      return sneak(error);
    }

    @Override
    public boolean ready() {
      return sneak(error) != 0;
    }

    @Override
    public void close() {}
  }
}
