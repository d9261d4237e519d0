package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.QuietStatus;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mariadb.jdbc.Driver;

/** Whose classes are a driver's, or those of what wraps it. */
class PhysicalConnectionTest {
  private static final SessionDefaults DEFAULTS =
      new SessionDefaults(true, false, 2, null, null, 1, 0);

  private Connection connection;

  @BeforeEach
  void connect() throws SQLException {
    connection = DriverManager.getConnection("jdbc:h2:mem:");
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
  }

  private PhysicalConnection physical(ServerStatus status) {
    return new PhysicalConnection(connection, DEFAULTS, null, null, null, false, null, status);
  }

  @Test
  void withoutStatus_itIsTheConnectionsClassThatCounts() {
    PhysicalConnection physical = physical(null);
    assertThat(physical.isDriver("org.h2.")).isTrue();
    assertThat(physical.isDriversClass("org.h2.jdbc.JdbcBlob")).isTrue();
    assertThat(physical.isDriversClass("org.h2x.Blob")).isFalse();
    assertThat(physical.isDriversClass("org")).isFalse();
    assertThat(physical.isDriversClass("org.mariadb.jdbc.MariaDbBlob")).isFalse();
  }

  /** Here H2 stands for a tracing tool in front of another driver. */
  @Test
  void withStatus_itIsTheDriversBehindToo() {
    PhysicalConnection physical = physical(new QuietStatus(Driver.class));
    assertThat(physical.isDriver("org.mariadb.")).isTrue();
    assertThat(physical.isDriver("org.h2.")).isFalse();
    assertThat(physical.isDriversClass("org.mariadb.jdbc.MariaDbBlob")).isTrue();
    assertThat(physical.isDriversClass("org.h2.jdbc.JdbcBlob")).isTrue();
    assertThat(physical.isDriversClass("org.postgresql.jdbc.PgBlob")).isFalse();
  }
}
