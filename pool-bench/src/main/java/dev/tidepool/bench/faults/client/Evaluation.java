package dev.tidepool.bench.faults.client;

import dev.tidepool.bench.faults.model.Figure;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Turns the calls of all callers into figures, counted from the injection. */
final class Evaluation {
  private static final int ERRORS_SHOWN = 4;
  private static final long CAUGHT_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final long injected;
  private final long now;
  private final Map<Figure, Double> figures = new EnumMap<>(Figure.class);
  private final Set<String> errors = new LinkedHashSet<>();

  /**
   * @param injected when the fault was in
   * @param now when the calls were looked at
   */
  Evaluation(long injected, long now) {
    this.injected = injected;
    this.now = now;
  }

  Map<Figure, Double> figures() {
    return figures;
  }

  List<String> errors() {
    return errors.stream().limit(ERRORS_SHOWN).toList();
  }

  void put(Figure figure, double value) {
    figures.put(figure, value);
  }

  void put(Figure figure, long count) {
    put(figure, (double) count);
  }

  /** A moment, as milliseconds since the injection. */
  double sinceInjection(long time) {
    return (time - injected) / 1e6;
  }

  /** First success, and the moment when each caller has had one. */
  void recovery(List<List<Call>> callers, long asked) {
    List<Long> firsts = new ArrayList<>();
    for (List<Call> calls : callers) {
      calls.stream()
          .filter(call -> call.succeeded() && call.began() - injected >= 0)
          .mapToLong(Call::ended)
          .min()
          .ifPresent(firsts::add);
    }
    if (firsts.isEmpty()) {
      return;
    }
    long first = firsts.stream().mapToLong(Long::longValue).min().orElseThrow();
    put(Figure.FIRST, sinceInjection(first));
    put(Figure.FIRST_AFTER_ASK, (first - asked) / 1e6);
    if (firsts.size() == callers.size()) {
      long last = firsts.stream().mapToLong(Long::longValue).max().orElseThrow();
      put(Figure.ALL, sinceInjection(last));
    }
  }

  /** How long after the repair all was clear. */
  void healed(long time) {
    put(Figure.HEALED, sinceInjection(time));
    Double all = figures.get(Figure.ALL);
    if (all != null) {
      put(Figure.ALL_AFTER_HEAL, Math.max(0, all - sinceInjection(time)));
    }
  }

  /** What callers met. */
  void calls(Collection<Call> calls) {
    long borrows = 0;
    long failedBorrows = 0;
    long failedQueries = 0;
    long caught = 0;
    long longest = 0;
    for (Call call : calls) {
      if (call.ended() - injected < 0 && call.ended() != Long.MAX_VALUE) {
        continue;
      }
      longest = Math.max(longest, call.borrowNanos(now));
      if (call.borrowFailed()) {
        // Whenever it began: somebody waited, and for nothing.
        failedBorrows++;
        errors.add(call.error());
        continue;
      }
      if (call.began() - injected < 0) {
        caught += isCaught(call) ? 1 : 0;
        continue;
      }
      borrows += call.borrowed() != 0 ? 1 : 0;
      failedQueries += call.queryFailed() ? 1 : 0;
      if (call.error() != null) {
        errors.add(call.error());
      }
    }
    put(Figure.BORROWS, borrows);
    put(Figure.FAILED_BORROWS, failedBorrows);
    put(Figure.FAILED_QUERIES, failedQueries);
    put(Figure.CAUGHT, caught);
    put(Figure.LONGEST_BORROW, longest / 1e6);
  }

  private boolean isCaught(Call call) {
    return call.error() != null || Math.min(call.ended(), now) - injected > CAUGHT_NANOS;
  }

  /** When the pool condemned connections. */
  void retirements(List<Long> times, int poolSize) {
    List<Long> after = times.stream().filter(time -> time - injected >= 0).sorted().toList();
    if (!after.isEmpty()) {
      put(Figure.DETECT, sinceInjection(after.get(0)));
    }
    if (after.size() >= poolSize) {
      put(Figure.RETIRED_ALL, sinceInjection(after.get(poolSize - 1)));
    }
  }
}
