package dev.tidepool.bench.soak.client;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Savepoint;
import java.sql.Statement;

/** What applications do, errors included. */
final class Work {
  private Work() {}

  static void read(Job job) throws SQLException {
    int times = 1 + job.random().nextInt(3);
    try (Statement statement = job.connection().createStatement()) {
      for (int i = 0; i < times; i++) {
        expect(job, statement.executeQuery("SELECT " + i), i);
      }
    }
  }

  /** Often enough for PostgreSQL's driver to have the server prepare it. */
  static void prepared(Job job) throws SQLException {
    try (PreparedStatement statement = job.connection().prepareStatement("SELECT ? + 1")) {
      for (int i = 0; i < 8; i++) {
        statement.setInt(1, i);
        expect(job, statement.executeQuery(), i + 1);
      }
    }
  }

  /** An answer to another's question would be the worst of all. */
  private static void expect(Job job, ResultSet rows, int value) throws SQLException {
    try (rows) {
      if (!rows.next() || rows.getInt(1) != value) {
        job.ledger().broken("P6: " + job.owner() + " was given the answer to another question");
      }
    }
  }

  static void insert(Job job, String wish) throws SQLException {
    try (PreparedStatement statement = job.connection().prepareStatement(Sql.INSERT)) {
      statement.setString(1, wish);
      statement.executeUpdate();
    }
  }

  static void commit(Job job) throws SQLException {
    Connection connection = job.connection();
    connection.setAutoCommit(false);
    insert(job, Sql.COMMIT);
    boolean done = false;
    try {
      connection.commit();
      done = true;
    } finally {
      job.ledger().count(Ledger.BORROWS, done ? Exam.COMMITTED : Exam.PERHAPS_COMMITTED);
    }
    if (job.random().nextBoolean()) {
      connection.setAutoCommit(true);
    }
  }

  static void rollBack(Job job) throws SQLException {
    Connection connection = job.connection();
    connection.setAutoCommit(false);
    insert(job, Sql.LEAVE);
    Savepoint savepoint = connection.setSavepoint();
    insert(job, Sql.LEAVE);
    connection.rollback(savepoint);
    connection.rollback();
  }

  static void batch(Job job) throws SQLException {
    job.connection().setAutoCommit(false);
    try (PreparedStatement statement = job.connection().prepareStatement(Sql.INSERT)) {
      for (int i = 0; i < 5; i++) {
        statement.setString(1, Sql.LEAVE);
        statement.addBatch();
      }
      statement.executeBatch();
    }
    job.connection().rollback();
  }

  static void slow(Job job) throws SQLException {
    sleep(job, 0.02 + job.random().nextInt(180) / 1_000.0);
  }

  static void sleep(Job job, double seconds) throws SQLException {
    try (Statement statement = job.connection().createStatement();
        ResultSet rows = statement.executeQuery(job.sql().sleep(seconds))) {
      rows.next();
    }
  }

  static void wrong(Job job) throws SQLException {
    try (Statement statement = job.connection().createStatement()) {
      statement.execute("SELEKT 1");
    }
  }

  static void cancelled(Job job) throws SQLException {
    try (Statement statement = job.connection().createStatement()) {
      statement.setQueryTimeout(1);
      statement.execute(job.sql().sleep(1.3));
    }
  }
}
