package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.TestDatabase;
import java.io.InputStream;
import java.sql.Blob;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Large objects as parameters, on servers whose drivers send them in their own ways. */
// The first test of a server may have to wait until an image has been pulled.
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class RealLargeObjectTest {
  /** As long as one likes; waits before its second part. */
  private static final class Upload extends InputStream {
    private final CountDownLatch waiting = new CountDownLatch(1);
    private final CountDownLatch goOn = new CountDownLatch(1);
    private boolean begun;

    @Override
    public int read(byte[] target, int offset, int length) {
      if (begun) {
        waiting.countDown();
        Await.open(goOn);
      }
      begun = true;
      return length;
    }

    @Override
    public int read() {
      return 0;
    }
  }

  /** pgjdbc writes it in the setter; it was written into the next borrower's object. */
  @Test
  void postgres_blobThatIsBeingSetWhenItsConnectionGoesBack_costsTheSession() throws SQLException {
    Upload upload = new Upload();
    try (TidepoolDataSource pool = RealPools.pool(TestDatabase.POSTGRES.url(), 1)) {
      Connection first = pool.getConnection();
      first.setAutoCommit(false);
      final String session = RealPools.ask(first, RealPools.POSTGRES_ID);
      PreparedStatement statement = first.prepareStatement("select ?::oid");
      AtomicReference<Throwable> thrown = new AtomicReference<>();
      Thread writer =
          new Thread(
              () -> {
                try {
                  statement.setBlob(1, upload);
                } catch (SQLException | RuntimeException e) {
                  thrown.set(e);
                }
              });
      writer.start();
      Await.open(upload.waiting);

      first.close();

      try (Connection second = pool.getConnection()) {
        assertThat(RealPools.ask(second, RealPools.POSTGRES_ID)).isNotEqualTo(session);
        upload.goOn.countDown();
        Await.end(writer);
        assertThat(thrown.get()).isInstanceOf(SQLException.class);
        assertThat(RealPools.ask(second, "select 42")).isEqualTo("42");
      }
    }
  }

  /** Its driver has sent the beginning by then; the next statement was taken for the rest. */
  @Test
  void mariaDb_blobOfAnotherDatabaseThatFails_costsTheSession() throws SQLException {
    try (Connection other = DriverManager.getConnection("jdbc:h2:mem:");
        TidepoolDataSource pool = RealPools.pool(TestDatabase.MARIADB.url(), 1)) {
      Blob freed = other.createBlob();
      freed.setBytes(1, new byte[10]);
      freed.free();
      String session = RealPools.askPool(pool, RealPools.MARIADB_ID);
      try (Connection connection = pool.getConnection();
          PreparedStatement statement =
              connection.prepareStatement("select length(?) + length(?)")) {
        statement.setBytes(1, new byte[15_000_000]);
        statement.setBlob(2, freed);
        assertThatThrownBy(statement::executeQuery)
            .isInstanceOf(SQLException.class)
            .hasMessageContaining("already closed");
      }
      assertThat(pool.stats().retired()).containsEntry(RetireReason.FATAL_ERROR, 1L);
      assertThat(RealPools.askPool(pool, "select 42")).isEqualTo("42");
      assertThat(RealPools.askPool(pool, RealPools.MARIADB_ID)).isNotEqualTo(session);
    }
  }
}
