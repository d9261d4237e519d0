package dev.tidepool.bench.faults.report;

import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.pools.LabPool;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What callers were told, each text once. */
final class ErrorTexts {
  /** The class, and the SQL state, whose digits mean something. */
  private static final Pattern BEGINNING = Pattern.compile("^\\w+ (?:[0-9A-Z]{5}|null): ");

  private static final Pattern IDENTITY = Pattern.compile("@[0-9a-f]{4,}");
  private static final Pattern NUMBER = Pattern.compile("[0-9]+(?:\\.[0-9]+)*");

  private ErrorTexts() {}

  /** With N for each number, so that texts that differ by nothing else are the same. */
  static String withoutNumbers(String text) {
    String line = text.replaceAll("\\s+", " ");
    Matcher beginning = BEGINNING.matcher(line);
    int kept = beginning.find() ? beginning.end() : 0;
    String rest = IDENTITY.matcher(line.substring(kept)).replaceAll("@N");
    return line.substring(0, kept) + NUMBER.matcher(rest).replaceAll("N");
  }

  /** A table, the most frequent first; empty if nobody was told anything. */
  static String table(List<CellResult> results) {
    Map<String, Map<LabPool, Integer>> counts = new LinkedHashMap<>();
    for (CellResult result : results) {
      if (!result.isMeasured()) {
        continue;
      }
      LabPool pool = LabPool.valueOf(result.cell().pool());
      result.errors().stream()
          .map(ErrorTexts::withoutNumbers)
          .distinct()
          .forEach(
              text ->
                  counts
                      .computeIfAbsent(text, key -> new EnumMap<>(LabPool.class))
                      .merge(pool, 1, Integer::sum));
    }
    if (counts.isEmpty()) {
      return "";
    }
    List<String> texts = new ArrayList<>(counts.keySet());
    texts.sort(Comparator.comparingInt((String text) -> sum(counts, text)).reversed());
    StringBuilder table = new StringBuilder(Text.head(List.of("text", "pools", "cells"), 2));
    for (String text : texts) {
      table.append(
          Text.row(
              List.of(
                  Text.code(text),
                  counts.getOrDefault(text, Map.of()).entrySet().stream()
                      .map(pool -> pool.getKey().title() + " " + pool.getValue())
                      .collect(Collectors.joining(", ")),
                  Text.number(sum(counts, text)))));
    }
    return table.toString();
  }

  private static int sum(Map<String, Map<LabPool, Integer>> counts, String text) {
    return counts.getOrDefault(text, Map.of()).values().stream().mapToInt(n -> n).sum();
  }
}
