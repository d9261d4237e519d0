package dev.tidepool.bench.compare;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What has come of a plan so far, and its files: {@code results.json}, {@code results.md}, and a
 * plot for each scenario.
 */
final class Results {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create();

  private final Plan plan;
  private final Map<String, String> environment = new LinkedHashMap<>();
  private final List<Outcome> outcomes = new ArrayList<>();

  Results(Plan plan, Map<String, String> environment) {
    this.plan = plan;
    this.environment.putAll(environment);
    this.environment.put("command", plan.command());
  }

  void add(Outcome outcome) {
    outcomes.add(outcome);
  }

  /** Puts a fact beside those about the machine. */
  void note(String name, String fact) {
    environment.put(name, fact);
  }

  List<Outcome> outcomes() {
    return outcomes;
  }

  String markdown() {
    return Markdown.of(plan, environment, tables());
  }

  void write() throws IOException {
    Path dir = Files.createDirectories(plan.out());
    Files.writeString(dir.resolve("results.json"), json());
    Files.writeString(dir.resolve("results.md"), markdown());
    for (Table table : tables()) {
      Files.writeString(
          dir.resolve(table.part().scenario().name() + ".svg"), new SvgChart(table).write());
    }
  }

  private List<Table> tables() {
    return plan.parts().stream()
        .map(part -> new Table(part, outcomes))
        .filter(table -> !table.isEmpty())
        .toList();
  }

  private String json() {
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
