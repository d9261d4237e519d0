package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.LogCapture;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SafeErrorsTest {
  private static final String CANARY = "c4n4ry!&x";

  private static String everything(Throwable error) {
    StringWriter text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString();
  }

  @Test
  void cleanError_isLeftAsItIs() {
    SQLException error = new SQLException("no such host", "08001", new IOException("refused"));
    assertThat((Throwable) SafeErrors.clean(error, List.of(CANARY))).isSameAs(error);
  }

  @Test
  void secretAnywhereInTheChain_isMasked_andTheRestKept() {
    SQLException error =
        new SQLException("cannot connect to jdbc:x://h?password=other", "08001", 7);
    error.initCause(new IOException("login with " + CANARY, new SQLException("deep " + CANARY)));
    error.setNextException(new SQLException("next " + CANARY, "08006"));
    SQLException clean = SafeErrors.clean(error, List.of(CANARY));
    assertThat(everything(clean)).doesNotContain(CANARY).doesNotContain("other");
    assertThat(everything(clean.getNextException())).doesNotContain(CANARY);
    assertThat(clean.getSQLState()).isEqualTo("08001");
    assertThat(clean.getErrorCode()).isEqualTo(7);
    assertThat(clean.getStackTrace()).isEqualTo(error.getStackTrace());
    assertThat((Throwable) clean).hasMessageContaining("cannot connect");
    assertThat(clean.getCause()).hasMessageContaining("IOException");
  }

  @Test
  void runtimeException_isMaskedToo() {
    RuntimeException error = new IllegalArgumentException("bad " + CANARY, new IOException(CANARY));
    assertThat(everything(SafeErrors.clean(error, List.of(CANARY)))).doesNotContain(CANARY);
    RuntimeException harmless = new IllegalArgumentException("bad");
    assertThat(SafeErrors.clean(harmless, List.of(CANARY))).isSameAs(harmless);
  }

  @Test
  void whatTheEndOfAConnectionSays_isMaskedInTheLog() {
    Stub.Answer refusal =
        arguments -> {
          throw new SQLException("lost jdbc:x://h/d?password=" + CANARY);
        };
    Stub stub = new Stub().on("abort", refusal).on("isClosed", refusal).on("close", refusal);
    ConnectAttempt attempt = new ConnectAttempt();
    attempt.opened(stub.connection);
    try (LogCapture log = LogCapture.everythingBeside(Closer.class)) {
      Closer closer = new Closer("canary", connection -> {});
      closer.cutOff(attempt);
      closer.discard(stub.connection);
      assertThat(log.text())
          .contains("abort failed", "close after abort failed", "unusable connection failed")
          .doesNotContain("c4n4ry");
    }
  }

  @Test
  void suppressedError_isMaskedToo() {
    SQLException error = new SQLException("no such host");
    error.addSuppressed(new IOException("login with " + CANARY));
    SQLException clean = SafeErrors.clean(error, List.of(CANARY));
    assertThat(everything(clean)).doesNotContain(CANARY).contains("login with ***");
  }

  @Test
  void linkageError_isMaskedToo_andWantOfMemoryIsLeftAlone() {
    Error error = new ExceptionInInitializerError("jdbc:x://h?password=" + CANARY);
    assertThat(everything(SafeErrors.clean(error, List.of()))).doesNotContain("c4n4ry");
    Error memory = new OutOfMemoryError("Java heap space");
    assertThat(SafeErrors.clean(memory, List.of(CANARY))).isSameAs(memory);
  }

  @Test
  void secretBelowAnyDepth_isNotShown() {
    Throwable error = new IOException("at the bottom: " + CANARY);
    for (int depth = 0; depth < 1_000; depth++) {
      error = new IOException("on the way", error);
    }
    SQLException whole = new SQLException("failed", error);
    assertThat(everything(SafeErrors.clean(whole, List.of(CANARY)))).doesNotContain(CANARY);
  }

  @Test
  void errorWhoseTextCannotBeHad_isReplaced() {
    Throwable hostile =
        new IOException() {
          private static final long serialVersionUID = 1;

          @Override
          public String getMessage() {
            throw new IllegalStateException("no text");
          }
        };
    assertThat(SafeErrors.clean(hostile)).hasMessageContaining("whose text cannot be had");
  }

  @Test
  void errorThatIsItsOwnNext_ends() {
    SQLException error = new SQLException("a " + CANARY);
    SQLException other = new SQLException("b", error);
    error.setNextException(other);
    assertThat(everything(SafeErrors.clean(error, List.of(CANARY)))).doesNotContain(CANARY);
  }

  /** Loggers and callers ask for more than the message. */
  @SuppressWarnings("OverrideThrowableToString") // as drivers do
  private static final class Telling extends SQLException {
    private static final long serialVersionUID = 1;

    private final String where;

    Telling(String where) {
      super("harmless", where.equals("state") ? CANARY : "08001", 7);
      this.where = where;
    }

    @Override
    public String getLocalizedMessage() {
      return where.equals("localized") ? "bad " + CANARY : super.getLocalizedMessage();
    }

    @Override
    public String toString() {
      return switch (where) {
        case "toString" -> "bad " + CANARY;
        case "localized" -> "harmless"; // or it would show there, too
        default -> super.toString();
      };
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"localized", "toString", "state"})
  void secretBesideTheMessage_isNotShown(String where) {
    SQLException clean = SafeErrors.clean(new Telling(where), List.of(CANARY));
    assertThat(everything(clean) + clean.getLocalizedMessage()).doesNotContain(CANARY);
    assertThat(clean.getSQLState()).isEqualTo(where.equals("state") ? "***" : "08001");
    assertThat(clean.getErrorCode()).isEqualTo(7);
  }

  /** A method of the driver's error that fails, with the secret in what it throws. */
  private static final class Refusing extends SQLException {
    private static final long serialVersionUID = 1;

    private final String what;

    Refusing(String what) {
      super("harmless", "28000", 7);
      this.what = what;
    }

    private void refuse(String method) {
      if (what.equals(method)) {
        throw new IllegalStateException(method + " with " + CANARY);
      }
    }

    @Override
    public String getMessage() {
      refuse("message");
      return super.getMessage();
    }

    @Override
    public String getSQLState() {
      refuse("state");
      return super.getSQLState();
    }

    @Override
    public int getErrorCode() {
      refuse("code");
      return super.getErrorCode();
    }

    @Override
    public synchronized Throwable getCause() {
      refuse("cause");
      return super.getCause();
    }

    @Override
    public SQLException getNextException() {
      refuse("next");
      return super.getNextException();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"message", "state", "code", "cause", "next"})
  void errorThatCannotBeAsked_isReplacedByOneThatCan(String what) {
    SQLException clean = SafeErrors.clean(new Refusing(what), List.of(CANARY));
    assertThat(everything(clean)).doesNotContain(CANARY);
    assertThat(clean.getMessage())
        .isEqualTo(
            what.equals("message")
                ? "an error of the driver whose text cannot be had: " + Refusing.class.getName()
                : "harmless");
    assertThat(clean.getSQLState()).isEqualTo(what.equals("state") ? null : "28000");
    assertThat(clean.getErrorCode()).isEqualTo(what.equals("code") ? 0 : 7);
    assertThat(clean.getCause()).isNull();
    assertThat((Throwable) clean.getNextException()).isNull();
  }

  /** The name of its class looks like that of a value. */
  private static final class InvalidPasswordException extends RuntimeException {
    private static final long serialVersionUID = 1;

    InvalidPasswordException() {
      super("refused");
    }
  }

  @Test
  void nameOfAClass_isNoSecret() {
    RuntimeException error = new InvalidPasswordException();
    assertThat(SafeErrors.clean(error, List.of(CANARY))).isSameAs(error);
  }
}
