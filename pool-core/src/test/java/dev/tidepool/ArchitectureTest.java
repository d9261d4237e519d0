package dev.tidepool;

import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import dev.tidepool.api.Tidepool;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledForJreRange;

/**
 * Holds the layers of docs/architecture.md and the rules that keep time and threads in one place.
 */
@DisabledForJreRange(minVersion = 21, disabledReason = "the same class files as on JDK 17")
class ArchitectureTest {
  private static final String ROOT = "dev.tidepool";

  /** The root package in the tables below and in docs/architecture.md. */
  private static final String ROOT_ROW = "root";

  private static final String NOWHERE = "nowhere";
  private static final String RUNTIME = "internal.runtime";
  private static final String CONNECT = "internal.connect";

  /** A socket keeps its read timeout by the real clock, as the kernel does for ordinary ones. */
  private static final String RUNTIME_AND_SOCKETS = RUNTIME + "|net";

  /** A lock waits by itself, as those of the JDK do. */
  private static final String RUNTIME_AND_SURE_LOCK = RUNTIME + "|internal.exchange";

  /** One row: a package and its layer; {@code only} is null if it may import every lower layer. */
  private record Layer(int number, String name, Set<String> only) {
    boolean mayImport(Layer other) {
      return equals(other) || (only == null ? other.number < number : only.contains(other.name));
    }
  }

  private static final List<Layer> LAYERS =
      List.of(
          new Layer(0, "api", Set.of()),
          // The one import inside a layer: properties name SPIs and roles.
          new Layer(0, "config", Set.of("api")),
          new Layer(0, "net", Set.of()),
          new Layer(0, "internal.exchange", Set.of()),
          new Layer(1, RUNTIME, null),
          new Layer(1, "observe", null),
          new Layer(2, CONNECT, null),
          new Layer(3, "internal.inventory", null),
          new Layer(4, "internal.jdbc", Set.of("api", "config", CONNECT, "internal.inventory")),
          new Layer(4, "internal.upkeep", null),
          new Layer(5, "internal.pool", null),
          new Layer(6, ROOT_ROW, null));

  private static final Set<String> JDK_ONLY = Set.of("internal.exchange", "net");

  private static final List<String> JDK = List.of("java.", "javax.", "jdk.");
  private static final List<String> ANNOTATIONS = List.of("org.jspecify.annotations.");
  private static final List<String> LOGGING = List.of("org.slf4j.");

  /**
   * A member that only some packages may use.
   *
   * @param owner the class, or a superclass of it
   * @param member pattern of the name of the method, constructor or field
   * @param onlyIn pattern of the packages, {@link #NOWHERE} for none
   */
  private record Ban(String owner, String member, String onlyIn, String reason) {}

  private static final String SLEEP = "waiting is done for an event, never for a time";
  private static final String SPIN = "whoever waits sleeps, and leaves the processor to others";
  private static final String SEAM =
      "time and threads come through one seam that tests can replace";
  private static final String PRINT = "a library speaks through SLF4J";

  private static final List<Ban> BANS =
      List.of(
          new Ban("java.lang.Thread", "sleep", NOWHERE, SLEEP),
          new Ban("java.util.concurrent.TimeUnit", "sleep", NOWHERE, SLEEP),
          new Ban("java.lang.Thread", "yield|onSpinWait", NOWHERE, SPIN),
          new Ban("java.lang.System", "out|err|in", NOWHERE, PRINT),
          new Ban("java.lang.Throwable", "printStackTrace", NOWHERE, PRINT),
          new Ban("java.util.Timer", ".*", NOWHERE, "one failing task ends all of a Timer"),
          new Ban("java.util.TimerTask", ".*", NOWHERE, "one failing task ends all of a Timer"),
          new Ban("java.sql.DriverManager", ".*", CONNECT, "drivers are chosen in one place"),
          new Ban("java.lang.System", "nanoTime|currentTimeMillis", RUNTIME_AND_SOCKETS, SEAM),
          new Ban("java.time.Clock", ".*", RUNTIME, SEAM),
          new Ban("java.time.Instant", "now", RUNTIME, SEAM),
          new Ban("java.lang.Thread", "<init>|of|ofVirtual|startVirtualThread", RUNTIME, SEAM),
          new Ban("java.util.concurrent.Executors", ".*", RUNTIME, SEAM),
          new Ban("java.util.concurrent.ThreadPoolExecutor", "<init>", RUNTIME, SEAM),
          new Ban("java.util.concurrent.ForkJoinPool", ".*", RUNTIME, SEAM),
          new Ban("java.util.concurrent.CompletableFuture", ".*Async", RUNTIME, SEAM),
          new Ban("java.util.concurrent.locks.LockSupport", "park.*", RUNTIME_AND_SURE_LOCK, SEAM));

  private static JavaClasses main;
  private static JavaClasses tests;

  @BeforeAll
  static void importClasses() throws URISyntaxException {
    main = classesBeside(Tidepool.class);
    tests = classesBeside(ArchitectureTest.class);
  }

  @Test
  void theTableIsTheOneOfTheDocumentation() throws IOException {
    assertThat(documentedLayers())
        .as("layers in docs/architecture.md")
        .isEqualTo(
            LAYERS.stream()
                .collect(Collectors.toMap(Layer::name, Layer::number, (a, b) -> a, TreeMap::new)));
  }

  @Test
  void everyPackageHasItsLayer() {
    assertThat(main.stream().map(ArchitectureTest::rowOf).collect(Collectors.toSet()))
        .isSubsetOf(LAYERS.stream().map(Layer::name).toList());
  }

  @Test
  void importsRunDownwards() {
    assertThat(violations(ArchitectureTest::upwardImports)).isEmpty();
  }

  @Test
  void packagesFormNoCycle() {
    slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(main);
  }

  @Test
  void onlyTheJdkSlf4jAndJSpecifyAreUsed() {
    assertThat(violations(ArchitectureTest::foreignImports)).isEmpty();
  }

  @Test
  void ofTheInventoryTheJdbcLayerKnowsTheEntryOnly() {
    assertThat(
            main.stream()
                .filter(c -> rowOf(c).equals("internal.jdbc"))
                .flatMap(ArchitectureTest::projectImports)
                .map(Dependency::getTargetClass)
                .filter(c -> rowOf(c).equals("internal.inventory"))
                .map(JavaClass::getSimpleName))
        .containsOnly("Entry");
  }

  @Test
  void noMethodIsSynchronized() {
    assertThat(violations(ArchitectureTest::synchronizedMethods)).isEmpty();
  }

  @Test
  void bannedMembersAreUsedOnlyWhereAllowed() {
    assertThat(violations(ArchitectureTest::bannedUses)).isEmpty();
  }

  @Test
  void testsDoNotSleep() {
    List<String> sleeps =
        tests.stream()
            .filter(c -> !c.isEquivalentTo(Offender.class))
            .flatMap(c -> bannedUses(c).stream())
            .filter(use -> use.endsWith(SLEEP))
            .toList();
    assertThat(sleeps).isEmpty();
  }

  @Test
  void aRuleFindsWhatBreaksIt() {
    JavaClass offender = tests.get(Offender.class);
    assertThat(synchronizedMethods(offender)).hasSize(1);
    assertThat(foreignImports(offender)).isNotEmpty();
    assertThat(bannedUses(offender))
        .anyMatch(use -> use.contains("System.nanoTime"))
        .anyMatch(use -> use.contains("Thread.<init>"))
        .anyMatch(use -> use.contains("TimeUnit.sleep"))
        .anyMatch(use -> use.contains("Thread.onSpinWait"))
        .anyMatch(use -> use.contains("LockSupport.park"))
        .anyMatch(use -> use.contains("System.out"))
        .anyMatch(use -> use.contains("Executors.newCachedThreadPool"));
  }

  /** Breaks the rules, so that the rules are seen to work; never run. */
  @SuppressWarnings("unused")
  private static final class Offender extends Thread {
    synchronized void offend() throws InterruptedException {
      TimeUnit.SECONDS.sleep(System.nanoTime());
      Thread.onSpinWait();
      LockSupport.park();
      System.out.println(assertThat(Executors.newCachedThreadPool()));
    }
  }

  // ---- rules for one class; each gives its violations as text

  private static List<String> upwardImports(JavaClass from) {
    Layer layer = layerOf(from);
    return projectImports(from)
        .filter(d -> !layer.mayImport(layerOf(d.getTargetClass())))
        .map(Dependency::getDescription)
        .toList();
  }

  private static List<String> foreignImports(JavaClass from) {
    List<String> allowed = new ArrayList<>(JDK);
    allowed.addAll(ANNOTATIONS);
    if (!JDK_ONLY.contains(rowOf(from))) {
      allowed.addAll(LOGGING);
    }
    return from.getDirectDependenciesFromSelf().stream()
        .filter(d -> !isOurs(d.getTargetClass()) && !baseType(d.getTargetClass()).isPrimitive())
        .filter(d -> allowed.stream().noneMatch(baseType(d.getTargetClass()).getName()::startsWith))
        .map(Dependency::getDescription)
        .toList();
  }

  /**
   * Objects that never leave the pool and whose monitors cover a few field accesses each: no driver
   * call, no user code, no waiting. A lock object of their own would cost memory for each borrow or
   * connect.
   */
  private static final Set<String> TINY_MONITORS = Set.of("AttemptSockets", "Opening", "PathLimit");

  private static List<String> synchronizedMethods(JavaClass from) {
    if (TINY_MONITORS.contains(from.getSimpleName())) {
      return List.of();
    }
    return from.getMethods().stream()
        .filter(m -> m.getModifiers().contains(JavaModifier.SYNCHRONIZED))
        .map(m -> m.getFullName() + ": lock a private object for a few lines instead")
        .toList();
  }

  private static List<String> bannedUses(JavaClass from) {
    List<String> uses = new ArrayList<>();
    for (JavaAccess<?> access : from.getAccessesFromSelf()) {
      for (Ban ban : BANS) {
        if (isUse(access, ban) && !rowOf(from).matches(ban.onlyIn())) {
          uses.add(
              "%s uses %s.%s, allowed: %s; %s"
                  .formatted(
                      access.getOrigin().getFullName() + " line " + access.getLineNumber(),
                      access.getTargetOwner().getSimpleName(),
                      access.getTarget().getName(),
                      ban.onlyIn(),
                      ban.reason()));
        }
      }
    }
    return uses;
  }

  private static boolean isUse(JavaAccess<?> access, Ban ban) {
    return access.getTargetOwner().isAssignableTo(ban.owner())
        && access.getTarget().getName().matches(ban.member());
  }

  // ---- helpers

  private static List<String> violations(Function<JavaClass, List<String>> rule) {
    return main.stream().flatMap(c -> rule.apply(c).stream()).sorted().toList();
  }

  private static JavaClasses classesBeside(Class<?> type) throws URISyntaxException {
    return new ClassFileImporter()
        .importPath(Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()));
  }

  private static Stream<Dependency> projectImports(JavaClass from) {
    return from.getDirectDependenciesFromSelf().stream().filter(d -> isOurs(d.getTargetClass()));
  }

  private static boolean isOurs(JavaClass type) {
    String name = baseType(type).getPackageName();
    return name.equals(ROOT) || name.startsWith(ROOT + ".");
  }

  private static String rowOf(JavaClass type) {
    String name = baseType(type).getPackageName();
    return name.equals(ROOT) ? ROOT_ROW : name.substring(ROOT.length() + 1);
  }

  private static Layer layerOf(JavaClass type) {
    String row = rowOf(type);
    return LAYERS.stream()
        .filter(layer -> layer.name().equals(row))
        .findFirst()
        .orElseThrow(() -> new AssertionError("no layer for package " + row));
  }

  private static JavaClass baseType(JavaClass type) {
    return type.getBaseComponentType();
  }

  /** The rows {@code | layer | packages | ...} of the page. */
  private static Map<String, Integer> documentedLayers() throws IOException {
    Map<String, Integer> layers = new TreeMap<>();
    for (String line : Files.readAllLines(Path.of("..", "docs", "architecture.md"))) {
      Matcher row = Pattern.compile("\\| (\\d+) \\| ([^|]+) \\|.*").matcher(line);
      if (row.matches()) {
        for (String name : row.group(2).split(",")) {
          layers.put(name.strip().replace("`", ""), Integer.valueOf(row.group(1)));
        }
      }
    }
    return layers;
  }
}
