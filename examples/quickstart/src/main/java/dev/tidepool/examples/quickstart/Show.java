package dev.tidepool.examples.quickstart;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.api.PoolStats;
import java.io.PrintStream;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The play: busy, quiet, sessions that die, an operator's eviction, and the books at the end. One
 * thread directs and prints.
 */
final class Show {
  private static final String URL = "jdbc:h2:mem:ledger";
  private static final int MAXIMUM = 8;
  private static final int MINIMUM_IDLE = 4;
  private static final int MANY_CLERKS = 12;
  private static final int FEW_CLERKS = 3;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Options options;
  private final PrintStream out;
  private final PoolWatch watch = new PoolWatch();
  private final TidepoolDataSource pool = new TidepoolDataSource();
  private final Ledger ledger = new Ledger(pool);
  private final Clerks clerks;
  private long begin;
  private long nextSecond;
  private long lastBooked;
  private long lastPings;

  Show(Options options, PrintStream out) {
    this.options = options;
    this.out = out;
    this.clerks = new Clerks(ledger, options.breakQuery());
    configure();
  }

  /**
   * Times far too short for real life, and in proportion, so that a short run shows the same as a
   * long one.
   */
  private void configure() {
    long unit = 1_000L * options.seconds() / 15;
    pool.setPoolName("ledger");
    pool.setUrl(URL);
    pool.setMaximumPoolSize(MAXIMUM);
    pool.setMinimumIdle(MINIMUM_IDLE);
    pool.setKeepaliveTime(Duration.ofMillis(Math.max(100, unit / 2)));
    pool.setIdleTimeout(Duration.ofMillis(unit * 2));
    pool.setMaxLifetime(Duration.ofMillis(Math.max(1_000, unit * 6)));
    pool.addListener(watch);
  }

  /** Plays it once; a show cannot be repeated. */
  Summary run() throws SQLException, InterruptedException {
    // The administrator's connection is not the pool's; the database in memory lives as long as it.
    try (Connection administrator = DriverManager.getConnection(URL);
        pool) {
      try {
        return play(administrator);
      } finally {
        clerks.end();
      }
    }
  }

  private Summary play(Connection administrator) throws SQLException, InterruptedException {
    introduce();
    ledger.open();
    begin = System.nanoTime();
    nextSecond = begin;
    int part = Math.max(1, options.seconds() / 4);
    int half = (part + 1) / 2;

    scene(MANY_CLERKS + " clerks share " + MAXIMUM + " connections; traffic counts as heartbeat");
    clerks.begin(MANY_CLERKS, 1);
    seconds(part);
    clerks.end();

    scene("the clerks are out; what is quiet is pinged, what is not needed goes");
    seconds(part);

    int killed = Ledger.killSessions(administrator, 2);
    scene("the database has just killed " + killed + " sessions; the pool was not told");
    boolean checked = watch.awaitHeartbeats(PATIENCE);
    seconds(half);

    scene(FEW_CLERKS + " clerks are back, and an operator calls evict()");
    clerks.begin(FEW_CLERKS, 5);
    pool.evict();
    seconds(Math.max(1, options.seconds() - 2 * part - half));
    clerks.end();

    Duration took = Duration.ofNanos(System.nanoTime() - begin);
    return new Summary(took, clerks.counts(), checked, killed, ledger.audit(), pool.stats());
  }

  private void introduce() {
    out.println();
    out.println(
        "Tidepool quickstart: a ledger on embedded H2, for about " + options.seconds() + " s");
    out.printf(
        "at most %d connections, keepaliveTime %d ms, idleTimeout %d ms, maxLifetime %d ms%n%n",
        MAXIMUM,
        pool.getKeepaliveTime().toMillis(),
        pool.getIdleTimeout().toMillis(),
        pool.getMaxLifetime().toMillis());
    out.println(" time | active  idle  waiting | pings/s | age of connections | transfers/s");
    out.println("------+-----------------------+---------+--------------------+------------");
  }

  private void scene(String what) {
    out.println("      | " + what);
  }

  /** Prints a status line at the end of each of so many seconds. */
  private void seconds(int count) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      nextSecond += TimeUnit.SECONDS.toNanos(1);
      TimeUnit.NANOSECONDS.sleep(nextSecond - System.nanoTime());
      status();
    }
  }

  private void status() {
    PoolStats now = pool.stats();
    long booked = clerks.counts().booked();
    watch.lines().forEach(line -> out.println("      |   " + line));
    out.printf(
        "%3d s | %6d %5d %8d | %7d | %18s | %,11d%n",
        TimeUnit.NANOSECONDS.toSeconds(System.nanoTime() - begin),
        now.active(),
        now.idle() + now.checking(),
        now.waiting(),
        now.pings() - lastPings,
        watch.ages(),
        booked - lastBooked);
    lastBooked = booked;
    lastPings = now.pings();
  }
}
