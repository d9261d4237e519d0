package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.SQLException;
import java.sql.SQLInvalidAuthorizationSpecException;
import java.sql.SQLTransientConnectionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LoginRefusalTest {
  private static boolean is(String text, String state, int code) {
    return LoginRefusal.is(new SQLException(text, state, code));
  }

  @ParameterizedTest
  @ValueSource(strings = {"28000", "28P01", "28001"})
  void stateOfItsClass_isARefusal(String state) {
    assertThat(is("x", state, 0)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(strings = {"08001", "08004", "08006", "3D000", "53300", "57P03", "42000", "HY000"})
  void otherState_isNone(String state) {
    assertThat(is("x", state, 1045)).isFalse();
  }

  @Test
  void classOfJdbc_isARefusal_whateverItsState() {
    assertThat(LoginRefusal.is(new SQLInvalidAuthorizationSpecException("x"))).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1005, 72000", "1017, 72000", "1045, 72000", "28000, 99999", "28001, 99999"})
  void codeOfOracle_isARefusal_besideItsMessageOnly(int code, String state) {
    assertThat(is("ORA-" + code + ": logon denied", state, code)).isTrue();
    assertThat(is("x", state, code)).isFalse();
    assertThat(LoginRefusal.is(new SQLException(null, state, code))).isFalse();
    assertThat(is("ORA-12541: no listener", "66000", 12541)).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"18452", "18456", "18470", "18486", "18487", "18488"})
  void codeOfSqlServer_isARefusal_besideAStateOfItsDriverOnly(int code) {
    assertThat(is("Login failed for user 'app'.", "S0001", code)).isTrue();
    assertThat(is("Login failed for user 'app'.", "08001", code)).isTrue();
    assertThat(is("x", "42000", code)).isFalse();
    assertThat(is("x", null, code)).isFalse();
    assertThat(is("x", "S0001", 4060)).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {1862, 3118, 3955, 4150, 4151})
  void codeOfMariaDbOrMySql_isARefusal_besideTheirStateForAnythingOnly(int code) {
    assertThat(is("Access denied, this account is locked", "HY000", code)).isTrue();
    assertThat(is("x", "42000", code)).isFalse();
  }

  @Test
  void anywhereInTheChain_isFound() {
    SQLException refusal = new SQLException("no", "28P01");
    assertThat(LoginRefusal.is(new SQLTransientConnectionException("x", "08001", refusal)))
        .isTrue();
    assertThat(LoginRefusal.is(new IllegalStateException(new IOException(refusal)))).isTrue();
    SQLException several = new SQLException("x", "08001");
    several.setNextException(refusal);
    assertThat(LoginRefusal.is(several)).isTrue();
  }

  /** The password was right: the database is not there yet. */
  @Test
  void sqlServer_loginFailedForTheErrorBeforeIt_isNoRefusal() {
    SQLException notYet = new SQLException("Cannot open database", "S0001", 4060);
    notYet.setNextException(new SQLException("Login failed for user", "S0001", 18456));
    assertThat(LoginRefusal.is(notYet)).isFalse();
    SQLException refused = new SQLException("Login failed for user", "S0001", 18456);
    refused.setNextException(new SQLException("and more", "S0001", 4064));
    assertThat(LoginRefusal.is(refused)).isTrue();
  }

  @Test
  void nothing_isNone() {
    assertThat(LoginRefusal.is(null)).isFalse();
    assertThat(LoginRefusal.is(new SQLException())).isFalse();
    assertThat(LoginRefusal.is(new IOException("connection refused"))).isFalse();
  }

  @Test
  void ring_andEndlessChain_end() {
    SQLException ring = new SQLException("x", "08001");
    ring.initCause(new IOException(ring));
    ring.setNextException(ring);
    assertThat(LoginRefusal.is(ring)).isFalse();
    SQLException deep = new SQLException("x", "28000");
    for (int i = 0; i < 100_000; i++) {
      deep = new SQLException("x", "08001", deep);
    }
    assertThat(LoginRefusal.is(deep)).isFalse();
  }

  @Test
  void errorThatCannotBeRead_isAsAnyOther() {
    SQLException broken =
        new SQLException("x", "08001") {
          private static final long serialVersionUID = 1L;

          @Override
          public String getSQLState() {
            throw new IllegalStateException("of a driver");
          }
        };
    assertThat(LoginRefusal.is(broken)).isFalse();
  }
}
