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

  /** The figure that is drawn. */
  Figure main();

  /** The figures of which the report gives the spread and the ratios. */
  default List<Figure> compared() {
    return List.of(main());
  }

  /** How long a turn takes if that much is asked for; some need a time of their own. */
  default Effort effort(Effort asked) {
    return asked;
  }

  /** Its forms, on this JVM. */
  List<Variant> variants();

  /**
   * Whether also those contenders take part that are others with other settings. They can still be
   * asked for by name.
   */
  default boolean takesVariations() {
    return false;
  }

  /** What keeps it from being run on this machine, if anything. */
  default Optional<String> unavailable() {
    return Optional.empty();
  }

  /** Sets up what all turns share. */
  default Stage stage() throws IOException {
    return new Stage("", "", () -> {});
  }

  /**
   * What all turns share.
   *
   * @param url the database, or empty
   * @param fact what the report says about it, or empty
   * @param ending takes it down
   */
  record Stage(String url, String fact, Runnable ending) implements AutoCloseable {
    @Override
    public void close() {
      ending.run();
    }
  }
}
