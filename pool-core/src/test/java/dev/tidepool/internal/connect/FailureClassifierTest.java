package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.FailureClassifier;
import dev.tidepool.api.FailureClassifier.Verdict;
import java.io.EOFException;
import java.io.IOException;
import java.net.SocketException;
import java.sql.BatchUpdateException;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLSyntaxErrorException;
import java.sql.SQLTimeoutException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.util.PSQLException;
import org.postgresql.util.PSQLState;
import org.postgresql.util.ServerErrorMessage;

class FailureClassifierTest {
  private final FailureClassifier classifier = new DefaultFailureClassifier();

  private Verdict judge(SQLException error) {
    return classifier.classify(error);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "08000", "08001", "08003", "08006", "08007", "08P01", "08S01", "0A000", "01002", "25P03",
        "25P04", "40504", "55032", "57P01", "57P02", "57P03", "57P04", "57P05", "58009", "JZ0C0",
        "JZ0C1", "90067", "90098", "90121"
      })
  void state_ofAnEndedSession_retires(String state) {
    assertThat(judge(new SQLException("x", state))).isEqualTo(Verdict.RETIRE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"08001", "08003", "08006"})
  void serverBehindTheServer_thatIsAway_keeps(String state) {
    SQLException told = new SQLException("ERROR: could not connect to server \"far\"", state);
    String batch = "Batch entry 0 insert ... was aborted: " + told.getMessage();
    SQLException inBatch = new BatchUpdateException(batch, state, new int[0], told);

    assertThat(judge(told)).isEqualTo(Verdict.KEEP);
    assertThat(judge(inBatch)).isEqualTo(Verdict.KEEP);
    assertThat(DefaultFailureClassifier.concernsOthers(inBatch)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "08P01, ERROR: server conn crashed?", // as a pooler says it
    "08006, FATAL: connection to client lost",
    "08006, An I/O error occurred while sending to the backend.",
    "57P01, ERROR: server is shutting down" // as CockroachDB says it of itself
  })
  void whatIsSaidOfTheServerItself_retires(String state, String message) {
    assertThat(judge(new SQLException(message, state))).isEqualTo(Verdict.RETIRE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"42601", "23505", "40001", "57014", "25P02", "22001", "HY000", "53300"})
  void state_ofAnOrdinaryError_keeps(String state) {
    assertThat(judge(new SQLException("x", state))).isEqualTo(Verdict.KEEP);
  }

  @ParameterizedTest
  @CsvSource({"HY000, 4031", "70100, 1927", "42000, 1105", "HY000, 2399", "99999, 500150"})
  void vendorCode_ofALostSession_retires(String state, int code) {
    assertThat(judge(new SQLException("x", state, code))).isEqualTo(Verdict.RETIRE);
  }

  @Test
  void refusalBesideAStreamOfMysql_retires_andConcernsNoOther() {
    SQLException refusal =
        new SQLException(
            "Streaming result set com.mysql.cj.protocol.a.result.ResultsetRowsStreaming@1 is still"
                + " active. No statements may be issued",
            "S1000");
    assertThat(judge(refusal)).isEqualTo(Verdict.RETIRE);
    assertThat(DefaultFailureClassifier.concernsOthers(refusal)).isFalse();
    assertThat(judge(new SQLException("Streaming result set of mine is still active", "S1000")))
        .isEqualTo(Verdict.KEEP);
  }

  @ParameterizedTest
  @CsvSource({"25006, 0", "25006, 1792", "HY000, 1290", "HY000, 1836"})
  void refusalToWrite_isTheWrongNode(String state, int code) {
    String text = "The MariaDB server is running with the --read-only option";
    assertThat(judge(new SQLException(text, state, code))).isEqualTo(Verdict.WRONG_NODE);
  }

  @ParameterizedTest
  @CsvSource({"976, S0001", "978, S0001", "983, S0001", "3906, S0002", "3906, S00010"})
  void refusalOfASqlServer_isTheWrongNode_besideAStateOfItsDriverOnly(int code, String state) {
    assertThat(judge(new SQLException("x", state, code))).isEqualTo(Verdict.WRONG_NODE);
    assertThat(judge(new SQLException("x", "42000", code))).isEqualTo(Verdict.KEEP);
    assertThat(judge(new SQLException("x", null, code))).isEqualTo(Verdict.KEEP);
  }

  @Test
  void refusalOfAnOracleStandby_isTheWrongNode() {
    String text = "ORA-16000: database or pluggable database open for read-only access";
    assertThat(judge(new SQLException(text, "72000", 16000))).isEqualTo(Verdict.WRONG_NODE);
    String inside = "ORA-00604: error occurred at recursive SQL level 1\n" + text;
    assertThat(judge(new SQLException(inside, "60000", 604))).isEqualTo(Verdict.WRONG_NODE);
    assertThat(judge(new SQLException("x", "72000", 16000))).isEqualTo(Verdict.KEEP);
  }

  @Test
  void refusalOfAnotherOption_isNot() {
    String text = "The MySQL server is running with the --secure-file-priv option";
    assertThat(judge(new SQLException(text, "HY000", 1290))).isEqualTo(Verdict.KEEP);
  }

  @ParameterizedTest
  @CsvSource({"42000, 1290", "22008, 1836", "70100, 1317", "HY000, 1927", "42000, 4031"})
  void vendorCode_ofAnotherVendor_keeps(String state, int code) {
    assertThat(judge(new SQLException("x", state, code))).isEqualTo(Verdict.KEEP);
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        28, 600, 1012, 1014, 1033, 1034, 1035, 1089, 1090, 1092, 1094, 2396, 3106, 3111, 3113, 3114,
        3135, 12152, 12153, 12160, 12170, 12537, 12547, 12570, 12571, 17002, 17008, 17294, 17401,
        17402, 17410, 17430, 17447, 17452, 17800, 18730
      })
  void oracleCode_countsInAnOracleMessageOnly(int code) {
    assertThat(judge(new SQLException("ORA-0: gone", "72000", code))).isEqualTo(Verdict.RETIRE);
    assertThat(judge(new SQLException("something else", "72000", code))).isEqualTo(Verdict.KEEP);
  }

  @ParameterizedTest
  @ValueSource(ints = {596, 6002, 6005, 6006, 40197, 40549, 40550, 40551, 40552, 40553, 40613})
  void sqlServerCode_countsBesideAStateOfItsDriverOnly(int code) {
    assertThat(judge(new SQLException("x", "S0001", code))).isEqualTo(Verdict.RETIRE);
    assertThat(judge(new SQLException("x", "42000", code))).isEqualTo(Verdict.KEEP);
    assertThat(judge(new SQLException("x", null, code))).isEqualTo(Verdict.KEEP);
  }

  @ParameterizedTest
  @ValueSource(ints = {-906, -923, -924, -1015, -1034, -1224, -1229, -4499, -30080, -30081})
  void db2Code_countsInAMessageOfItsDriverOnly(int code) {
    String server = "DB2 SQL Error: SQLCODE=" + code + ", SQLSTATE=null";
    String driver = "[jcc][t4][2043][11550] Exception: java.net.ConnectException";
    for (String state : new String[] {"57019", null}) {
      assertThat(judge(new SQLException(server, state, code))).isEqualTo(Verdict.RETIRE);
      assertThat(judge(new SQLException(driver, state, code))).isEqualTo(Verdict.RETIRE);
      assertThat(judge(new SQLException("x", state, code))).isEqualTo(Verdict.KEEP);
    }
    String deadlock = "DB2 SQL Error: SQLCODE=-911, SQLSTATE=40001";
    assertThat(judge(new SQLException(deadlock, "40001", -911))).isEqualTo(Verdict.KEEP);
  }

  @Test
  void oracleCode_ofAnOrdinaryError_keeps() {
    assertThat(judge(new SQLException("ORA-00942: no table", "42000", 942)))
        .isEqualTo(Verdict.KEEP);
  }

  /** Beside the violations of the protocol, at which the driver closes the connection. */
  @ParameterizedTest
  @ValueSource(ints = {17400, 17433, 17439, 17445, 17446, 17448, 17453, 17454})
  void oracleCode_thatLeavesTheConnectionOpen_keeps(int code) {
    assertThat(judge(new SQLException("ORA-" + code + ": other", "99999", code)))
        .isEqualTo(Verdict.KEEP);
  }

  /** A mistake of the application's, which cost the session each time. */
  @Test
  void oracleCode_ofAClosedStatement_keeps() {
    assertThat(judge(new SQLException("ORA-17009: Closed statement", "99999", 17009)))
        .isEqualTo(Verdict.KEEP);
  }

  @Test
  void statementTimeout_keeps() {
    assertThat(judge(new SQLTimeoutException("slow", "57014"))).isEqualTo(Verdict.KEEP);
    assertThat(judge(new SQLTimeoutException("slow"))).isEqualTo(Verdict.KEEP);
  }

  @Test
  void classOfALostConnection_retires() {
    assertThat(judge(new SQLNonTransientConnectionException("x"))).isEqualTo(Verdict.RETIRE);
    assertThat(judge(new SQLRecoverableException("x"))).isEqualTo(Verdict.RETIRE);
    assertThat(judge(new SQLSyntaxErrorException("x", "42601"))).isEqualTo(Verdict.KEEP);
  }

  @Test
  void ioCauseWithoutState_retires() {
    assertThat(judge(new SQLException("x", null, new EOFException()))).isEqualTo(Verdict.RETIRE);
  }

  @Test
  void usersOwnStreamFailed_keeps() {
    SQLException error = new SQLException("x", "22000", new IOException("user's stream"));
    assertThat(judge(error)).isEqualTo(Verdict.KEEP);
  }

  @Test
  void networkCauseWithOrdinaryState_retires() {
    SQLException error =
        new SQLException("x", "HY000", new RuntimeException(new SocketException("reset")));
    assertThat(judge(error)).isEqualTo(Verdict.RETIRE);
  }

  @Test
  void fatalNextException_retires() {
    BatchUpdateException error = new BatchUpdateException("batch", "23505", 0, new int[0]);
    error.setNextException(new SQLException("gone", "57P01"));
    assertThat(judge(error)).isEqualTo(Verdict.RETIRE);
  }

  @Test
  void fatalSqlCause_retires() {
    assertThat(judge(new SQLException("x", new SQLException("y", "08006"))))
        .isEqualTo(Verdict.RETIRE);
  }

  @Test
  void ringOfCauses_ends() {
    SQLException first = new SQLException("first", "42601");
    SQLException second = new SQLException("second", "42601", first);
    first.initCause(second);
    assertThat(judge(first)).isEqualTo(Verdict.KEEP);
  }

  /** One for each row of a batch. */
  @Test
  void fatalOne_behindManyOrdinaryOnes_retires() {
    SQLException first = new SQLException("0", "23505");
    for (int i = 1; i < 500; i++) {
      first.setNextException(new SQLException("" + i, "23505"));
    }
    first.setNextException(new SQLException("gone", "57P01"));
    assertThat(judge(first)).isEqualTo(Verdict.RETIRE);
  }

  @Test
  void longChain_isBounded() {
    SQLException first = new SQLException("0", "42601");
    for (int i = 1; i < 10_000; i++) {
      first.setNextException(new SQLException("" + i, "42601"));
    }
    assertThat(judge(first)).isEqualTo(Verdict.KEEP);
  }

  /** Written for HikariCP's interface, as far as a name can tell. */
  public static final class HikariStyle {
    /** HikariCP's three answers. */
    public enum Answer {
      CONTINUE_EVICT,
      DO_NOT_EVICT,
      MUST_EVICT
    }

    public Answer adjudicate(SQLException error) {
      if (error.getErrorCode() == 7) {
        throw new IllegalStateException("broken override");
      }
      return switch (String.valueOf(error.getMessage())) {
        case "keep" -> Answer.DO_NOT_EVICT;
        case "retire" -> Answer.MUST_EVICT;
        default -> Answer.CONTINUE_EVICT;
      };
    }
  }

  /** A classifier of ours. */
  public static final class Ours implements FailureClassifier {
    @Override
    public Verdict classify(SQLException error) {
      return Verdict.KEEP;
    }
  }

  /** Neither. */
  public static final class Neither {}

  @Test
  void override_hikariStyle_hasTheLastWord() {
    FailureClassifier override = OverrideClassifier.create("p", HikariStyle.class.getName());
    assertThat(override.classify(new SQLException("keep", "08006"))).isEqualTo(Verdict.KEEP);
    assertThat(override.classify(new SQLException("retire", "42601"))).isEqualTo(Verdict.RETIRE);
    assertThat(override.classify(new SQLException("x", "08006"))).isEqualTo(Verdict.RETIRE);
    assertThat(override.classify(new SQLException("x", "42601"))).isEqualTo(Verdict.KEEP);
    assertThat(override.classify(new SQLException("x", "HY000", new SocketException())))
        .isEqualTo(Verdict.RETIRE);
  }

  @Test
  void override_hikariStyle_isAskedAboutEachOfTheChain() {
    FailureClassifier override = OverrideClassifier.create("p", HikariStyle.class.getName());
    SQLException condemned = new SQLException("x", "42601");
    condemned.setNextException(new SQLException("retire", "42601"));
    assertThat(override.classify(condemned)).isEqualTo(Verdict.RETIRE);
    SQLException spared = new SQLException("x", "42601");
    spared.setNextException(new SQLException("keep", "08006"));
    assertThat(override.classify(spared)).isEqualTo(Verdict.KEEP);
  }

  @Test
  void override_thatThrows_leavesTheStandardRules() {
    FailureClassifier override = OverrideClassifier.create("p", HikariStyle.class.getName());
    assertThat(override.classify(new SQLException("keep", "08006", 7))).isEqualTo(Verdict.RETIRE);
    assertThat(override.classify(new SQLException("retire", "42601", 7))).isEqualTo(Verdict.KEEP);
  }

  @Test
  void override_ofOurKind_isUsedAsItIs() {
    assertThat(OverrideClassifier.create("p", Ours.class.getName())).isInstanceOf(Ours.class);
  }

  @Test
  void override_ofNeitherKind_isRejected() {
    assertThatThrownBy(() -> OverrideClassifier.create("p", Neither.class.getName()))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("implements neither");
    assertThatThrownBy(() -> OverrideClassifier.create("p", "no.such.Class"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("exceptionOverrideClassName=no.such.Class");
  }

  /** pgjdbc says so of createNClob() and others, which frameworks try on every start. */
  @Test
  void featureTheDriverLacks_retiresNothing() {
    assertThat(judge(new SQLFeatureNotSupportedException("not implemented", "0A000")))
        .isEqualTo(Verdict.KEEP);
  }

  /** Generated keys by column index, for example: an ordinary exception with the same SQLState. */
  @Test
  void featureThatPgjdbcRefusesByItself_retiresNothing() {
    assertThat(judge(new PSQLException("by index", PSQLState.NOT_IMPLEMENTED)))
        .isEqualTo(Verdict.KEEP);
  }

  @Test
  void featureThatTheServerOfPgjdbcRefuses_retires() {
    ServerErrorMessage said =
        new ServerErrorMessage(
            "SERROR\0C0A000\0Mcached plan must not change result type\0RRevalidateCachedQuery\0");
    assertThat(judge(new PSQLException(said))).isEqualTo(Verdict.RETIRE);
  }

  /** Several names at once, in a transaction that had failed before: the session is well. */
  @Test
  void clientInfoThatPgjdbcCouldNotSet_retiresNothing() {
    String state = PSQLState.NOT_IMPLEMENTED.getState();
    assertThat(judge(new SQLClientInfoException("one or more failed", state, Map.of())))
        .isEqualTo(Verdict.KEEP);
    assertThat(judge(new SQLClientInfoException("one or more failed", "08006", Map.of())))
        .isEqualTo(Verdict.RETIRE);
  }

  /** Its I/O errors come without a word of the server, too. */
  @Test
  void brokenConnectionOfPgjdbc_retires() {
    assertThat(
            judge(new PSQLException("gone", PSQLState.CONNECTION_FAILURE, new EOFException("x"))))
        .isEqualTo(Verdict.RETIRE);
  }
}
