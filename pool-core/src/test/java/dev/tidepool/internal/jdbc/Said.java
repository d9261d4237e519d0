package dev.tidepool.internal.jdbc;

import dev.tidepool.testing.QuietStatus;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** What the server said last of its transaction; it hears what the driver is told. */
final class Said extends QuietStatus {
  private final RecordingJdbc jdbc;
  private boolean severalSessions;
  private boolean readOnly;
  private boolean mayLoseStep;
  private boolean replaced;
  private boolean inTransaction;
  private boolean autoCommit;
  private boolean known = true;
  private boolean savesEnds = true;
  private @Nullable Exception failure;

  Said(RecordingJdbc jdbc, boolean inTransaction, boolean autoCommit) {
    this(jdbc, Said.class, inTransaction, autoCommit);
  }

  /** Of the driver with this class of connections. */
  Said(RecordingJdbc jdbc, Class<?> driver) {
    this(jdbc, driver, false, true);
  }

  private Said(RecordingJdbc jdbc, Class<?> driver, boolean inTransaction, boolean autoCommit) {
    super(driver);
    this.jdbc = jdbc;
    this.inTransaction = inTransaction;
    this.autoCommit = autoCommit;
    jdbc.answerWithArguments("Connection.setAutoCommit", given -> set((Boolean) given.get(0)));
    jdbc.answerWithArguments("Connection.setReadOnly", given -> choose((Boolean) given.get(0)));
    jdbc.answerSelects(this::learn);
  }

  private @Nullable Object set(boolean on) {
    autoCommit = on;
    known = true;
    jdbc.turnAutoCommit(on);
    return null;
  }

  /** What {@code setReadOnly} was told, on the driver's own connection, too. */
  @Nullable Object choose(boolean replica) {
    readOnly = replica;
    return null;
  }

  /** Of a URL that names a primary and its replicas. */
  Said withReplicas() {
    severalSessions = true;
    return this;
  }

  /** Auto-commit, of which the driver has not heard. */
  void turnedBySql(boolean on) {
    autoCommit = on;
  }

  /** The next time it is asked for auto-commit. */
  void failOnce(Exception thrown) {
    failure = thrown;
  }

  /** From now on it says this of its transaction. */
  void begun(boolean transaction) {
    inTransaction = transaction;
  }

  /** The driver has gone on with another session. */
  void replace() {
    replaced = true;
  }

  /** Of a driver that may. */
  Said losingStep() {
    mayLoseStep = true;
    return this;
  }

  /** Of a driver that sends each rollback. */
  Said sendingEnds() {
    savesEnds = false;
    return this;
  }

  /** As if the last exchange was a ping of MySQL's driver: until the next, all is no. */
  Said forgotten() {
    known = false;
    jdbc.answerWithArguments("Statement.execute", given -> learn());
    if (!savesEnds) {
      jdbc.answerWithArguments("Connection.rollback", given -> end());
    }
    return this;
  }

  private @Nullable Object end() {
    inTransaction = false;
    known = true;
    return null;
  }

  private boolean learn() {
    known = true;
    return false;
  }

  @Override
  public boolean known() {
    return known;
  }

  @Override
  public boolean mayPassOverEnd() {
    return savesEnds && !known;
  }

  @Override
  public boolean inTransaction() {
    return known && inTransaction;
  }

  @Override
  public boolean autoCommit() throws SQLException {
    Exception thrown = failure;
    failure = null;
    if (thrown instanceof SQLException e) {
      throw e;
    } else if (thrown instanceof RuntimeException e) {
      throw e;
    }
    return known && autoCommit;
  }

  @Override
  public boolean readOnly() {
    return readOnly;
  }

  @Override
  public boolean isReplaced() {
    return replaced;
  }

  @Override
  public boolean mayLoseStep() {
    return mayLoseStep;
  }

  @Override
  public boolean isOfSeveralSessions() {
    return severalSessions;
  }
}
