package dev.tidepool.bench.faults.report;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Killer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** All results, for programs. */
public final class JsonFile {
  private JsonFile() {}

  /** The file's text. */
  public static String write(Map<String, String> environment, List<CellResult> results) {
    String facts =
        environment.entrySet().stream()
            .map(fact -> text(fact.getKey()) + ": " + text(fact.getValue()))
            .collect(Collectors.joining(",\n    "));
    String cells = results.stream().map(JsonFile::cell).collect(Collectors.joining(",\n    "));
    return """
    {
      "environment": {
        %s
      },
      "cells": [
        %s
      ]
    }
    """
        .formatted(facts, cells);
  }

  private static String cell(CellResult result) {
    Cell cell = result.cell();
    Killer killer = cell.killer();
    List<String> fields = new ArrayList<>();
    fields.add("\"fault\": " + text(cell.fault().name()));
    fields.add("\"killer\": " + (killer == null ? "null" : text(killer.name())));
    fields.add("\"pool\": " + text(cell.pool()));
    fields.add("\"database\": " + text(cell.database().name()));
    fields.add("\"tls\": " + cell.tls());
    fields.add("\"load\": " + text(cell.load().toString()));
    fields.add("\"callers\": " + cell.callers());
    fields.add("\"round\": " + cell.round());
    String skipped = result.skipped();
    fields.add("\"skipped\": " + (skipped == null ? "null" : text(skipped)));
    result
        .figures()
        .forEach(
            (figure, value) ->
                fields.add(String.format(Locale.ROOT, "%s: %.3f", text(figure.key()), value)));
    fields.add(
        "\"errors\": ["
            + result.errors().stream().map(JsonFile::text).collect(Collectors.joining(", "))
            + "]");
    return "{" + String.join(", ", fields) + "}";
  }

  private static String text(String value) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : value.toCharArray()) {
      if (c == '"' || c == '\\') {
        quoted.append('\\').append(c);
      } else if (c < ' ') {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    return quoted.append('"').toString();
  }
}
