package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tidepool.internal.connect.DefaultFailureClassifier;
import dev.tidepool.testing.TestDatabase;
import java.io.IOException;
import java.io.Reader;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The application's upload breaks off while a driver reads it. */
// The first test of a server may have to wait until an image has been pulled.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RealFailingStreamTest {
  private static final class Upload extends Reader {
    @Override
    public int read(char[] target, int offset, int length) throws IOException {
      throw new IOException("the upload broke off");
    }

    @Override
    public void close() {}
  }

  /** pgjdbc passes it on without an SQLState, as if it came from the socket. */
  @Test
  void postgres_uploadThatBreaksOff_saysNothingOfTheOtherSessions() throws SQLException {
    try (TidepoolDataSource pool = RealPools.pool(TestDatabase.POSTGRES.url(), 1);
        Connection connection = pool.getConnection();
        Statement statement =
            connection.createStatement(ResultSet.TYPE_FORWARD_ONLY, ResultSet.CONCUR_UPDATABLE)) {
      statement.execute("create temporary table upload (id int primary key, content text)");
      statement.execute("insert into upload values (1, 'before')");
      ResultSet row = statement.executeQuery("select id, content from upload");
      assertThat(row.next()).isTrue();

      Throwable thrown =
          catchThrowable(() -> row.updateCharacterStream("content", new Upload(), 5));

      assertThat(thrown).isInstanceOf(SQLException.class).hasCauseInstanceOf(IOException.class);
      assertThat(DefaultFailureClassifier.endsSession(thrown)).isTrue();
      assertThat(DefaultFailureClassifier.concernsOthers(thrown)).isFalse();
    }
  }
}
