package dev.tidepool.conformance;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringWriter;
import java.lang.reflect.Array;
import java.sql.BatchUpdateException;
import java.sql.Blob;
import java.sql.CallableStatement;
import java.sql.Clob;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLClientInfoException;
import java.sql.SQLException;
import java.sql.SQLXML;
import java.sql.Savepoint;
import java.sql.Statement;
import java.sql.Struct;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Values as text that is the same for equal behaviour: no session numbers, no hash codes, and for
 * JDBC objects not what they are but which, {@code Statement#1} being the first statement seen.
 */
final class Words {
  /** The special before the general. */
  private static final List<Class<?>> KINDS =
      List.of(
          Connection.class,
          CallableStatement.class,
          PreparedStatement.class,
          Statement.class,
          ResultSet.class,
          DatabaseMetaData.class,
          ResultSetMetaData.class,
          ParameterMetaData.class,
          NClob.class,
          Clob.class,
          Blob.class,
          java.sql.Array.class,
          Struct.class,
          SQLXML.class,
          Ref.class,
          RowId.class,
          Savepoint.class);

  /** Kinds that must never be the driver's own when they come out of a pool. */
  private static final Set<Class<?>> LENT =
      Set.of(
          Connection.class,
          CallableStatement.class,
          PreparedStatement.class,
          Statement.class,
          ResultSet.class,
          DatabaseMetaData.class);

  private final boolean pooled;
  private final IdentityHashMap<Object, String> known = new IdentityHashMap<>();
  private final Map<String, Integer> counts = new HashMap<>();

  /**
   * For one transcript.
   *
   * @param pooled whether to point out objects that are the driver's own
   */
  Words(boolean pooled) {
    this.pooled = pooled;
  }

  /** The value itself. */
  String of(@Nullable Object value) throws IOException {
    if (value == null) {
      return "null";
    }
    if (value instanceof String text) {
      return '"' + text + '"';
    }
    if (value instanceof byte[] bytes) {
      return "bytes " + HexFormat.of().formatHex(bytes);
    }
    if (value.getClass().isArray()) {
      return value.getClass().getComponentType().getSimpleName() + "[] " + list(elements(value));
    }
    if (value instanceof Map<?, ?> map) {
      return map(map);
    }
    if (value instanceof Collection<?> many) {
      return list(many);
    }
    return value instanceof Throwable error ? error(error) : object(value);
  }

  private String object(Object value) throws IOException {
    for (Class<?> kind : KINDS) {
      if (kind.isInstance(value)) {
        return identity(kind, value);
      }
    }
    if (value instanceof InputStream stream) {
      return "stream of " + of(stream.readAllBytes());
    }
    if (value instanceof Reader reader) {
      StringWriter text = new StringWriter();
      reader.transferTo(text);
      return "reader of " + of(text.toString());
    }
    // A text inherited from Object has a hash code, which differs from run to run.
    String text = value.toString().replaceAll("@[0-9a-f]+", "");
    return value.getClass().getSimpleName() + " " + text;
  }

  /** What sort of value it is. */
  String kind(@Nullable Object value) {
    if (value == null) {
      return "null";
    }
    for (Class<?> kind : KINDS) {
      if (kind.isInstance(value)) {
        return kind.getSimpleName() + leak(kind, value);
      }
    }
    return value instanceof Map ? "Map" : value.getClass().getName();
  }

  private String identity(Class<?> kind, Object value) {
    String name = known.get(value);
    if (name == null) {
      name = kind.getSimpleName();
      // Whether a driver makes new metadata for each question is nobody's business.
      if (kind != DatabaseMetaData.class) {
        name += "#" + counts.merge(name, 1, Integer::sum);
      }
      known.put(value, name);
    }
    return name + leak(kind, value);
  }

  private String leak(Class<?> kind, Object value) {
    boolean leaked =
        pooled && LENT.contains(kind) && !value.getClass().getName().startsWith("dev.tidepool.");
    return leaked ? " LEAKED " + value.getClass().getName() : "";
  }

  /** An exception: class, SQLState, vendor code, and what else it carries. */
  static String error(Throwable error) {
    if (isOwn(error)) {
      return "nothing there to be asked";
    }
    StringBuilder text = new StringBuilder("!! ").append(error.getClass().getName());
    if (error instanceof SQLException sql) {
      text.append(" [").append(sql.getSQLState()).append(", ").append(sql.getErrorCode());
      text.append(']');
      int following = 0;
      for (SQLException next = sql.getNextException(); next != null; ) {
        following++;
        next = next.getNextException();
      }
      text.append(following == 0 ? "" : " and " + following + " more");
    }
    if (error instanceof BatchUpdateException batch) {
      text.append(" counts ").append(Arrays.toString(batch.getLargeUpdateCounts()));
    }
    if (error instanceof SQLClientInfoException info) {
      text.append(" failed ").append(failed(info));
    }
    return text.toString();
  }

  /** An earlier call should have made what this one was to be made on. */
  private static boolean isOwn(Throwable error) {
    StackTraceElement[] trace = error.getStackTrace();
    return error instanceof NullPointerException
        && trace.length > 0
        && trace[0].getClassName().startsWith(Words.class.getPackageName());
  }

  /** Whether a line tells of an exception after which a driver may be anywhere. */
  static boolean tellsOfAStumble(String line) {
    int at = line.indexOf("!! ");
    return at >= 0
        && line.indexOf(" [", at) < 0
        && !line.contains(UnsupportedOperationException.class.getName());
  }

  /** Some drivers have none, and a name may be null. */
  private static @Nullable Map<String, String> failed(SQLClientInfoException error) {
    if (error.getFailedProperties() == null) {
      return null;
    }
    Map<String, String> texts = new TreeMap<>();
    error.getFailedProperties().forEach((name, why) -> texts.put("" + name, "" + why));
    return texts;
  }

  private static List<Object> elements(Object array) {
    List<Object> elements = new ArrayList<>();
    for (int i = 0; i < Array.getLength(array); i++) {
      elements.add(Array.get(array, i));
    }
    return elements;
  }

  private String list(Collection<?> many) throws IOException {
    List<String> texts = new ArrayList<>();
    for (Object one : many) {
      texts.add(of(one));
    }
    return texts.toString();
  }

  private String map(Map<?, ?> map) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      texts.put(String.valueOf(entry.getKey()), of(entry.getValue()));
    }
    return texts.toString();
  }
}
