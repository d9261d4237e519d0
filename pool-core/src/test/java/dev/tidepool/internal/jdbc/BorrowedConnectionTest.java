package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.RetireReason;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;
import java.util.stream.IntStream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.Test;

/** Lease, traffic, navigation and unwrapping, against a driver that only takes notes. */
@NullUnmarked // null is what is tested
class BorrowedConnectionTest {
  private final RecordingJdbc jdbc = new RecordingJdbc();
  private final Connection driver = jdbc.connection();
  private final FakeLender lender = new FakeLender(driver);

  interface VendorStatement {}

  @Test
  void secondClose_doesNothing() {
    BorrowedConnection connection = lender.lend();
    connection.close();
    connection.close();
    assertThat(lender.returns).hasSize(1);
  }

  @Test
  void closedConnection_cannotTouchTheNextBorrower() throws SQLException {
    jdbc.answer("Connection.isClosed", false);
    BorrowedConnection first = lender.lend();
    first.createStatement();
    first.close();
    BorrowedConnection second = lender.lend();
    first.close();

    assertThat(lender.returns).hasSize(1);
    assertThat(second.isClosed()).isFalse();
    assertThatThrownBy(first::createStatement)
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("connection was returned to pool reef");
  }

  @Test
  void abort_goesToTheEngineAndEndsTheLease() throws SQLException {
    BorrowedConnection connection = lender.lend();
    connection.abort(Runnable::run);
    connection.abort(Runnable::run);
    connection.close();

    assertThat(lender.aborted).containsExactly(connection.lease());
    assertThat(lender.returns).isEmpty();
    assertThat(connection.isClosed()).isTrue();
    assertThatThrownBy(connection::commit).hasMessageContaining("retired by the pool");
  }

  @Test
  void abort_withoutExecutor_isRefused() {
    BorrowedConnection connection = lender.lend();
    assertThatThrownBy(() -> connection.abort(null)).isInstanceOf(SQLException.class);
    assertThat(lender.aborted).isEmpty();
  }

  @Test
  void isValid_neverAsksTheDriverForMoreThanThePoolAllows() throws SQLException {
    BorrowedConnection connection = lender.lend();
    connection.isValid(0);
    connection.isValid(3);
    connection.isValid(60);
    lender.validationTimeoutSeconds = 0;
    connection.isValid(0);

    assertThat(jdbc.log())
        .containsExactly(
            "Connection.isValid(5)",
            "Connection.isValid(3)",
            "Connection.isValid(5)",
            "Connection.isValid(1)");
    assertThatThrownBy(() -> connection.isValid(-1)).isInstanceOf(SQLException.class);
  }

  @Test
  void invalidConnection_isDoomed() throws SQLException {
    BorrowedConnection connection = lender.lend();
    jdbc.answer("Connection.isValid", false);

    assertThat(connection.isValid(1)).isFalse();
    assertThat(lender.dooms)
        .containsExactly(new FakeLender.Doomed(RetireReason.VALIDATION_FAILED, null));
  }

  @Test
  void completedExchange_isTraffic() throws SQLException {
    BorrowedConnection connection = lender.lend();
    jdbc.answer("Statement.executeBatch", new int[] {1});
    assertTraffic(() -> connection.createStatement().execute("select 1"));
    assertTraffic(() -> connection.prepareStatement("select 1").executeQuery());
    assertTraffic(() -> connection.createStatement().executeBatch());
    assertTraffic(() -> connection.isValid(1));
    assertTraffic(connection::setSavepoint);
  }

  @Test
  void endOfATransaction_isTraffic_ifTheServerHasAnsweredInIt() throws SQLException {
    BorrowedConnection connection = lender.lend();
    connection.setAutoCommit(false);
    Statement statement = connection.createStatement();
    statement.execute("insert");
    assertTraffic(connection::commit);
    assertNoTraffic(connection::commit);
    statement.execute("insert");
    assertTraffic(connection::rollback);
    assertNoTraffic(connection::rollback);
  }

  /** Drivers do without the server there, whether it lives or not. */
  @Test
  void emptyTransaction_isNoTraffic() throws SQLException {
    BorrowedConnection connection = lender.lend();
    connection.createStatement().execute("select 1"); // under auto-commit: says nothing of a commit
    assertNoTraffic(
        () -> {
          connection.setReadOnly(true);
          connection.setAutoCommit(false);
          connection.prepareStatement("select 1").close();
          connection.rollback((Savepoint) null);
          connection.releaseSavepoint(null);
          connection.commit();
          connection.rollback();
          connection.setAutoCommit(true);
          connection.commit();
        });
  }

  @Test
  void changeOfAutoCommit_endsTheTransaction_theNextCommitIsEmpty() throws SQLException {
    BorrowedConnection connection = lender.lend();
    connection.setAutoCommit(false);
    connection.createStatement().execute("insert");
    connection.setAutoCommit(true);
    connection.setAutoCommit(false);
    assertNoTraffic(connection::commit);
  }

  @Test
  void batchOfNothing_isNoTraffic() throws SQLException {
    Statement statement = lender.lend().createStatement();
    assertNoTraffic(statement::executeBatch);
    assertNoTraffic(statement::executeLargeBatch);
  }

  private void assertNoTraffic(Exchange exchange) throws SQLException {
    long before = lender.entry.lastTraffic();
    lender.now++;
    exchange.run();
    assertThat(lender.entry.lastTraffic()).isEqualTo(before);
  }

  private void assertTraffic(Exchange exchange) throws SQLException {
    lender.now++;
    exchange.run();
    assertThat(lender.entry.lastTraffic()).isEqualTo(lender.now);
  }

  private interface Exchange {
    void run() throws SQLException;
  }

  @Test
  void localCallsAndFailures_areNotTraffic() throws SQLException {
    BorrowedConnection connection = lender.lend();
    lender.now++;
    connection.prepareStatement("select 1").setInt(1, 1);
    connection.getAutoCommit();
    jdbc.fail("Statement.execute", new SQLException("no"));
    assertThatThrownBy(() -> connection.createStatement().execute("x")).hasMessage("no");
    jdbc.answer("Connection.isValid", false);
    connection.isValid(1);

    assertThat(lender.entry.lastTraffic()).isEqualTo(lender.now - 1);
  }

  @Test
  void classifierThatThrows_doesNotHideTheError() {
    BorrowedConnection connection = lender.lend();
    SQLException error = new SQLException("real");
    jdbc.fail("Connection.commit", error);
    lender.classifierFailure = new IllegalStateException("classifier");

    assertThatThrownBy(connection::commit)
        .isSameAs(error)
        .satisfies(e -> assertThat(e.getSuppressed()).containsExactly(lender.classifierFailure));
    assertThat(lender.dooms).isEmpty();
  }

  @Test
  void ordinaryError_doomsNothing() {
    BorrowedConnection connection = lender.lend();
    jdbc.fail("Connection.commit", new SQLException("ordinary"));
    assertThatThrownBy(connection::commit).hasMessage("ordinary");
    assertThat(lender.judged).hasSize(1);
    assertThat(lender.dooms).isEmpty();
  }

  @Test
  void unwrap_givesTheDriversObjects() throws SQLException {
    BorrowedConnection connection = lender.lend();
    Statement statement = connection.createStatement();

    assertThat(connection.isWrapperFor(Connection.class)).isTrue();
    assertThat(connection.unwrap(Connection.class)).isSameAs(driver);
    assertThat(statement.unwrap(Statement.class)).isNotSameAs(statement);
    assertThat(connection.unwrap(BorrowedConnection.class)).isSameAs(connection);
    assertThat(connection.isWrapperFor(BorrowedConnection.class)).isTrue();
  }

  @Test
  void unwrap_forAnythingElse_asksTheDriver() throws SQLException {
    BorrowedConnection connection = lender.lend();
    VendorStatement vendor = new VendorStatement() {};
    jdbc.answer("Connection.unwrap", vendor);
    jdbc.answer("Connection.isWrapperFor", false);

    assertThat(connection.unwrap(VendorStatement.class)).isSameAs(vendor);
    assertThat(connection.isWrapperFor(VendorStatement.class)).isFalse();
  }

  @Test
  void resultSets_leadBackToTheirStatement() throws SQLException {
    BorrowedConnection connection = lender.lend();
    Statement statement = connection.createStatement();
    ResultSet raw = jdbc.make(ResultSet.class);
    jdbc.answer("Statement.executeQuery", raw);
    jdbc.answer("Statement.getResultSet", raw);
    ResultSet rows = statement.executeQuery("select 1");

    assertThat(rows.getStatement()).isSameAs(statement);
    assertThat(statement.getResultSet()).isSameAs(rows);
    assertThat(statement.getGeneratedKeys().getStatement()).isSameAs(statement);
    assertThat(statement.getConnection()).isSameAs(connection);
  }

  @Test
  void generatedKeys_doNotTakeThePlaceOfTheResult() throws SQLException {
    Statement statement = lender.lend().createStatement();
    ResultSet raw = jdbc.make(ResultSet.class);
    ResultSet rawKeys = jdbc.make(ResultSet.class);
    jdbc.answer("Statement.getResultSet", raw);
    jdbc.answer("Statement.getGeneratedKeys", rawKeys);
    ResultSet keys = statement.getGeneratedKeys();
    assertThat(statement.getGeneratedKeys()).isSameAs(keys);
    ResultSet rows = statement.getResultSet();
    assertThat(statement.getGeneratedKeys().unwrap(ResultSet.class)).isSameAs(rawKeys);
    assertThat(statement.getResultSet()).isSameAs(rows);
  }

  @Test
  void resultSetWithoutStatement_hasNone() throws SQLException {
    ResultSet rows = lender.lend().createStatement().executeQuery("select 1");
    jdbc.answer("ResultSet.getStatement", null);
    assertThat(rows.getStatement()).isNull();
  }

  @Test
  void nullResults_stayNull() throws SQLException {
    Statement statement = lender.lend().createStatement();
    jdbc.answer("Statement.getResultSet", null);
    assertThat(statement.getResultSet()).isNull();
  }

  @Test
  void metadataResults_wrapTheirStatementOnce_andCloseWithTheConnection() throws SQLException {
    BorrowedConnection connection = lender.lend();
    ResultSet tables = connection.getMetaData().getTables(null, null, "%", null);
    Statement statement = tables.getStatement();

    assertThat(tables.getStatement()).isSameAs(statement);
    assertThat(statement.getConnection()).isSameAs(connection);
    jdbc.forgetCalls();
    connection.close();
    assertThat(jdbc.log()).contains("ResultSet.close()", "Statement.close()");
  }

  @Test
  void cursors_areWrappedAndBelongToTheCall() throws SQLException {
    BorrowedConnection connection = lender.lend();
    var call = connection.prepareCall("call f()");
    ResultSet raw = jdbc.make(ResultSet.class);
    jdbc.answer("CallableStatement.getObject", raw);

    ResultSet byIndex = (ResultSet) call.getObject(1);
    ResultSet byType = call.getObject(1, ResultSet.class);

    assertThat(byIndex.unwrap(ResultSet.class)).isSameAs(raw);
    assertThat(byIndex.getStatement()).isSameAs(call);
    assertThat(byType.unwrap(ResultSet.class)).isSameAs(raw);
  }

  @Test
  void closedStatement_isNotClosedAgain() throws SQLException {
    BorrowedConnection connection = lender.lend();
    Statement first = connection.createStatement();
    Statement second = connection.prepareStatement("select 1");
    Statement third = connection.createStatement();
    second.close();
    second.close();
    third.close();
    first.close();
    assertThat(jdbc.log()).filteredOn(c -> c.endsWith(".close()")).hasSize(3);

    jdbc.forgetCalls();
    connection.close();
    assertThat(jdbc.log()).containsExactly("Connection.clearWarnings()");
  }

  @Test
  void manyStatements_areClosedNewestFirst() throws SQLException {
    BorrowedConnection connection = lender.lend();
    Statement[] open = new Statement[10];
    for (int i = 0; i < open.length; i++) {
      open[i] = i % 2 == 0 ? connection.createStatement() : connection.prepareStatement("x");
    }
    open[0].close();
    open[5].close();
    open[9].close();
    jdbc.forgetCalls();
    connection.close();

    assertThat(jdbc.log())
        .filteredOn(c -> c.endsWith(".close()"))
        .containsExactly(
            "Statement.close()", // 8
            "PreparedStatement.close()", // 7
            "Statement.close()", // 6
            "Statement.close()", // 4
            "PreparedStatement.close()", // 3
            "Statement.close()", // 2
            "PreparedStatement.close()"); // 1
  }

  @Test
  void statementClosedOnCompletion_isForgotten() throws SQLException {
    BorrowedConnection connection = lender.lend();
    Statement statement = connection.createStatement();
    statement.closeOnCompletion();
    ResultSet rows = statement.executeQuery("select 1");
    rows.close();
    jdbc.forgetCalls();
    connection.close();

    assertThat(jdbc.log()).containsExactly("Connection.clearWarnings()");
  }

  @Test
  void statementMadeAfterTheLease_isClosedAtOnce() {
    BorrowedConnection connection = lender.lend();
    jdbc.answerWith(
        "Connection.createStatement",
        () -> {
          connection.close();
          return jdbc.make(Statement.class);
        });

    assertThatThrownBy(connection::createStatement).hasMessageContaining("returned");
    assertThat(jdbc.log()).filteredOn("Statement.close()"::equals).hasSize(1);
  }

  @Test
  void toString_namesPoolAndConnection_evenIfTheDriverFails() throws SQLException {
    BorrowedConnection connection = lender.lend();
    assertThat(connection).hasToString("reef connection #7: recording Connection");
    assertThat(connection.createStatement()).hasToString("reef connection #7: recording Statement");
    connection.close();
    assertThat(connection).hasToString("reef connection #7: given back");
    Object hostile =
        new Object() {
          @Override
          public String toString() {
            throw new IllegalStateException("closed");
          }
        };
    assertThat(BorrowedSession.text(hostile)).isEqualTo(hostile.getClass().getName());
  }

  @Test
  void equality_isIdentity() {
    BorrowedConnection connection = lender.lend();
    BorrowedConnection twin = new BorrowedConnection(lender, connection.entry(), 0);
    assertThat(connection).isNotEqualTo(twin);
    assertThat(connection.hashCode()).isEqualTo(System.identityHashCode(connection));
  }

  @Test
  void borrowing_costsFortyBytes() {
    int header = 12; // with compressed class pointers and references
    int fields = 0;
    for (Class<?> c = BorrowedConnection.class; c != Object.class; c = c.getSuperclass()) {
      for (Field field : c.getDeclaredFields()) {
        if (!Modifier.isStatic(field.getModifiers())) {
          fields += field.getType() == long.class ? 8 : 4;
        }
      }
    }
    assertThat(header + fields).isLessThanOrEqualTo(40);
  }

  @Test
  void quoting_followsTheDriver() throws SQLException {
    BorrowedConnection connection = lender.lend();
    assertThat(connection.enquoteLiteral("x")).isEqualTo("text");
    assertThat(connection.enquoteNCharLiteral("x")).isEqualTo("text");
    assertThat(connection.enquoteIdentifier("x", true)).isEqualTo("text");
    assertThat(connection.isSimpleIdentifier("x")).isTrue();
    assertThat(jdbc.log())
        .extracting(call -> call.substring(call.indexOf('.') + 1))
        .contains(
            "enquoteLiteral(x)",
            "enquoteNCharLiteral(x)",
            "enquoteIdentifier(x, true)",
            "isSimpleIdentifier(x)");
    long made = jdbc.log().stream().filter("Connection.createStatement()"::equals).count();
    assertThat(jdbc.log()).filteredOn("Statement.close()"::equals).hasSize((int) made);
  }

  @Test
  void transactionBit_isSetAgainByEveryUse() throws SQLException {
    BorrowedConnection connection = lender.lend();
    connection.setAutoCommit(false);
    Statement statement = connection.createStatement();
    for (int i : IntStream.range(0, 3).toArray()) {
      statement.addBatch("insert " + i);
      connection.commit();
      assertThat(connection.flags & Dirty.TRANSACTION).isZero();
      statement.executeBatch();
      assertThat(connection.flags & Dirty.TRANSACTION).isNotZero();
    }
  }
}
