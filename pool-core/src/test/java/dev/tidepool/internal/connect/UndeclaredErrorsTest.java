package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.internal.connect.ConnectSettings.Session;
import dev.tidepool.internal.connect.ConnectSettings.Target;
import dev.tidepool.internal.connect.ConnectSettings.Tcp;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a driver or a provider throws at a login without declaring it, as Kotlin and proxies do. */
class UndeclaredErrorsTest {
  private static final String URL = "jdbc:stub:x?password=s3cret";

  private static List<Throwable> undeclared() {
    String text = "cannot log in with s3cret";
    return List.of(
        new IOException(text),
        new Exception(text),
        new Throwable(text),
        new IOException("no route"));
  }

  @SuppressWarnings("unchecked")
  private static <E extends Throwable> RuntimeException sneaky(Throwable error) throws E {
    throw (E) error;
  }

  private static Opener opener(@Nullable CredentialsProvider provider, Stub.Connect connect) {
    ConnectSettings settings =
        new ConnectSettings(
            "p",
            Target.url(URL, Map.of()),
            provider,
            Session.DEFAULT,
            Tcp.OFF,
            false,
            false,
            Duration.ofSeconds(10));
    return new Opener(
        settings,
        new DriverConnector("p", Stub.driver(connect), URL, Map.of(), Tcp.OFF, LoginLimits.NONE));
  }

  private static Opener driverThrows(Throwable error) {
    return opener(
        null,
        (url, properties) -> {
          throw UndeclaredErrorsTest.<RuntimeException>sneaky(error);
        });
  }

  private static String everything(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @ParameterizedTest
  @MethodSource("undeclared")
  void ofTheDriver_isAnSqlExceptionWithoutTheSecret(Throwable error) {
    Throwable thrown = catchThrowable(() -> driverThrows(error).open(new ConnectAttempt()));
    assertIsCleaned(thrown, error);
  }

  @ParameterizedTest
  @MethodSource("undeclared")
  void ofTheProvider_isAnSqlExceptionWithoutTheSecret(Throwable error) {
    Opener opener =
        opener(
            () -> {
              throw UndeclaredErrorsTest.<RuntimeException>sneaky(error);
            },
            (url, properties) -> new Stub().connection);
    assertIsCleaned(catchThrowable(() -> opener.open(new ConnectAttempt())), error);
  }

  private static void assertIsCleaned(Throwable thrown, Throwable error) {
    assertThat(thrown).isInstanceOf(SQLException.class).hasMessageStartingWith("p: ");
    assertThat(everything(thrown)).doesNotContain("s3cret").contains(error.getClass().getName());
    if (error.getMessage().equals("no route")) {
      assertThat(thrown.getCause()).isSameAs(error);
    }
  }

  @Test
  void interruptOfTheDriver_isHandedOn() {
    InterruptedException error = new InterruptedException("with s3cret");
    Throwable thrown = catchThrowable(() -> driverThrows(error).open(new ConnectAttempt()));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(thrown).isInstanceOf(SQLException.class);
    assertThat(everything(thrown)).doesNotContain("s3cret").contains("InterruptedException");
  }

  /** It is how a login ends that the pool has given up. */
  @Test
  void interruptOfALoginThatWasGivenUp_saysThatItWas() {
    ConnectAttempt attempt = new ConnectAttempt();
    Opener opener =
        opener(
            null,
            (url, properties) -> {
              attempt.cutOff();
              throw UndeclaredErrorsTest.<RuntimeException>sneaky(new InterruptedException());
            });
    Throwable thrown = catchThrowable(() -> opener.open(attempt));
    assertThat(Thread.interrupted()).isTrue();
    assertThat(thrown).isInstanceOf(SQLException.class).hasMessageContaining("was given up");
  }

  /** An error that cannot be asked must not hide that the login failed. */
  @Test
  void sqlExceptionThatCannotBeAsked_isStillTheDriversFailure() {
    SQLException refusing =
        new SQLException("no route") {
          private static final long serialVersionUID = 1;

          @Override
          public String getSQLState() {
            throw new IllegalStateException("no state");
          }
        };
    Throwable thrown = catchThrowable(() -> driverThrows(refusing).open(new ConnectAttempt()));
    assertThat(thrown).isInstanceOf(SQLException.class).hasMessage("no route");
    assertThat(((SQLException) thrown).getSQLState()).isNull();
  }
}
