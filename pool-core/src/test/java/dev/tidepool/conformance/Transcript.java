package dev.tidepool.conformance;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.NullUnmarked;

/** What was called and what came of it, one line a call. */
@NullUnmarked // drivers answer null
final class Transcript {
  /** A call with a result. */
  interface Call<T> {
    T make() throws Exception;
  }

  /** A call without one. */
  interface Step {
    void take() throws Exception;
  }

  private final List<String> lines = new ArrayList<>();
  private final Words words;

  Transcript(boolean pooled) {
    words = new Words(pooled);
  }

  List<String> lines() {
    return lines;
  }

  /** Makes a call and notes the result, or what was thrown; the result, or null. */
  <T> T get(String what, Call<T> call) {
    try {
      T value = call.make();
      lines.add(what + " -> " + words.of(value));
      return value;
    } catch (Exception | LinkageError e) {
      lines.add(what + " -> " + Words.error(e));
      return null;
    }
  }

  /** Makes a call and notes of which kind the result is, or what was thrown. */
  void kind(String what, Call<?> call) {
    try {
      lines.add(what + " -> " + words.kind(call.make()));
    } catch (Exception | LinkageError e) {
      lines.add(what + " -> " + Words.error(e));
    }
  }

  /** Makes a call and notes that it went well, or what was thrown. */
  void run(String what, Step step) {
    try {
      step.take();
      lines.add(what + " -> done");
    } catch (Exception | LinkageError e) {
      lines.add(what + " -> " + Words.error(e));
    }
  }

  /** Notes a value. */
  void note(String what, Object value) {
    try {
      lines.add(what + " = " + words.of(value));
    } catch (IOException e) {
      throw new AssertionError(what, e);
    }
  }
}
