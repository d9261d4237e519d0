package dev.tidepool.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.testing.TestDatabase;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.postgresql.jdbc.PgConnection;

/** Schemas after the first, which JDBC does not know. */
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class SearchPathTest {
  private static String path(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("show search_path")) {
      row.next();
      return row.getString(1);
    }
  }

  /** Whatever the server makes of a backslash in a text. */
  @ParameterizedTest
  @ValueSource(strings = {"on", "off"})
  void oddNames_areRestoredAsTheyWere(String conforming) throws SQLException {
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setUrl(TestDatabase.POSTGRES.url());
      pool.setMaximumPoolSize(1);
      pool.setConnectionInitSql(
          "set search_path = \"back\\slash\", \"it's\", public; set standard_conforming_strings = "
              + conforming);
      String before;
      try (Connection first = pool.getConnection()) {
        before = path(first);
        assertThat(before).contains("back\\slash", "it's");
        first.setSchema("information_schema");
      }
      try (Connection next = pool.getConnection()) {
        assertThat(path(next)).isEqualTo(before);
      }
    }
  }

  @Test
  void setSchemaOfOneBorrower_leavesTheWholePathToTheNext() throws SQLException {
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setUrl(TestDatabase.POSTGRES.url("currentSchema=pg_catalog,public"));
      pool.setMaximumPoolSize(1);
      String before;
      try (Connection first = pool.getConnection()) {
        before = path(first);
        assertThat(before).contains("pg_catalog").contains("public");
        first.setSchema("information_schema");
        assertThat(path(first)).doesNotContain("public");
      }
      try (Connection second = pool.getConnection()) {
        // The first schema of the path is the same, the path is not.
        second.unwrap(PgConnection.class).setSchema("pg_catalog");
        assertThat(path(second)).doesNotContain("public");
      }
      try (Connection next = pool.getConnection()) {
        assertThat(path(next)).isEqualTo(before);
        assertThat(next.getSchema()).isEqualTo("pg_catalog");
      }
      assertThat(pool.stats().opened()).isEqualTo(1);
    }
  }
}
