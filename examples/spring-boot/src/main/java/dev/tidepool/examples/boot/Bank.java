package dev.tidepool.examples.boot;

import java.util.List;
import org.springframework.jdbc.core.simple.JdbcClient;
import org.springframework.stereotype.Service;
import org.springframework.transaction.annotation.Transactional;

/** Accounts, and transfers between them. */
@Service
public class Bank {
  private static final String ADD = "update account set cents = cents + ? where name = ?";

  private final JdbcClient database;

  /** For Spring. */
  public Bank(JdbcClient database) {
    this.database = database;
  }

  /** All accounts by name. */
  public List<Account> accounts() {
    return database
        .sql("select name, cents from account order by name")
        .query((row, number) -> new Account(row.getString(1), row.getLong(2)))
        .list();
  }

  /**
   * Moves money in one transaction.
   *
   * @throws IllegalArgumentException if there is no such account; nothing has been moved then
   */
  @Transactional
  public void transfer(String from, String to, long cents) {
    add(from, -cents);
    add(to, cents);
  }

  private void add(String name, long cents) {
    if (database.sql(ADD).param(cents).param(name).update() != 1) {
      throw new IllegalArgumentException("no account " + name);
    }
  }
}
