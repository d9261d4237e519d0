package dev.tidepool.bench.compare;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/** Where results come from; without it figures cannot be compared. */
public final class Environment {
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  private Environment() {}

  /** Names and values, in the order of the report. */
  public static Map<String, String> describe() throws IOException {
    OperatingSystemMXBean os = ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);
    long gibibytes = Math.round(os.getTotalMemorySize() / (double) (1L << 30));
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put("commit", commit());
    facts.put("processor", processor() + " x " + os.getAvailableProcessors());
    facts.put("memory", gibibytes + " GiB");
    facts.put("system", os.getName() + " " + os.getVersion() + " " + os.getArch());
    facts.put("load at start", String.format(Locale.ROOT, "%.2f", os.getSystemLoadAverage()));
    facts.put("JVM", System.getProperty("java.vm.name") + " " + Runtime.version());
    return facts;
  }

  private static String processor() throws IOException {
    if (!Files.isReadable(CPU_INFO)) {
      return "unknown processor";
    }
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).trim())
          .findFirst()
          .orElse("unknown processor");
    }
  }

  /** That of the checkout in which this program lies. */
  private static String commit() throws IOException {
    Path program = program();
    String head = git(program, "log", "-1", "--format=%h %ct");
    if (head.isEmpty()) {
      return "unknown";
    }
    String[] parts = head.split(" ", 2);
    long seconds = Long.parseLong(parts[1]);
    String changes = git(program, "status", "--porcelain", "--untracked-files=no");
    String older =
        Files.getLastModifiedTime(program).toInstant().getEpochSecond() < seconds
            ? ", but the program was built before it"
            : "";
    return parts[0] + (changes.isEmpty() ? "" : " with changes") + older;
  }

  private static Path program() {
    return Path.of(Environment.class.getProtectionDomain().getCodeSource().getLocation().getPath());
  }

  /** What git says, or nothing where there is none. */
  private static String git(Path program, String... arguments) throws IOException {
    String[] command = new String[arguments.length + 1];
    command[0] = "git";
    System.arraycopy(arguments, 0, command, 1, arguments.length);
    Process process;
    try {
      process =
          new ProcessBuilder(command)
              .directory(program.resolveSibling("").toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
    } catch (IOException e) {
      return ""; // there is no git
    }
    try {
      String said = new String(process.getInputStream().readAllBytes(), Charset.defaultCharset());
      return process.waitFor() == 0 ? said.trim() : "";
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while git was asked", e);
    }
  }
}
