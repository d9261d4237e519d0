package dev.tidepool.bench.soak.client;

import dev.tidepool.bench.faults.model.Database;
import java.util.List;

/** How each database says what the soak needs. */
final class Sql {
  /** Its name in {@link #INSERT} for a row whose transaction is committed. */
  static final String COMMIT = "commit";

  /** The same for one that its borrower never commits: nobody may ever see it. */
  static final String LEAVE = "leave";

  static final String INSERT = "INSERT INTO soak (wish) VALUES (?)";
  static final String COUNT = "SELECT count(*) FROM soak WHERE wish = ?";

  private final boolean postgres;

  Sql(Database database) {
    postgres = database == Database.POSTGRESQL;
  }

  /** Made by the first user for both. */
  List<String> setUp() {
    return postgres
        ? List.of(
            "CREATE TABLE soak (wish varchar(10) NOT NULL)", "GRANT ALL ON soak TO lab, lab_2")
        : List.of("CREATE TABLE soak (wish varchar(10) NOT NULL) ENGINE = InnoDB");
  }

  /**
   * First what names the session for ever, then what a borrower could have left behind in it; of
   * read-only sessions PostgreSQL's says nothing, as one of the faults changes it.
   */
  String look() {
    return postgres
        ? "SELECT pg_backend_pid() || '@' || (SELECT backend_start FROM"
            + " pg_stat_get_activity(pg_backend_pid())), current_setting('transaction_isolation')"
            + " || ' ' || current_setting('search_path') || ' ' ||"
            + " current_setting('application_name') || ' ' ||"
            + " (txid_current_if_assigned() IS NULL)"
        : "SELECT @soak_session := coalesce(@soak_session, uuid_short()), concat_ws(' ',"
            + " @@tx_isolation, @@autocommit, @@tx_read_only, @@in_transaction, database())";
  }

  String sleep(double seconds) {
    return postgres ? "SELECT pg_sleep(" + seconds + ")" : "SELECT sleep(" + seconds + ")";
  }

  /** Ends the session that says it. */
  String killMe() {
    return postgres ? "SELECT pg_terminate_backend(pg_backend_pid())" : "KILL CONNECTION_ID()";
  }

  /** Another catalog or schema, one or the other of which each database has. */
  String elsewhere() {
    return postgres ? "pg_catalog" : "information_schema";
  }

  boolean hasSchemas() {
    return postgres;
  }
}
