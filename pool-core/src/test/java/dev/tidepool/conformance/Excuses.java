package dev.tidepool.conformance;

import java.util.List;
import java.util.Set;

/** Where the pool does not do as the driver does, and why; each must be needed. */
final class Excuses {
  static final List<Excuse> ALL =
      List.of(
          new Excuse(
              Set.of(Database.H2),
              "abort",
              "isClosed|isValid",
              "H2's abort does nothing; JDBC has it close the connection, and so does the pool"),
          new Excuse(
              Set.of(Database.POSTGRES),
              "array as rows",
              "getConnection",
              "arrays are the driver's own, as users cast them to its class; so is the connection"
                  + " at the end of getResultSet().getStatement()"));

  private Excuses() {}
}
