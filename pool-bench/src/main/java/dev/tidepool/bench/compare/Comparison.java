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
  private final List<Outcome> outcomes = new ArrayList<>();

  private Comparison(Plan plan, PrintStream out) {
    this.plan = plan;
    this.out = out;
  }

  /** Runs the plan and writes tables, plots and every single outcome to its directory. */
  public static List<Outcome> run(Plan plan, PrintStream out) throws IOException {
    Map<String, String> environment = Environment.describe();
    environment.put("command", plan.command());
    Comparison comparison = new Comparison(plan, out);
    for (Scenario scenario : plan.scenarios()) {
      comparison.run(scenario);
    }
    Results.write(plan, environment, comparison.outcomes, out);
    return comparison.outcomes;
  }

  private void run(Scenario scenario) throws IOException {
    List<Variant> variants = plan.variants(scenario);
    Optional<String> unavailable = scenario.unavailable();
    if (variants.isEmpty() || unavailable.isPresent()) {
      unavailable.ifPresent(reason -> out.println("SKIPPED " + scenario.name() + ": " + reason));
      return;
    }
    try (Scenario.Stage stage = scenario.stage()) {
      for (int round = 1; round <= plan.rounds(); round++) {
        List<Contender> order = new ArrayList<>(plan.contenders());
        Collections.rotate(order, round - 1);
        for (Variant variant : variants) {
          for (Contender contender : order) {
            Turn turn = new Turn(contender, plan.effort(), stage.url(), plan.fork());
            add(turn(scenario, variant, turn, round));
          }
        }
      }
    }
  }

  private Outcome turn(Scenario scenario, Variant variant, Turn turn, int round) {
    Map<Figure, Double> figures = Map.of();
    String error = null;
    try {
      figures =
          plan.fork() && !variant.forksItself()
              ? Fork.measure(scenario.name(), variant.label(), turn)
              : variant.body().measure(turn);
    } catch (Exception e) { // a contender that fails is a result, and the others go on
      error = e.toString();
    }
    return new Outcome(scenario, variant.label(), turn.contender(), round, figures, error);
  }

  private void add(Outcome outcome) {
    outcomes.add(outcome);
    String figures =
        outcome.figures().entrySet().stream()
            .map(e -> String.format(Locale.ROOT, "%s=%.4g", e.getKey().key(), e.getValue()))
            .collect(Collectors.joining(" "));
    out.printf(
        "round %d/%d  %s: %s  %s  %s%n",
        outcome.round(),
        plan.rounds(),
        outcome.scenario().name(),
        outcome.variant(),
        outcome.contender(),
        outcome.error() == null ? figures : outcome.error());
  }
}
