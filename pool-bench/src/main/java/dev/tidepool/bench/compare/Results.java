package dev.tidepool.bench.compare;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/** Files: {@code results.json}, {@code results.md}, and a plot for each scenario. */
final class Results {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private Results() {}

  static void write(
      Plan plan, Map<String, String> environment, List<Outcome> outcomes, PrintStream out)
      throws IOException {
    List<Table> tables =
        plan.scenarios().stream()
            .map(scenario -> new Table(scenario, outcomes))
            .filter(table -> !table.isEmpty())
            .toList();
    String markdown = Markdown.of(plan, environment, tables);
    Files.createDirectories(plan.out());
    Files.writeString(plan.out().resolve("results.json"), json(environment, outcomes));
    Files.writeString(plan.out().resolve("results.md"), markdown);
    for (Table table : tables) {
      Files.writeString(
          plan.out().resolve(table.scenario().name() + ".svg"), new SvgChart(table).write());
    }
    out.println();
    out.print(markdown);
    out.println("\nWritten to " + plan.out());
  }

  private static String json(Map<String, String> environment, List<Outcome> outcomes) {
    JsonObject root = new JsonObject();
    root.add("environment", GSON.toJsonTree(environment));
    JsonArray all = new JsonArray();
    outcomes.forEach(outcome -> all.add(json(outcome)));
    root.add("outcomes", all);
    return GSON.toJson(root) + "\n";
  }

  private static JsonObject json(Outcome outcome) {
    JsonObject json = new JsonObject();
    json.addProperty("scenario", outcome.scenario().name());
    json.addProperty("variant", outcome.variant());
    json.addProperty("contender", outcome.contender().name());
    json.addProperty("version", outcome.contender().title());
    json.addProperty("round", outcome.round());
    outcome.figures().forEach((figure, value) -> json.addProperty(figure.key(), value));
    if (outcome.error() != null) {
      json.addProperty("error", outcome.error());
    }
    return json;
  }
}
