package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.internal.connect.ConnectSettings.Session;
import dev.tidepool.internal.connect.ConnectSettings.Tcp;
import dev.tidepool.net.KeepAlive;
import dev.tidepool.net.SocketWatch;
import dev.tidepool.net.Watchable;
import dev.tidepool.testing.Await;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;

/** What any driver must still be able to do on a socket that a selector can watch. */
final class WatchedConnections implements AutoCloseable {
  private static final KeepAlive TIMES = new KeepAlive(45, 10, 3);

  private final SocketWatch watch = new SocketWatch();
  private final Thread thread = new Thread(watch, "watch");
  private final Closer closer = new Closer("p", connection -> {});

  WatchedConnections() throws IOException {
    thread.start();
  }

  PhysicalConnection open(String url) throws SQLException {
    PhysicalConnection physical =
        Fixtures.open(Fixtures.url(url, Session.DEFAULT, new Tcp(TIMES, true)));
    assertThat(physical.socket()).isNotNull();
    assertThat(physical.tcpKeepAlive())
        .isEqualTo("on, idle 45 s, interval 10 s, count 3 (read from the socket)");
    return physical;
  }

  void close(PhysicalConnection physical) {
    closer.close(physical);
  }

  /** A latch that opens with the next news. */
  CountDownLatch news(PhysicalConnection physical) {
    Watchable socket = physical.socket();
    assertThat(socket.hasNews()).isFalse();
    CountDownLatch told = new CountDownLatch(1);
    watch.watch(socket, told::countDown);
    return told;
  }

  /** Ten megabytes up and down while the idle watch is armed all the time. */
  void largeValue_bothWays(PhysicalConnection physical, String sql) throws SQLException {
    byte[] sent = new byte[10_000_000];
    new Random(7).nextBytes(sent);
    watch.watch(physical.socket(), () -> {});
    try (PreparedStatement statement = physical.connection().prepareStatement(sql)) {
      statement.setBytes(1, sent);
      try (ResultSet row = statement.executeQuery()) {
        assertThat(row.next()).isTrue();
        assertThat(row.getBytes(1)).isEqualTo(sent);
      }
    }
  }

  /** An interrupt in the middle of a query of a second changes nothing about it. */
  void interruptedQuery_completes(PhysicalConnection physical, String sql) throws Exception {
    Connection connection = physical.connection();
    CountDownLatch began = new CountDownLatch(1);
    FutureTask<Boolean> query =
        new FutureTask<>(
            () -> {
              began.countDown();
              Fixtures.ask(connection, sql);
              return Thread.interrupted();
            });
    Thread caller = new Thread(query, "caller");
    caller.start();
    Await.open(began);
    Await.until("caller waits for the server", () -> waits(caller));
    caller.interrupt();
    assertThat(query.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(connection.isValid(5)).isTrue();
  }

  private static boolean waits(Thread caller) {
    for (StackTraceElement frame : caller.getStackTrace()) {
      if (frame.getClassName().endsWith("ReadyWait")) {
        return true;
      }
    }
    return false;
  }

  void networkTimeout_endsAQuery(PhysicalConnection physical, String sql) throws SQLException {
    Connection connection = physical.connection();
    connection.setNetworkTimeout(Runnable::run, 200);
    assertThat(connection.getNetworkTimeout()).isEqualTo(200);
    assertThat(Fixtures.ask(connection, "SELECT 1")).isEqualTo("1");
    assertThatThrownBy(() -> Fixtures.ask(connection, sql)).isInstanceOf(SQLException.class);
    Await.until("connection is given up", () -> isClosed(connection));
  }

  private static boolean isClosed(Connection connection) {
    try {
      return connection.isClosed();
    } catch (SQLException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() throws IOException {
    watch.close();
    Await.end(thread);
  }
}
