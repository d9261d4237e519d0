package dev.tidepool.config;

import dev.tidepool.api.Credentials;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Values on their way to a configuration. Takes anything and forgets nothing: what cannot be used
 * is kept as a violation until the configuration is built.
 */
abstract class ConfigDraft<B extends ConfigDraft<B>> {
  private static final String CREDENTIALS = "credentials";

  private final Map<Property<?>, Object> values = new LinkedHashMap<>();
  private final Map<String, Violation> rejected = new TreeMap<>();
  private final Map<String, String> ignored = new TreeMap<>();

  /** Under which name text gave a property, to find the same property under two names. */
  private final Map<Property<?>, String> givenAs = new LinkedHashMap<>();

  private @Nullable String generatedName;

  ConfigDraft() {}

  abstract B self();

  /**
   * Sets a property; the last value counts.
   *
   * @param value the value; null, and for most texts a blank one, means the default
   */
  public <T> B set(Property<T> property, @Nullable T value) {
    rejected.remove(property.name());
    givenAs.remove(property);
    store(property, value);
    return self();
  }

  /**
   * Sets a property by its name or alias, or one {@code dataSource.NAME} property.
   *
   * @param name name as in a properties file of Tidepool or HikariCP; an unknown one is reported
   *     when the configuration is built
   * @param value a text, or an object of the property's type; null means the default
   */
  public B set(String name, @Nullable Object value) {
    Property<?> property = PropertyTable.find(name);
    if (property != null) {
      accept(name, property, value);
    } else if (PropertyTable.isDataSourceProperty(name)) {
      addDataSourceProperty(name.substring(PropertyTable.DATA_SOURCE_PREFIX.length()), value);
    } else if (name.equals(CREDENTIALS)) {
      acceptCredentials(value);
    } else {
      String reason = PropertyTable.ignoredBecause(name);
      if (reason == null) {
        rejected.put(name, NearestNames.unknown(name));
      } else {
        ignored.put(name, reason);
      }
    }
    return self();
  }

  /** Sets everything in {@code properties}, as {@link #set(String, Object)} does. */
  public B setAll(Properties properties) {
    Map<String, Object> sorted = new TreeMap<>();
    Settings.copyOf(properties).forEach((key, value) -> sorted.put(nameOf(key), value));
    sorted.forEach(this::set);
    return self();
  }

  /** User and password in one. */
  public B credentials(Credentials credentials) {
    set(PropertyTable.USERNAME, credentials.username());
    return set(PropertyTable.PASSWORD, credentials.password());
  }

  /**
   * Adds one property for the driver or its data source.
   *
   * @param name name as the driver spells it
   * @param value its value, which goes to the driver as text: text, a number, a boolean, an enum or
   *     a Duration; null removes it
   */
  public B addDataSourceProperty(String name, @Nullable Object value) {
    Properties merged = dataSourceProperties();
    if (value == null) {
      merged.remove(name);
    } else {
      merged.put(name, value);
    }
    values.put(PropertyTable.DATA_SOURCE_PROPERTIES, merged);
    return self();
  }

  /** The value in force if the configuration were built now; null if unset and without default. */
  public <T> @Nullable T get(Property<T> property) {
    return settings().get(property);
  }

  /** Whether a value was set. */
  public boolean isSet(Property<?> property) {
    return values.containsKey(property);
  }

  /** What was set, secrets masked. */
  @Override
  public String toString() {
    return "TidepoolConfig.Builder" + settings().show();
  }

  final Settings settings() {
    return new Settings(values, generatedName);
  }

  final List<Violation> rejected() {
    return new ArrayList<>(rejected.values());
  }

  final Map<String, String> ignored() {
    return ignored;
  }

  /** The name to use when none was set; null gives each configuration built the next number. */
  final void generatedName(@Nullable String name) {
    generatedName = name;
  }

  final void copyFrom(ConfigDraft<?> other) {
    values.putAll(other.values);
    rejected.putAll(other.rejected);
    ignored.putAll(other.ignored);
    givenAs.putAll(other.givenAs);
    generatedName = other.generatedName;
  }

  final void copyFrom(Settings settings, Map<String, String> ignoredNames) {
    values.putAll(settings.values());
    ignored.putAll(ignoredNames);
    generatedName = settings.generatedName();
  }

  private <T> void store(Property<T> property, @Nullable T value) {
    boolean blank = value instanceof String text && text.isBlank() && !property.keepsBlank();
    if (value == null || blank) {
      values.remove(property);
    } else if (value instanceof Properties added) {
      Properties merged = dataSourceProperties();
      merged.putAll(Settings.copyOf(added));
      values.put(property, merged);
    } else {
      values.put(property, value);
    }
  }

  private <T> void accept(String name, Property<T> property, @Nullable Object value) {
    Property<String> byClass = property.classNameProperty();
    if (byClass != null && value instanceof CharSequence) {
      accept(name, byClass, value);
      return;
    }
    try {
      T converted = value == null ? null : property.convert(value);
      String earlier = givenAs.put(property, name);
      if (earlier != null && !earlier.equals(name) && !isStored(property, converted)) {
        rejected.put(property.name(), twice(earlier, name));
      } else {
        rejected.remove(property.name());
        store(property, converted);
      }
    } catch (ValueException e) {
      rejected.put(property.name(), property.violation(name, shown(value), e.expected()));
    }
  }

  private boolean isStored(Property<?> property, @Nullable Object value) {
    Object stored = values.get(property);
    return stored == null ? value == null : stored.equals(value);
  }

  private void acceptCredentials(@Nullable Object value) {
    rejected.remove(CREDENTIALS);
    if (value instanceof Credentials credentials) {
      credentials(credentials);
    } else {
      String type = "must be of type " + Credentials.class.getName();
      rejected.put(CREDENTIALS, new Violation(CREDENTIALS, "", type, "set username and password"));
    }
  }

  /** A copy that may be changed. */
  private Properties dataSourceProperties() {
    return values.get(PropertyTable.DATA_SOURCE_PROPERTIES) instanceof Properties present
        ? Settings.copyOf(present)
        : new Properties();
  }

  /** A key that is no text is reported as an unknown property, by its type. */
  private static String nameOf(Object key) {
    return key instanceof String name ? name : key.getClass().getName();
  }

  private static Object shown(@Nullable Object value) {
    return value == null ? "" : value;
  }

  private static Violation twice(String earlier, String name) {
    return new Violation(
        name, "", "is another name of " + earlier + ", which has a different value", "keep one");
  }
}
