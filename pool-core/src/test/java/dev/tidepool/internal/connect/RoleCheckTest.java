package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.Role;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is asked of servers that are not at hand in these tests, and how the answer is read. */
class RoleCheckTest {
  private static RoleCheck requiring(Role role) {
    return new RoleCheck("reef", Fixtures.requiring(role));
  }

  private static Stub server(String product, int answer) {
    Stub stub = new Stub();
    return stub.on("getMetaData", arguments -> stub.proxy(DatabaseMetaData.class))
        .on("getDatabaseProductName", arguments -> product)
        .on("createStatement", arguments -> stub.proxy(Statement.class))
        .on("executeQuery", arguments -> stub.proxy(ResultSet.class))
        .on("next", arguments -> true)
        .on("getInt", arguments -> answer);
  }

  @ParameterizedTest
  @CsvSource({
    "Oracle, DATABASE_ROLE",
    "Microsoft SQL Server, Updateability",
  })
  void serverThatRefusesWrites_isAStandby(String product, String asked) throws SQLException {
    Stub writable = server(product, 0);
    Stub readOnly = server(product, 1);
    assertThat(requiring(Role.ANY).takesWrites(writable.connection)).isTrue();
    assertThat(requiring(Role.ANY).takesWrites(readOnly.connection)).isFalse();
    assertThat(requiring(Role.PRIMARY).holds(writable.connection)).isTrue();
    assertThat(requiring(Role.PRIMARY).holds(readOnly.connection)).isFalse();
    assertThat(requiring(Role.STANDBY).holds(writable.connection)).isFalse();
    assertThat(requiring(Role.STANDBY).holds(readOnly.connection)).isTrue();
    assertThat(readOnly.calls).anyMatch(call -> call.contains(asked));
  }
}
