package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What drivers do where a request ends, and which of them are told. */
class RequestTrialTest {
  private final RequestTrial trial = new RequestTrial("p");
  private final Stub stub = new Stub();

  private static void resetAtTheEnd(Stub stub) {
    stub.on(
        "endRequest",
        arguments -> {
          stub.connection.setAutoCommit(true);
          return null;
        });
  }

  /**
   * HSQLDB made the session of each borrower as it was at its login: auto-commit was on in a pool
   * with autoCommit=false, and the schema another.
   */
  @Test
  void endThatResetsTheSession_isNotTold() throws SQLException {
    resetAtTheEnd(stub);
    trial.tryOut(stub.connection);
    assertThat(trial.tells(stub.connection)).isFalse();
    assertThat(stub.connection.getAutoCommit()).isTrue();
  }

  @Test
  void endThatLeavesTheSessionAsItIs_isTold() throws SQLException {
    trial.tryOut(stub.connection);
    assertThat(trial.tells(stub.connection)).isTrue();
    assertThat(stub.connection.getAutoCommit()).isTrue();
    assertThat(stub.calls)
        .containsSubsequence("setAutoCommit(false)", "beginRequest()", "endRequest()");
  }

  @Test
  void laterConnections_costNothing() throws SQLException {
    resetAtTheEnd(stub);
    trial.tryOut(stub.connection);
    Stub later = new Stub();
    trial.tryOut(later.connection);
    assertThat(trial.tells(later.connection)).isFalse();
    assertThat(later.calls).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"setAutoCommit", "beginRequest", "endRequest"})
  void driverThatFails_isTold_andTriedOnTheNextConnection(String call) throws SQLException {
    for (Throwable failure :
        new Throwable[] {
          new SQLException("no"), new IllegalStateException("no"), new AbstractMethodError("no")
        }) {
      Stub failing = new Stub();
      failing.on(
          call,
          arguments -> {
            throw failure;
          });
      trial.tryOut(failing.connection);
      assertThat(trial.tells(failing.connection)).isTrue();
      assertThat(failing.connection.getAutoCommit()).isTrue();
    }
    resetAtTheEnd(stub);
    trial.tryOut(stub.connection);
    assertThat(trial.tells(stub.connection)).isFalse();
  }

  @Test
  void driverWithoutBoundaries_isNotTouched() throws SQLException {
    try (Connection h2 = DriverManager.getConnection("jdbc:h2:mem:trial")) {
      trial.tryOut(h2);
      assertThat(trial.tells(h2)).isFalse();
    }
  }

  /** By a whole preparation, before anything is set that would be undone. */
  @Test
  void preparation_triesBeforeItSets() throws SQLException {
    resetAtTheEnd(stub);
    SessionPreparation preparation = new SessionPreparation("p", Fixtures.session(false, "init"));
    preparation.prepare(stub.connection, false);
    preparation.finish(stub.connection);
    assertThat(preparation.tellsRequests(stub.connection)).isFalse();
    assertThat(stub.connection.getAutoCommit()).isFalse();
    assertThat(stub.calls).containsSubsequence("endRequest()", "execute(init)");
  }
}
