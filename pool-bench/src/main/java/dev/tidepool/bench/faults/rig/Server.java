package dev.tidepool.bench.faults.rig;

/** A real database server in the server's namespace. */
interface Server extends AutoCloseable {
  /** Where it listens. */
  int port();

  /** The JDBC URL of the pools' user, with the time-outs of the lab, by way of some port. */
  String url(int byWayOf, boolean tls);

  /** Starts it and returns when it answers. */
  void start();

  /** Ends it without a farewell. */
  void crash();

  /** Stops all its processes. */
  void freeze();

  /** Lets them go on. */
  void thaw();

  /** Ends all sessions of pools; returns {@link System#nanoTime()} just before the first. */
  long killSessions();

  /** Sessions of pools. */
  int sessions();

  /** Refuses writes of pools from now on, or takes them again. */
  void readOnly(boolean on);

  /** Ends sessions of pools that are quiet for so long; 0 for never. New ones only, with some. */
  void idleLimit(int seconds);

  @Override
  void close();
}
