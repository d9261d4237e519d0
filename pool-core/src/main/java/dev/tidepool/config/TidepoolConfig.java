package dev.tidepool.config;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Properties;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a pool, complete and checked. Immutable, so any number of threads and pools may
 * share one.
 *
 * <p>Unset properties answer with their default. Every rule is checked when a configuration is
 * built, all violations are reported at once, and nothing is repaired silently.
 */
public final class TidepoolConfig extends PropertyValues {
  /** Some editors put it first in a file; it would be part of the first property's name. */
  private static final int BYTE_ORDER_MARK = 0xfeff;

  private static final AtomicInteger LAST_POOL_NUMBER = new AtomicInteger();

  private final Map<String, String> ignored;
  private final List<String> notices;

  private TidepoolConfig(Settings settings, Map<String, String> ignored) {
    super(settings);
    this.ignored = new TreeMap<>(ignored);
    this.notices = ConfigChecks.notices(settings, ignored);
  }

  /** A builder with nothing set. */
  public static Builder builder() {
    return new Builder();
  }

  /**
   * The configuration that {@code properties} describe, in the names of Tidepool or HikariCP.
   *
   * @param properties texts, or objects of the property's type
   * @throws TidepoolConfigException if any rule is broken
   */
  public static TidepoolConfig from(Properties properties) {
    return builder().setAll(properties).build();
  }

  /**
   * The configuration in a properties file, which is UTF-8, with or without a byte order mark.
   *
   * @throws IOException if the file cannot be read or is a directory
   * @throws TidepoolConfigException if it is no such file or breaks any rule; the message names it
   */
  public static TidepoolConfig load(Path file) throws IOException {
    String shown = Property.clip(file.toString());
    // Some systems open it all the same, and what reading says then has no name.
    if (Files.isDirectory(file)) {
      throw new FileSystemException(shown, null, "is a directory, not a properties file");
    }
    Properties properties = new Properties();
    try (BufferedReader reader = Files.newBufferedReader(file)) {
      reader.mark(1);
      if (reader.read() != BYTE_ORDER_MARK) {
        reader.reset();
      }
      properties.load(reader);
    } catch (CharacterCodingException e) {
      throw unreadable(
          shown, "is not UTF-8", "save it as UTF-8, or write such characters as \\u00e9", e);
    } catch (IllegalArgumentException e) {
      throw unreadable(shown, "has a malformed \\u escape", "write a backslash as \\\\", e);
    }
    return builder().setAll(properties).build(" in " + shown);
  }

  /** A builder that starts with these settings, and keeps the name of the pool. */
  public Builder toBuilder() {
    Builder builder = new Builder();
    builder.copyFrom(settings, ignored);
    return builder;
  }

  /** The value in force; null if it is unset and has no default. */
  public <T> @Nullable T get(Property<T> property) {
    return settings.get(property);
  }

  /** Whether a value was set; else the default is in force. */
  public boolean isSet(Property<?> property) {
    return settings.isSet(property);
  }

  /** {@code transactionIsolation} as the number JDBC knows; empty if the driver's default stays. */
  public OptionalInt transactionIsolationLevel() {
    String level = transactionIsolation();
    return level == null ? OptionalInt.empty() : IsolationLevel.parse(level);
  }

  /**
   * What was set and has no effect, a line each; the pool logs them when it starts, and new ones
   * when it is changed.
   */
  public List<String> notices() {
    return notices;
  }

  /** What was set, with secrets masked. */
  @Override
  public String toString() {
    return "TidepoolConfig[" + poolName() + "]" + settings.show();
  }

  private static TidepoolConfigException unreadable(
      String file, String rule, String fix, Exception cause) {
    TidepoolConfigException error =
        new TidepoolConfigException(List.of(new Violation(file, "", rule, fix)));
    error.initCause(cause);
    return error;
  }

  /**
   * Collects settings for a {@link TidepoolConfig}. A later value replaces an earlier one; null,
   * and for most texts a blank one, stands for the default. Not thread-safe.
   */
  public static final class Builder extends PropertySetters<Builder> {
    private Builder() {}

    /**
     * Checks everything and builds.
     *
     * @throws TidepoolConfigException with every violation, if any rule is broken
     */
    public TidepoolConfig build() {
      return build("");
    }

    private TidepoolConfig build(String where) {
      Settings draft = settings();
      List<Violation> violations = ConfigChecks.violations(draft, rejected());
      if (!violations.isEmpty()) {
        // A name that was made up says nothing to whoever reads of a pool that does not exist yet.
        String name = isSet(PropertyTable.POOL_NAME) ? get(PropertyTable.POOL_NAME) : null;
        throw new TidepoolConfigException(name, where, violations);
      }
      String generated = draft.generatedName();
      String name = generated == null && !isSet(PropertyTable.POOL_NAME) ? nextName() : generated;
      return new TidepoolConfig(new Settings(new LinkedHashMap<>(draft.values()), name), ignored());
    }

    /** An independent builder with the same settings. */
    public Builder copy() {
      Builder copy = new Builder();
      copy.copyFrom(this);
      return copy;
    }

    /** The name of the pool to be built: the one set, else one chosen now and kept from then on. */
    public String reservePoolName() {
      String name = get(PropertyTable.POOL_NAME);
      if (name == null) {
        name = nextName();
        generatedName(name);
      }
      return name;
    }

    @Override
    Builder self() {
      return this;
    }

    private static String nextName() {
      return "tidepool-" + LAST_POOL_NUMBER.incrementAndGet();
    }
  }
}
