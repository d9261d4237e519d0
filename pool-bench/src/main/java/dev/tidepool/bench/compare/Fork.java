package dev.tidepool.bench.compare;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import dev.tidepool.bench.Catalogue;
import dev.tidepool.bench.Contender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** One turn in a JVM of its own. */
public final class Fork {
  private static final Gson GSON = new Gson();

  /** Beyond the times of the turn: start, filling, closing. */
  private static final Duration ASIDE = Duration.ofMinutes(5);

  private Fork() {}

  /**
   * Runs a turn in another JVM with this class path.
   *
   * @throws IOException with the end of its output if it fails or does not end
   */
  static Map<Figure, Double> measure(String scenario, String variant, Turn turn)
      throws IOException, InterruptedException {
    Path result = Files.createTempFile("tidepool-turn", ".json");
    Path log = Files.createTempFile("tidepool-turn", ".log");
    try {
      Process process =
          new ProcessBuilder(command(result, scenario, variant, turn))
              .redirectErrorStream(true)
              .redirectOutput(log.toFile())
              .start();
      long bound = turn.effort().warmUp().plus(turn.effort().measure()).plus(ASIDE).toSeconds();
      try {
        if (!process.waitFor(bound, TimeUnit.SECONDS)) {
          throw new IOException("not ended after " + bound + " s; " + end(log));
        }
      } finally {
        process.destroyForcibly();
      }
      if (process.exitValue() != 0) {
        throw new IOException(end(log));
      }
      return figures(Files.readString(result));
    } finally {
      Files.delete(result);
      Files.delete(log);
    }
  }

  private static List<String> command(Path result, String scenario, String variant, Turn turn) {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xms1g", "-Xmx1g", "-XX:+UseG1GC"));
    String classPath =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    command.addAll(List.of("-cp", classPath, Fork.class.getName()));
    command.addAll(List.of(result.toString(), scenario, variant, turn.contender().name()));
    command.add(Long.toString(turn.effort().warmUp().toMillis()));
    command.add(Long.toString(turn.effort().measure().toMillis()));
    command.add(Double.toString(turn.effort().scale()));
    command.add(turn.url());
    return command;
  }

  /** The other JVM. */
  public static void main(String[] args) throws Exception {
    Effort effort =
        new Effort(
            Duration.ofMillis(Long.parseLong(args[4])),
            Duration.ofMillis(Long.parseLong(args[5])),
            Double.parseDouble(args[6]));
    Turn turn = new Turn(Contender.valueOf(args[3]), effort, args[7], false);
    int status = 1;
    try {
      Variant variant =
          Catalogue.scenario(args[1]).variants().stream()
              .filter(each -> each.label().equals(args[2]))
              .findFirst()
              .orElseThrow(() -> new IllegalArgumentException("no variant " + args[2]));
      JsonObject json = new JsonObject();
      variant.body().measure(turn).forEach((f, value) -> json.addProperty(f.key(), value));
      Files.writeString(Path.of(args[0]), GSON.toJson(json));
      status = 0;
    } catch (Throwable e) {
      // To standard error, whose end the first JVM reports.
      System.getLogger(Fork.class.getName()).log(System.Logger.Level.ERROR, args[1], e);
    } finally {
      // Some pools leave threads behind that would keep the JVM alive.
      Runtime.getRuntime().halt(status);
    }
  }

  private static Map<Figure, Double> figures(String text) {
    Map<Figure, Double> figures = new EnumMap<>(Figure.class);
    JsonParser.parseString(text)
        .getAsJsonObject()
        .entrySet()
        .forEach(e -> figures.put(Figure.ofKey(e.getKey()), e.getValue().getAsDouble()));
    return figures;
  }

  /** The last lines, on one. */
  private static String end(Path log) throws IOException {
    List<String> lines = Files.readAllLines(log);
    return String.join(" | ", lines.subList(Math.max(0, lines.size() - 20), lines.size()));
  }
}
