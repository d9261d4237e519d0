package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Whatever the driver answers, it is asked to end the session. */
class CloserTest {
  private final Stub stub = new Stub();
  private final Closer closer = new Closer("p", connection -> {});

  private static PhysicalConnection physical(Connection connection) {
    SessionDefaults defaults =
        new SessionDefaults(
            true,
            false,
            Connection.TRANSACTION_READ_COMMITTED,
            null,
            null,
            ResultSet.CLOSE_CURSORS_AT_COMMIT,
            0);
    return new PhysicalConnection(connection, defaults, null, null, null, false, null, null);
  }

  static Stream<Arguments> ends() {
    BiConsumer<Closer, PhysicalConnection> close = Closer::close;
    BiConsumer<Closer, PhysicalConnection> cutOff = Closer::cutOff;
    BiConsumer<Closer, PhysicalConnection> giveUp = Closer::giveUp;
    return Stream.of(close, cutOff, giveUp)
        .flatMap(
            end ->
                Stream.of(
                        new SQLException("of a driver"),
                        new IllegalStateException("of a driver"),
                        new AbstractMethodError("of a driver"))
                    .map(error -> Arguments.of(end, error)));
  }

  @ParameterizedTest
  @MethodSource("ends")
  void driverDoesNotSayWhetherItIsClosed_itIsAskedToCloseAllTheSame(
      BiConsumer<Closer, PhysicalConnection> end, Throwable error) {
    stub.on(
        "isClosed",
        arguments -> {
          throw error;
        });
    stub.on("abort", arguments -> null); // as some have it
    end.accept(closer, physical(stub.connection));
    assertThat(stub.calls).contains("close()");
  }
}
