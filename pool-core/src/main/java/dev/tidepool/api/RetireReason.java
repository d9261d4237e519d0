package dev.tidepool.api;

/** Why a connection was taken out of service. */
public enum RetireReason {
  /** It reached {@code maxLifetime}, spread by {@code lifetimeJitter}. */
  MAX_LIFETIME,
  /** Nobody borrowed it for {@code idleTimeout}, and more than {@code minimumIdle} were idle. */
  IDLE_TIMEOUT,
  /** It was borrowed {@code maxUses} times. */
  MAX_USES,
  /**
   * The server, or something on the way to it, ended the connection while nobody used it: seen on
   * the socket, without asking the driver.
   */
  HUNG_UP,
  /** A heartbeat was answered with an error or with "not valid". */
  PING_FAILED,
  /** A heartbeat was not answered within {@code keepaliveTimeout}. */
  PING_TIMEOUT,
  /** The check before handing out was answered with an error or with "not valid". */
  VALIDATION_FAILED,
  /**
   * The check before handing out, or the driver's {@code beginRequest}, took longer than {@code
   * validationTimeout}.
   */
  VALIDATION_TIMEOUT,
  /**
   * Its check took longer than {@code hedgeAfter} while a borrower waited, and its place was
   * needed: to find out whether a new connection works, or for the borrower, where whoever had
   * unwrapped this one may have left it in the middle of a COPY.
   */
  OVERTAKEN,
  /**
   * Others that were opened before it or with it are dead while new ones work, and it gave no sign
   * of life either.
   */
  GENERATION_DEAD,
  /**
   * It was in use and silent after a failover, and the server that new connections lead to does not
   * know its session; only with {@code abortInUseOnFailover}.
   */
  SESSION_LOST,
  /** A call of the borrower ended in an error after which the session cannot be trusted. */
  FATAL_ERROR,
  /** The state a borrower left behind could not be undone on return. */
  RESET_FAILED,
  /**
   * The borrower aborted it, or was stopped on the way to it or in giving it back, by an {@code
   * Error} such as the end of the stack.
   */
  ABORTED,
  /** An operator asked for it. */
  EVICTED,
  /** {@code maximumPoolSize} was lowered below the number of open connections. */
  SURPLUS,
  /** It was out for longer than {@code maxBorrowTime}, and was taken back. */
  BORROWED_TOO_LONG,
  /** User, password or {@code credentialsProvider} was changed after it had logged in. */
  CREDENTIALS_CHANGED,
  /** The server no longer has the {@code requiredRole}, or refused to write. */
  WRONG_ROLE,
  /** The pool was closed. */
  POOL_CLOSED
}
