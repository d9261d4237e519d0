package dev.tidepool.examples.quickstart;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;

/**
 * Accounts and transfers between them, in double entry. Every method borrows one connection and
 * gives it back; nothing in here knows which pool it talks to.
 */
final class Ledger {
  static final int ACCOUNTS = 200;
  static final long OPENING_BALANCE = 1_000;

  private static final String BALANCE = "SELECT balance FROM account WHERE id = ? FOR UPDATE";
  private static final String ADD = "UPDATE account SET balance = balance + ? WHERE id = ?";
  private static final String ENTER = "INSERT INTO entry (account, amount) VALUES (?, ?)";

  private final DataSource pool;

  Ledger(DataSource pool) {
    this.pool = pool;
  }

  /** Creates the tables and the accounts. */
  void open() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("CREATE TABLE account (id INT PRIMARY KEY, balance BIGINT NOT NULL)");
      statement.execute(
          "CREATE TABLE entry (id BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,"
              + " account INT NOT NULL REFERENCES account, amount BIGINT NOT NULL)");
      statement.execute(
          "INSERT INTO account SELECT x, %d FROM SYSTEM_RANGE(1, %d)"
              .formatted(OPENING_BALANCE, ACCOUNTS));
    }
  }

  /**
   * Moves money in one transaction.
   *
   * @return false if the account does not have that much; then nothing has changed
   */
  boolean transfer(int from, int to, long amount) throws SQLException {
    try (Connection connection = pool.getConnection()) {
      connection.setAutoCommit(false); // undone by the pool when the connection comes back
      // Always in the same order, or two opposite transfers would wait for each other.
      long first = balance(connection, Math.min(from, to));
      long second = balance(connection, Math.max(from, to));
      if ((from < to ? first : second) < amount) {
        connection.rollback();
        return false;
      }
      pretendToBeFarAway();
      book(connection, from, -amount);
      book(connection, to, amount);
      connection.commit();
      return true;
    }
  }

  private static long balance(Connection connection, int account) throws SQLException {
    try (PreparedStatement statement = connection.prepareStatement(BALANCE)) {
      statement.setInt(1, account);
      try (ResultSet result = statement.executeQuery()) {
        result.next();
        return result.getLong(1);
      }
    }
  }

  private static void book(Connection connection, int account, long amount) throws SQLException {
    try (PreparedStatement add = connection.prepareStatement(ADD);
        PreparedStatement enter = connection.prepareStatement(ENTER)) {
      add.setLong(1, amount);
      add.setInt(2, account);
      add.executeUpdate();
      enter.setInt(1, account);
      enter.setLong(2, amount);
      enter.executeUpdate();
    }
  }

  /** An embedded database answers in microseconds; one across a network takes this long. */
  private static void pretendToBeFarAway() {
    try {
      TimeUnit.MILLISECONDS.sleep(5);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** A query that fails, for those who want to see what happens then. */
  void misspelledQuery() throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("SELECT balance FROM acount");
    }
  }

  /** What the books say. */
  record Audit(long money, long sumOfEntries, long entries, long wrongAccounts) {}

  /** Adds everything up. */
  Audit audit() throws SQLException {
    return new Audit(
        number("SELECT SUM(balance) FROM account"),
        number("SELECT COALESCE(SUM(amount), 0) FROM entry"),
        number("SELECT COUNT(*) FROM entry"),
        number(
            "SELECT COUNT(*) FROM account a WHERE balance <> "
                + OPENING_BALANCE
                + " + COALESCE((SELECT SUM(amount) FROM entry e WHERE e.account = a.id), 0)"));
  }

  private long number(String query) throws SQLException {
    try (Connection connection = pool.getConnection();
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(query)) {
      result.next();
      return result.getLong(1);
    }
  }

  /**
   * Does what an administrator or a failing server does: ends sessions that know nothing of it.
   *
   * @param own a connection that does not come from the pool
   * @param most how many to end at most
   * @return how many were ended
   */
  static int killSessions(Connection own, int most) throws SQLException {
    List<Integer> others = new ArrayList<>();
    try (Statement statement = own.createStatement();
        ResultSet result =
            statement.executeQuery(
                "SELECT session_id FROM INFORMATION_SCHEMA.SESSIONS"
                    + " WHERE session_id <> SESSION_ID() ORDER BY session_id DESC")) {
      while (result.next()) {
        others.add(result.getInt(1));
      }
    }
    int killed = 0;
    try (PreparedStatement abort = own.prepareStatement("CALL ABORT_SESSION(?)")) {
      for (int session : others.subList(0, Math.min(most, others.size()))) {
        abort.setInt(1, session);
        try (ResultSet result = abort.executeQuery()) {
          killed += result.next() && result.getBoolean(1) ? 1 : 0;
        }
      }
    }
    return killed;
  }
}
