package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.Statement;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is read of a session through a connection that does not lead to the driver's. */
class PostgresSessionTest {
  private static final Stub.Answer YES = x -> true;

  private static Stub wrapper(Stub.Answer isWrapperFor, Stub.Answer unwrap) {
    Stub stub = new Stub();
    String[] row = {"sch", "sch, shared", "db", "serializable"};
    return stub.on("getMetaData", x -> stub.proxy(DatabaseMetaData.class))
        .on("getDatabaseProductName", x -> "PostgreSQL")
        .on("createStatement", x -> stub.proxy(Statement.class))
        .on("executeQuery", x -> stub.proxy(ResultSet.class))
        .on("next", YES)
        .on("getString", x -> row[(Integer) x[0] - 1])
        .on("isWrapperFor", isWrapperFor)
        .on("unwrap", unwrap);
  }

  private static Stub.Answer thrown(Throwable error) {
    return x -> {
      throw error;
    };
  }

  static Stream<Stub> wrappers() {
    return Stream.of(
        wrapper(x -> false, x -> null),
        wrapper(thrown(new SQLException("closed")), x -> null),
        wrapper(thrown(new SQLFeatureNotSupportedException("no")), x -> null),
        wrapper(thrown(new IllegalStateException("no")), x -> null),
        wrapper(thrown(new AbstractMethodError("older than the method")), x -> null),
        wrapper(YES, x -> null),
        wrapper(YES, thrown(new SQLException("no"))),
        wrapper(YES, thrown(new AbstractMethodError("older than the method"))));
  }

  /** One look for one setting costs neither the rest nor the connection. */
  @ParameterizedTest
  @MethodSource("wrappers")
  void isRead_allButWhatOnlyTheDriverKnows(Stub wrapper) {
    assertThat(PostgresSession.read(wrapper.connection, "p"))
        .isEqualTo(new PostgresSession("sch", "sch, shared", "db", false, 8));
  }
}
