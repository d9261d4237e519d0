package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.EOFException;
import java.io.IOException;
import java.sql.SQLException;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Whose failure it was, by the stack; a real one is met in {@code RealFailingStreamTest}. */
class BorrowersStreamTest {
  private static final String STATEMENT = "internal.jdbc.ForwardingPreparedStatement.execute";
  private static final String GUARD = "internal.jdbc.GuardedStream.read";

  /** The error with these frames, the innermost first; {@code internal} is the pool's. */
  private static <T extends Throwable> T at(T error, String... frames) {
    error.setStackTrace(
        Stream.of(frames)
            .map(frame -> frame.replace("internal.", LocalRefusal.POOL))
            .map(BorrowersStreamTest::frame)
            .toArray(StackTraceElement[]::new));
    return error;
  }

  private static StackTraceElement frame(String name) {
    int dot = name.lastIndexOf('.');
    return new StackTraceElement(name.substring(0, dot), name.substring(dot + 1), "x.java", 1);
  }

  private static SQLException byDriver(Throwable cause, String... frames) {
    return at(new SQLException("x", null, cause), frames);
  }

  @Test
  void failureOfAStream_endsTheSession_andSaysNothingOfOthers() {
    IOException own =
        at(new EOFException(), "app.Upload.read", GUARD, "driver.Send.all", STATEMENT);
    SQLException error = byDriver(own, "driver.Send.all", STATEMENT);
    assertThat(DefaultFailureClassifier.endsSession(error)).isTrue();
    assertThat(DefaultFailureClassifier.concernsOthers(error)).isFalse();
  }

  @Test
  void failureOfASocket_concernsOthers() {
    IOException ofSocket = at(new EOFException(), "java.Socket.read", "driver.Send.all", STATEMENT);
    assertThat(
            DefaultFailureClassifier.concernsOthers(
                byDriver(ofSocket, "driver.Send.all", STATEMENT)))
        .isTrue();
    assertThat(DefaultFailureClassifier.concernsOthers(byDriver(at(new EOFException()))))
        .as("without a stack")
        .isTrue();
  }

  /** A large object of one is written to the other, and the server of the one is gone. */
  @Test
  void streamThatReadsFromAnotherPool_tellsThatPoolOfItsSocket_notThisOne() {
    String[] there = {
      "driver.Other.read", "internal.jdbc.ForwardingResultSet.getBytes", "app.Copy.read", GUARD
    };
    SQLException ofTheOther = byDriver(at(new EOFException(), there), there);
    IOException own = at(new IOException(ofTheOther), "app.Copy.read", GUARD, STATEMENT);
    SQLException error = byDriver(own, "driver.Send.all", STATEMENT);

    assertThat(DefaultFailureClassifier.concernsOthers(ofTheOther)).isTrue();
    assertThat(DefaultFailureClassifier.concernsOthers(error)).isFalse();
  }

  @Test
  void ringOfCauses_ends() {
    SQLException first = new SQLException("x");
    SQLException second = new SQLException("y", first);
    first.initCause(second);
    assertThat(BorrowersStream.failed(first)).isFalse();
  }
}
