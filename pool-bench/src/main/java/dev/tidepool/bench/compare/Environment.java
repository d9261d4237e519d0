package dev.tidepool.bench.compare;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.OperatingSystemMXBean;
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
    OperatingSystemMXBean os = ManagementFactory.getOperatingSystemMXBean();
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("date", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    facts.put("processor", processor() + " x " + os.getAvailableProcessors());
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
}
