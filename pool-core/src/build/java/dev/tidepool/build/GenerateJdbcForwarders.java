package dev.tidepool.build;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.annotation.processing.AbstractProcessor;
import javax.annotation.processing.RoundEnvironment;
import javax.lang.model.SourceVersion;
import javax.lang.model.element.ExecutableElement;
import javax.lang.model.element.Modifier;
import javax.lang.model.element.TypeElement;
import javax.lang.model.element.VariableElement;
import javax.lang.model.type.TypeKind;
import javax.lang.model.type.TypeMirror;
import javax.lang.model.util.ElementFilter;
import javax.lang.model.util.Elements;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/**
 * Writes the JDBC methods that only forward, as Java source: {@code ForwardingStatement} and so on.
 *
 * <p>Run by the build as a single-file program: {@code java GenerateJdbcForwarders.java <output
 * directory>}. The interfaces are read through the compiler with {@code --release 17}, not by
 * reflection, so the text is the same on every JDK that builds: JDBC 4.3, with methods sorted. A
 * file whose text has not changed is not touched, so nothing is compiled again because of it.
 */
public final class GenerateJdbcForwarders {
  private static final String RELEASE = "17";
  private static final String LEASE_PARAMETERS = "Lender lender, Entry entry, long lease";
  private static final String LEASE_ARGUMENTS = "lender, entry, lease";
  private static final String PACKAGE = "dev.tidepool.internal.jdbc";

  /**
   * One class to write.
   *
   * @param source the JDBC interface
   * @param name the class
   * @param parent its superclass
   * @param field name of the field with the driver's object; a subclass needs a field of its own,
   *     as a cast in each call costs more than four bytes
   * @param byHand methods that the class below writes itself
   */
  private record Target(
      String source, String name, String parent, String field, Set<String> byHand) {
    static Target of(String source, String parent, String... byHand) {
      return new Target(source, "Forwarding" + source, parent, "delegate", Set.of(byHand));
    }

    static Target below(String source, String parent, String field) {
      return new Target(source, "Forwarding" + source, parent, field, Set.of());
    }

    /** Whether the superclass has the methods of the interfaces above. */
    boolean isBelow() {
      return !field.equals("delegate");
    }

    /** Whether the superclass wants to know the SQL it was prepared with. */
    boolean isBelowPrepared() {
      return parent.equals("BorrowedPreparedStatement");
    }

    boolean isConnection() {
      return source.equals("Connection");
    }
  }

  private static final List<Target> TARGETS =
      List.of(
          Target.of(
              "Connection",
              "BorrowedSession",
              "abort",
              "close",
              "commit",
              "getClientInfo()",
              "getTypeMap",
              "isClosed",
              "isValid",
              "isWrapperFor",
              "rollback()",
              "setAutoCommit",
              "setClientInfo",
              "setTypeMap",
              "unwrap"),
          Target.of(
              "Statement",
              "Tracked",
              "close",
              "closeOnCompletion",
              "getConnection",
              "isClosed",
              "isWrapperFor",
              "setFetchSize",
              "setPoolable",
              "setQueryTimeout",
              "unwrap"),
          Target.below("PreparedStatement", "BorrowedStatement", "prepared"),
          Target.below("CallableStatement", "BorrowedPreparedStatement", "callable"),
          Target.of(
              "ResultSet",
              "TrackedRows",
              "close",
              "getStatement",
              "isClosed",
              "isWrapperFor",
              "next",
              "unwrap"),
          Target.of(
              "DatabaseMetaData", "BorrowedObject", "getConnection", "isWrapperFor", "unwrap"),
          Target.of("ParameterMetaData", "BorrowedObject", "isWrapperFor", "unwrap"),
          Target.of("ResultSetMetaData", "BorrowedObject", "isWrapperFor", "unwrap"));

  /** Calls that open a transaction in no driver; frameworks make them after a commit. */
  private static final Set<String> LOCAL =
      Set.of(
          ("beginRequest cancel clearBatch clearParameters clearWarnings endRequest getAutoCommit"
                  + " getFetchDirection getFetchSize getHoldability getMaxFieldSize getMaxRows"
                  + " getNetworkTimeout getUpdateCount getWarnings isCloseOnCompletion isPoolable"
                  + " nativeSQL setFetchDirection setFetchSize setMaxFieldSize setMaxRows"
                  + " setPoolable wasNull")
              .split(" "));

  /** Calls for which H2 asks the server, with all that comes of that. */
  private static final Set<String> ASKED = Set.of("getQueryTimeout", "isReadOnly");

  /**
   * Calls that end only after the server has answered, besides {@code execute...}. Not what ends a
   * savepoint: outside a transaction some drivers do it without the server.
   */
  private static final Set<String> EXCHANGES =
      Set.of("deleteRow", "insertRow", "refreshRow", "setSavepoint", "updateRow");

  /**
   * Calls that a return must not meet, besides those above and the setters below: what is waiting
   * for the driver while another thread gives the connection back would reach the next borrower, or
   * be committed by the reset of auto-commit. What metadata is asked is counted, too, and so are
   * large objects, which PostgreSQL's driver sends when they are set, and the first update of a
   * row, before which it asks for the primary key; {@code next} is by hand, see BorrowedResultSet.
   */
  private static final Set<String> COUNTED =
      Set.of(
          "beginRequest",
          "cancel",
          "endRequest",
          "getCatalog",
          "getMetaData",
          "getParameterMetaData",
          "getSchema",
          "getTransactionIsolation",
          "isLast",
          "moveToInsertRow",
          "releaseSavepoint",
          "rollback",
          "setBlob",
          "setClob",
          "setNClob");

  /** What a driver has at hand, also after the connection was given back. */
  private static final Set<String> ALWAYS_AT_HAND =
      Set.of("getColumnCount", "getColumnLabel", "getColumnName");

  /** Setters of session state, with the bit that has it reset when the connection comes back. */
  private static final Map<String, String> ATTRIBUTES =
      Map.of(
          "setCatalog", "CATALOG",
          "setHoldability", "HOLDABILITY",
          "setNetworkTimeout", "NETWORK_TIMEOUT",
          "setReadOnly", "READ_ONLY",
          "setSchema", "SCHEMA",
          "setShardingKey", "SHARDING_KEY",
          "setShardingKeyIfValid", "SHARDING_KEY",
          "setTransactionIsolation", "ISOLATION");

  /** What a driver may keep with a statement that it caches, besides what is written by hand. */
  private static final Set<String> KEPT_WITH_STATEMENT =
      Set.of(
          "setEscapeProcessing",
          "setFetchDirection",
          "setLargeMaxRows",
          "setMaxFieldSize",
          "setMaxRows");

  /** Takes an object of any kind, a stream too. */
  private static final Set<String> SETS_ANYTHING = Set.of("setObject", "updateObject");

  /** Results through which the driver's own objects could be reached, and what wraps them. */
  private static final Map<String, String> WRAPPERS =
      Map.of(
          "java.sql.CallableStatement", "wrapCallable",
          "java.sql.DatabaseMetaData", "wrapMetaData",
          "java.sql.PreparedStatement", "wrapPrepared",
          "java.sql.ParameterMetaData", "wrapParameterMetaData",
          "java.sql.ResultSet", "wrapResultSet",
          "java.sql.ResultSetMetaData", "wrapResultSetMetaData",
          "java.sql.Statement", "wrapStatement",
          "java.lang.Object", "wrapObject");

  /** Of these, what the SQL is noted with. */
  private static final Set<String> PREPARED =
      Set.of("java.sql.CallableStatement", "java.sql.PreparedStatement");

  /**
   * Results that reach the server by themselves, past every check: after a commit a large object
   * can still open a transaction. Where one was handed out, the return asks the driver and rolls
   * back.
   */
  private static final Set<String> ALIVE =
      Set.of(
          "java.sql.Array",
          "java.sql.Blob",
          "java.sql.Clob",
          "java.sql.NClob",
          "java.sql.Ref",
          "java.sql.SQLXML",
          "java.sql.Struct");

  private static final Map<String, String> PARAMETER_NAMES =
      Map.of(
          "boolean", "flag",
          "int", "number",
          "java.lang.Class", "type",
          "java.lang.Object", "value",
          "java.lang.String", "text",
          "java.sql.SQLType", "sqlType",
          "java.sql.SQLXML", "xml",
          "java.net.URL", "url",
          "java.io.InputStream", "stream");

  private static final Pattern QUALIFIED = Pattern.compile("(?:[a-z]+\\.)+([A-Z]\\w*)");

  private GenerateJdbcForwarders() {}

  /** Writes the sources below the directory given. */
  public static void main(String[] args) throws IOException {
    if (args.length != 1) {
      throw new IllegalArgumentException("usage: GenerateJdbcForwarders <output directory>");
    }
    Path directory = Path.of(args[0]).resolve(PACKAGE.replace('.', '/'));
    Files.createDirectories(directory);
    for (Map.Entry<String, String> source : generate().entrySet()) {
      write(directory.resolve(source.getKey() + ".java"), source.getValue());
    }
  }

  private static void write(Path file, String text) throws IOException {
    if (!Files.exists(file) || !Files.readString(file).equals(text)) {
      Files.writeString(file, text, StandardCharsets.UTF_8);
    }
  }

  private static Map<String, String> generate() {
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    if (compiler == null) {
      throw new IllegalStateException("no Java compiler: build with a JDK, not a JRE");
    }
    List<String> options = List.of("--release", RELEASE, "-proc:only");
    List<String> classes = TARGETS.stream().map(t -> "java.sql." + t.source()).toList();
    StringWriter messages = new StringWriter();
    Generator generator = new Generator();
    JavaCompiler.CompilationTask task =
        compiler.getTask(new PrintWriter(messages), null, null, options, classes, null);
    task.setProcessors(List.of(generator));
    if (!task.call() || generator.sources.size() != TARGETS.size()) {
      throw new IllegalStateException("could not read the JDBC interfaces: " + messages);
    }
    return generator.sources;
  }

  /** Sees the interfaces as the compiler does. */
  private static final class Generator extends AbstractProcessor {
    private final Map<String, String> sources = new TreeMap<>();

    @Override
    public Set<String> getSupportedAnnotationTypes() {
      return Set.of("*");
    }

    @Override
    public SourceVersion getSupportedSourceVersion() {
      return SourceVersion.latest();
    }

    @Override
    public boolean process(Set<? extends TypeElement> annotations, RoundEnvironment round) {
      if (!round.processingOver()) {
        Elements elements = processingEnv.getElementUtils();
        for (Target target : TARGETS) {
          sources.put(target.name(), new SourceFile(elements, target).text());
        }
      }
      return false;
    }
  }

  /** One class being written. */
  private static final class SourceFile {
    private final Elements elements;
    private final Target target;
    private final Set<String> imports = new TreeSet<>();
    private final StringBuilder body = new StringBuilder();

    SourceFile(Elements elements, Target target) {
      this.elements = elements;
      this.target = target;
      imports.add("java.sql." + target.source());
      if (target.isConnection()) {
        imports.add("dev.tidepool.internal.inventory.Entry");
      }
      imports.add("java.sql.SQLException");
      imports.add("javax.annotation.processing.Generated");
      imports.add("org.jspecify.annotations.NullUnmarked");
    }

    String text() {
      TreeMap<String, ExecutableElement> methods = new TreeMap<>();
      for (ExecutableElement method : members()) {
        methods.put(signature(method), method);
      }
      methods.values().forEach(this::method);
      StringBuilder text = new StringBuilder();
      text.append("package ").append(PACKAGE).append(";\n\n");
      imports.forEach(name -> text.append("import ").append(name).append(";\n"));
      header(text);
      return text.append(body).append("}\n").toString();
    }

    private List<ExecutableElement> members() {
      TypeElement type = elements.getTypeElement("java.sql." + target.source());
      List<ExecutableElement> members = new ArrayList<>();
      for (ExecutableElement m : ElementFilter.methodsIn(elements.getAllMembers(type))) {
        String owner = m.getEnclosingElement().toString();
        boolean ours =
            !owner.equals("java.lang.Object")
                && (!target.isBelow() || m.getEnclosingElement().equals(type))
                && !m.getModifiers().contains(Modifier.STATIC)
                && !target.byHand().contains(m.getSimpleName().toString())
                && !target.byHand().contains(signature(m));
        if (ours) {
          members.add(m);
        }
      }
      return members;
    }

    private static String signature(ExecutableElement method) {
      List<String> types = method.getParameters().stream().map(p -> p.asType().toString()).toList();
      return method.getSimpleName() + "(" + String.join(",", types) + ")";
    }

    private void header(StringBuilder text) {
      String source = target.source();
      String name = target.name();
      text.append("\n/** Checks the lease and forwards to the driver's {@link ");
      text.append(source).append("}. */\n");
      text.append("@Generated(\"dev.tidepool.build.GenerateJdbcForwarders\")\n");
      text.append("@NullUnmarked\n");
      text.append("@SuppressWarnings(\"deprecation\") // deprecated methods are forwarded too\n");
      text.append("abstract class ").append(name).append(" extends ").append(target.parent());
      text.append("\n    implements ").append(source).append(" {\n");
      text.append("  final ").append(source).append(' ').append(target.field()).append(";\n\n");
      String argument = target.isConnection() ? LEASE_PARAMETERS : "BorrowedConnection connection";
      String above = target.isConnection() ? LEASE_ARGUMENTS : "connection";
      above += target.isBelow() ? ", delegate" : "";
      above += target.isBelowPrepared() ? ", sql" : "";
      text.append("  ").append(name).append('(').append(argument).append(", ").append(source);
      text.append(" delegate").append(target.isBelowPrepared() ? ", String sql" : "");
      text.append(") {\n    super(").append(above).append(");\n");
      text.append("    this.").append(target.field()).append(" = delegate;\n  }\n");
    }

    private void method(ExecutableElement method) {
      String name = method.getSimpleName().toString();
      String result = method.getReturnType().toString();
      List<String> names = parameterNames(method);
      body.append('\n');
      if (elements.isDeprecated(method)) {
        body.append("  @Deprecated\n");
      }
      body.append("  @Override\n");
      declaration(method, name, names);
      String bit = ATTRIBUTES.get(name);
      String call = target.field() + "." + name + "(" + arguments(name, names) + ")";
      // Without exceptions it cannot report the end of the lease, and needs no server.
      if (method.getThrownTypes().isEmpty()) {
        body.append("    return ").append(call).append(";\n");
      } else if (target.isConnection() && bit != null) {
        body.append("    int before = changing(Dirty.").append(bit).append(");\n");
        String change = "Dirty." + bit + ", before, e)";
        forward(result, call, "", "notChanged(" + change, "brokenSetter(" + change);
      } else {
        body.append(entry(name));
        body.append(ALIVE.contains(result) ? "    lendLiving();\n" : "");
        body.append(sending(name, names));
        body.append(isCounted(name) ? "    calling();\n" : "");
        if (isValueOfRow(name) && names.get(0).equals("text")) {
          body.append("    int column = columnFor(text);\n");
        }
        if (isCountedIf(name)) {
          body.append("    boolean counted = ").append(countedIf(method, names)).append(";\n");
        }
        forward(result, call, wrapper(method, result, names), "failed(e)", "broken(e)");
      }
      body.append("  }\n");
    }

    private static String arguments(String method, List<String> names) {
      return names.stream().map(name -> argument(method, name)).collect(Collectors.joining(", "));
    }

    /**
     * What a driver leaves to an executor may come late, and must not reach the next borrower. What
     * it reads from the user may fail in the middle of a message.
     */
    private static String argument(String method, String name) {
      return switch (name) {
        case "executor" -> "whileLent(executor)";
        case "blob", "clob", "nClob", "reader", "stream" -> "guarded(" + name + ")";
        case "value" -> SETS_ANYTHING.contains(method) ? "guarded(value)" : name;
        default -> name;
      };
    }

    private void declaration(ExecutableElement method, String name, List<String> names) {
      List<String> parameters = new ArrayList<>();
      List<? extends VariableElement> declared = method.getParameters();
      for (int i = 0; i < declared.size(); i++) {
        parameters.add(simple(declared.get(i).asType().toString()) + " " + names.get(i));
      }
      String generics = method.getTypeParameters().isEmpty() ? "" : typeParameters(method) + " ";
      String result = simple(method.getReturnType().toString());
      String head = "  public " + generics + result + " " + name + "(";
      String thrown = thrown(method);
      String line = head + String.join(", ", parameters) + ")" + thrown + " {\n";
      if (line.length() > 101) {
        line = head + "\n      " + String.join(", ", parameters) + ")\n     " + thrown + " {\n";
      }
      body.append(line);
    }

    private static String thrown(ExecutableElement method) {
      String types = method.getThrownTypes().toString();
      if (!types.isEmpty() && !types.equals("java.sql.SQLException")) {
        throw new IllegalStateException(method + " throws " + types);
      }
      return types.isEmpty() ? "" : " throws SQLException";
    }

    private static String typeParameters(ExecutableElement method) {
      List<String> names = method.getTypeParameters().stream().map(Object::toString).toList();
      return "<" + String.join(", ", names) + ">";
    }

    private String entry(String name) {
      if (target.source().equals("ResultSetMetaData") && ALWAYS_AT_HAND.contains(name)) {
        return "";
      }
      String open = target.source().endsWith("Statement") ? "Open" : "";
      String entry = LOCAL.contains(name) ? "check" : "enter";
      boolean asked = ASKED.contains(name) && !target.source().endsWith("MetaData");
      return "    " + (asked ? "ask" : entry) + open + "();\n";
    }

    private boolean isCounted(String name) {
      return COUNTED.contains(name)
          || isExchange(name)
          || (target.source().equals("ResultSet") && name.startsWith("update"))
          || (target.source().endsWith("MetaData") && !ALWAYS_AT_HAND.contains(name));
    }

    /** Of which it depends on what is set, or asked for. */
    private boolean isCountedIf(String name) {
      return isValueOfRow(name) || (SETS_ANYTHING.contains(name) && !isCounted(name));
    }

    private boolean isValueOfRow(String name) {
      return target.source().equals("ResultSet") && name.equals("getObject");
    }

    private String countedIf(ExecutableElement method, List<String> names) {
      return isValueOfRow(method.getSimpleName().toString())
          ? "callingForValue(" + column(names) + ", " + isGeneric(method) + ")"
          : "callingWith(value)";
    }

    private static String column(List<String> names) {
      return names.get(0).equals("text") ? "column" : names.get(0);
    }

    private static boolean isGeneric(ExecutableElement method) {
      return method.getReturnType().getKind() == TypeKind.TYPEVAR;
    }

    private static boolean isExchange(String name) {
      return name.startsWith("execute") || EXCHANGES.contains(name);
    }

    /** A statement is noted before it is sent: what hangs is of interest, too. */
    private static String sending(String name, List<String> names) {
      if (!name.startsWith("execute") && !name.equals("addBatch")) {
        return "";
      }
      return "    sending(" + (names.contains("text") ? "text" : "sql()") + ");\n";
    }

    /** The name of what wraps the result, or nothing if the driver's result is passed on. */
    private String wrapper(ExecutableElement method, String result, List<String> names) {
      boolean object = result.equals("java.lang.Object");
      if (isValueOfRow(method.getSimpleName().toString())) {
        String wrapped =
            isGeneric(method)
                ? "wrapTyped(%s, " + names.get(names.size() - 1) + ")"
                : "wrapObject(%s)";
        return "seen(" + column(names) + ", " + isGeneric(method) + ", " + wrapped + ")";
      }
      if (isGeneric(method)) {
        return "wrapTyped(%s, " + names.get(names.size() - 1) + ")";
      }
      if (method.getSimpleName().contentEquals("getGeneratedKeys")) {
        return "wrapKeys(%s)";
      }
      String wrapper = WRAPPERS.get(result);
      if (PREPARED.contains(result)) {
        return wrapper + "(%s, text)";
      }
      boolean reachable = !object || method.getSimpleName().contentEquals("getObject");
      return wrapper == null || !reachable ? "" : wrapper + "(%s)";
    }

    private void forward(
        String result, String call, String wrapper, String failure, String breakage) {
      String name = call.substring(call.indexOf('.') + 1, call.indexOf('('));
      boolean exchange = isExchange(name);
      body.append("    try {\n");
      if (target.source().equals("Statement") && KEPT_WITH_STATEMENT.contains(name)) {
        body.append("      keepOutOfCaches();\n");
      }
      if (result.equals("void")) {
        body.append("      ").append(call).append(";\n");
        body.append(exchange ? "      exchanged();\n" : "");
      } else if (exchange) {
        body.append("      ").append(simple(result)).append(" result = ").append(call);
        // A batch of nothing is answered by the driver itself.
        String some = result.endsWith("[]") ? "if (result == null || result.length > 0) " : "";
        body.append(";\n      ").append(some).append("exchanged();\n      return ");
        body.append(wrapper.isEmpty() ? "result" : String.format(wrapper, "result")).append(";\n");
      } else {
        body.append("      return ");
        body.append(wrapper.isEmpty() ? call : String.format(wrapper, call)).append(";\n");
      }
      body.append("    } catch (SQLException e) {\n      throw ").append(failure);
      body.append(";\n    } catch (").append(isAtHand(name) ? "Error" : "Throwable");
      body.append(" e) {\n");
      body.append("      ").append(breakage).append(";\n      throw e;\n    }");
      boolean counted = isCounted(name) || (target.isConnection() && ATTRIBUTES.containsKey(name));
      if (isCountedIf(name)) {
        body.append(" finally {\n      if (counted) {\n        called();\n      }\n    }\n");
      } else {
        body.append(counted ? " finally {\n      called();\n    }\n" : "\n");
      }
    }

    /**
     * Whether the driver looks only at what it has: a RuntimeException then speaks of an argument
     * or a value, not of a broken exchange.
     */
    private boolean isAtHand(String name) {
      return switch (target.source()) {
        case "ResultSet" -> name.matches("get.*|findColumn|wasNull");
        case "PreparedStatement" -> name.startsWith("set") && !isCounted(name);
        case "CallableStatement" -> name.matches("[gs]et.*|wasNull") && !isCounted(name);
        case "DatabaseMetaData", "ParameterMetaData" -> false;
        case "ResultSetMetaData" -> ALWAYS_AT_HAND.contains(name);
        default ->
            LOCAL.contains(name) || name.startsWith("enquote") || name.equals("isSimpleIdentifier");
      };
    }

    /** The compiler's stubs have no parameter names; the type names the parameter. */
    private static List<String> parameterNames(ExecutableElement method) {
      List<String> names = new ArrayList<>();
      Map<String, Integer> used = new HashMap<>();
      for (VariableElement parameter : method.getParameters()) {
        String name = parameterName(parameter.asType());
        int count = used.merge(name, 1, Integer::sum);
        names.add(count == 1 ? name : name + count);
      }
      return names;
    }

    private static String parameterName(TypeMirror type) {
      String text = type.toString().replaceAll("<.*>", "");
      boolean array = text.endsWith("[]");
      String element = array ? text.substring(0, text.length() - 2) : text;
      String name = PARAMETER_NAMES.get(element);
      if (name == null) {
        String simple = element.substring(element.lastIndexOf('.') + 1);
        boolean primitive = simple.equals(element);
        name =
            primitive
                ? simple + "Value"
                : Character.toLowerCase(simple.charAt(0)) + simple.substring(1);
      }
      return array ? name + "s" : name;
    }

    private String simple(String type) {
      Matcher matcher = QUALIFIED.matcher(type);
      while (matcher.find()) {
        if (!matcher.group().equals("java.lang." + matcher.group(1))) {
          imports.add(matcher.group());
        }
      }
      return QUALIFIED.matcher(type).replaceAll("$1").replace(",", ", ");
    }
  }
}
