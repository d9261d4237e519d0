package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.exchange.SlotState;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.io.NotSerializableException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.io.Reader;
import java.io.StringReader;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.NClob;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.List;
import java.util.stream.Stream;
import javax.sql.rowset.serial.SerialBlob;
import javax.sql.rowset.serial.SerialClob;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Large objects as parameters, such as those of another database. */
@NullUnmarked // drivers answer null
class GuardedLobTest {
  private static final byte[] PEARL = "pearl".getBytes(StandardCharsets.UTF_8);

  private final RecordingJdbc jdbc = new RecordingJdbc();
  private FakeLender lender;
  private Connection connection;
  private PreparedStatement statement;

  @BeforeEach
  void prepare() throws SQLException {
    lender = new FakeLender(jdbc.connection());
    connection = lender.lend();
    statement = connection.prepareStatement("insert");
    jdbc.forgetCalls();
  }

  private Object given() {
    List<Object> arguments = jdbc.calls().get(0).arguments();
    jdbc.forgetCalls();
    return arguments.get(1);
  }

  /** Sets a parameter. */
  interface Setting {
    void on(PreparedStatement statement) throws SQLException;
  }

  private Object given(Setting setting) throws SQLException {
    setting.on(statement);
    return given();
  }

  @Test
  void driverReadsWhatTheBorrowerGives() throws Exception {
    Blob blob = new SerialBlob(PEARL);
    for (Object given : List.of(given(s -> s.setBlob(1, blob)), given(s -> s.setObject(1, blob)))) {
      Blob seen = (Blob) given;
      assertThat(seen.length()).isEqualTo(5);
      assertThat(seen.getBytes(1, 2)).isEqualTo("pe".getBytes(StandardCharsets.UTF_8));
      assertThat(seen.getBinaryStream()).hasBinaryContent(PEARL);
    }
    Clob clob = new SerialClob("pearl".toCharArray());
    for (Object given : List.of(given(s -> s.setClob(1, clob)), given(s -> s.setObject(1, clob)))) {
      Clob seen = (Clob) given;
      assertThat(seen).isNotInstanceOf(NClob.class);
      assertThat(seen.length()).isEqualTo(5);
      assertThat(seen.getSubString(1, 2)).isEqualTo("pe");
    }
    assertThat(given(s -> s.setNClob(1, failing(NClob.class)))).isInstanceOf(NClob.class);
    assertThat(given(s -> s.setObject(1, failing(NClob.class)))).isInstanceOf(NClob.class);
    assertThat(given(s -> s.setBlob(1, (Blob) null))).isNull();
    assertThat(lender.dooms).isEmpty();
  }

  /** As MariaDB's large texts are; and what they say of themselves is sent as text. */
  @Test
  void ofSeveralKindsAtOnce_staysSo_andSaysTheSame() throws SQLException {
    Object text =
        Proxy.newProxyInstance(
            GuardedLobTest.class.getClassLoader(),
            new Class<?>[] {Blob.class, NClob.class},
            (proxy, method, arguments) -> "pearl");
    Object seen = given(s -> s.setObject(1, text, Types.VARCHAR));
    assertThat(seen).isInstanceOf(Blob.class).isInstanceOf(NClob.class).hasToString("pearl");
    assertThat(seen).isNotSameAs(text);
    assertThat(lender.dooms).isEmpty();
  }

  /** Some know them by their class, and take no others. */
  @Test
  void driversOwn_isPassedOnAsItIs() throws SQLException {
    Blob blob = jdbc.make(Blob.class);
    assertThat(given(s -> s.setBlob(1, blob))).isSameAs(blob);
    NClob clob = jdbc.make(NClob.class);
    assertThat(given(s -> s.setObject(1, clob))).isSameAs(clob);
  }

  /** By what it is made of nobody can tell the two apart. */
  @Test
  void proxyBehindADriverOfProxies_isNotTheDriversOwn() throws SQLException {
    Connection proxy =
        (Connection)
            Proxy.newProxyInstance(
                GuardedLobTest.class.getClassLoader(),
                new Class<?>[] {Connection.class},
                (self, method, arguments) -> method.invoke(jdbc.connection(), arguments));
    try (PreparedStatement prepared = new FakeLender(proxy).lend().prepareStatement("insert")) {
      Blob foreign = streaming(Blob.class);
      jdbc.forgetCalls();
      prepared.setBlob(1, foreign);
      assertThat(given()).isNotSameAs(foreign);
    }
  }

  /** As MySQL's driver sends it as of type OTHER, and H2 as a JAVA_OBJECT. */
  @Test
  void serializable_isWrittenAsItself() throws Exception {
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    try (ObjectOutputStream objects = new ObjectOutputStream(written)) {
      objects.writeObject(given(s -> s.setObject(1, new SerialBlob(PEARL), Types.OTHER)));
    }
    try (ObjectInputStream objects =
        new ObjectInputStream(new ByteArrayInputStream(written.toByteArray()))) {
      assertThat(objects.readObject()).isEqualTo(new SerialBlob(PEARL));
    }
    Object other = given(s -> s.setObject(1, streaming(Blob.class), Types.OTHER));
    assertThatThrownBy(() -> new ObjectOutputStream(written).writeObject(other))
        .isInstanceOf(NotSerializableException.class)
        .hasMessageContaining(GuardedLobTest.class.getName());
  }

  /** Each method of each kind. */
  static Stream<Arguments> methods() {
    return Stream.of(Blob.class, Clob.class, NClob.class)
        .flatMap(type -> Stream.of(type.getMethods()).map(method -> Arguments.of(type, method)));
  }

  /** Half a message would be left, and the next borrower's statement would be its rest. */
  @ParameterizedTest
  @MethodSource("methods")
  void whateverItThrows_costsTheSession(Class<?> type, Method method) throws SQLException {
    Object guarded = given(s -> s.setObject(1, failing(type)));
    assertThatThrownBy(() -> call(guarded, method)).hasMessage("of another database");
    assertThat(lender.dooms)
        .singleElement()
        .extracting(FakeLender.Doomed::reason)
        .isEqualTo(RetireReason.FATAL_ERROR);
  }

  @Test
  void streamOfIt_isGuarded_too() throws Exception {
    Blob blob = (Blob) given(s -> s.setBlob(1, streaming(Blob.class)));
    assertThat(List.of(blob.getBinaryStream(), blob.getBinaryStream(1, 2)))
        .hasOnlyElementsOfType(GuardedStream.class);
    Clob clob = (Clob) given(s -> s.setClob(1, streaming(Clob.class)));
    assertThat(clob.getAsciiStream()).isInstanceOf(GuardedStream.class).hasBinaryContent(PEARL);
    assertThat(List.of(clob.getCharacterStream(), clob.getCharacterStream(1, 2)))
        .hasOnlyElementsOfType(GuardedReader.class);
  }

  private static Object call(Object lob, Method method) throws Throwable {
    Object[] arguments =
        Stream.of(method.getParameterTypes()).map(GuardedLobTest::argument).toArray();
    try {
      return method.invoke(lob, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  private static Object argument(Class<?> type) {
    if (type == long.class) {
      return 1L;
    }
    return type == int.class ? (Object) 1 : null;
  }

  /** Of another driver, which has freed it. */
  private static <T> T failing(Class<T> type) {
    return foreign(
        type,
        (proxy, method, arguments) -> {
          throw new SQLException("of another database", "90007");
        });
  }

  private static <T> T streaming(Class<T> type) {
    return foreign(
        type,
        (proxy, method, arguments) ->
            method.getReturnType() == Reader.class
                ? new StringReader("pearl")
                : new ByteArrayInputStream(PEARL));
  }

  private static <T> T foreign(Class<T> type, InvocationHandler handler) {
    Object made =
        Proxy.newProxyInstance(
            GuardedLobTest.class.getClassLoader(), new Class<?>[] {type}, handler);
    return type.cast(made);
  }

  /** PostgreSQL's driver writes it in the setter, and would do so for the next borrower. */
  static Stream<Setting> settings() {
    return Stream.of(
        s -> s.setBlob(1, new ByteArrayInputStream(PEARL)),
        s -> s.setBlob(1, new SerialBlob(PEARL)),
        s -> s.setClob(1, new StringReader("pearl"), 5),
        s -> s.setNClob(1, new StringReader("pearl")),
        s -> s.setObject(1, new SerialBlob(PEARL)),
        s -> s.setObject(1, new SerialClob("pearl".toCharArray()), 2005),
        s -> s.setObject(1, (InputStream) new ByteArrayInputStream(PEARL)),
        s -> s.setObject(1, (Reader) new StringReader("pearl")));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void givenBackWhileItIsBeingSet_theSessionIsNotLentAgain(Setting setting) throws SQLException {
    for (String setter : List.of("setBlob", "setClob", "setNClob", "setObject")) {
      jdbc.answerWith(
          "PreparedStatement." + setter,
          () -> {
            connection.close(); // as by another thread
            return null;
          });
    }
    setting.on(statement);
    assertThat(lender.entry.state()).isEqualTo(SlotState.RETIRED);
  }

  @Test
  void givenBackAfterwards_theSessionIsLentAgain() throws SQLException {
    statement.setBlob(1, new SerialBlob(PEARL));
    statement.setObject(1, new SerialBlob(PEARL));
    connection.close();
    assertThat(lender.entry.state()).isNotEqualTo(SlotState.RETIRED);
  }
}
