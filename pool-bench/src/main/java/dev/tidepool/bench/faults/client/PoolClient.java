package dev.tidepool.bench.faults.client;

import dev.tidepool.bench.faults.model.Database;
import dev.tidepool.bench.faults.model.Figure;
import dev.tidepool.bench.faults.model.Killer;
import dev.tidepool.bench.faults.model.Load;
import dev.tidepool.bench.faults.pools.LabPool;
import dev.tidepool.bench.faults.pools.LabSource;
import dev.tidepool.bench.faults.pools.LabTerms;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The JVM of one pool in one cell: fills it, borrows through the fault, tells what happened. */
public final class PoolClient {
  private static final long BEFORE_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long AFTER_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long STUCK_MILLIS = 20_000;
  private static final long SLOT_MILLIS = 15_000;

  /**
   * To begin with. Longer: nothing is measured yet, and a pool whose borrowers turn in a loop while
   * one thread opens the connections (Agroal 3.2.1) takes long over TLS on a busy machine.
   */
  private static final long START_MILLIS = 45_000;

  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(5);

  private final Task task;
  private final LabTerms terms;
  private final List<Long> retirements = new CopyOnWriteArrayList<>();
  private final LabSource pool;
  private final BufferedReader orders =
      new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));

  private PoolClient(Task task) throws SQLException {
    this.task = task;
    terms = LabTerms.of(task.cell(), task.url(), task.validation());
    pool =
        LabPool.valueOf(task.cell().pool()).open(terms, () -> retirements.add(System.nanoTime()));
  }

  /** Runs the task that the arguments tell, then ends the JVM whatever its threads do. */
  public static void main(String[] args) throws IOException {
    try {
      PoolClient client = new PoolClient(Task.parse(args));
      client.run();
    } catch (SQLException | InterruptedException | RuntimeException e) {
      e.printStackTrace();
      say(Protocol.line(Protocol.FAILED, Caller.describe(e).replaceAll("\\s+", " ")));
    }
    System.out.flush();
    // A pool or a driver that hangs must not keep the lab waiting.
    Runtime.getRuntime().halt(0);
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }

  private void run() throws IOException, InterruptedException {
    long missing = Slots.lost(pool.dataSource(), terms.poolSize(), START_MILLIS);
    if (missing > 0) {
      throw new IllegalStateException(missing + " connections could not be opened to begin with");
    }
    Evaluation evaluation =
        task.cell().fault().measuresRecovery() ? measureRecovery() : measureTrickle();
    pool.open().ifPresent(open -> evaluation.put(Figure.OPEN, open));
    say(Protocol.result(evaluation.figures(), evaluation.errors()));
    await(Protocol.QUIT);
  }

  /** The time that came with the order; the other side going away ends this JVM. */
  private long await(String order) throws IOException {
    for (String line = orders.readLine(); line != null; line = orders.readLine()) {
      List<String> fields = Protocol.fields(line);
      if (!fields.isEmpty() && fields.get(0).equals(order)) {
        return fields.size() > 1 ? Long.parseLong(fields.get(1)) : 0;
      }
    }
    throw new IOException("the lab is gone; waited for " + order);
  }

  private Evaluation measureRecovery() throws IOException, InterruptedException {
    List<Caller> callers =
        IntStream.range(0, task.cell().callers())
            .mapToObj(number -> new Caller(pool.dataSource(), query(), number))
            .toList();
    boolean idle = task.cell().load() == Load.IDLE;
    if (!idle) {
      callers.forEach(Caller::start);
    }
    pause(BEFORE_NANOS);
    say(Protocol.line(Protocol.READY));
    long injected = await(Protocol.INJECTED);
    long pingsBefore = pool.pings().orElse(0);
    pause(task.cell().quiet().toNanos());
    long asked = System.nanoTime();
    if (idle) {
      callers.forEach(Caller::start);
    }
    Repair repair = new Repair();
    awaitRecovery(callers, injected, repair);
    return evaluate(callers, injected, asked, repair, pingsBefore);
  }

  /** Busy callers spend some time in the server, so that the fault meets some of them there. */
  private String query() {
    if (task.cell().fault().writes()) {
      return "INSERT INTO lab_writes VALUES (1)";
    }
    if (task.cell().load() == Load.IDLE) {
      return "SELECT 1";
    }
    return task.cell().database() == Database.MARIADB
        ? "SELECT sleep(0.005)"
        : "SELECT pg_sleep(0.005)";
  }

  private void awaitRecovery(List<Caller> callers, long injected, Repair repair) {
    long end = injected + task.bound().toNanos();
    while (System.nanoTime() - end < 0) {
      if (repair.isDone() && callers.stream().allMatch(c -> c.recoveredSince(injected))) {
        pause(AFTER_NANOS);
        return;
      }
      LockSupport.parkNanos(LOOK_NANOS);
    }
  }

  private Evaluation evaluate(
      List<Caller> callers, long injected, long asked, Repair repair, long pingsBefore)
      throws InterruptedException {
    callers.forEach(Caller::stop);
    long stuck = stuck(callers);
    Evaluation evaluation = new Evaluation(injected, System.nanoTime());
    List<List<Call>> calls = callers.stream().map(Caller::calls).toList();
    evaluation.recovery(calls, asked);
    evaluation.calls(calls.stream().flatMap(List::stream).toList());
    Long healed = repair.time();
    if (healed != null) {
      evaluation.healed(healed);
    }
    if (pool.tellsRetirements()) {
      evaluation.retirements(new ArrayList<>(retirements), terms.poolSize());
    }
    pool.pings().ifPresent(pings -> evaluation.put(Figure.PINGS, pings - pingsBefore));
    evaluation.put(Figure.STUCK, stuck);
    evaluation.put(Figure.SLOTS_LOST, Slots.lost(pool.dataSource(), terms.poolSize(), SLOT_MILLIS));
    return evaluation;
  }

  /** Threads that are still in one call 20 s after the last should have ended. */
  private static long stuck(List<Caller> callers) throws InterruptedException {
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STUCK_MILLIS);
    for (Caller caller : callers) {
      long left = TimeUnit.NANOSECONDS.toMillis(end - System.nanoTime());
      caller.thread().join(Math.max(1, left));
    }
    List<Thread> stuck = callers.stream().map(Caller::thread).filter(Thread::isAlive).toList();
    stuck.forEach(thread -> System.err.println(Arrays.toString(thread.getStackTrace())));
    return stuck.size();
  }

  private Evaluation measureTrickle() throws IOException, InterruptedException {
    say(Protocol.line(Protocol.READY));
    long injected = await(Protocol.INJECTED);
    Killer killer = Objects.requireNonNull(task.cell().killer());
    Trickle trickle = new Trickle(pool.dataSource(), terms.poolSize(), killer);
    if (killer == Killer.NONE_STEADY_USE) {
      trickle.useAll();
    }
    long pingsBefore = pool.pings().orElse(0);
    List<Call> calls = trickle.run(task.bound());
    OptionalLong pings = pool.pings();
    Evaluation evaluation = new Evaluation(injected, System.nanoTime());
    evaluation.calls(calls);
    if (pings.isPresent()) {
      long sent = pings.getAsLong() - pingsBefore;
      evaluation.put(Figure.PINGS, sent);
      if (killer == Killer.NONE_STEADY_USE) {
        long excused = trickle.excused(terms.earliestPing());
        evaluation.put(Figure.NEEDLESS_PINGS, Math.max(0, sent - excused));
      }
    }
    evaluation.put(Figure.STUCK, 0);
    evaluation.put(Figure.SLOTS_LOST, Slots.lost(pool.dataSource(), terms.poolSize(), SLOT_MILLIS));
    return evaluation;
  }

  private static void pause(long nanos) {
    long end = System.nanoTime() + nanos;
    for (long left = nanos; left > 0; left = end - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }

  /** Waits beside the measurement for the word that everything was repaired. */
  private final class Repair {
    private volatile @Nullable Long time;
    private volatile boolean done = task.cell().fault().outage().isZero();

    Repair() {
      if (!done) {
        Thread thread = new Thread(this::listen, "orders");
        thread.setDaemon(true);
        thread.start();
      }
    }

    private void listen() {
      try {
        time = await(Protocol.HEALED);
        done = true;
      } catch (IOException e) {
        // Without its laboratory this JVM is of no use to anybody.
        Runtime.getRuntime().halt(1);
      }
    }

    boolean isDone() {
      return done;
    }

    @Nullable Long time() {
      return time;
    }
  }
}
