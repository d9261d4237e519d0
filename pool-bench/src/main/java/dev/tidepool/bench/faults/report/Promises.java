package dev.tidepool.bench.faults.report;

import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.pools.LabPool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What Tidepool promises; the list stands in {@code promises.txt} beside this class. */
public final class Promises {
  private static final String FILE = "promises.txt";

  private final List<Promise> all;

  private Promises(List<Promise> all) {
    this.all = all;
  }

  /** Reads the list. */
  public static Promises load() throws IOException {
    try (InputStream in = Promises.class.getResourceAsStream(FILE)) {
      if (in == null) {
        throw new IOException("no " + FILE + " beside " + Promises.class);
      }
      return parse(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    }
  }

  static Promises parse(String text) {
    return new Promises(
        text.lines()
            .filter(line -> !line.isBlank() && !line.startsWith("#"))
            .map(Promise::parse)
            .toList());
  }

  /** All promises about the results of Tidepool that are not kept. */
  public List<Promise.Broken> broken(List<CellResult> results) {
    return verdicts(results).stream().flatMap(verdict -> verdict.broken().stream()).toList();
  }

  /** Of each promise that some result of Tidepool is about, what came of it. */
  List<Verdict> verdicts(List<CellResult> results) {
    List<CellResult> ours =
        results.stream()
            .filter(result -> result.skipped() == null)
            .filter(result -> result.cell().pool().equals(LabPool.TIDEPOOL.name()))
            .toList();
    return all.stream()
        .map(promise -> verdict(promise, ours))
        .filter(verdict -> verdict.judged() > 0)
        .toList();
  }

  private static Verdict verdict(Promise promise, List<CellResult> ours) {
    List<CellResult> covered =
        ours.stream().filter(result -> promise.covers(result.cell())).toList();
    return new Verdict(
        promise,
        covered.size(),
        covered.stream().map(promise::brokenBy).flatMap(Optional::stream).toList());
  }

  /**
   * What came of a promise.
   *
   * @param judged how many results it is about
   * @param broken those of them that break it
   */
  record Verdict(Promise promise, int judged, List<Promise.Broken> broken) {
    /** The one furthest from the limit; one that could not be measured is further than any. */
    Promise.Broken worst() {
      return Collections.max(
          broken,
          Comparator.comparingDouble(each -> each.value().orElse(Double.POSITIVE_INFINITY)));
    }
  }
}
