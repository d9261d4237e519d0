package dev.tidepool.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A property while it is being declared; {@link #doc} completes it and adds it to the table. */
final class Declaration<T> {
  final String name;
  final Class<T> type;
  final List<String> aliases = new ArrayList<>();
  Function<Settings, @Nullable T> defaultValue = settings -> null;
  String defaultText = "";
  Rule<T> rule = Rule.any();
  boolean runtimeChangeable;
  boolean secret;
  boolean blankKept;
  UnaryOperator<T> reading = UnaryOperator.identity();
  @Nullable Property<String> classNameProperty;

  private final List<Property<?>> table;

  Declaration(List<Property<?>> table, String name, Class<T> type) {
    this.table = table;
    this.name = name;
    this.type = type;
  }

  Declaration<T> alias(String alias) {
    aliases.add(alias);
    return this;
  }

  Declaration<T> byDefault(T value) {
    String text = value instanceof Duration d ? TextValues.show(d) : String.valueOf(value);
    return byDefault(text, settings -> value);
  }

  /** A default that depends on other settings, with the text that explains it. */
  Declaration<T> byDefault(String text, Function<Settings, @Nullable T> value) {
    defaultText = text;
    defaultValue = value;
    return this;
  }

  Declaration<T> rule(Rule<T> check) {
    rule = check;
    return this;
  }

  Declaration<T> runtime() {
    runtimeChangeable = true;
    return this;
  }

  Declaration<T> secret() {
    secret = true;
    return this;
  }

  Declaration<T> keepBlank() {
    blankKept = true;
    return this;
  }

  /** How a stored value is read, where that differs from what was set. */
  Declaration<T> readAs(UnaryOperator<T> change) {
    reading = change;
    return this;
  }

  Declaration<T> className(Property<String> property) {
    classNameProperty = property;
    return this;
  }

  Property<T> doc(String sentence) {
    Property<T> property = new Property<>(this, sentence);
    table.add(property);
    return property;
  }
}
