package dev.tidepool.conformance;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.sql.Array;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullUnmarked;

/**
 * Every method of every JDBC interface of this JDK, each on an object of its own: the same kind of
 * result, or the same exception.
 */
@NullUnmarked // drivers answer null
final class Sweep {
  private static final List<Class<?>> TYPES =
      List.of(
          Connection.class,
          Statement.class,
          PreparedStatement.class,
          CallableStatement.class,
          ResultSet.class,
          DatabaseMetaData.class,
          ResultSetMetaData.class,
          ParameterMetaData.class,
          Array.class,
          Blob.class,
          Clob.class,
          NClob.class,
          SQLXML.class);

  /** Methods of a connection that use up the session. */
  private static final Set<String> ENDING = Set.of("abort");

  /** How the names of its areas begin. */
  static final String TITLE = "every method";

  private Sweep() {}

  static Area plausible() {
    return new Area(TITLE + ", arguments that make sense", probes(false));
  }

  static Area nothing() {
    return new Area(TITLE + ", null and 0 as arguments", probes(true));
  }

  /** Methods of a connection each have one of their own, all other types share one a type. */
  private static List<Probe> probes(boolean nothing) {
    List<Probe> probes = new ArrayList<>();
    for (Class<?> type : TYPES) {
      List<Method> methods =
          methodsOf(type)
              .filter(m -> !Modifier.isStatic(m.getModifiers()))
              .filter(m -> !nothing || m.getParameterCount() > 0)
              .sorted(Comparator.comparing(Sweep::signature))
              .toList();
      if (type == Connection.class) {
        methods.forEach(method -> probes.add(ofConnection(method, nothing)));
      } else {
        probes.add(Probe.of(type.getSimpleName(), on -> callAll(on, type, methods, nothing)));
      }
    }
    return probes;
  }

  /** Of a special statement only what is special: the rest is the same code as in the general. */
  private static Stream<Method> methodsOf(Class<?> type) {
    return Stream.of(
        Statement.class.isAssignableFrom(type) ? type.getDeclaredMethods() : type.getMethods());
  }

  private static Probe ofConnection(Method method, boolean nothing) {
    Probe probe =
        Probe.of(
            "Connection." + signature(method),
            on -> call(on, on.connection, Connection.class, method, nothing));
    return ENDING.contains(method.getName()) ? probe.endingTheSession() : probe;
  }

  private static void callAll(Subject on, Class<?> type, List<Method> methods, boolean nothing)
      throws SQLException {
    fill(on);
    for (Method method : methods) {
      Object subject = subject(on, type);
      if (subject == null) {
        on.note("the driver has none", type.getSimpleName());
        return;
      }
      call(on, subject, type, method, nothing);
      close(subject);
      if (on.connection.isClosed()) {
        // From here on all answers would be equal, and say nothing.
        throw new SQLException(type.getSimpleName() + "." + signature(method) + " has closed it");
      }
    }
  }

  private static void call(
      Subject on, Object subject, Class<?> type, Method method, boolean nothing) {
    on.kind(signature(method), () -> invoke(subject, method, Samples.of(type, method, nothing)));
  }

  private static void close(Object subject) throws SQLException {
    if (subject instanceof Statement statement) {
      statement.close();
    } else if (subject instanceof ResultSet rows) {
      rows.close();
    }
  }

  private static String signature(Method method) {
    return Arrays.stream(method.getParameterTypes())
        .map(Class::getSimpleName)
        .collect(Collectors.joining(", ", method.getName() + "(", ")"));
  }

  private static Object invoke(Object subject, Method method, Object[] arguments) throws Exception {
    try {
      return method.invoke(subject, arguments);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      if (e.getCause() instanceof Error cause) {
        throw cause;
      }
      throw e;
    }
  }

  private static Object subject(Subject on, Class<?> type) throws SQLException {
    if (type == DatabaseMetaData.class) {
      return on.connection.getMetaData();
    }
    try {
      return made(on, type);
    } catch (SQLException e) {
      // The kind of object is asked for by the areas; here it only is or is not there.
      on.note("not made", e);
      return null;
    }
  }

  private static Object made(Subject on, Class<?> type) throws SQLException {
    Connection c = on.connection;
    if (type == Array.class) {
      return c.createArrayOf("integer", new Object[] {1, 2, 3, 4});
    }
    if (type == Blob.class) {
      return c.createBlob();
    }
    if (type == Clob.class) {
      return c.createClob();
    }
    if (type == NClob.class) {
      return c.createNClob();
    }
    return type == SQLXML.class ? c.createSQLXML() : ofTheTable(on, type);
  }

  private static Object ofTheTable(Subject on, Class<?> type) throws SQLException {
    Connection c = on.connection;
    if (type == Statement.class) {
      return c.createStatement();
    }
    if (type == CallableStatement.class) {
      return call(on);
    }
    if (type == PreparedStatement.class || type == ParameterMetaData.class) {
      String query = "select id, name from " + Samples.TABLE + " where id = ?";
      PreparedStatement prepared = c.prepareStatement(query);
      prepared.setInt(1, 1);
      return type == PreparedStatement.class ? prepared : prepared.getParameterMetaData();
    }
    Statement statement =
        c.createStatement(ResultSet.TYPE_SCROLL_INSENSITIVE, ResultSet.CONCUR_UPDATABLE);
    ResultSet rows = statement.executeQuery(Samples.QUERY);
    rows.next();
    return type == ResultSet.class ? rows : rows.getMetaData();
  }

  /** A call that needs nothing to be made in the database. */
  private static CallableStatement call(Subject on) throws SQLException {
    String text =
        switch (on.database) {
          case H2 -> "call abs(?)";
          case POSTGRES -> "{? = call abs(?)}";
          case MARIADB -> "{? = call abs(?)}";
        };
    CallableStatement call = on.connection.prepareCall(text);
    if (on.database == Database.H2) {
      call.setInt(1, -1);
    } else {
      call.registerOutParameter(1, Types.INTEGER);
      call.setInt(2, -1);
      call.execute();
    }
    return call;
  }

  /** Temporary, so of this session alone; the pool's has it from the second probe on. */
  private static void fill(Subject on) throws SQLException {
    String local = on.database == Database.H2 ? "local " : "";
    try (Statement statement = on.connection.createStatement()) {
      statement.execute(
          "create "
              + local
              + "temporary table if not exists "
              + Samples.TABLE
              + " (id int primary key, name varchar(20))");
      statement.execute("delete from " + Samples.TABLE);
      statement.execute("insert into " + Samples.TABLE + " values (1, 'a'), (2, 'b'), (3, 'c')");
    }
  }
}
