package dev.tidepool.bench.soak.client;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;

/** What applications should not do and do all the same. */
final class Misuse {
  /** More than a pool of the smallest size could bear for long. */
  private static final int MOST_ABANDONED = 2;

  private Misuse() {}

  static void closeTwice(Job job) throws SQLException {
    Work.read(job);
    job.close();
    job.connection().close();
  }

  static void closeAtOnce(Job job) throws SQLException {
    leaveSomething(job);
    job.leave();
    Job.Helper helper = job.elsewhere(job.connection()::close);
    if (job.random().nextBoolean()) {
      Work.sleep(job, job.random().nextInt(40) / 1_000.0);
    }
    job.connection().close();
    helper.join();
  }

  private static void leaveSomething(Job job) throws SQLException {
    if (job.random().nextBoolean()) {
      job.connection().setAutoCommit(false);
      Work.insert(job, Sql.LEAVE);
    }
  }

  static void closeElsewhere(Job job) throws SQLException {
    leaveSomething(job);
    job.leave();
    Job.Helper helper = job.elsewhere(job.connection()::close);
    try {
      Work.slow(job);
      Work.read(job);
    } finally {
      helper.join();
    }
  }

  static void useAfterClose(Job job) throws SQLException {
    Connection connection = job.connection();
    Statement statement = connection.createStatement();
    PreparedStatement prepared = connection.prepareStatement(Sql.INSERT);
    prepared.setString(1, Sql.LEAVE);
    ResultSet rows = statement.executeQuery("SELECT 1");
    job.close();
    job.mustBeRefused("createStatement", connection::createStatement);
    job.mustBeRefused("setAutoCommit", () -> connection.setAutoCommit(false));
    job.mustBeRefused("commit", connection::commit);
    job.mustBeRefused("rollback", connection::rollback);
    job.mustBeRefused("a statement", () -> statement.execute(job.sql().killMe()));
    job.mustBeRefused("a prepared statement", prepared::executeUpdate);
    job.mustBeRefused("a result set", rows::next);
    connection.abort(Runnable::run);
    statement.close();
    prepared.close();
    rows.close();
  }

  static void abort(Job job) throws SQLException {
    leaveSomething(job);
    job.leave();
    job.connection().abort(Runnable::run);
  }

  static void abortElsewhere(Job job) throws SQLException {
    leaveSomething(job);
    job.leave();
    Job.Helper helper = job.elsewhere(() -> job.connection().abort(Runnable::run));
    try {
      Work.slow(job);
      Work.read(job);
    } finally {
      helper.join();
    }
  }

  static void leaveTransaction(Job job) throws SQLException {
    job.connection().setAutoCommit(false);
    Work.insert(job, Sql.LEAVE);
  }

  static void leaveSqlTransaction(Job job) throws SQLException {
    try (Statement statement = job.connection().createStatement()) {
      statement.execute("BEGIN");
    }
    Work.insert(job, Sql.LEAVE);
  }

  static void leaveStatements(Job job) throws SQLException {
    boolean byPieces = job.random().nextBoolean();
    if (byPieces) {
      job.connection().setAutoCommit(false);
    }
    for (int i = 0; i < 3; i++) {
      Statement statement = job.connection().createStatement();
      statement.setFetchSize(byPieces ? 1 : 0);
      ResultSet rows = statement.executeQuery("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3");
      rows.next();
      if (byPieces) {
        // A second one would make the driver read all of the first.
        return;
      }
    }
  }

  static void leaveSettings(Job job) throws SQLException {
    Connection connection = job.connection();
    if (job.random().nextBoolean()) {
      connection.setAutoCommit(false);
    }
    switch (job.random().nextInt(6)) {
      case 0 -> connection.setReadOnly(true);
      case 1 -> connection.setTransactionIsolation(Connection.TRANSACTION_SERIALIZABLE);
      case 2 -> connection.setNetworkTimeout(Runnable::run, 4_000);
      case 3 -> connection.setClientInfo("ApplicationName", job.owner());
      case 4 -> connection.setHoldability(ResultSet.HOLD_CURSORS_OVER_COMMIT);
      default -> {
        if (job.sql().hasSchemas()) {
          connection.setSchema(job.sql().elsewhere());
        } else {
          connection.setCatalog(job.sql().elsewhere());
        }
      }
    }
    Work.read(job);
  }

  /** The pool takes it back. */
  static void neverClose(Job job) throws SQLException {
    Work.read(job);
    if (job.ledger().abandoned() < MOST_ABANDONED) {
      job.leave();
      job.kept().set(true);
      job.ledger().abandon(job.connection());
    }
  }

  static void networkTimeout(Job job) throws SQLException {
    job.connection().setNetworkTimeout(Runnable::run, 50);
    Work.sleep(job, 0.2);
  }

  static void kill(Job job) throws SQLException {
    job.leave();
    try (Statement statement = job.connection().createStatement()) {
      statement.execute(job.sql().killMe());
    }
    Work.read(job);
  }

  /**
   * It may have been taken away by maxBorrowTime or a fault since: then it is none of the pool's.
   */
  static void evict(Job job) throws SQLException {
    Work.read(job);
    try {
      job.pool().evict(job.connection());
    } catch (IllegalArgumentException e) {
      job.ledger().failed("evict", e);
    }
  }
}
