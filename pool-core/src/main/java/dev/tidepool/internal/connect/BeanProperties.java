package dev.tidepool.internal.connect;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Sets the properties of a JavaBean from text. */
final class BeanProperties {
  private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h|d)?");

  /**
   * Types that text can become, the most literal first: of two setters of a name, the earlier type
   * wins.
   */
  private static final List<Class<?>> TYPES =
      List.of(
          String.class,
          char[].class,
          int.class,
          Integer.class,
          long.class,
          Long.class,
          short.class,
          Short.class,
          boolean.class,
          Boolean.class,
          Duration.class,
          String[].class,
          int[].class);

  private BeanProperties() {}

  /**
   * Calls one setter for each property.
   *
   * @throws IllegalArgumentException naming the class, the property and what setters there are
   */
  static void apply(Object bean, Map<String, String> properties) {
    properties.forEach((name, value) -> set(bean, name, value));
  }

  private static void set(Object bean, String name, String value) {
    Method setter = find(bean.getClass(), name);
    if (setter == null) {
      throw missing(bean, name);
    }
    Object argument;
    try {
      argument = convert(value, setter.getParameterTypes()[0]);
    } catch (IllegalArgumentException | ArithmeticException e) {
      // Without the cause, which shows the value.
      throw failed(
          bean, name, "its value is not a " + setter.getParameterTypes()[0].getTypeName(), null);
    }
    try {
      setter.invoke(bean, argument);
    } catch (InvocationTargetException e) {
      Throwable cause = SafeErrors.clean(e.getCause() == null ? e : e.getCause(), List.of(value));
      throw failed(bean, name, "its setter failed: " + cause, cause);
    } catch (IllegalAccessException e) {
      throw failed(bean, name, "its setter is not accessible; the class must be public", e);
    }
  }

  private static IllegalArgumentException missing(Object bean, String name) {
    Class<?> type = bean.getClass();
    return named(type, name)
        .findFirst()
        .map(
            setter ->
                failed(
                    bean,
                    name,
                    "text cannot become a "
                        + setter.getParameterTypes()[0].getTypeName()
                        + ", which its setter takes; set it on an object, and give that to the pool"
                        + " as dataSource",
                    null))
        .orElseGet(
            () ->
                new IllegalArgumentException(
                    "dataSource."
                        + name
                        + ": "
                        + type.getName()
                        + " has no such property; it has "
                        + names(type)));
  }

  /** The value is left out: it may be a password. */
  private static IllegalArgumentException failed(
      Object bean, String name, String what, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "dataSource." + name + " of " + bean.getClass().getName() + ": " + what, cause);
  }

  /** As written, else in any case ({@code url} finds {@code setURL}). */
  private static @Nullable Method find(Class<?> type, String name) {
    String exact = "set" + name.substring(0, 1).toUpperCase(Locale.ROOT) + name.substring(1);
    return named(type, name)
        .filter(BeanProperties::isSetter)
        .min(
            Comparator.<Method>comparingInt(method -> method.getName().equals(exact) ? 0 : 1)
                .thenComparingInt(method -> rank(method.getParameterTypes()[0])))
        .orElse(null);
  }

  /**
   * Setters of any type. Compared in lower case, as by those who refuse or hide some names: {@code
   * equalsIgnoreCase} takes a dotless i for an i.
   */
  private static Stream<Method> named(Class<?> type, String name) {
    String anyCase = "set" + name.toLowerCase(Locale.ROOT);
    return Arrays.stream(type.getMethods())
        .filter(method -> method.getParameterCount() == 1)
        .filter(method -> method.getName().toLowerCase(Locale.ROOT).equals(anyCase));
  }

  private static boolean isSetter(Method method) {
    return method.getName().startsWith("set")
        && method.getName().length() > 3
        && method.getParameterCount() == 1
        && rank(method.getParameterTypes()[0]) <= TYPES.size();
  }

  private static int rank(Class<?> type) {
    int index = TYPES.indexOf(type);
    if (index >= 0) {
      return index;
    }
    return type.isEnum() ? TYPES.size() : Integer.MAX_VALUE;
  }

  private static String names(Class<?> type) {
    TreeSet<String> names = new TreeSet<>();
    for (Method method : type.getMethods()) {
      if (isSetter(method)) {
        String name = method.getName().substring(3);
        names.add(name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1));
      }
    }
    return String.join(", ", names);
  }

  private static Object convert(String value, Class<?> type) {
    if (type == String.class) {
      return value;
    } else if (type == char[].class) {
      return value.toCharArray();
    } else if (type == int.class || type == Integer.class) {
      return Integer.valueOf(value.trim());
    } else if (type == long.class || type == Long.class) {
      return Long.valueOf(value.trim());
    } else if (type == short.class || type == Short.class) {
      return Short.valueOf(value.trim());
    } else if (type == boolean.class || type == Boolean.class) {
      return toBoolean(value.trim());
    } else if (type == Duration.class) {
      return toDuration(value.trim());
    } else if (type == String[].class) {
      return items(value);
    } else if (type == int[].class) {
      return Arrays.stream(items(value)).mapToInt(Integer::parseInt).toArray();
    }
    return toEnum(value.trim(), type);
  }

  private static String[] items(String value) {
    String[] items = value.split(",");
    Arrays.setAll(items, i -> items[i].trim());
    return items;
  }

  private static Object toEnum(String value, Class<?> type) {
    for (Object constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equalsIgnoreCase(value)) {
        return constant;
      }
    }
    throw new IllegalArgumentException("no constant of " + type.getName() + " has this name");
  }

  private static boolean toBoolean(String value) {
    if (value.equalsIgnoreCase("true")) {
      return true;
    } else if (value.equalsIgnoreCase("false")) {
      return false;
    }
    throw new IllegalArgumentException("neither true nor false");
  }

  /** Plain milliseconds, {@code 30s} and the like, or ISO 8601. */
  private static Duration toDuration(String value) {
    Matcher matcher = DURATION.matcher(value.toLowerCase(Locale.ROOT));
    if (!matcher.matches()) {
      try {
        return Duration.parse(value);
      } catch (DateTimeParseException e) {
        throw new IllegalArgumentException("not a duration such as 30s, 500ms or PT30S", e);
      }
    }
    long number = Long.parseLong(matcher.group(1));
    String unit = matcher.group(2);
    return switch (unit == null ? "ms" : unit) {
      case "s" -> Duration.ofSeconds(number);
      case "m" -> Duration.ofMinutes(number);
      case "h" -> Duration.ofHours(number);
      case "d" -> Duration.ofDays(number);
      default -> Duration.ofMillis(number);
    };
  }
}
