package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.connect.PostgresSession;
import dev.tidepool.internal.connect.SessionDefaults;
import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.Doom;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What close() undoes, in which order, and what becomes of a connection where that fails. */
@NullUnmarked // drivers answer null
class ConnectionResetTest {
  private final RecordingJdbc jdbc = new RecordingJdbc();
  private FakeLender lender;

  @BeforeEach
  void autoCommitByDefault() {
    lender = new FakeLender(jdbc.connection());
    jdbc.answer("Connection.getTypeMap", new HashMap<>());
  }

  private void manualByDefault() {
    jdbc.turnAutoCommit(false);
    lender = new FakeLender(jdbc.connection(), FakeLender.MANUAL_DEFAULTS, false);
  }

  private List<String> callsOfClose(Connection connection) throws SQLException {
    jdbc.forgetCalls();
    connection.close();
    return jdbc.log();
  }

  private void assertLendable() {
    assertThat(lender.returns).containsExactly(new FakeLender.Returned("reset", null, null));
    assertThat(lender.entry.state()).isEqualTo(SlotState.IDLE);
  }

  private void assertRetired(Throwable cause) {
    assertThat(lender.returns)
        .containsExactly(new FakeLender.Returned("reset", RetireReason.RESET_FAILED, cause));
    assertThat(lender.entry.state()).isEqualTo(SlotState.RETIRED);
  }

  @Test
  void unusedConnection_goesBackInOneStep() throws SQLException {
    assertThat(callsOfClose(lender.lend())).isEmpty();
    assertThat(lender.returns).containsExactly(new FakeLender.Returned("clean", null, null));
  }

  @Test
  void unusedConnection_ofAManualPool_goesBackInOneStep() throws SQLException {
    manualByDefault();
    assertThat(callsOfClose(lender.lend())).isEmpty();
    assertThat(lender.returns).containsExactly(new FakeLender.Returned("clean", null, null));
  }

  @Test
  void everythingAtOnce_isUndoneInOrder() throws SQLException {
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    connection.setReadOnly(true);
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    connection.setCatalog("other");
    connection.setSchema("other");
    connection.setHoldability(2);
    connection.setNetworkTimeout(Runnable::run, 9);
    connection.setTypeMap(Map.of("point", String.class));
    connection.setClientInfo("ApplicationName", "mine");
    connection.createStatement().execute("insert");

    List<String> calls = callsOfClose(connection);

    assertThat(calls.get(8)).startsWith("Connection.setNetworkTimeout(");
    assertThat(calls)
        .filteredOn(call -> !call.startsWith("Connection.setNetworkTimeout("))
        .containsExactly(
            "Statement.close()",
            "Connection.rollback()",
            "Connection.setAutoCommit(true)",
            "Connection.setReadOnly(false)",
            "Connection.setTransactionIsolation(2)",
            "Connection.setCatalog(cat)",
            "Connection.setSchema(sch)",
            "Connection.setHoldability(1)",
            "Connection.setTypeMap({})",
            "Connection.setClientInfo(ApplicationName, before)",
            "Connection.clearWarnings()")
        .as("network timeout comes between")
        .hasSize(calls.size() - 1);
    assertLendable();
  }

  /** PostgreSQL, for one: writing to a large object after the commit opens a transaction. */
  @Test
  void largeObjectThatMayHaveOpenedATransaction_isRolledBack_notCommitted() throws SQLException {
    jdbc.answer("Connection.getAutoCommit", false);
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    Blob blob = connection.createBlob();
    connection.commit();
    blob.setBytes(1, new byte[1]);

    assertThat(callsOfClose(connection))
        .containsSubsequence("Connection.rollback()", "Connection.setAutoCommit(true)");
    assertLendable();
  }

  /** What a thread does while another one gives the connection back. */
  interface Action {
    void on(Connection connection) throws SQLException;
  }

  static Stream<Arguments> callsThatChangeTheSession() {
    return Stream.of(
        Arguments.of("Connection.setReadOnly", (Action) c -> c.setReadOnly(true)),
        Arguments.of(
            "Connection.setTransactionIsolation", (Action) c -> c.setTransactionIsolation(8)),
        Arguments.of("Connection.setCatalog", (Action) c -> c.setCatalog("a")),
        Arguments.of("Connection.setSchema", (Action) c -> c.setSchema("a")),
        Arguments.of("Connection.setHoldability", (Action) c -> c.setHoldability(2)),
        Arguments.of("Connection.setNetworkTimeout", (Action) c -> c.setNetworkTimeout(null, 2)),
        Arguments.of("Connection.setTypeMap", (Action) c -> c.setTypeMap(Map.of())),
        Arguments.of("Connection.setClientInfo", (Action) c -> c.setClientInfo("a", "b")),
        Arguments.of("Connection.setClientInfo", (Action) c -> c.setClientInfo(new Properties())),
        Arguments.of("Connection.setAutoCommit", (Action) c -> c.setAutoCommit(false)),
        Arguments.of("Connection.commit", (Action) Connection::commit),
        Arguments.of("Connection.rollback", (Action) Connection::rollback),
        Arguments.of("Connection.rollback", (Action) c -> c.rollback(null)),
        Arguments.of("Connection.setSavepoint", (Action) Connection::setSavepoint),
        Arguments.of("Connection.releaseSavepoint", (Action) c -> c.releaseSavepoint(null)),
        Arguments.of("Connection.getCatalog", (Action) Connection::getCatalog),
        Arguments.of("Connection.getSchema", (Action) Connection::getSchema),
        Arguments.of(
            "DatabaseMetaData.getTables",
            (Action) c -> c.getMetaData().getTables(null, null, null, null)),
        Arguments.of(
            "PreparedStatement.getMetaData", (Action) c -> c.prepareStatement("q").getMetaData()),
        Arguments.of(
            "ResultSetMetaData.getColumnTypeName",
            (Action) c -> c.createStatement().executeQuery("q").getMetaData().getColumnTypeName(1)),
        Arguments.of("Statement.cancel", (Action) c -> c.createStatement().cancel()),
        Arguments.of(
            "Statement.setQueryTimeout", (Action) c -> c.createStatement().setQueryTimeout(1)),
        Arguments.of("Statement.executeQuery", (Action) c -> c.createStatement().executeQuery("q")),
        Arguments.of("Statement.executeBatch", (Action) c -> c.createStatement().executeBatch()),
        Arguments.of(
            "PreparedStatement.executeQuery", (Action) c -> c.prepareStatement("q").executeQuery()),
        Arguments.of(
            "ResultSet.updateRow", (Action) c -> c.createStatement().executeQuery("q").updateRow()),
        Arguments.of(
            "ResultSet.updateString",
            (Action) c -> c.createStatement().executeQuery("q").updateString(1, "a")),
        Arguments.of(
            "ResultSet.updateObject",
            (Action) c -> c.createStatement().executeQuery("q").updateObject(1, "a")),
        Arguments.of(
            "ResultSet.moveToInsertRow",
            (Action) c -> c.createStatement().executeQuery("q").moveToInsertRow()));
  }

  /** It may wait for the driver's lock until the reset is over, and reach the next borrower. */
  @ParameterizedTest
  @MethodSource("callsThatChangeTheSession")
  void callOfAnotherThreadUnderWay_retires(String call, Action action) throws SQLException {
    Connection connection = lender.lend();
    AtomicBoolean met = new AtomicBoolean();
    jdbc.answerWith(
        call,
        () -> {
          if (!met.getAndSet(true)) {
            connection.close();
          }
          return null;
        });

    action.on(connection);

    assertThat(met).isTrue();
    assertThat(lender.returns).hasSize(1);
    assertThat(lender.returns.get(0).cause())
        .hasMessageContaining("another thread is still in a call");
    assertThat(lender.entry.state()).isEqualTo(SlotState.RETIRED);
  }

  @ParameterizedTest
  @MethodSource("callsThatChangeTheSession")
  void callThatHasEnded_wellOrNot_costsNothing(String call, Action action) throws SQLException {
    Connection connection = lender.lend();
    action.on(connection);
    jdbc.fail(call, new SQLClientInfoException("refused", "42000", Map.of()));
    assertThatThrownBy(() -> action.on(connection)).isInstanceOf(SQLException.class);
    jdbc.answer(call, null);
    connection.close();

    assertThat(lender.returns.get(0).cause()).isNull();
    assertThat(lender.entry.state()).isEqualTo(SlotState.IDLE);
  }

  /** It was set to -1, which a driver may even take. */
  @Test
  void isolationOrHoldabilityThatTheDriverDoesNotTell_retiresWhereItWasChanged()
      throws SQLException {
    SessionDefaults untold =
        new SessionDefaults(
            true, false, SessionDefaults.UNKNOWN, "cat", "sch", SessionDefaults.UNKNOWN, 0);
    List<Action> changes = List.of(c -> c.setTransactionIsolation(8), c -> c.setHoldability(2));
    for (Action change : changes) {
      FakeLender other = new FakeLender(jdbc.connection(), untold, false);
      Connection connection = other.lend();
      change.on(connection);
      connection.close();
      assertThat(other.returns.get(0).reason()).isEqualTo(RetireReason.RESET_FAILED);
    }
    assertThat(jdbc.log()).noneMatch(call -> call.contains("(-1)"));
  }

  /** MariaDB's driver, out of step, waits half a minute for the answer to a rollback. */
  @ParameterizedTest
  @CsvSource({"FATAL_ERROR, true, false", "FATAL_ERROR, false, true", "EVICTED, true, true"})
  void whatIsToGo_isRolledBack_unlessItsSocketIsClosedNext(
      RetireReason reason, boolean socket, boolean rolledBack) throws SQLException {
    Runnable cutOff = () -> {};
    lender =
        new FakeLender(
            new PhysicalConnection(
                jdbc.connection(),
                FakeLender.DEFAULTS,
                socket ? cutOff : null,
                null,
                null,
                false,
                null,
                null));
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    connection.createStatement().executeUpdate("u");
    lender.entry.doom(Doom.of(reason));

    assertThat(callsOfClose(connection).contains("Connection.rollback()")).isEqualTo(rolledBack);
    assertThat(lender.entry.state()).isEqualTo(SlotState.RETIRED);
  }

  /** MariaDB, for one, where the URL names no database: null is passed over. */
  @Test
  void catalogThatWasNone_cannotBeGoneBackTo_retires() throws SQLException {
    SessionDefaults none = new SessionDefaults(true, false, 2, null, "sch", 1, 0);
    for (String after : new String[] {"a", null}) {
      lender = new FakeLender(jdbc.connection(), none, false);
      Connection connection = lender.lend();
      connection.setCatalog("a");
      jdbc.answer("Connection.getCatalog", after);
      connection.close();
      assertThat(lender.entry.state())
          .isEqualTo(after == null ? SlotState.IDLE : SlotState.RETIRED);
    }
  }

  @Test
  void onlyWhatWasSet_isReset() throws SQLException {
    Connection connection = lender.lend();
    connection.setReadOnly(false);

    assertThat(callsOfClose(connection))
        .containsExactly("Connection.setReadOnly(false)", "Connection.clearWarnings()");
    assertLendable();
  }

  /** PostgreSQL: the schema is only the first of the path. */
  @Test
  void wholeSearchPath_isRestored_notItsFirstSchema() throws SQLException {
    SessionDefaults defaults = postgres(false, false);
    lender = new FakeLender(jdbc.connection(), defaults, false);
    Connection connection = lender.lend();
    connection.setSchema("other");

    assertThat(callsOfClose(connection))
        .containsExactly(
            "Connection.createStatement()",
            "Statement.execute(SELECT set_config('search_path', E'sch, shared', false))",
            "Statement.close()",
            "Connection.clearWarnings()");
    assertLendable();
  }

  /** Where the pool's own are to read only, the driver has said so by that. */
  @ParameterizedTest
  @CsvSource({"false, true, true", "true, true, false", "false, false, false"})
  void serversDefaultOfOnlyReading_isRestoredBehindTheDriver(
      boolean readOnly, boolean onlyReads, boolean expected) throws SQLException {
    jdbc.answer("Connection.isWrapperFor", false); // nor does the server say what is in force
    lender = new FakeLender(jdbc.connection(), postgres(readOnly, onlyReads), false);
    Connection connection = lender.lend();
    connection.setReadOnly(!readOnly);

    String set =
        "Statement.execute(SELECT set_config('default_transaction_read_only', E'on', false))";
    List<String> calls = callsOfClose(connection);
    assertThat(calls).startsWith("Connection.setReadOnly(" + readOnly + ")");
    assertThat(calls.contains(set)).isEqualTo(expected);
    assertLendable();
  }

  private static SessionDefaults postgres(boolean readOnly, boolean onlyReads) {
    PostgresSession session = new PostgresSession("sch", "sch, shared", "cat", onlyReads, 2);
    return new SessionDefaults(true, readOnly, 2, "cat", "sch", 1, 0, session);
  }

  @Test
  void committedWork_isNotRolledBack() throws SQLException {
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    connection.prepareStatement("insert").execute();
    connection.commit();

    assertThat(callsOfClose(connection))
        .doesNotContain("Connection.rollback()")
        .doesNotContain("Connection.commit()");
  }

  @Test
  void tidyingUpAfterACommit_costsNoRollback() throws SQLException {
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    var statement = connection.prepareStatement("select 1");
    var rows = statement.executeQuery();
    connection.commit();
    rows.close();
    statement.clearWarnings();
    statement.setMaxRows(0);
    statement.setQueryTimeout(0);
    statement.close();
    connection.clearWarnings();
    connection.getHoldability();

    assertThat(callsOfClose(connection)).doesNotContain("Connection.rollback()");
  }

  @Test
  void workAfterACommit_isRolledBack() throws SQLException {
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    connection.commit();
    connection.createStatement().executeUpdate("insert");

    assertThat(callsOfClose(connection))
        .containsSubsequence(
            "Statement.close()", "Connection.rollback()", "Connection.setAutoCommit(true)");
  }

  @Test
  void rollbackOfWork_isTraffic() throws SQLException {
    manualByDefault();
    Connection connection = lender.lend();
    connection.createStatement().execute("insert");
    lender.now++;
    assertThat(callsOfClose(connection)).contains("Connection.rollback()");
    assertThat(lender.entry.lastTraffic()).isEqualTo(lender.now);
  }

  @Test
  void rollbackOfNothing_isNoTraffic() throws SQLException {
    manualByDefault();
    Connection connection = lender.lend();
    connection.createStatement();
    lender.now++;
    assertThat(callsOfClose(connection)).contains("Connection.rollback()");
    assertThat(lender.entry.lastTraffic()).isEqualTo(lender.now - 1);
  }

  @Test
  void failedStatement_isRolledBackToo() throws SQLException {
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    jdbc.fail("Statement.execute", new SQLException("constraint"));
    assertThatThrownBy(() -> connection.createStatement().execute("insert"))
        .hasMessage("constraint");

    assertThat(callsOfClose(connection)).contains("Connection.rollback()");
  }

  @Test
  void failedCommit_isRolledBack() throws SQLException {
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    connection.createStatement().execute("insert");
    jdbc.fail("Connection.commit", new SQLException("deferred constraint"));
    assertThatThrownBy(connection::commit).hasMessage("deferred constraint");

    assertThat(callsOfClose(connection)).contains("Connection.rollback()");
  }

  @Test
  void cursorUpdateAfterACommit_isRolledBack() throws SQLException {
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    var rows = connection.createStatement().executeQuery("select for update");
    connection.commit();
    rows.updateRow();

    assertThat(callsOfClose(connection)).contains("Connection.rollback()");
  }

  @Test
  void savepointRollback_leavesTheTransactionOpen() throws SQLException {
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    connection.rollback(connection.setSavepoint());

    assertThat(callsOfClose(connection)).contains("Connection.rollback()");
  }

  @Test
  void manualPool_resetsAttributesOutsideATransaction() throws SQLException {
    manualByDefault();
    Connection connection = lender.lend();
    connection.setSchema("other");

    assertThat(callsOfClose(connection))
        .containsExactly(
            "Connection.rollback()",
            "Connection.setAutoCommit(true)",
            "Connection.setSchema(sch)",
            "Connection.setAutoCommit(false)",
            "Connection.clearWarnings()");
    assertLendable();
  }

  @Test
  void halfFailedSetAutoCommit_isAskedForToo() throws SQLException {
    Connection connection = lender.lend();
    jdbc.fail("Connection.setAutoCommit", new SQLException("no answer"));
    assertThatThrownBy(() -> connection.setAutoCommit(false)).hasMessage("no answer");
    jdbc.answer("Connection.setAutoCommit", null);
    jdbc.answer("Connection.getAutoCommit", false);

    assertThat(callsOfClose(connection))
        .containsSubsequence("Connection.rollback()", "Connection.setAutoCommit(true)");
  }

  /** Nothing must keep the place from being given back. */
  @Test
  void errorWhoseGettersThrow_isTheReasonAllTheSame() throws SQLException {
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    connection.createStatement().execute("insert");
    jdbc.fail(
        "Connection.rollback",
        new SQLException("odd") {
          private static final long serialVersionUID = 1;

          @Override
          public synchronized Throwable getCause() {
            throw new IllegalStateException("no cause");
          }
        });
    connection.close();
    assertThat(lender.entry.state()).isEqualTo(SlotState.RETIRED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Connection.rollback", "Statement.close"})
  void interruptThatTheDriverThrows_isHandedOn(String call) throws SQLException {
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    connection.createStatement().execute("insert");
    jdbc.fail(call, new InterruptedException("in the driver"));
    connection.close();
    assertThat(Thread.interrupted()).isTrue();
    assertThat(lender.entry.state()).isEqualTo(SlotState.RETIRED);
  }

  @Test
  void unsupportedAttribute_needsNoReset() throws SQLException {
    for (Throwable refusal :
        List.of(
            new SQLFeatureNotSupportedException(),
            new UnsupportedOperationException(),
            new AbstractMethodError())) {
      autoCommitByDefault();
      Connection connection = lender.lend();
      jdbc.refuse("Connection.setHoldability", refusal);
      jdbc.refuse("Connection.setTypeMap", refusal);
      assertThatThrownBy(() -> connection.setHoldability(1)).isSameAs(refusal);
      assertThatThrownBy(() -> connection.setTypeMap(Map.of())).isSameAs(refusal);

      assertThat(callsOfClose(connection)).containsExactly("Connection.clearWarnings()");
      assertLendable();
    }
  }

  /** A driver that wraps another: what it calls after the change may throw the same. */
  @Test
  void attributeThatWasChangedBeforeTheError_isNoRefusal() throws SQLException {
    RuntimeException ofAListener =
        Refusals.deeperDown(new UnsupportedOperationException("of a listener"));
    jdbc.fail("Connection.setSchema", ofAListener);
    Connection connection = lender.lend();
    assertThatThrownBy(() -> connection.setSchema("theirs")).isSameAs(ofAListener);

    assertThat(lender.dooms).contains(new FakeLender.Doomed(RetireReason.FATAL_ERROR, ofAListener));
  }

  /** What the driver leaves to an executor is called by the pool, too, but is not the call. */
  @Test
  void executorThatThrowsAfterItsTask_isNoRefusal() throws SQLException {
    RuntimeException ofTheExecutor = new UnsupportedOperationException("full");
    Executor executor =
        task -> {
          task.run();
          StackTraceElement[] stack = new Throwable().getStackTrace();
          stack[0] = new StackTraceElement("com.example.Executor", "execute", "Executor.java", 1);
          ofTheExecutor.setStackTrace(stack);
          throw ofTheExecutor;
        };
    jdbc.answerWithArguments("Connection.setNetworkTimeout", ConnectionResetTest::byExecutor);
    Connection connection = lender.lend();
    assertThatThrownBy(() -> connection.setNetworkTimeout(executor, 5)).isSameAs(ofTheExecutor);

    assertThat(lender.dooms)
        .contains(new FakeLender.Doomed(RetireReason.FATAL_ERROR, ofTheExecutor));
  }

  private static Object byExecutor(List<Object> arguments) {
    ((Executor) arguments.get(0)).execute(() -> {});
    return null;
  }

  @Test
  void clientInfo_isRestoredNameByName() throws SQLException {
    Connection connection = lender.lend();
    Properties mine = new Properties();
    mine.setProperty("ClientUser", "me");
    connection.setClientInfo(mine);

    assertThat(callsOfClose(connection))
        .containsExactlyInAnyOrder(
            "Connection.setClientInfo(ApplicationName, before)",
            "Connection.setClientInfo(ClientUser, null)",
            "Connection.getClientInfo()", // which H2 may not be able to tell any more
            "Connection.clearWarnings()");
  }

  @Test
  void clientInfoThatCannotBeRead_isCleared() throws SQLException {
    Connection connection = lender.lend();
    jdbc.fail("Connection.getClientInfo", new SQLException("unknown"));
    connection.setClientInfo("ApplicationName", "mine");

    assertThat(callsOfClose(connection))
        .contains("Connection.setClientInfo(ApplicationName, null)");
  }

  @Test
  void shardingKey_cannotBeUndone_soTheConnectionGoes() throws SQLException {
    Connection connection = lender.lend();
    connection.setShardingKey(null);
    connection.close();

    assertThat(lender.returns).hasSize(1);
    assertThat(lender.returns.get(0).reason()).isEqualTo(RetireReason.RESET_FAILED);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Statement.close",
        "Connection.rollback",
        "Connection.setAutoCommit",
        "Connection.setReadOnly",
        "Connection.setTransactionIsolation",
        "Connection.setCatalog",
        "Connection.setSchema",
        "Connection.setHoldability",
        "Connection.setNetworkTimeout",
        "Connection.setTypeMap",
        "Connection.setClientInfo",
        "Connection.clearWarnings"
      })
  void failureOfAStep_retiresTheConnectionAndStaysSilent(String step) throws SQLException {
    for (Throwable cause :
        List.of(
            new SQLClientInfoException(),
            new IllegalStateException("driver"),
            new AbstractMethodError("old driver"))) {
      autoCommitByDefault();
      Connection connection = changeEverything();
      jdbc.fail(step, cause);

      assertThatCode(connection::close).doesNotThrowAnyException();

      assertRetired(cause);
      jdbc.answer(step, null);
    }
  }

  private Connection changeEverything() throws SQLException {
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    connection.setReadOnly(true);
    connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
    connection.setCatalog("other");
    connection.setSchema("other");
    connection.setHoldability(2);
    connection.setNetworkTimeout(Runnable::run, 9);
    connection.setTypeMap(Map.of("point", String.class));
    connection.setClientInfo("ApplicationName", "mine");
    connection.createStatement().execute("insert");
    return connection;
  }

  @ParameterizedTest
  @ValueSource(strings = {"Statement.close", "Connection.rollback", "Connection.clearWarnings"})
  void errorOfTheVirtualMachine_comesThroughAfterTheHandBack(String step) throws SQLException {
    Connection connection = changeEverything();
    StackOverflowError error = new StackOverflowError();
    jdbc.fail(step, error);

    assertThatThrownBy(connection::close).isSameAs(error);

    assertRetired(error);
  }

  @Test
  void statementThatDoesNotClose_keepsNeitherTheOthersNorTheRollback() throws SQLException {
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    connection.createStatement();
    connection.prepareStatement("select 1");
    SQLException cause = new SQLException("stuck");
    jdbc.fail("PreparedStatement.close", cause);

    assertThat(callsOfClose(connection))
        .containsExactly("PreparedStatement.close()", "Statement.close()", "Connection.rollback()");
    assertRetired(cause);
  }

  @Test
  void failedRollback_isNeverFollowedByAChangeOfAutoCommit() throws SQLException {
    Connection connection = changeEverything();
    jdbc.fail("Connection.rollback", new SQLException("no"));

    Predicate<String> commits = call -> call.contains("setAutoCommit") || call.contains("commit");
    assertThat(callsOfClose(connection)).noneMatch(commits);
  }

  @Test
  void doomedConnection_isRolledBackAndLeftForTheEngineToClose() throws SQLException {
    Connection connection = lender.lend();
    connection.setAutoCommit(false);
    connection.createStatement().execute("insert");
    lender.doom(lender.entry, RetireReason.EVICTED, null);

    assertThat(callsOfClose(connection)).containsExactly("Connection.rollback()");
    assertThat(lender.returns).containsExactly(new FakeLender.Returned("doomed", null, null));
    assertThat(lender.entry.state()).isEqualTo(SlotState.RETIRED);
  }

  @Test
  void doomedConnection_whoseRollbackFails_isHandedBackAllTheSame_toBeCutOff() throws SQLException {
    Connection connection = changeEverything();
    lender.doom(lender.entry, RetireReason.EVICTED, null);
    SQLException gone = new SQLException("gone");
    jdbc.fail("Connection.rollback", gone);

    assertThatCode(connection::close).doesNotThrowAnyException();
    assertRetired(gone);
  }

  @Test
  void deadConnection_whoseRollbackFails_keepsItsReason() throws SQLException {
    Connection connection = changeEverything();
    lender.doom(lender.entry, RetireReason.VALIDATION_FAILED, null);
    jdbc.fail("Connection.rollback", new SQLException("gone"));
    connection.close();

    assertThat(lender.returns).containsExactly(new FakeLender.Returned("doomed", null, null));
  }

  @Test
  void connectionDoomedDuringItsReset_isNotLentAgain() throws SQLException {
    Connection connection = changeEverything();
    jdbc.answerWith(
        "Connection.rollback",
        () -> {
          lender.doom(lender.entry, RetireReason.EVICTED, null);
          return null;
        });
    connection.close();

    assertThat(lender.returns).containsExactly(new FakeLender.Returned("reset", null, null));
    assertThat(lender.entry.state()).isEqualTo(SlotState.RETIRED);
  }

  @Test
  void requestBoundaries_surroundTheBorrower() throws SQLException {
    lender = new FakeLender(jdbc.connection(), FakeLender.DEFAULTS, true);
    Connection connection = lender.lend();
    assertThat(jdbc.log()).containsExactly("Connection.beginRequest()");
    connection.setAutoCommit(false);
    connection.createStatement().execute("insert");

    List<String> calls = callsOfClose(connection);

    assertThat(calls).containsSubsequence("Connection.rollback()", "Connection.endRequest()");
    assertThat(calls).endsWith("Connection.endRequest()");
    assertLendable();
  }

  @Test
  void failingRequestBoundaries_areNotFatal() throws SQLException {
    jdbc.fail("Connection.beginRequest", new SQLException("begin"));
    jdbc.refuse("Connection.endRequest", new UnsupportedOperationException("end"));
    lender = new FakeLender(jdbc.connection(), FakeLender.DEFAULTS, true);

    lender.lend().close();

    assertLendable();
  }

  /** As anywhere else: the driver may be in the middle of an exchange. */
  @ParameterizedTest
  @ValueSource(classes = {IllegalStateException.class, UnsupportedOperationException.class})
  void runtimeExceptionOfARequestBoundary_retires(Class<? extends Throwable> type)
      throws Exception {
    Throwable error = type.getConstructor(String.class).newInstance("end");
    jdbc.fail("Connection.endRequest", Refusals.deeperDown(error));
    lender = new FakeLender(jdbc.connection(), FakeLender.DEFAULTS, true);

    lender.lend().close();

    assertThat(lender.entry.state()).isEqualTo(SlotState.RETIRED);
  }

  @Test
  void sessionThatDiesInEndRequest_isNotLentAgain() throws SQLException {
    lender = new FakeLender(jdbc.connection(), FakeLender.DEFAULTS, true);
    Connection connection = lender.lend();
    jdbc.fail("Connection.endRequest", new SQLException("gone", "08006"));
    lender.fatal = true;
    connection.close();

    assertThat(lender.entry.state()).isEqualTo(SlotState.RETIRED);
  }
}
