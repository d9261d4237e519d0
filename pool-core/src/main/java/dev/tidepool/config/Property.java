package dev.tidepool.config;

import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One property of the pool as {@link PropertyTable} declares it. Immutable.
 *
 * @param <T> type of its values; numbers and booleans by their wrapper
 */
public final class Property<T> {
  private static final int LONGEST_SHOWN = 200;
  private static final String HIDDEN = Secrets.MASK;

  private final String name;
  private final List<String> aliases;
  private final Class<T> type;
  private final Function<Settings, @Nullable T> defaultValue;
  private final String defaultText;
  private final Rule<T> rule;
  private final String documentation;
  private final boolean runtimeChangeable;
  private final boolean secret;
  private final boolean blankKept;
  private final UnaryOperator<T> reading;
  private final @Nullable Property<String> classNameProperty;

  Property(Declaration<T> declaration, String documentation) {
    this.name = declaration.name;
    this.aliases = List.copyOf(declaration.aliases);
    this.type = declaration.type;
    this.defaultValue = declaration.defaultValue;
    this.defaultText = declaration.defaultText;
    this.rule = declaration.rule;
    this.documentation = documentation;
    this.runtimeChangeable = declaration.runtimeChangeable;
    this.secret = declaration.secret;
    this.blankKept = declaration.blankKept;
    this.reading = declaration.reading;
    this.classNameProperty = declaration.classNameProperty;
  }

  /** Its name, in Java spelling. */
  public String name() {
    return name;
  }

  /** Further names under which text may give it. */
  public List<String> aliases() {
    return aliases;
  }

  /** Type of its values. */
  public Class<T> type() {
    return type;
  }

  /** The default as text; empty if there is none. */
  public String defaultText() {
    return defaultText;
  }

  /** The rule of its values as the end of "must be ..."; empty if any value will do. */
  public String rule() {
    return rule.text();
  }

  /** What it means, in a sentence. */
  public String documentation() {
    return documentation;
  }

  /** Whether it can be changed while the pool runs. */
  public boolean isRuntimeChangeable() {
    return runtimeChangeable;
  }

  /** Whether its value must never be shown. */
  public boolean isSecret() {
    return secret;
  }

  /**
   * The property that takes the name of a class in place of this property's object; null if there
   * is none. Text given for this property goes there.
   */
  public @Nullable Property<String> classNameProperty() {
    return classNameProperty;
  }

  @Override
  public String toString() {
    return name;
  }

  /** Whether a blank text is a value of its own; else it leaves the property unset. */
  boolean keepsBlank() {
    return blankKept;
  }

  /** The value in force for {@code stored}, or the default. */
  @Nullable T resolve(@Nullable Object stored, Settings settings) {
    return stored == null ? defaultValue.apply(settings) : reading.apply(type.cast(stored));
  }

  /** Makes a value of what a text source gave: a value of the right type, a number or a text. */
  T convert(Object given) throws ValueException {
    if (type.isInstance(given)) {
      return type.cast(given);
    }
    if (given instanceof CharSequence || given instanceof Number || given instanceof Boolean) {
      return type.cast(TextValues.parse(type, given.toString()));
    }
    throw new ValueException("of type " + type.getName());
  }

  /** Checks one value by itself; null if it may stay. */
  @Nullable Violation check(Object stored) {
    return rule.holds().test(type.cast(stored)) ? null : violation(name, stored, rule.text());
  }

  /**
   * A violation by {@code value}, given under {@code givenName}, which "must be {@code expected}".
   */
  Violation violation(String givenName, Object value, String expected) {
    return new Violation(givenName, show(value), "must be " + expected, fix());
  }

  /** The value for people: secrets masked, on one line, not too long. */
  String show(Object value) {
    if (secret) {
      return HIDDEN;
    }
    if (value instanceof Properties properties) {
      return clip(new TreeMap<>(Secrets.maskValues(properties)).toString());
    }
    if (value instanceof Duration duration) {
      return TextValues.show(duration);
    }
    // An object of the user's could show anything, a password included.
    return isPlain(value)
        ? clip(Secrets.maskValue(name, value.toString()))
        : value.getClass().getName();
  }

  /** Whether its text says all of it. */
  static boolean isPlain(Object value) {
    return value instanceof CharSequence
        || value instanceof Number
        || value instanceof Boolean
        || value instanceof Enum<?>;
  }

  /** Text from outside, on one line and not too long. */
  static String clip(String text) {
    String head = text.length() > LONGEST_SHOWN ? text.substring(0, LONGEST_SHOWN) + "..." : text;
    StringBuilder clean = new StringBuilder(head.length());
    head.chars().forEach(c -> clean.append(isUnsafe(c) ? '?' : (char) c));
    return clean.toString();
  }

  /** Control characters, line separators and turns of direction could forge lines of a log. */
  static boolean isUnsafe(int c) {
    return Character.isISOControl(c)
        || c == 0x2028
        || c == 0x2029
        || (c >= 0x202A && c <= 0x202E)
        || (c >= 0x2066 && c <= 0x2069);
  }

  private String fix() {
    if (classNameProperty != null) {
      return "give the object itself, or in text the name of its class";
    }
    if (type == Properties.class) {
      return "in text, write one line dataSource.NAME for each";
    }
    return defaultText.isEmpty()
        ? "correct it or leave it out"
        : "correct it or leave it out for the default (" + defaultText + ")";
  }
}
