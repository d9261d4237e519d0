package dev.tidepool.conformance;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.lang.reflect.Array;
import java.lang.reflect.Method;
import java.math.BigDecimal;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.Date;
import java.sql.JDBCType;
import java.sql.ResultSet;
import java.sql.SQLType;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.Executor;
import org.jspecify.annotations.NullUnmarked;

/** Arguments for any method of JDBC: such as make sense, or nothing at all. */
@NullUnmarked // null is one of them
final class Samples {
  /** The table that the texts below speak of; {@code id int primary key, name varchar(20)}. */
  static final String TABLE = "tp_sweep";

  static final String QUERY = "select id, name from " + TABLE + " order by id";
  static final String UPDATE = "update " + TABLE + " set name = 'u' where id = 2";

  /** Values of the parameters where what is usual makes no sense. */
  private static final Map<String, int[]> NUMBERS =
      Map.of(
          "createStatement", new int[] {1004, 1007, 1},
          "execute", new int[] {0, 1},
          "executeLargeUpdate", new int[] {0, 1},
          "executeUpdate", new int[] {0, 1},
          "prepareCall", new int[] {0, 1004, 1007, 1},
          "setFetchDirection", new int[] {1000},
          "setHoldability", new int[] {2},
          "setNetworkTimeout", new int[] {0, 5_000},
          "setTransactionIsolation", new int[] {8});

  private Samples() {}

  /** One argument for each parameter; new ones each time, as streams are used up. */
  static Object[] of(Class<?> type, Method method, boolean nothing) {
    Class<?>[] parameters = method.getParameterTypes();
    Object[] arguments = new Object[parameters.length];
    for (int i = 0; i < parameters.length; i++) {
      arguments[i] = nothing ? zero(parameters[i]) : sample(type, method, parameters, i);
    }
    return arguments;
  }

  /** Null, false or 0: what an array of that type is full of at first. */
  private static Object zero(Class<?> type) {
    return Array.get(Array.newInstance(type, 1), 0);
  }

  private static Object sample(Class<?> type, Method method, Class<?>[] parameters, int index) {
    Class<?> wanted = parameters[index];
    if (wanted == String.class) {
      return text(type, method.getName(), index);
    }
    if (wanted == int.class) {
      return number(method.getName(), parameters.length, index);
    }
    return values().get(wanted);
  }

  private static String text(Class<?> type, String method, int index) {
    if (type == Connection.class) {
      return ofConnection(method, index);
    }
    if (type == DatabaseMetaData.class) {
      return index < 2 ? null : TABLE;
    }
    if (type == ResultSet.class) {
      return index == 0 ? "id" : "7";
    }
    if (Statement.class.isAssignableFrom(type)) {
      return ofStatement(method, index);
    }
    return "x";
  }

  private static String ofConnection(String method, int index) {
    return switch (method) {
      case "setSchema", "setCatalog" -> "information_schema";
      case "setClientInfo", "getClientInfo" -> index == 0 ? "ApplicationName" : "sweep";
      case "createArrayOf", "createStruct" -> "integer";
      case "setSavepoint" -> "reef";
      default -> QUERY;
    };
  }

  private static String ofStatement(String method, int index) {
    return switch (method) {
      case "addBatch", "executeUpdate", "executeLargeUpdate" -> UPDATE;
      case "execute", "executeQuery" -> QUERY;
      default -> index == 0 ? "a" : "1";
    };
  }

  private static int number(String method, int parameters, int index) {
    int[] special = NUMBERS.get(method);
    if (special != null && index < special.length) {
      return special[index];
    }
    if (method.equals("prepareStatement")) {
      return parameters == 2 ? 1 : new int[] {0, 1004, 1007, 1}[index];
    }
    // First an index, then a type (INTEGER) or a length.
    return index == 0 ? 1 : 4;
  }

  private static Map<Class<?>, Object> values() {
    Map<Class<?>, Object> values = new HashMap<>();
    values.put(boolean.class, true);
    values.put(byte.class, (byte) 1);
    values.put(short.class, (short) 1);
    values.put(long.class, 1L);
    values.put(float.class, 1f);
    values.put(double.class, 1d);
    values.put(Object.class, 1);
    values.put(Class.class, String.class);
    values.put(BigDecimal.class, BigDecimal.ONE);
    values.put(Date.class, Date.valueOf("2024-02-29"));
    values.put(Time.class, Time.valueOf("12:34:56"));
    values.put(Timestamp.class, Timestamp.valueOf("2024-02-29 12:34:56"));
    values.put(Calendar.class, new GregorianCalendar());
    values.put(InputStream.class, new ByteArrayInputStream(new byte[] {49, 50, 51, 52}));
    values.put(Reader.class, new StringReader("1234"));
    values.put(Map.class, new HashMap<>());
    values.put(Properties.class, new Properties());
    values.put(Executor.class, (Executor) Runnable::run);
    values.put(SQLType.class, JDBCType.INTEGER);
    values.put(URL.class, url());
    values.put(byte[].class, new byte[] {1, 2});
    values.put(int[].class, new int[] {1});
    values.put(String[].class, new String[] {"id"});
    values.put(Object[].class, new Object[] {1});
    return values;
  }

  private static URL url() {
    try {
      return URI.create("http://localhost/").toURL();
    } catch (MalformedURLException e) {
      throw new AssertionError(e);
    }
  }
}
