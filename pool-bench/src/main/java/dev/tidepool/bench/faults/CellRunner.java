package dev.tidepool.bench.faults;

import dev.tidepool.bench.faults.client.PoolClient;
import dev.tidepool.bench.faults.client.Protocol;
import dev.tidepool.bench.faults.client.Task;
import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Fault;
import dev.tidepool.bench.faults.model.Figure;
import dev.tidepool.bench.faults.rig.Child;
import dev.tidepool.bench.faults.rig.Rig;
import dev.tidepool.bench.faults.rig.RigException;
import dev.tidepool.bench.faults.rig.Scene;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;

/** Runs one cell after the other in its laboratory. */
final class CellRunner {
  private static final Duration START = Duration.ofSeconds(60);

  /** For the count of stuck threads and lost slots, and a close of each. */
  private static final Duration ASIDE = Duration.ofSeconds(90);

  private static final long SESSIONS_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long LOOK_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final Rig rig;
  private final LabPlan plan;
  private final Path logs;

  /**
   * In a laboratory that is set up.
   *
   * @param logs directory for what the JVMs of the pools log
   */
  CellRunner(Rig rig, LabPlan plan, Path logs) {
    this.rig = rig;
    this.plan = plan;
    this.logs = logs;
  }

  /** Runs a cell; what keeps it from being run is the result too. */
  CellResult run(Cell cell) {
    Optional<String> missing = Rig.unavailable(cell);
    return missing.isPresent()
        ? CellResult.skipped(cell, missing.get())
        : twice(cell, logSuffix -> attempt(cell, logSuffix));
  }

  /**
   * A cell that does not come as far as its fault is tried a second time: nothing of what was to be
   * measured has happened yet.
   *
   * @param attempt takes what to add to the name of its log
   */
  static CellResult twice(Cell cell, Function<String, CellResult> attempt) {
    try {
      return attempt.apply("");
    } catch (NotStartedException first) {
      try {
        return attempt.apply("-again").after(first.oneLine());
      } catch (NotStartedException second) {
        return CellResult.notMeasured(cell, second.oneLine()).after(first.oneLine());
      }
    }
  }

  private CellResult attempt(Cell cell, String logSuffix) {
    boolean started = false;
    Path log = logs.resolve(cell.fileName() + logSuffix + ".log");
    try (Scene scene = rig.scene(cell)) {
      Duration bound = cell.fault() == Fault.F8 ? plan.trickle() : plan.bound();
      Task task = new Task(cell, scene.url(), plan.validation(), bound);
      try (Child child = rig.startAtPool(log, PoolClient.class, task.arguments())) {
        await(child, Protocol.READY, START);
        started = true;
        return measure(cell, scene, child, bound);
      }
    } catch (RigException e) {
      if (!started) {
        throw new NotStartedException(e);
      }
      return CellResult.notMeasured(cell, e.oneLine() + lastWords(log));
    }
  }

  /** What the JVM of the pool printed last, such as that it had no memory left. */
  private static String lastWords(Path log) {
    try (Stream<String> lines = Files.lines(log)) {
      return lines
          .filter(line -> !line.isBlank())
          .reduce((first, second) -> second)
          .map(line -> "; its last words: " + line.strip())
          .orElse("");
    } catch (IOException e) {
      return "; it left no log: " + e.getMessage();
    }
  }

  /** A cell did not come as far as its fault. */
  static final class NotStartedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String oneLine;

    NotStartedException(RigException cause) {
      super(cause);
      oneLine = cause.oneLine();
    }

    String oneLine() {
      return oneLine;
    }
  }

  private CellResult measure(Cell cell, Scene scene, Child child, Duration bound) {
    long injected = scene.inject();
    child.send(Protocol.line(Protocol.INJECTED, Long.toString(injected)));
    if (!cell.fault().outage().isZero()) {
      parkUntil(injected + cell.fault().outage().toNanos());
      child.send(Protocol.line(Protocol.HEALED, Long.toString(scene.repair())));
    }
    List<String> result = await(child, Protocol.RESULT, bound.plus(ASIDE));
    if (cell.fault().outage().isZero()) {
      scene.repair();
    }
    Map<Figure, Double> figures = Protocol.figures(result);
    sessions(scene, figures);
    child.send(Protocol.line(Protocol.QUIT));
    return new CellResult(cell, figures, Protocol.errors(result), null);
  }

  private static List<String> await(Child child, String word, Duration bound) {
    String line =
        child.await(
            each -> {
              List<String> fields = Protocol.fields(each);
              return !fields.isEmpty()
                  && (fields.get(0).equals(word) || fields.get(0).equals(Protocol.FAILED));
            },
            bound);
    List<String> fields = Protocol.fields(line);
    if (fields.get(0).equals(Protocol.FAILED)) {
      throw new RigException(String.join(" ", fields));
    }
    return fields;
  }

  /** A server takes a moment to see that a client has gone. */
  private static void sessions(Scene scene, Map<Figure, Double> figures) {
    Double open = figures.get(Figure.OPEN);
    if (open == null || !scene.countsSessions()) {
      return;
    }
    long end = System.nanoTime() + SESSIONS_NANOS;
    int sessions = scene.sessions();
    while (sessions > open && System.nanoTime() - end < 0) {
      LockSupport.parkNanos(LOOK_NANOS);
      sessions = scene.sessions();
    }
    figures.put(Figure.SESSIONS, (double) sessions);
    figures.put(Figure.ORPHANS, Math.max(0, sessions - open));
  }

  private static void parkUntil(long time) {
    for (long left = time - System.nanoTime(); left > 0; left = time - System.nanoTime()) {
      LockSupport.parkNanos(left);
    }
  }
}
