package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePathScanner;
import com.sun.source.util.Trees;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/**
 * What users see is documented, each public or protected type and member of exported packages; and
 * the tests that the list of hazards relies on are there.
 */
class DocumentationTest {
  private static final Path SOURCES = Path.of("src", "main", "java", "dev", "tidepool");

  /** {@code Class.Nested#method}, of which the list may leave out any part. */
  private static final Pattern TEST =
      Pattern.compile("`(?<type>[A-Z]\\w*Test)?(\\.(?<nested>[A-Z]\\w*))?(#(?<method>\\w+))?`");

  @Test
  void exportedPackages_areDocumentedWhole() throws IOException {
    List<JavaFileObject> sources = new ArrayList<>();
    for (String exported : List.of("", "api", "config", "net")) {
      try (Stream<Path> files = Files.list(SOURCES.resolve(exported))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).sorted().toList()) {
          sources.add(new Source(file.toUri(), Files.readString(file)));
        }
      }
    }
    assertThat(undocumented(sources))
        // A declaration contains its own sentence; a comment would only repeat it.
        .allMatch(name -> name.startsWith("PropertyTable."));
  }

  @Test
  void undocumented_findsWhatHasNoComment() throws IOException {
    String text =
        """
        /** Documented. */
        public class A {
          A() {}
          public int field;
          protected void method() {}
          @Override public String toString() { return ""; }
          private static class Hidden { public void inside() {} }
          public interface B { void implicitlyPublic(); }
          /** Documented. */
          public record C(int part) { public C { } }
        }
        """;
    assertThat(undocumented(List.of(new Source(URI.create("mem:///A.java"), text))))
        .containsExactly("A.field", "A.method", "A.B", "A.B.implicitlyPublic");
  }

  /** One that was renamed or removed covers nothing. */
  @Test
  void hazards_nameTestsThatExist() throws IOException {
    Map<String, String> tests = new HashMap<>();
    for (String module : List.of("pool-core", "pool-bench", "pool-stress", "examples")) {
      try (Stream<Path> files = Files.walk(Path.of("..", module))) {
        for (Path file : files.filter(f -> f.toString().endsWith("Test.java")).toList()) {
          String name = String.valueOf(file.getFileName());
          tests.put(name.substring(0, name.indexOf('.')), Files.readString(file));
        }
      }
    }
    List<String> lines = Files.readAllLines(Path.of("..", "docs", "hazards.md"));
    assertThat(missing(lines, tests)).isEmpty();
    assertThat(lines.stream().filter(line -> line.contains("Test#"))).hasSizeGreaterThan(100);
  }

  @Test
  void missing_findsTestsThatAreNotThere() {
    Map<String, String> tests = Map.of("ATest", "class ATest { class B {} void c() {} }");
    List<String> lines =
        List.of(
            "| `setSchema` | `ATest`, `ATest#c`, `#c`, `ATest.B#c`, `.B` likewise |",
            "| `ATest#d`, `#e`, `FTest`, `#c` |",
            "| `ATest.G#c`, `.H` | `ATest#` |",
            "| `#c` of no class |");
    assertThat(missing(lines, tests))
        .containsExactly("ATest#d", "ATest#e", "FTest", "FTest#c", "ATest.G#c", "ATest.H", "?#c");
  }

  private static List<String> missing(List<String> lines, Map<String, String> tests) {
    List<String> missing = new ArrayList<>();
    for (String line : lines) {
      String type = "?";
      Matcher test = TEST.matcher(line);
      while (test.find()) {
        type = test.group("type") != null ? test.group("type") : type;
        String nested = test.group("nested");
        String method = test.group("method");
        String source = tests.getOrDefault(type, "");
        if (source.isEmpty()
            || (nested != null && !source.contains("class " + nested + " "))
            || (method != null && !source.contains("void " + method + "("))) {
          String name = type + (nested != null ? "." + nested : "");
          missing.add(name + (method != null ? "#" + method : ""));
        }
      }
    }
    return missing;
  }

  private static List<String> undocumented(List<? extends JavaFileObject> sources)
      throws IOException {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    JavacTask task =
        (JavacTask) compiler.getTask(null, null, null, List.of("-proc:none"), null, sources);
    Scanner scanner = new Scanner(Trees.instance(task));
    for (CompilationUnitTree file : task.parse()) {
      scanner.scan(file, "");
    }
    return scanner.found;
  }

  private static final class Source extends SimpleJavaFileObject {
    private final String text;

    Source(URI uri, String text) {
      super(uri, Kind.SOURCE);
      this.text = text;
    }

    @Override
    public CharSequence getCharContent(boolean ignoreEncodingErrors) {
      return text;
    }
  }

  /** Walks declarations only; its parameter is the name of the enclosing type. */
  private static final class Scanner extends TreePathScanner<Void, String> {
    private final Trees trees;
    private final List<String> found = new ArrayList<>();

    Scanner(Trees trees) {
      this.trees = trees;
    }

    @Override
    public Void visitClass(ClassTree type, String outer) {
      if (!isVisible(type.getModifiers())) {
        return null;
      }
      String name = outer + type.getSimpleName();
      check(name);
      return scan(type.getMembers(), name + ".");
    }

    @Override
    public Void visitMethod(MethodTree method, String outer) {
      boolean inherits =
          method.getModifiers().getAnnotations().stream()
              .anyMatch(a -> a.getAnnotationType().toString().equals("Override"));
      boolean generated = trees.getSourcePositions().getStartPosition(file(), method) < 0;
      if (isVisible(method.getModifiers()) && !inherits && !generated && !isCompact(method)) {
        check(outer + method.getName());
      }
      return null;
    }

    @Override
    public Void visitVariable(VariableTree field, String outer) {
      if (isVisible(field.getModifiers()) && !enclosing().equals(Tree.Kind.RECORD)) {
        check(outer + field.getName());
      }
      return null;
    }

    private void check(String name) {
      if (trees.getDocComment(getCurrentPath()) == null) {
        found.add(name);
      }
    }

    private boolean isVisible(ModifiersTree modifiers) {
      Set<Modifier> flags = modifiers.getFlags();
      return flags.contains(Modifier.PUBLIC)
          || flags.contains(Modifier.PROTECTED)
          || enclosing() == Tree.Kind.INTERFACE;
    }

    /** A record's constructor is documented with its components. */
    private boolean isCompact(MethodTree method) {
      return method.getName().contentEquals("<init>") && enclosing() == Tree.Kind.RECORD;
    }

    private Tree.Kind enclosing() {
      Tree parent = getCurrentPath().getParentPath().getLeaf();
      return parent.getKind();
    }

    private CompilationUnitTree file() {
      return getCurrentPath().getCompilationUnit();
    }
  }
}
