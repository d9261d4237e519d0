package dev.tidepool.bench.faults.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Database;
import dev.tidepool.bench.faults.model.Fault;
import dev.tidepool.bench.faults.model.Figure;
import dev.tidepool.bench.faults.model.Killer;
import dev.tidepool.bench.faults.model.Load;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Everything that was measured, as a file that other programs read, and this one too. */
public record JsonFile(Map<String, String> environment, List<CellResult> results) {
  private static final Gson GSON =
      new GsonBuilder().setPrettyPrinting().serializeNulls().disableHtmlEscaping().create();

  /** Writes the file. */
  public void write(Path file) throws IOException {
    JsonObject root = new JsonObject();
    root.add("environment", GSON.toJsonTree(environment));
    JsonArray cells = new JsonArray();
    results.forEach(result -> cells.add(write(result)));
    root.add("cells", cells);
    Files.writeString(file, GSON.toJson(root) + "\n");
  }

  private static JsonObject write(CellResult result) {
    Cell cell = result.cell();
    JsonObject json = new JsonObject();
    json.addProperty("fault", cell.fault().name());
    json.addProperty("killer", cell.killer() == null ? null : cell.killer().name());
    json.addProperty("pool", cell.pool());
    json.addProperty("database", cell.database().name());
    json.addProperty("tls", cell.tls());
    json.addProperty("load", cell.load().name());
    json.addProperty("callers", cell.callers());
    json.addProperty("round", cell.round());
    json.addProperty("skipped", result.skipped());
    json.addProperty("firstAttempt", result.firstAttempt());
    result.figures().forEach((figure, value) -> json.addProperty(figure.key(), rounded(value)));
    json.add("errors", GSON.toJsonTree(result.errors()));
    return json;
  }

  /** To the microsecond. */
  private static double rounded(double millis) {
    return Math.rint(millis * 1_000) / 1_000;
  }

  /**
   * Reads such a file.
   *
   * @throws IOException also if it is not one
   */
  public static JsonFile read(Path file) throws IOException {
    try {
      return parse(Files.readString(file));
    } catch (RuntimeException e) { // whatever is not as it should be: no object, no such fault
      throw new IOException(file + " is no result of the fault lab", e);
    }
  }

  private static JsonFile parse(String text) {
    JsonObject root = JsonParser.parseString(text).getAsJsonObject();
    Map<String, String> environment = new LinkedHashMap<>();
    root.getAsJsonObject("environment")
        .entrySet()
        .forEach(fact -> environment.put(fact.getKey(), fact.getValue().getAsString()));
    List<CellResult> results = new ArrayList<>();
    root.getAsJsonArray("cells").forEach(cell -> results.add(result(cell.getAsJsonObject())));
    return new JsonFile(environment, results);
  }

  private static CellResult result(JsonObject json) {
    String killer = text(json, "killer");
    Cell cell =
        new Cell(
            Fault.valueOf(json.get("fault").getAsString()),
            killer == null ? null : Killer.valueOf(killer),
            json.get("pool").getAsString(),
            Database.valueOf(json.get("database").getAsString()),
            json.get("tls").getAsBoolean(),
            Load.valueOf(json.get("load").getAsString().toUpperCase(Locale.ROOT)),
            json.get("callers").getAsInt(),
            json.get("round").getAsInt());
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    for (Figure figure : Figure.values()) {
      JsonElement value = json.get(figure.key());
      if (value != null && !value.isJsonNull()) {
        figures.put(figure, value.getAsDouble());
      }
    }
    List<String> errors = new ArrayList<>();
    json.getAsJsonArray("errors").forEach(error -> errors.add(error.getAsString()));
    return new CellResult(cell, figures, errors, text(json, "skipped"), text(json, "firstAttempt"));
  }

  private static @Nullable String text(JsonObject json, String name) {
    JsonElement value = json.get(name);
    return value == null || value.isJsonNull() ? null : value.getAsString();
  }
}
