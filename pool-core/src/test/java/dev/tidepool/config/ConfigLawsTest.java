package dev.tidepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Law;
import dev.tidepool.testing.Texts;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.CharBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Laws of whole configurations: properties, files, and what is said about them. */
class ConfigLawsTest {
  private static final String CANARY = "c4n4ry";
  private static final String URL = "jdbc:h2:mem:x";
  private static final List<Property<?>> ALL = PropertyTable.all();

  /** Name and text, as a line of a properties file has them. */
  private record Line(String name, String text) {}

  private static Line line(Random random) {
    Property<?> property = Texts.one(random, ALL);
    List<String> names = new ArrayList<>(property.aliases());
    names.add(property.name());
    String name = Texts.one(random, names);
    String text =
        random.nextInt(3) == 0
            ? Texts.any(random)
            : Texts.damaged(random, property.defaultText() + (random.nextBoolean() ? "" : "1"));
    return new Line(name, text);
  }

  @Test
  void anyTextForAnyProperty_isTaken_orRefusedByName() {
    Law.of("a refused text is named with its property", 5_000)
        .holdsFor(
            ConfigLawsTest::line,
            line -> {
              TidepoolConfig.Builder builder = TidepoolConfig.builder().set(line.name, line.text);
              try {
                assertThat(builder.build().toString()).doesNotContainPattern("[\\x00-\\x1f]");
              } catch (TidepoolConfigException e) {
                Property<?> property = PropertyTable.find(line.name);
                List<String> mayBeNamed =
                    List.of(line.name, property.name(), classNameOf(property), "jdbcUrl");
                assertThat(e.violations()).isNotEmpty();
                assertThat(e.violations()).allMatch(v -> mayBeNamed.contains(v.property()));
                assertThat(e.getMessage().lines()).hasSize(1 + e.violations().size());
              }
            });
  }

  private static String classNameOf(Property<?> property) {
    Property<String> byClass = property.classNameProperty();
    return byClass == null ? property.name() : byClass.name();
  }

  /** All that has a secret name, under any other name, or in the wrong place. */
  private static Properties withSecrets(Random random) {
    Properties properties = new Properties();
    properties.setProperty("jdbcUrl", URL + ";PASSWORD=" + CANARY + ";x=" + random.nextInt(9));
    for (int n = random.nextInt(6); n > 0; n--) {
      Line line = line(random);
      properties.setProperty(line.name, line.text);
    }
    properties.setProperty("password", CANARY + random.nextInt());
    properties.setProperty("dataSource.sslPassword", CANARY);
    properties.setProperty("dataSource.url", "jdbc:x://u:" + CANARY + "@h/");
    properties.setProperty("dataSource.odd", "token=" + CANARY);
    String misspelt = Texts.damaged(random, "pasword");
    if (random.nextBoolean() && !misspelt.startsWith("dataSource.")) {
      properties.setProperty(misspelt, CANARY);
    }
    if (random.nextInt(4) == 0) {
      properties.put("password2", CharBuffer.wrap(CANARY));
    }
    properties.put("connectionInitSql", "alter role app password '" + CANARY + "'");
    return properties;
  }

  @Test
  void secrets_areNeverShown_neitherOfAConfigurationNorOfItsProblems() {
    Law.of("no configuration and no problem of one shows a secret", 2_000)
        .holdsFor(
            ConfigLawsTest::withSecrets,
            properties -> {
              TidepoolConfig.Builder builder = TidepoolConfig.builder().setAll(properties);
              assertThat(builder.toString()).doesNotContain(CANARY);
              try {
                TidepoolConfig config = builder.build();
                assertThat(config.toString()).doesNotContain(CANARY);
                assertThat(config.notices().toString()).doesNotContain(CANARY);
              } catch (TidepoolConfigException e) {
                assertThat(e.getMessage()).doesNotContain(CANARY);
                assertThat(e.violations().toString()).doesNotContain(CANARY);
                assertThat(e.getMessage().lines()).hasSize(1 + e.violations().size());
              }
            });
  }

  @Test
  void everyValidValue_readsBackFromWhatIsShown() {
    Law.of("shown values read back", 5_000)
        .holdsFor(
            ConfigLawsTest::line,
            line -> {
              Property<?> property = PropertyTable.find(line.name);
              Object value;
              try {
                value = property.convert(line.text);
              } catch (ValueException e) {
                return; // the law above
              }
              if (!(value instanceof String)) { // a text may be shortened or masked
                assertThat(property.convert(property.show(value))).isEqualTo(value);
              }
            });
  }

  @Test
  void oneTypingError_isUnderstood() {
    List<String> names = PropertyTable.names().stream().filter(name -> name.length() > 5).toList();
    Law.of("one typing error is understood", 5_000)
        .holdsFor(
            random -> {
              String name = Texts.one(random, names);
              return new Line(name, mistyped(random, name));
            },
            line -> {
              if (PropertyTable.find(line.text) == null) {
                assertThat(NearestNames.near(line.text)).contains(line.name);
              }
            });
  }

  private static String mistyped(Random random, String name) {
    int at = 1 + random.nextInt(name.length() - 1);
    char other = (char) ('a' + random.nextInt(26));
    return switch (random.nextInt(3)) {
      case 0 -> name.substring(0, at) + name.substring(at + 1);
      case 1 -> name.substring(0, at) + other + name.substring(at);
      default -> name.substring(0, at) + other + name.substring(at + 1);
    };
  }

  @Test
  void anyName_isSuggestedKnownNamesOnly() {
    Law.of("only known names are suggested", 5_000)
        .holdsForText(
            random ->
                random.nextBoolean()
                    ? Texts.any(random)
                    : Texts.damaged(random, Texts.one(random, ALL).name()),
            name -> {
              assertThat(NearestNames.near(name)).hasSizeLessThanOrEqualTo(3);
              assertThat(PropertyTable.names()).containsAll(NearestNames.near(name));
              assertThat(NearestNames.unknown(name).toString()).matches("[ -~]*");
            });
  }

  @Test
  void anyFile_isAConfiguration_orAConfigurationException(@TempDir Path dir) {
    Path file = dir.resolve("pool.properties");
    Law.of("any file is read or refused", 500)
        .holdsFor(
            random -> {
              byte[] bytes = fileText(random).getBytes(StandardCharsets.UTF_8);
              for (int n = random.nextInt(3); n > 0 && bytes.length > 0; n--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
              }
              return bytes;
            },
            bytes -> {
              Files.write(file, bytes);
              try {
                assertThat(TidepoolConfig.load(file).toString()).isNotEmpty();
              } catch (TidepoolConfigException e) {
                assertThat(e.violations()).isNotEmpty();
                assertThat(e.getMessage().lines()).hasSize(1 + e.violations().size());
              }
            });
  }

  private static String fileText(Random random) {
    StringBuilder text = new StringBuilder("jdbcUrl=" + URL + "\n");
    for (int n = random.nextInt(5); n > 0; n--) {
      Line line = line(random);
      text.append(line.name).append('=').append(line.text).append('\n');
    }
    return text.toString();
  }

  @Test
  void whatIsStored_isLoadedUnchanged(@TempDir Path dir) {
    Path file = dir.resolve("pool.properties");
    Law.of("stored passwords and user names are loaded unchanged", 500)
        .holdsForText(
            random -> Texts.any(random).replaceAll("[\\ud800-\\udfff]", "?"),
            text -> {
              Properties written = new Properties();
              written.setProperty("jdbcUrl", URL);
              written.setProperty("username", text);
              written.setProperty("password", text);
              written.setProperty("dataSource.x", text);
              store(written, file);
              TidepoolConfig read = TidepoolConfig.load(file);
              assertThat(read.username()).isEqualTo(text);
              assertThat(read.password()).isEqualTo(text);
              assertThat(read.dataSourceProperties()).containsEntry("x", text);
            });
  }

  private static void store(Properties properties, Path file) throws IOException {
    StringWriter text = new StringWriter();
    properties.store(text, null);
    Files.writeString(file, text.toString());
  }

  @Test
  @Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD, unit = TimeUnit.SECONDS)
  void longText_isTakenOrRefusedAllTheSame() {
    AtomicInteger next = new AtomicInteger();
    Texts.longOnes()
        .forEach(
            text -> {
              TidepoolConfig.Builder builder = TidepoolConfig.builder().set(text, "x");
              for (int i = 0; i < 5; i++) { // so that each property gets some of them
                builder.set(ALL.get(next.getAndIncrement() % ALL.size()).name(), text);
              }
              builder.set("dataSource." + text, text);
              try {
                assertThat(builder.build().toString()).hasSizeLessThan(20_000);
              } catch (TidepoolConfigException e) {
                assertThat(e.getMessage()).hasSizeLessThan(40_000);
              }
            });
  }

  @Test
  void durationsOutOfRange_areProblemsLikeAnyOther() {
    for (Duration duration :
        List.of(
            Duration.ofSeconds(Long.MIN_VALUE), Duration.ofSeconds(Long.MAX_VALUE, 999_999_999))) {
      for (Property<?> property : ALL) {
        if (property.type() == Duration.class) {
          TidepoolConfig.Builder builder =
              TidepoolConfig.builder().jdbcUrl(URL).set(property.name(), duration);
          assertThat(ConfigChecks.violations(builder.settings(), List.of()))
              .as(property.name())
              .extracting(Violation::property)
              .contains(property.name());
        }
      }
    }
  }
}
