package dev.tidepool.bench.driver;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class NoopDriverTest {
  @Test
  void latencies_of_the_url_are_kept() throws Exception {
    String url =
        NoopDriver.url(Duration.ofMillis(30), Duration.ofMillis(20), Duration.ofMillis(10));
    long start = System.nanoTime();
    try (Connection connection = DriverManager.getConnection(url);
        Statement statement = connection.createStatement()) {
      long connected = System.nanoTime();
      statement.execute("update tide set level = level + 1");
      long queried = System.nanoTime();
      assertThat(connection.isValid(1)).isTrue();
      assertThat(System.nanoTime() - queried).isGreaterThanOrEqualTo(10_000_000);
      assertThat(queried - connected).isGreaterThanOrEqualTo(20_000_000);
      assertThat(connected - start).isGreaterThanOrEqualTo(30_000_000);
    }
  }

  @Test
  void traffic_counts_each_connection_once_however_often_it_is_closed() throws Exception {
    int open = NoopTraffic.open();
    int connects = NoopTraffic.connects();
    Connection connection = DriverManager.getConnection(NoopDriver.URL);
    assertThat(NoopTraffic.open()).isEqualTo(open + 1);
    connection.close();
    connection.close();
    assertThat(NoopTraffic.open()).isEqualTo(open);
    assertThat(NoopTraffic.connects()).isEqualTo(connects + 1);
  }
}
