package dev.tidepool.examples.lab;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.api.PoolStats;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Somebody who holds connections through a silence. */
sealed interface Contender extends AutoCloseable {
  /** Connections of each pool. */
  int POOL_SIZE = 3;

  /** Uses every connection once, all borrowed at the same time, and gives them back. */
  List<Answer> use() throws SQLException;

  /** Pings sent so far; empty for one that knows no pings. */
  OptionalLong pings();

  @Override
  void close() throws SQLException;

  /** One connection from the driver, as a program without a pool holds it. */
  record Plain(Connection connection) implements Contender {
    static Plain open(Server server) throws SQLException {
      return new Plain(DriverManager.getConnection(server.url(), server.mortal()));
    }

    /**
     * Makes sure that there is something to survive.
     *
     * @throws IllegalStateException if the server does not kill this session when idle
     */
    void requireIdleLimit(String limit) throws SQLException {
      try (Statement statement = connection.createStatement();
          ResultSet result = statement.executeQuery("SHOW idle_session_timeout")) {
        result.next();
        if (!result.getString(1).equals(limit)) {
          throw new IllegalStateException(
              "the session's idle_session_timeout is "
                  + result.getString(1)
                  + ", not "
                  + limit
                  + "; leave \"options\" out of the URL, the lab needs it for this setting");
        }
      }
    }

    @Override
    public List<Answer> use() {
      return List.of(Answer.of(connection));
    }

    @Override
    public OptionalLong pings() {
      return OptionalLong.empty();
    }

    @Override
    public void close() throws SQLException {
      connection.close();
    }
  }

  /** A pool that is full and idle. */
  record Pool(TidepoolDataSource source) implements Contender {
    /** All that keeps connections alive is on; only the heartbeat is quick, to fit the lab. */
    static Pool tidepool(Server server, Duration keepaliveTime) {
      TidepoolDataSource source = unstarted("tidepool", server);
      source.setKeepaliveTime(keepaliveTime);
      return new Pool(source);
    }

    /** Hands out what it has, as a pool without keepalive and without checks does. */
    static Pool withoutKeepalive(Server server) {
      TidepoolDataSource source = unstarted("no-keepalive", server);
      source.setKeepaliveTime(Duration.ZERO);
      source.setKeepaliveAdaptive(false);
      source.setIdleWatch(false);
      source.setTcpKeepAlive(false);
      source.setValidateAfterIdle(Duration.ofHours(1));
      return new Pool(source);
    }

    private static TidepoolDataSource unstarted(String name, Server server) {
      TidepoolDataSource source = new TidepoolDataSource();
      source.setPoolName(name);
      source.setUrl(server.url());
      source.setDataSourceProperties(server.mortal());
      source.setMaximumPoolSize(POOL_SIZE);
      return source;
    }

    @Override
    public List<Answer> use() throws SQLException {
      List<Connection> borrowed = new ArrayList<>();
      try {
        while (borrowed.size() < POOL_SIZE) {
          borrowed.add(source.getConnection());
        }
        return borrowed.stream().map(Answer::of).toList();
      } finally {
        for (Connection connection : borrowed) {
          connection.close();
        }
      }
    }

    PoolStats stats() {
      return source.stats();
    }

    @Override
    public OptionalLong pings() {
      return OptionalLong.of(stats().pings());
    }

    @Override
    public void close() {
      source.close();
    }
  }
}
