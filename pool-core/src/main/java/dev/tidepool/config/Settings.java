package dev.tidepool.config;

import java.time.Duration;
import java.util.Collections;
import java.util.Map;
import java.util.Properties;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What was set, and what is in force where nothing was. Reads the map it is given; copies nothing.
 */
final class Settings {
  private static final int MOST_CONNECTS = 16;

  private final Map<Property<?>, Object> values;
  private final @Nullable String generatedName;

  Settings(Map<Property<?>, Object> values, @Nullable String generatedName) {
    this.values = values;
    this.generatedName = generatedName;
  }

  boolean isSet(Property<?> property) {
    return values.containsKey(property);
  }

  /** What was set, as it was set; null if nothing was. */
  @Nullable Object stored(Property<?> property) {
    return values.get(property);
  }

  /** The value in force; null if it is unset and has no default. */
  <T> @Nullable T get(Property<T> property) {
    return property.resolve(values.get(property), this);
  }

  /** The value in force of a property that has a default. */
  <T> T require(Property<T> property) {
    T value = get(property);
    if (value == null) {
      throw new IllegalStateException(property + " has no default");
    }
    return value;
  }

  Map<Property<?>, Object> values() {
    return Collections.unmodifiableMap(values);
  }

  @Nullable String generatedName() {
    return generatedName;
  }

  /** What was set, secrets masked. */
  String show() {
    return PropertyTable.all().stream()
        .filter(this::isSet)
        .map(p -> p + "=" + p.show(values.getOrDefault(p, "")))
        .collect(Collectors.joining(", ", "{", "}"));
  }

  static Integer defaultMinimumIdle(Settings settings) {
    return settings.require(PropertyTable.MAXIMUM_POOL_SIZE);
  }

  static Integer defaultConnectConcurrency(Settings settings) {
    return Math.min(settings.require(PropertyTable.MAXIMUM_POOL_SIZE), MOST_CONNECTS);
  }

  static Duration zeroAsLongest(Duration timeout) {
    return timeout.isZero() ? TextValues.duration(Rule.MOST_MILLIS) : timeout;
  }

  /** A copy of its own, with the defaults behind {@code source} made entries. */
  static Properties copyOf(Properties source) {
    Properties copy = new Properties();
    for (String name : source.stringPropertyNames()) {
      copy.setProperty(name, source.getProperty(name));
    }
    copy.putAll(source);
    return copy;
  }
}
