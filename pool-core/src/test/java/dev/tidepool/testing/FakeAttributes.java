package dev.tidepool.testing;

import java.lang.reflect.Method;
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What a session of a {@link FakeDatabase} keeps of what was set on it, and nothing is made of. */
final class FakeAttributes {
  /** By the names that getter and setter share. */
  private static final Map<String, Object> INITIAL =
      new TreeMap<>(
          Map.of(
              "Catalog",
              "main",
              "Holdability",
              ResultSet.CLOSE_CURSORS_AT_COMMIT,
              "NetworkTimeout",
              0,
              "TypeMap",
              Map.of()));

  private final Map<String, Object> values = new HashMap<>(INITIAL);
  private final Properties clientInfo = new Properties();

  /** Whether the call is about one of them. */
  static boolean has(Method method) {
    String name = method.getName();
    return name.endsWith("ClientInfo")
        || (name.length() > 3 && INITIAL.containsKey(attribute(name)));
  }

  private static String attribute(String methodName) {
    return methodName.substring(3);
  }

  @Nullable Object call(Method method, Object @Nullable [] args) {
    String name = method.getName();
    if (name.equals("getClientInfo")) {
      return args == null ? copy() : clientInfo.getProperty(String.valueOf(args[0]));
    } else if (args == null) {
      return values.get(attribute(name));
    }
    if (name.equals("setClientInfo")) {
      setClientInfo(args);
    } else {
      values.put(attribute(name), args[args.length - 1]); // after the executor, if there is one
    }
    return null;
  }

  private Properties copy() {
    Properties copy = new Properties();
    copy.putAll(clientInfo);
    return copy;
  }

  private void setClientInfo(Object[] args) {
    if (args[0] instanceof Properties all) {
      clientInfo.clear();
      clientInfo.putAll(all);
    } else if (args[1] == null) {
      clientInfo.remove(args[0]);
    } else {
      clientInfo.put(args[0], args[1]);
    }
  }

  /** Those that are not as they were after login. */
  List<String> leftovers() {
    List<String> left = new ArrayList<>();
    INITIAL.forEach(
        (name, value) -> {
          if (!value.equals(values.get(name))) {
            left.add(name + "=" + values.get(name));
          }
        });
    if (!clientInfo.isEmpty()) {
      left.add("client info " + clientInfo);
    }
    return left;
  }
}
