package dev.tidepool;

import java.lang.reflect.Method;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** A property as frameworks find it by reflection: a getter and the only setter of that name. */
public record BeanProperty(String name, Method getter, Method setter) {
  /**
   * The properties of {@code bean}, by name; fails on a setter that is overloaded or stands alone.
   */
  public static Map<String, BeanProperty> of(Class<?> bean) {
    Map<String, Method> getters =
        Arrays.stream(bean.getMethods())
            .filter(m -> m.getParameterCount() == 0 && m.getName().matches("(get|is)[A-Z].*"))
            .collect(Collectors.toMap(BeanProperty::plainName, Function.identity()));
    Map<String, BeanProperty> properties = new TreeMap<>();
    for (Method setter : bean.getMethods()) {
      if (setter.getParameterCount() == 1 && setter.getName().matches("set[A-Z].*")) {
        String name = plainName(setter);
        Method getter = getters.get(name);
        if (getter == null || properties.containsKey(name)) {
          throw new AssertionError(setter + " has no getter or is overloaded");
        }
        properties.put(name, new BeanProperty(name, getter, setter));
      }
    }
    return properties;
  }

  private static String plainName(Method method) {
    String name = method.getName().replaceFirst("^(get|is|set)", "");
    return name.substring(0, 1).toLowerCase(java.util.Locale.ROOT) + name.substring(1);
  }
}
