package dev.tidepool.bench.compare;

import dev.tidepool.bench.Contender;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Gives each contender its turn in each scenario, round after round. Turns that are compared follow
 * each other at once, in an order that changes with each round, so that what else the machine does
 * meets all of them alike. Each turn is a JVM of its own: in a shared one, the second pool would
 * make the driver's and the first pool's calls polymorphic.
 */
public final class Comparison {
  private final Plan plan;
  private final PrintStream out;
  private final Results results;

  private Comparison(Plan plan, PrintStream out) throws IOException {
    this.plan = plan;
    this.out = out;
    results = new Results(plan, Environment.describe());
  }

  /**
   * Runs the plan and writes tables, plots and every single outcome to its directory, anew after
   * each scenario.
   */
  public static List<Outcome> run(Plan plan, PrintStream out) throws IOException {
    out.printf(
        "%d turns, about %d minutes%n",
        plan.turns(), Math.max(1, plan.expected().plusSeconds(30).toMinutes()));
    Comparison comparison = new Comparison(plan, out);
    for (Plan.Part part : plan.parts()) {
      comparison.run(part);
      comparison.results.write();
    }
    out.println("\n" + comparison.results.markdown() + "\nWritten to " + plan.out());
    return comparison.results.outcomes();
  }

  private void run(Plan.Part part) throws IOException {
    Optional<String> unavailable = part.scenario().unavailable();
    if (unavailable.isPresent()) {
      results.note("skipped: " + part.scenario().name(), unavailable.get());
      out.println("SKIPPED " + part.scenario().name() + ": " + unavailable.get());
      return;
    }
    try (Scenario.Stage stage = part.scenario().stage()) {
      if (!stage.fact().isEmpty()) {
        results.note(part.scenario().name(), stage.fact());
      }
      for (int round = 1; round <= part.rounds(); round++) {
        List<Contender> order = new ArrayList<>(part.contenders());
        Collections.rotate(order, round - 1);
        for (Variant variant : part.variants()) {
          for (Contender contender : order) {
            Turn turn = new Turn(contender, part.effort(), stage.url(), plan.fork());
            Outcome outcome = measure(part.scenario(), variant, turn, round);
            results.add(outcome);
            print(outcome, part.rounds());
          }
        }
      }
    }
  }

  private static Outcome measure(Scenario scenario, Variant variant, Turn turn, int round) {
    Map<Figure, Double> figures = Map.of();
    String error = null;
    try {
      figures =
          turn.fork() && !variant.forksItself()
              ? Fork.measure(scenario.name(), variant.label(), turn)
              : variant.body().measure(turn);
    } catch (Exception e) { // a contender that fails is a result, and the others go on
      error = e.toString();
    }
    return new Outcome(scenario, variant.label(), turn.contender(), round, figures, error);
  }

  private void print(Outcome outcome, int rounds) {
    String figures =
        outcome.figures().entrySet().stream()
            .map(e -> String.format(Locale.ROOT, "%s=%.4g", e.getKey().key(), e.getValue()))
            .collect(Collectors.joining(" "));
    out.printf(
        "round %d/%d  %s: %s  %s  %s%n",
        outcome.round(),
        rounds,
        outcome.scenario().name(),
        outcome.variant(),
        outcome.contender(),
        outcome.error() == null ? figures : outcome.error());
  }
}
