package dev.tidepool.testing;

import java.util.Random;
import java.util.function.Function;

/**
 * A law that holds whatever the input: tried on many, drawn at random. A failure tells the shortest
 * text found that breaks the law, and the seed that repeats it: {@code -Dtidepool.seed=SEED}.
 *
 * <p>As a rule a law is tried a fixed number of times; with {@code -Dtidepool.fuzz.seconds=N} for
 * so long.
 */
public final class Law {
  private static final long SECONDS = Long.getLong("tidepool.fuzz.seconds", 0);
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private final String name;
  private final int tries;
  private final long seed = Long.getLong("tidepool.seed", System.nanoTime());

  private Law(String name, int tries) {
    this.name = name;
    this.tries = tries;
  }

  /** What a law says about one random input; it throws where the law is broken. */
  @FunctionalInterface
  public interface Trial<T> {
    /** Tries one. */
    void on(T input) throws Exception;
  }

  /**
   * A law.
   *
   * @param tries how often it is tried if no time is given
   */
  public static Law of(String name, int tries) {
    return new Law(name, tries);
  }

  /** Holds for each input that {@code draw} makes. */
  public <T> void holdsFor(Function<Random, T> draw, Trial<T> trial) {
    run(
        random -> {
          T input = draw.apply(random);
          Throwable broken = outcome(trial, input);
          if (broken != null) {
            throw new AssertionError("by " + visible(String.valueOf(input)), broken);
          }
        });
  }

  /** The same for texts; one that breaks the law is made shorter as long as it breaks it. */
  public void holdsForText(Function<Random, String> draw, Trial<String> trial) {
    run(
        random -> {
          String text = draw.apply(random);
          if (outcome(trial, text) != null) {
            String shortest = shorten(text, trial);
            throw new AssertionError("by " + visible(shortest), outcome(trial, shortest));
          }
        });
  }

  private void run(Trial<Random> trial) {
    long end = System.nanoTime() + SECONDS * 1_000_000_000L;
    long done = 0;
    while (SECONDS > 0 ? System.nanoTime() - end < 0 : done < tries) {
      long now = seed + done;
      // Seeds side by side give Randoms that begin alike.
      Throwable broken = outcome(trial, new Random(now * GOLDEN));
      if (broken != null) {
        throw new AssertionError(
            name + ": broken at try " + done + ", repeat with -Dtidepool.seed=" + now, broken);
      }
      done++;
    }
    System.out.println("LAW " + name + ": " + done + " tries, -Dtidepool.seed=" + seed);
  }

  private static <T> Throwable outcome(Trial<T> trial, T input) {
    try {
      trial.on(input);
      return null;
    } catch (Exception | AssertionError | StackOverflowError e) {
      return e;
    }
  }

  /** Takes pieces out, large ones first. */
  private static String shorten(String broken, Trial<String> trial) {
    String text = broken;
    for (int piece = Math.max(1, text.length() / 2); piece > 0; piece /= 2) {
      int at = 0;
      while (at < text.length()) {
        String less = text.substring(0, at) + text.substring(Math.min(text.length(), at + piece));
        if (outcome(trial, less) != null) {
          text = less;
        } else {
          at += piece;
        }
      }
    }
    return text;
  }

  private static String visible(String text) {
    StringBuilder out = new StringBuilder("\"");
    text.chars()
        .limit(2_000)
        .forEach(
            c -> {
              if (c < ' ' || c > '~') {
                out.append(String.format("\\u%04x", c));
              } else {
                out.append((char) c);
              }
            });
    return out.append('"').toString();
  }
}
