package dev.tidepool.bench.faults;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.Database;
import dev.tidepool.bench.faults.model.Fault;
import dev.tidepool.bench.faults.model.Killer;
import dev.tidepool.bench.faults.model.Load;
import dev.tidepool.bench.faults.pools.LabPool;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * What to run.
 *
 * @param cells in the order in which they are reported, and run if they do not run abreast
 * @param validation longest validation of a connection, for every pool
 * @param bound after it the measurement of a cell ends even if callers have not recovered
 * @param trickle how long an idle killer has
 * @param abreast how many cells run at the same time, each in a laboratory of its own
 * @param out directory of the results
 * @param check fail if an enforced promise is broken
 * @param strict fail if any promise is broken
 * @param merge directories of earlier runs, to be reported together instead of running anything
 */
public record LabPlan(
    List<Cell> cells,
    Duration validation,
    Duration bound,
    Duration trickle,
    int abreast,
    Path out,
    boolean check,
    boolean strict,
    List<Path> merge) {
  /** What can be asked for. */
  public static final String USAGE =
      """
      faults [options]   what callers go through when the database or the network fails
        --short               one round of a few cells, Tidepool only, a few minutes; fails if an
                              enforced promise is broken
        --strict              fail if any promise is broken, enforced or not
        --faults F1,F3        default: all, F1 to F8
        --killers HAPROXY,... idle killers of F8; default: all
        --pools TIDEPOOL,...  default: all
        --databases LIST      POSTGRESQL, MARIADB; default: both
        --tls plain,tls       default: both
        --load idle,busy      default: both
        --callers 1,8,32      default: these
        --rounds N            default: 1
        --trickle SECONDS     length of an F8 cell; default: 600, in a short run 20
        --abreast N           cells at the same time; default: 1. More are for checking promises:
                              they disturb each other, and figures for people are taken alone
        --bound SECONDS       longest wait for recovery; default: 75, in a short run 30
        --validation SECONDS  longest validation of a connection, for every pool; default: 5
        --merge DIR,DIR       run nothing, but write one report of these results
        --out DIR             default: pool-bench/target/faults
      """;

  private static final int CALLERS = 8;

  /**
   * Reads the options.
   *
   * @throws IllegalArgumentException with {@link #USAGE} if there is one that means nothing
   */
  public static LabPlan parse(String... args) {
    Draft draft = new Draft();
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--short" -> draft.brief = true;
        case "--strict" -> draft.strict = true;
        default -> {
          if (i + 1 == args.length) {
            throw new IllegalArgumentException(args[i] + " takes a value\n" + USAGE);
          }
          draft.option(args[i], args[++i]);
        }
      }
    }
    return draft.plan();
  }

  /** The options so far. */
  private static final class Draft {
    private boolean brief;
    private boolean strict;
    private List<Fault> faults = List.of();
    private List<Killer> killers = List.of();
    private List<LabPool> pools = List.of();
    private List<Database> databases = List.of(Database.values());
    private List<Boolean> tls = List.of(false, true);
    private List<Load> loads = List.of(Load.values());
    private List<Integer> callers = List.of(1, CALLERS, 32);
    private int rounds = 1;
    private int validation = 5;
    private int trickle;
    private int abreast = 1;
    private int bound;
    private List<Path> merge = List.of();
    private Path out = Path.of("pool-bench/target/faults");

    void option(String name, String value) {
      try {
        switch (name) {
          case "--faults" -> faults = list(value, Fault::valueOf);
          case "--killers" -> killers = list(value, Killer::valueOf);
          case "--pools" -> pools = list(value, LabPool::valueOf);
          case "--databases" -> databases = list(value, Database::valueOf);
          case "--tls" -> tls = list(value, Draft::encryption);
          case "--load" -> loads = list(value, Load::valueOf);
          case "--callers" -> callers = list(value, Draft::positive);
          case "--rounds" -> rounds = positive(value);
          case "--validation" -> validation = positive(value);
          case "--trickle" -> trickle = positive(value);
          case "--abreast" -> abreast = positive(value);
          case "--bound" -> bound = positive(value);
          case "--merge" -> merge = Arrays.stream(value.split(",")).map(Path::of).toList();
          case "--out" -> out = Path.of(value);
          default -> throw new IllegalArgumentException("no such option");
        }
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException(
            name + " " + value + ": " + e.getMessage() + "\n" + USAGE, e);
      }
    }

    private static <T> List<T> list(String value, Function<String, T> parse) {
      return Arrays.stream(value.split(","))
          .map(word -> parse.apply(word.trim().toUpperCase(Locale.ROOT)))
          .toList();
    }

    private static boolean encryption(String word) {
      if (!word.equals("TLS") && !word.equals("PLAIN")) {
        throw new IllegalArgumentException("plain or tls");
      }
      return word.equals("TLS");
    }

    private static int positive(String word) {
      int number = Integer.parseInt(word);
      if (number < 1) {
        throw new IllegalArgumentException("at least 1");
      }
      return number;
    }

    LabPlan plan() {
      List<Cell> cells = new ArrayList<>();
      IntStream.rangeClosed(1, rounds)
          .forEach(round -> cells.addAll(brief ? brief(round) : matrix(round)));
      return new LabPlan(
          cells,
          Duration.ofSeconds(validation),
          Duration.ofSeconds(bound > 0 ? bound : brief ? 30 : 75),
          Duration.ofSeconds(trickle > 0 ? trickle : brief ? 20 : 600),
          abreast,
          out,
          brief || strict,
          strict,
          merge);
    }

    private List<LabPool> pools() {
      return !pools.isEmpty()
          ? pools
          : brief ? List.of(LabPool.TIDEPOOL) : List.of(LabPool.values());
    }

    private boolean wants(Fault fault) {
      return faults.isEmpty() || faults.contains(fault);
    }

    /** Pools that are compared follow each other at once. */
    private List<Cell> matrix(int round) {
      List<Cell> cells = new ArrayList<>();
      for (Fault fault : Fault.values()) {
        for (Database database : databases) {
          for (boolean encrypted : tls) {
            if (!wants(fault)) {
              continue;
            }
            if (fault == Fault.F8) {
              cells.addAll(killers(database, encrypted, round));
            } else {
              cells.addAll(recoveries(fault, database, encrypted, round));
            }
          }
        }
      }
      return cells;
    }

    private List<Cell> recoveries(Fault fault, Database database, boolean encrypted, int round) {
      List<Cell> cells = new ArrayList<>();
      for (Load load : loads) {
        for (int count : callers) {
          for (LabPool pool : pools()) {
            cells.add(new Cell(fault, null, pool.name(), database, encrypted, load, count, round));
          }
        }
      }
      return cells;
    }

    private List<Cell> killers(Database database, boolean encrypted, int round) {
      List<Killer> wanted =
          !killers.isEmpty() ? killers : brief ? Killer.few() : List.of(Killer.values());
      List<Cell> cells = new ArrayList<>();
      for (Killer killer : wanted) {
        for (LabPool pool : pools()) {
          if (killer.fits(database)) {
            cells.add(
                new Cell(Fault.F8, killer, pool.name(), database, encrypted, Load.IDLE, 1, round));
          }
        }
      }
      return cells;
    }

    /** Each fault at least once, and the ones with a promise in more than one form. */
    private List<Cell> brief(int round) {
      databases = List.of(Database.POSTGRESQL);
      loads = List.of(Load.IDLE);
      callers = List.of(CALLERS);
      tls = List.of(false);
      List<Cell> cells = new ArrayList<>(matrix(round));
      if (wants(Fault.F2)) {
        cells.addAll(recoveries(Fault.F2, Database.MARIADB, false, round));
      }
      if (wants(Fault.F3)) {
        cells.addAll(recoveries(Fault.F3, Database.POSTGRESQL, true, round));
        cells.addAll(recoveries(Fault.F3, Database.MARIADB, false, round));
        loads = List.of(Load.BUSY);
        cells.addAll(recoveries(Fault.F3, Database.POSTGRESQL, false, round));
      }
      return cells;
    }
  }
}
