package dev.tidepool.bench.soak.client;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.bench.faults.client.Protocol;
import dev.tidepool.bench.faults.model.Database;
import dev.tidepool.bench.load.ThreadKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** The JVM of the pool: borrowers, an operator, a watcher, and the exam at the end. */
public final class SoakClient {
  /** From the pool: the pool stands and is used. */
  public static final String READY = "READY";

  /** To the pool: a fault comes. */
  public static final String FAULT = "FAULT";

  /** To the pool: all is repaired. */
  public static final String REPAIRED = "REPAIRED";

  /** To the pool: it is enough. */
  public static final String STOP = "STOP";

  /** From the pool: nothing is in motion; the number of its connections follows. */
  public static final String AT_REST = "AT_REST";

  /** To the pool: go on. */
  public static final String GO_ON = "GO_ON";

  /** From the pool: group, name and number follow. */
  public static final String COUNT = "COUNT";

  /** From the pool: a line of the accounts follows. */
  public static final String LINE = "LINE";

  /** From the pool: what is broken follows. */
  public static final String BROKEN = "BROKEN";

  /** From the pool: all was told. */
  public static final String DONE = "DONE";

  private static final int WORKERS = 24;
  private static final long END_SECONDS = 60;
  private static final long ANSWER_SECONDS = 180;

  /** Less than the laboratory's patience for one answer. */
  private static final long LAST_RESORT_SECONDS = 220;

  /** The driver's own cleaner thread stays for half a minute. */
  private static final long THREADS_SECONDS = 45;

  private final String url;
  private final Sql sql;
  private final long seed;
  private final Duration length;
  private final Ledger ledger = new Ledger();
  private final Weather weather = new Weather();
  private final Accounts accounts = new Accounts(ledger);
  private final Heap heap = new Heap();
  private final BlockingQueue<String> orders = new LinkedBlockingQueue<>();
  private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

  private SoakClient(String url, Database database, long seed, Duration length) {
    this.url = url;
    this.sql = new Sql(database);
    this.seed = seed;
    this.length = length;
  }

  /** Takes the URL, the database, the seed and the length of the run. */
  public static void main(String[] args) throws Exception {
    SoakClient client =
        new SoakClient(
            args[0], Database.valueOf(args[1]), Long.parseLong(args[2]), Duration.parse(args[3]));
    // Whatever happens, there is an end, and the laboratory hears of it.
    int status = 1;
    try {
      client.run();
      status = 0;
    } catch (Exception | Error e) {
      e.printStackTrace(System.err);
      client.ledger.broken("the soak itself ended with " + e);
      client.tell();
    } finally {
      Runtime.getRuntime().halt(status);
    }
  }

  private void run() throws SQLException, InterruptedException {
    start("soak-orders", this::obey);
    prepare();
    Map<String, Integer> threads = warmUp();
    String expected;
    try (Connection bare = bare()) {
      expected = Session.of(bare, sql).state();
    }
    soak(expected);
    Map<String, Integer> more = Stacks.more(threads, THREADS_SECONDS);
    accounts.line("threads more than at the start: " + (more.isEmpty() ? "none" : more));
    if (!more.isEmpty()) {
      ledger.hangs("threads more than at the start: " + more);
    }
    tell();
  }

  private void obey() {
    try (BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        List<String> fields = Protocol.fields(line);
        String word = fields.isEmpty() ? "" : fields.get(0);
        if (word.equals(FAULT)) {
          weather.turnsBad();
          ledger.event("fault: " + fields.get(1));
        } else if (word.equals(REPAIRED)) {
          weather.turnsGood();
          ledger.event("repaired");
        } else {
          if (word.equals(STOP)) {
            start("soak-last-resort", this::endAllTheSame);
          }
          orders.add(word);
        }
      }
    } catch (IOException e) {
      e.printStackTrace(System.err);
    } finally {
      // Without its laboratory this JVM is of no use to anybody.
      Runtime.getRuntime().halt(2);
    }
  }

  /** Every wait has an end of its own; this is for a call of the pool that has none. */
  private void endAllTheSame() {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(LAST_RESORT_SECONDS);
    for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
    ledger.hangs("no end " + LAST_RESORT_SECONDS + " s after the last fault");
    tell();
    Runtime.getRuntime().halt(3);
  }

  private static Thread start(String name, Runnable task) {
    Thread thread = new Thread(task, name);
    thread.setDaemon(true);
    thread.start();
    return thread;
  }

  private Connection bare() throws SQLException {
    return DriverManager.getConnection(url, "lab", null);
  }

  private void prepare() throws SQLException {
    try (Connection connection = bare();
        Statement statement = connection.createStatement()) {
      for (String each : sql.setUp()) {
        statement.execute(each);
      }
    }
  }

  /** Not started yet, so that a listener hears everything. */
  private TidepoolDataSource pool(String name) {
    TidepoolDataSource pool = new TidepoolDataSource();
    pool.setUrl(url);
    pool.setUsername("lab");
    pool.setPoolName(name);
    pool.setMaximumPoolSize(Exam.SIZE);
    pool.setConnectTimeout(Duration.ofSeconds(5));
    pool.setMaxBorrowTime(Duration.ofSeconds(4));
    pool.setMaxUses(500);
    pool.setRegisterMbeans(true);
    return pool;
  }

  /** What the JVM and the drivers start once and keep is there before threads are counted. */
  private Map<String, Integer> warmUp() throws SQLException {
    try (TidepoolDataSource first = pool("warm-up");
        Connection connection = first.getConnection();
        Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(5);
      statement.execute(sql.sleep(0));
    }
    for (ThreadKind kind : ThreadKind.available()) {
      kind.start(() -> {});
    }
    Map<String, Integer> none = Stacks.more(Map.of(), 1);
    ledger.event("threads at the start: " + none);
    none.keySet().removeIf(name -> name.startsWith("tidepool"));
    return none;
  }

  private void soak(String expected) throws SQLException, InterruptedException {
    TidepoolDataSource pool = pool("soak");
    pool.addListener(accounts);
    if (!pool.prefill(Duration.ofSeconds(30))) {
      throw new IllegalStateException("the pool does not start: " + pool.stats());
    }
    Latencies latencies = new Latencies();
    Hiccups hiccups = new Hiccups();
    start("soak-hiccups", hiccups);
    Worker.Common common =
        new Worker.Common(pool, sql, ledger, weather, expected, latencies, hiccups);
    Random seeds = new Random(seed);
    List<Worker> workers = workers(common, seeds);
    Terms terms = new Terms(Exam.SIZE);
    Operator operator = new Operator(pool, ledger, terms, hiccups, latencies, seeds.nextLong());
    long heapNanos = Math.max(TimeUnit.SECONDS.toNanos(2), length.toNanos() / 60);
    Watcher watcher =
        new Watcher(workers, operator, terms, common, heap, heapNanos, seeds.nextLong());
    start("soak-operator", operator);
    Thread watching = start("soak-watcher", watcher);
    out.println(Protocol.line(READY));
    // The laboratory says when it is enough; this is for one that says nothing.
    order(STOP, length.toSeconds() + ANSWER_SECONDS);

    Exam exam = new Exam(common, accounts);
    workers.forEach(Worker::stop);
    operator.stop();
    exam.await("the operator ends", END_SECONDS, operator::hasEnded);
    pool.resume();
    exam.await("all borrowers end", END_SECONDS, () -> workers.stream().allMatch(Worker::hasEnded));
    watcher.stop();
    hiccups.stop();
    watching.join(TimeUnit.SECONDS.toMillis(END_SECONDS));
    accounts.line("most connections seen open or being opened: " + watcher.mostOpen());
    accounts.line(latencies.toString());
    judgeHeap();
    examine(exam, pool);
  }

  private void judgeHeap() {
    accounts.line("heap: " + heap);
    if (heap.isKnown() && !heap.isFlat()) {
      ledger.broken("the heap grows: " + heap);
    }
  }

  private List<Worker> workers(Worker.Common common, Random seeds) {
    List<Worker> workers = new ArrayList<>();
    List<ThreadKind> kinds =
        ThreadKind.available().stream().filter(kind -> kind != ThreadKind.FRESH_VIRTUAL).toList();
    for (int i = 0; i < WORKERS; i++) {
      ThreadKind kind = kinds.get(i % kinds.size());
      Worker worker = new Worker("borrower-" + i, common, seeds.nextLong());
      workers.add(worker);
      kind.start(worker);
    }
    accounts.line(WORKERS + " borrowers: " + kinds.stream().map(ThreadKind::title).toList());
    return workers;
  }

  private void examine(Exam exam, TidepoolDataSource pool)
      throws SQLException, InterruptedException {
    exam.settle();
    exam.slots();
    exam.fairness();
    exam.await("the pool is at rest again", END_SECONDS, exam::isAtRest);
    try (Connection bare = bare()) {
      exam.rows(bare);
    }
    accounts.check("open", pool.stats());
    atRest(pool.stats().total());
    exam.close();
    accounts.check("closed", pool.stats());
    atRest(pool.stats().total());
  }

  /** The laboratory asks the server by a connection of its own. */
  private void atRest(int total) throws InterruptedException {
    out.println(Protocol.line(AT_REST, Integer.toString(total)));
    order(GO_ON, ANSWER_SECONDS);
  }

  private void order(String expected, long seconds) throws InterruptedException {
    String order = orders.poll(seconds, TimeUnit.SECONDS);
    if (!expected.equals(order)) {
      throw new IllegalStateException("waited for the order " + expected + ", heard " + order);
    }
  }

  private void tell() {
    ledger
        .counts()
        .forEach((key, count) -> out.println(Protocol.line(COUNT, key, Long.toString(count))));
    accounts.lines().forEach(line -> out.println(Protocol.line(LINE, oneLine(line))));
    ledger.broken().forEach(line -> out.println(Protocol.line(BROKEN, oneLine(line))));
    out.println(Protocol.line(DONE));
    out.flush();
  }

  private static String oneLine(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}
