package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.internal.connect.ConnectSettings.Session;
import dev.tidepool.internal.connect.ConnectSettings.Tcp;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/**
 * A driver that returns the same object again. It was noticed only after the object had been
 * prepared, and so under the hands of whoever had borrowed it.
 */
class InHandTest {
  private static final String URL = "jdbc:stub:x";

  private final Stub stub = new Stub();
  private final Opener opener = opener(stub);

  private static Opener opener(Stub stub) {
    return new Opener(
        Fixtures.url(URL, Session.DEFAULT, Tcp.DEFAULT),
        new DriverConnector(
            "p",
            Stub.driver((url, properties) -> stub.connection),
            URL,
            Map.of(),
            Tcp.OFF,
            LoginLimits.NONE));
  }

  private void assertThatTheNextOneFails() {
    List<String> before = List.copyOf(stub.calls);
    ConnectAttempt attempt = new ConnectAttempt();
    assertThatThrownBy(() -> opener.open(attempt))
        .isInstanceOf(SQLException.class)
        .hasMessage(
            "p: the driver or DataSource handed out a connection that is already in the pool");
    assertThat(new Closer("p", connection -> {}).cutOff(attempt)).isTrue();
    assertThat(stub.calls).as("calls on the object").isEqualTo(before);
  }

  @Test
  void objectInHand_isNotTouched() throws SQLException {
    opener.open(new ConnectAttempt());
    assertThatTheNextOneFails();
    assertThatTheNextOneFails();
  }

  @Test
  void objectThatIsClosed_mayComeAgain() throws SQLException {
    PhysicalConnection physical = opener.open(new ConnectAttempt());
    new Closer("p", connection -> {}).close(physical);
    assertThatTheNextOneFails();
    new Closer("p", opener::closing).close(physical);
    opener.open(new ConnectAttempt());
    assertThatTheNextOneFails();
  }

  /** As some DataSources recycle their objects: the driver's close() is not over yet. */
  @Test
  void objectThatIsBeingClosed_mayComeAgain() throws SQLException {
    PhysicalConnection physical = opener.open(new ConnectAttempt());
    List<String> recycledBy = new ArrayList<>();
    for (String call : List.of("close", "abort")) {
      stub.on(
          call,
          arguments -> {
            opener.open(new ConnectAttempt());
            return recycledBy.add(call) ? null : call;
          });
    }
    new Closer("p", opener::closing).close(physical);
    assertThat(recycledBy).containsExactly("close");
    new Closer("p", opener::closing).cutOff(physical);
    assertThat(recycledBy).startsWith("close", "abort");
  }

  @Test
  void objectThatCouldNotBePrepared_mayComeAgain() throws SQLException {
    AtomicInteger calls = new AtomicInteger();
    stub.on(
        "clearWarnings",
        arguments -> {
          if (calls.incrementAndGet() == 1) {
            assertThatTheNextOneFails();
            throw new SQLException("broken", "08006");
          }
          return null;
        });
    assertThatThrownBy(() -> opener.open(new ConnectAttempt())).hasMessage("broken");
    opener.open(new ConnectAttempt());
    assertThat(calls).hasValue(2);
  }
}
