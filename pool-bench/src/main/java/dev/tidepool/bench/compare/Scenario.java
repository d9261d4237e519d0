package dev.tidepool.bench.compare;

import java.io.IOException;
import java.util.List;
import java.util.Optional;

/** Something that pools are put through. */
public interface Scenario {
  /** The command that runs it, and its key in the results. */
  String name();

  /** What it measures, in a sentence for the report. */
  String summary();

  /** The figure that is compared and drawn. */
  Figure main();

  /** Its forms, on this JVM. */
  List<Variant> variants();

  /** What keeps it from being run on this machine, if anything. */
  default Optional<String> unavailable() {
    return Optional.empty();
  }

  /** Sets up what all turns share. */
  default Stage stage() throws IOException {
    return new Stage("", () -> {});
  }

  /**
   * What all turns share.
   *
   * @param url the database, or empty
   * @param ending takes it down
   */
  record Stage(String url, Runnable ending) implements AutoCloseable {
    @Override
    public void close() {
      ending.run();
    }
  }
}
