package dev.tidepool.internal.upkeep;

import dev.tidepool.api.RetireReason;
import dev.tidepool.internal.connect.Checks.Verdict;
import dev.tidepool.internal.connect.PhysicalConnection;
import dev.tidepool.internal.inventory.Counters;
import dev.tidepool.internal.upkeep.Probe.Question;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** A kind of check: what is asked, and what it counts as. */
record CheckKind(
    Exam exam,
    LongAdder count,
    LongAdder failures,
    RetireReason failed,
    RetireReason timedOut,
    boolean speaksForOthers) {
  /** What is asked of one connection; blocks as long as the driver does. */
  interface Exam {
    Verdict ask(PhysicalConnection connection, Duration timeout) throws SQLException;
  }

  /** A heartbeat. */
  static CheckKind ping(Probe probe, Counters counters) {
    return new CheckKind(
        exam(probe, Question.PING),
        counters.pings,
        counters.pingFailures,
        RetireReason.PING_FAILED,
        RetireReason.PING_TIMEOUT,
        true);
  }

  /** Before handing out. */
  static CheckKind validation(Probe probe, Counters counters) {
    return validation(probe, Question.VALIDATION, counters, true);
  }

  /**
   * Whether its borrower has left it in the middle of something; that it does not answer says
   * nothing of the server, and unasked it must not be lent.
   */
  static CheckKind unsure(Probe probe, Counters counters) {
    return validation(probe, Question.VALIDATION, counters, false);
  }

  /**
   * Any other question, such as whether the server takes writes or which sessions it has; counts as
   * a validation.
   */
  static CheckKind other(Probe probe, Counters counters) {
    return validation(probe, Question.WRITABLE, counters, true);
  }

  private static CheckKind validation(
      Probe probe, Question question, Counters counters, boolean speaksForOthers) {
    return new CheckKind(
        exam(probe, question),
        counters.validations,
        counters.validationFailures,
        RetireReason.VALIDATION_FAILED,
        RetireReason.VALIDATION_TIMEOUT,
        speaksForOthers);
  }

  private static Exam exam(Probe probe, Question question) {
    return (physical, timeout) -> probe.ask(physical, timeout, question);
  }

  boolean isPing() {
    return failed == RetireReason.PING_FAILED;
  }

  /** The reason of a no without one: pgjdbc and MariaDB's driver catch what the server said. */
  Throwable unexplained() {
    String property = isPing() ? "keepaliveQuery" : "connectionTestQuery";
    return new SQLNonTransientConnectionException(
        "the driver's isValid() says no, and not why; with "
            + property
            + " set the reason would be known",
        "08006");
  }
}
