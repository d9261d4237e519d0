package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;

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
    assertThat((Throwable) SafeErrors.clean(error, CANARY)).isSameAs(error);
  }

  @Test
  void secretAnywhereInTheChain_isMasked_andTheRestKept() {
    SQLException error =
        new SQLException("cannot connect to jdbc:x://h?password=other", "08001", 7);
    error.initCause(new IOException("login with " + CANARY, new SQLException("deep " + CANARY)));
    error.setNextException(new SQLException("next " + CANARY, "08006"));
    SQLException clean = SafeErrors.clean(error, CANARY);
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
    assertThat(everything(SafeErrors.clean(error, CANARY))).doesNotContain(CANARY);
    RuntimeException harmless = new IllegalArgumentException("bad");
    assertThat(SafeErrors.clean(harmless, CANARY)).isSameAs(harmless);
  }

  @Test
  void errorThatIsItsOwnNext_ends() {
    SQLException error = new SQLException("a " + CANARY);
    SQLException other = new SQLException("b", error);
    error.setNextException(other);
    assertThat(everything(SafeErrors.clean(error, CANARY))).doesNotContain(CANARY);
  }
}
