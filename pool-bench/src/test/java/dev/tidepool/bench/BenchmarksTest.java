package dev.tidepool.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.Statement;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Runs the body of each benchmark once for each contender: it is the work that is tested, not the
 * time.
 */
class BenchmarksTest {
  @ParameterizedTest
  @EnumSource
  void acquireRelease_gives_the_connection_back(Contender contender) throws Exception {
    PoolState pool = open(contender);
    try {
      Connection first = new AcquireReleaseBenchmark().cycle(pool);
      assertThat(first.isClosed()).isTrue();
      assertAllCanBeBorrowed(pool);
    } finally {
      pool.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void statement_gives_the_connection_back_and_closes_the_statement(Contender contender)
      throws Exception {
    PoolState pool = open(contender);
    try {
      Statement first = new StatementBenchmark().cycle(pool);
      assertThat(first.isClosed()).isTrue();
      assertAllCanBeBorrowed(pool);
    } finally {
      pool.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void statementCycle_closes_the_statement_and_keeps_the_connection(Contender contender)
      throws Exception {
    PoolState pool = open(contender);
    try {
      StatementCycleBenchmark.Borrowed borrowed = new StatementCycleBenchmark.Borrowed();
      borrowed.borrow(pool);
      assertThat(new StatementCycleBenchmark().cycle(borrowed).isClosed()).isTrue();
      assertThat(borrowed.connection.isClosed()).isFalse();
      borrowed.giveBack();
      assertAllCanBeBorrowed(pool);
    } finally {
      pool.close();
    }
  }

  @ParameterizedTest
  @EnumSource
  void every_contender_says_how_it_keeps_every_promise(Contender contender) {
    assertThat(contender.settings()).containsOnlyKeys(Promise.values());
  }

  @ParameterizedTest
  @EnumSource
  void titles_name_the_versions_that_run(Contender contender) {
    Matcher version = Pattern.compile(" (\\d[0-9.]+)").matcher(contender.title());
    assertThat(version.find()).isNotEqualTo(contender.isOurs());
    if (!contender.isOurs()) {
      assertThat(
              System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")))
          .containsPattern(
              "(?i)"
                  + contender.title().split("[ ,]", 2)[0]
                  + "[^:]*-"
                  + version.group(1)
                  + "\\.jar");
    }
  }

  private static PoolState open(Contender contender) throws Exception {
    PoolState pool = new PoolState();
    pool.contender = contender;
    pool.poolSize = 3;
    pool.open();
    return pool;
  }

  private static void assertAllCanBeBorrowed(PoolState pool) throws Exception {
    try (Connection one = pool.dataSource.getConnection();
        Connection two = pool.dataSource.getConnection();
        Connection three = pool.dataSource.getConnection()) {
      assertThat(one.isValid(1)).isTrue();
      assertThat(two.isValid(1)).isTrue();
      assertThat(three.isValid(1)).isTrue();
    }
  }
}
