package dev.tidepool.internal.jdbc;

/** What a borrower has done with a connection, as bits; nothing is undone whose bit is not set. */
final class Dirty {
  /** Auto-commit is off. Alone it asks for nothing: it may be the pool's default. */
  static final int MANUAL = 1;

  /** The driver was called; it may hold statements and warnings. */
  static final int USED = 1 << 1;

  /** A transaction may be open; only ever set while auto-commit is off. */
  static final int TRANSACTION = 1 << 2;

  /**
   * The borrower got hold of an object of the driver, or a change failed half-way: ask the driver.
   */
  static final int UNSURE = 1 << 3;

  /** The driver was told that a request began. */
  static final int REQUEST = 1 << 4;

  static final int AUTO_COMMIT = 1 << 5;
  static final int READ_ONLY = 1 << 6;
  static final int ISOLATION = 1 << 7;
  static final int CATALOG = 1 << 8;
  static final int SCHEMA = 1 << 9;
  static final int HOLDABILITY = 1 << 10;
  static final int NETWORK_TIMEOUT = 1 << 11;
  static final int TYPE_MAP = 1 << 12;
  static final int CLIENT_INFO = 1 << 13;
  static final int SHARDING_KEY = 1 << 14;

  /** A statement may close itself with its last result set. Nothing to undo: it comes with USED. */
  static final int CLOSES_ON_COMPLETION = 1 << 15;

  /**
   * The server has answered since the last commit, rollback or change of auto-commit; only ever set
   * while auto-commit is off. Nothing to undo: it comes with USED.
   */
  static final int EXCHANGED = 1 << 16;

  /** The borrower got hold of the driver's connection: what the driver knows by itself is asked. */
  static final int UNWRAPPED = 1 << 17;

  /**
   * It did so as a type of the driver's own, not for the sake of JDBC's: the server is asked, too.
   */
  static final int DRIVERS_OWN = 1 << 18;

  /** A statement was given a timeout, which some drivers give to the whole session. */
  static final int QUERY_TIMEOUT = 1 << 19;

  /**
   * It got hold of what PostgreSQL's COPY can be begun with, which JDBC knows nothing of; while one
   * is not ended, the driver has every statement wait.
   */
  static final int COPY = 1 << 20;

  /** A statement was told to fetch its rows little by little. Nothing to undo. */
  static final int STREAMED = 1 << 21;

  /**
   * A call has failed, or may have without a word, as of those that ask for metadata. Nothing to
   * undo, but the driver may have lost step with its server.
   */
  static final int MAY_HAVE_FAILED = 1 << 22;

  /**
   * A session on another server was left in the middle of a transaction, or there were more calls
   * at once than can be counted; only the end of the connection undoes that.
   */
  static final int LEFT_BEHIND = 1 << 23;

  /**
   * Two threads were in setters of one attribute at once. Nothing to undo, but that the driver
   * refuses one of them does not mean that nothing was set.
   */
  static final int SET_BESIDE = 1 << 24;

  /**
   * One call under way that a return must not meet; the bits from here on count them. From 64 on
   * the sign says so.
   */
  static final int CALL = 1 << 25;

  static final int CALLS = -CALL;

  /** If none of these is set, the connection can be lent again as it is. */
  static final int ANYTHING_TO_UNDO = ~(MANUAL | STREAMED | MAY_HAVE_FAILED | SET_BESIDE);

  /**
   * State whose reset, or whose comparison, can be a statement to the server, so it must not open a
   * transaction.
   */
  static final int SESSION_STATE =
      READ_ONLY
          | ISOLATION
          | CATALOG
          | SCHEMA
          | HOLDABILITY
          | TYPE_MAP
          | CLIENT_INFO
          | QUERY_TIMEOUT
          | DRIVERS_OWN;

  private Dirty() {}
}
