package dev.tidepool.bench.faults.report;

import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.pools.LabPool;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
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
    return results.stream()
        .filter(result -> result.skipped() == null)
        .filter(result -> result.cell().pool().equals(LabPool.TIDEPOOL.name()))
        .flatMap(
            result ->
                all.stream()
                    .filter(promise -> promise.covers(result.cell()))
                    .map(promise -> promise.brokenBy(result))
                    .flatMap(Optional::stream))
        .toList();
  }
}
