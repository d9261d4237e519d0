package dev.tidepool.testing;

import dev.tidepool.internal.connect.ServerStatus;
import java.sql.SQLException;

/** Of a session under auto-commit in which nothing goes on. */
public class QuietStatus implements ServerStatus {
  private final Class<?> driver;

  /** Of a driver that nobody knows. */
  public QuietStatus() {
    this(QuietStatus.class);
  }

  /** Of the driver with this class of connections. */
  public QuietStatus(Class<?> driver) {
    this.driver = driver;
  }

  @Override
  public Class<?> driver() {
    return driver;
  }

  @Override
  public boolean known() {
    return true;
  }

  @Override
  public boolean mayPassOverEnd() {
    return false;
  }

  @Override
  public boolean inTransaction() {
    return false;
  }

  @Override
  public boolean autoCommit() throws SQLException {
    return true;
  }

  @Override
  public boolean readOnly() {
    return false;
  }

  @Override
  public boolean mayLoseStep() {
    return false;
  }

  @Override
  public boolean hasLeftResults() {
    return false;
  }

  @Override
  public boolean isOfSeveralSessions() {
    return false;
  }

  @Override
  public boolean isReplaced() {
    return false;
  }
}
