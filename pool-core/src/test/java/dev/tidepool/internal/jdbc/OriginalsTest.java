package dev.tidepool.internal.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.RetireReason;
import java.sql.Connection;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Client info and type map over several borrowers of one connection. */
@NullUnmarked // drivers answer null
class OriginalsTest {
  private final RecordingJdbc jdbc = new RecordingJdbc();
  private FakeLender lender;

  @BeforeEach
  void open() {
    lender = new FakeLender(jdbc.connection());
  }

  private List<String> callsOfClose(Connection connection) throws SQLException {
    jdbc.forgetCalls();
    connection.close();
    return jdbc.log();
  }

  private List<String> callsOf(String method) {
    return jdbc.log().stream().filter(call -> call.startsWith("Connection." + method)).toList();
  }

  private static Properties one(String name, String value) {
    Properties properties = new Properties();
    properties.setProperty(name, value);
    return properties;
  }

  @Test
  void driverIsAskedOnce_andEveryBorrowerIsUndone() throws SQLException {
    for (int borrower = 0; borrower < 3; borrower++) {
      Connection connection = lender.lend();
      connection.setClientInfo("ApplicationName", "mine" + borrower);
      connection.setTypeMap(Map.of("point", Integer.class));
      assertThat(callsOf("getClientInfo")).hasSize(borrower == 0 ? 1 : 0);
      assertThat(callsOf("getTypeMap")).hasSize(borrower == 0 ? 1 : 0);
      assertThat(callsOfClose(connection))
          .contains(
              "Connection.setClientInfo(ApplicationName, before)",
              "Connection.setTypeMap({type=class java.lang.String})");
      jdbc.forgetCalls();
    }
    assertThat(lender.returns).extracting(FakeLender.Returned::reason).containsOnlyNulls();
  }

  @Test
  void whatTheLastBorrowerChanged_isNotUndoneAgain() throws SQLException {
    Connection first = lender.lend();
    first.setClientInfo("ClientUser", "me");
    first.close();

    Connection second = lender.lend();
    second.setClientInfo("ApplicationName", "mine");
    assertThat(callsOfClose(second))
        .containsExactly(
            "Connection.setClientInfo(ApplicationName, before)", "Connection.clearWarnings()");

    assertThat(callsOfClose(lender.lend())).isEmpty();
  }

  @Test
  void liveAnswersOfTheDriver_areCopied() throws SQLException {
    Properties live = one("ApplicationName", "before");
    Map<String, Class<?>> liveTypes = new HashMap<>();
    jdbc.answer("Connection.getClientInfo", live);
    jdbc.answer("Connection.getTypeMap", liveTypes);
    for (int borrower = 0; borrower < 2; borrower++) {
      Connection connection = lender.lend();
      connection.setClientInfo("ApplicationName", "mine");
      live.setProperty("ApplicationName", "mine");
      connection.setTypeMap(Map.of("point", Integer.class));
      liveTypes.put("point", Integer.class);
      assertThat(callsOfClose(connection))
          .contains(
              "Connection.setClientInfo(ApplicationName, before)", "Connection.setTypeMap({})");
    }
  }

  /** JDBC's own way to change it is to get it, to put something into it, and to set it. */
  @Test
  void liveTypeMap_isNotHandedOut() throws SQLException {
    Map<String, Class<?>> live = new HashMap<>();
    jdbc.answer("Connection.getTypeMap", live);
    Connection connection = lender.lend();
    Map<String, Class<?>> got = connection.getTypeMap();
    got.put("point", Integer.class);
    assertThat(live).isEmpty();
    connection.setTypeMap(got);
    assertThat(callsOfClose(connection)).contains("Connection.setTypeMap({})");
  }

  @Test
  void typeMapThatIsNotThere_isNull() throws SQLException {
    jdbc.answer("Connection.getTypeMap", null);
    assertThat(lender.lend().getTypeMap()).isNull();
  }

  /** A driver may hand out the very map it was given. */
  @Test
  @SuppressWarnings("unchecked")
  void mapGivenToTheDriver_isNotTheOneKept() throws SQLException {
    jdbc.answer("Connection.getTypeMap", new HashMap<>());
    Connection first = lender.lend();
    first.setTypeMap(Map.of());
    jdbc.forgetCalls();
    first.close();
    Map<String, Class<?>> given =
        (Map<String, Class<?>>)
            jdbc.calls().stream()
                .filter(call -> call.method().getName().equals("setTypeMap"))
                .findFirst()
                .orElseThrow()
                .arguments()
                .get(0);
    given.put("point", Integer.class);

    Connection second = lender.lend();
    second.setTypeMap(Map.of());
    assertThat(callsOfClose(second)).contains("Connection.setTypeMap({})");
  }

  @Test
  void defaultsOfTheDriversProperties_areOriginalsToo() throws SQLException {
    jdbc.answer("Connection.getClientInfo", new Properties(one("ApplicationName", "default")));
    Connection connection = lender.lend();
    connection.setClientInfo("ApplicationName", "mine");
    assertThat(callsOfClose(connection))
        .contains("Connection.setClientInfo(ApplicationName, default)");
  }

  @Test
  void driverThatAnswersNull_hadNone() throws SQLException {
    jdbc.answer("Connection.getClientInfo", null);
    jdbc.answer("Connection.getTypeMap", null);
    Connection connection = lender.lend();
    connection.setClientInfo(one("ApplicationName", "mine"));
    connection.setTypeMap(Map.of("point", Integer.class));
    assertThat(callsOfClose(connection))
        .contains("Connection.setClientInfo(ApplicationName, null)", "Connection.setTypeMap({})");
  }

  /** Else the borrower's own value would count as the original for ever. */
  @Test
  void afterAFailure_theDriverIsNotAskedUntilAllIsUndone() throws SQLException {
    jdbc.fail("Connection.getClientInfo", new SQLException("unknown"));
    Connection first = lender.lend();
    first.setClientInfo("ApplicationName", "mine");
    jdbc.answer("Connection.getClientInfo", one("ApplicationName", "mine"));
    first.setClientInfo("ClientUser", "me");
    assertThat(callsOfClose(first))
        .contains(
            "Connection.setClientInfo(ApplicationName, null)",
            "Connection.setClientInfo(ClientUser, null)");

    jdbc.answer("Connection.getClientInfo", one("ApplicationName", "before"));
    Connection second = lender.lend();
    second.setClientInfo("ApplicationName", "mine");
    assertThat(callsOfClose(second)).contains("Connection.setClientInfo(ApplicationName, before)");
  }

  @Test
  void typeMapThatCannotBeRead_isNotChanged() throws SQLException {
    jdbc.fail("Connection.getTypeMap", new SQLException("unknown"));
    Connection connection = lender.lend();
    assertThatThrownBy(() -> connection.setTypeMap(Map.of())).hasMessage("unknown");
    assertThat(callsOfClose(connection)).containsExactly("Connection.clearWarnings()");
  }

  /** Two threads of a lease: one reads, the other is faster and its read has failed. */
  @Test
  void answerThatShowsTheOtherThreadsChange_isNotKept() throws SQLException {
    Connection connection = lender.lend();
    jdbc.answerWith(
        "Connection.getClientInfo",
        () -> {
          jdbc.fail("Connection.getClientInfo", new SQLException("unknown"));
          connection.setClientInfo("ApplicationName", "other thread");
          return one("ApplicationName", "other thread");
        });
    connection.setClientInfo("ClientUser", "me");
    assertThat(callsOfClose(connection))
        .contains("Connection.setClientInfo(ApplicationName, null)");
  }

  @Test
  void lateThreadOfAnOldLease_touchesNeitherOriginalsNorDriver() throws SQLException {
    Connection old = lender.lend();
    jdbc.answerWith(
        "Connection.getClientInfo",
        () -> {
          old.close();
          return one("ApplicationName", "late");
        });
    assertThatThrownBy(() -> old.setClientInfo("ClientUser", "me"))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"));
    assertThat(callsOf("setClientInfo")).isEmpty();

    jdbc.answer("Connection.getClientInfo", one("ApplicationName", "before"));
    Connection next = lender.lend();
    next.setClientInfo("ApplicationName", "mine");
    assertThat(callsOfClose(next))
        .containsExactly(
            "Connection.setClientInfo(ApplicationName, before)", "Connection.clearWarnings()");
  }

  @Test
  void lateTypeMap_reachesTheDriverNoMore() throws SQLException {
    Connection old = lender.lend();
    jdbc.answerWith(
        "Connection.getTypeMap",
        () -> {
          old.close();
          return Map.of("late", String.class);
        });
    assertThatThrownBy(() -> old.setTypeMap(Map.of()))
        .isInstanceOfSatisfying(
            SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("08003"));
    assertThat(callsOf("setTypeMap")).isEmpty();

    jdbc.answer("Connection.getTypeMap", new HashMap<>());
    Connection next = lender.lend();
    next.setTypeMap(Map.of("point", Integer.class));
    assertThat(callsOfClose(next)).contains("Connection.setTypeMap({})");
  }

  @Test
  void clientInfoHandedOut_isACopy() throws SQLException {
    Properties live = one("ApplicationName", "before");
    jdbc.answer("Connection.getClientInfo", live);
    Connection connection = lender.lend();
    connection.getClientInfo().setProperty("ClientUser", "me");
    assertThat(live).containsOnlyKeys("ApplicationName");
    assertThat(connection.getClientInfo()).isEqualTo(live);
  }

  /** A driver that refuses a name it does not know may refuse to take it out, too. */
  @Test
  void refusedClientInfo_needsNoReset() throws SQLException {
    Connection connection = lender.lend();
    jdbc.fail("Connection.setClientInfo", new SQLClientInfoException("unknown", Map.of()));
    assertThatThrownBy(() -> connection.setClientInfo("nobody", "me")).hasMessage("unknown");
    connection.close();
    assertThat(lender.returns).containsExactly(new FakeLender.Returned("reset", null, null));
  }

  /** HSQLDB and DuckDB refuse all of it, and to tell it; each refusal cost the session. */
  @ParameterizedTest
  @MethodSource("refusals")
  void refusedClientInfo_allAtOnce_needsNoReset(Throwable toSet, Throwable toTell)
      throws SQLException {
    jdbc.refuse("Connection.setClientInfo", toSet);
    jdbc.refuse("Connection.getClientInfo", toTell);
    Connection connection = lender.lend();
    assertThatThrownBy(() -> connection.setClientInfo(one("nobody", "me"))).isSameAs(toSet);
    connection.close();
    assertThat(lender.returns).containsExactly(new FakeLender.Returned("reset", null, null));
    assertThat(lender.dooms).isEmpty();
  }

  static Stream<Arguments> refusals() {
    Throwable unknown = new SQLClientInfoException("unknown", Map.of());
    return Stream.of(
        Arguments.of(unknown, new SQLFeatureNotSupportedException()),
        Arguments.of(unknown, new UnsupportedOperationException()),
        Arguments.of(new UnsupportedOperationException(), new AbstractMethodError()),
        Arguments.of(new AbstractMethodError(), new AbstractMethodError()));
  }

  /** A driver that is older than client info can be unwrapped all the same. */
  @Test
  void unwrapOfADriverWithoutClientInfoAndTypeMap_works() throws SQLException {
    jdbc.refuse("DriversOwn.getClientInfo", new AbstractMethodError());
    jdbc.refuse("DriversOwn.getTypeMap", new AbstractMethodError());
    lender = new FakeLender(jdbc.make(DriversOwn.class));
    assertThat(lender.lend().unwrap(DriversOwn.class)).isNotNull();
    assertThat(lender.dooms).isEmpty();
  }

  /** What else hears of the question may throw the same, in the middle of an exchange. */
  @Test
  void typeMapThatFailsDeeperDown_isNoRefusal() throws SQLException {
    Throwable error = Refusals.deeperDown(new UnsupportedOperationException());
    jdbc.fail("DriversOwn.getTypeMap", error);
    lender = new FakeLender(jdbc.make(DriversOwn.class));
    assertThat(lender.lend().unwrap(DriversOwn.class)).isNotNull();
    assertThat(lender.dooms)
        .containsExactly(new FakeLender.Doomed(RetireReason.FATAL_ERROR, error));
  }

  @Test
  void clientInfoThatCannotBeTakenOut_forWhatFailsDeeperDown_retires() throws SQLException {
    Connection connection = lender.lend();
    jdbc.fail("Connection.setClientInfo", new SQLClientInfoException("unknown", Map.of()));
    assertThatThrownBy(() -> connection.setClientInfo("nobody", "me")).hasMessage("unknown");
    Throwable error = Refusals.deeperDown(new UnsupportedOperationException());
    jdbc.fail("Connection.setClientInfo", error);
    connection.close();
    assertThat(lender.returns)
        .containsExactly(new FakeLender.Returned("reset", RetireReason.RESET_FAILED, error));
  }

  private interface DriversOwn extends Connection {}

  @Test
  void clientInfoThatWasAcceptedOnce_andDoesNotGoAway_retires() throws SQLException {
    Connection connection = lender.lend();
    connection.setClientInfo("ClientUser", "me");
    jdbc.fail("Connection.setClientInfo", new SQLClientInfoException("refused", Map.of()));
    assertThatThrownBy(() -> connection.setClientInfo("ClientUser", "you")).hasMessage("refused");
    connection.close();
    assertThat(lender.returns)
        .extracting(FakeLender.Returned::reason)
        .containsExactly(RetireReason.RESET_FAILED);
  }

  /** Setters of a driver that cannot take null, on properties that it may hand out or copy. */
  private void setWithoutNull(Properties live, boolean handsOut, boolean exchanges) {
    jdbc.answerWith("Connection.getClientInfo", () -> handsOut ? live : (Properties) live.clone());
    jdbc.answerWithArguments(
        "Connection.setClientInfo",
        given -> {
          if (given.size() == 2) {
            return live.setProperty((String) given.get(0), (String) given.get(1));
          }
          if (exchanges) {
            live.clear();
          }
          live.putAll((Properties) given.get(0));
          return null;
        });
  }

  private void setSomethingNew() throws SQLException {
    Connection connection = lender.lend();
    connection.setClientInfo("ClientUser", "me");
    connection.setClientInfo("ApplicationName", "mine");
    connection.close();
  }

  @ParameterizedTest
  @CsvSource({"true, false", "false, true", "true, true"})
  void nameThatCannotBeSetToNull_isTakenOut(boolean handsOut, boolean exchanges)
      throws SQLException {
    Properties live = one("ApplicationName", "before");
    setWithoutNull(live, handsOut, exchanges);
    setSomethingNew();
    assertThat(live).isEqualTo(one("ApplicationName", "before"));
    assertThat(lender.returns).containsExactly(new FakeLender.Returned("reset", null, null));
  }

  @Test
  void nameThatCannotBeTakenOut_retires() throws SQLException {
    setWithoutNull(one("ApplicationName", "before"), false, false);
    setSomethingNew();
    assertThat(lender.returns)
        .extracting(FakeLender.Returned::reason)
        .containsExactly(RetireReason.RESET_FAILED);
  }

  @Test
  void originalsThatDoNotComeBack_retireTheConnection() throws SQLException {
    Connection connection = lender.lend();
    connection.setClientInfo("ApplicationName", "mine");
    jdbc.fail("Connection.setClientInfo", new SQLException("refused"));
    connection.close();
    assertThat(lender.returns)
        .extracting(FakeLender.Returned::reason)
        .containsExactly(RetireReason.RESET_FAILED);
  }
}
