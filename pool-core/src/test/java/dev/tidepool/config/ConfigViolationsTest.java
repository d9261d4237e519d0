package dev.tidepool.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidepool.api.Credentials;
import dev.tidepool.api.CredentialsProvider;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is refused, and how it is said. */
class ConfigViolationsTest {
  private static final String URL = "jdbc:h2:mem:x";

  @Test
  void noPropertyOfHikari_isUnknown() {
    for (String name :
        List.of(
            "dataSourceClassName",
            "dataSource",
            "dataSourceJNDI",
            "jdbcUrl",
            "driverClassName",
            "dataSourceProperties",
            "dataSource.x",
            "username",
            "password",
            "credentials",
            "credentialsProvider",
            "credentialsProviderClassName",
            "poolName",
            "maximumPoolSize",
            "minimumIdle",
            "connectionTimeout",
            "validationTimeout",
            "idleTimeout",
            "maxLifetime",
            "keepaliveTime",
            "leakDetectionThreshold",
            "initializationFailTimeout",
            "connectionTestQuery",
            "connectionInitSql",
            "isolateInternalQueries",
            "autoCommit",
            "readOnly",
            "transactionIsolation",
            "catalog",
            "schema",
            "allowPoolSuspension",
            "registerMbeans",
            "exceptionOverrideClassName",
            "exceptionOverride",
            "metricRegistry",
            "metricsTrackerFactory",
            "healthCheckRegistry",
            "healthCheckProperties",
            "healthCheck.expected99thPercentileMs",
            "threadFactory",
            "scheduledExecutor")) {
      Properties properties = new Properties();
      properties.setProperty(name, "x");
      assertThat(violationsOf(properties))
          .as(name)
          .noneMatch(v -> v.rule().equals("is not a property"));
    }
  }

  @ParameterizedTest
  @CsvSource({
    "maxPoolSize,maximumPoolSize",
    "maximum-pool-size,maximumPoolSize",
    "maximunPoolSize,maximumPoolSize",
    "jdbcURL,jdbcUrl",
    "minIdle,minimumIdle",
    "keepAliveTime,keepaliveTime",
    "MAX_LIFETIME,maxLifetime",
    "passwrd,password"
  })
  void unknownProperty_suggestsTheNearest(String wrong, String right) {
    Properties properties = new Properties();
    properties.setProperty("jdbcUrl", URL);
    properties.setProperty(wrong, "CANARY");
    assertThatThrownBy(() -> TidepoolConfig.from(properties))
        .isInstanceOf(TidepoolConfigException.class)
        .hasMessageContaining(wrong + ": is not a property; did you mean " + right)
        .hasMessageNotContaining("CANARY");
  }

  /** Its letters, one here and one there in a long name, had it taken for an abbreviation. */
  @ParameterizedTest
  @CsvSource({"mail", "list"})
  void otherWord_suggestsNothing(String wrong) {
    Properties properties = new Properties();
    properties.setProperty(wrong, "x");
    assertThat(violationsOf(properties))
        .extracting(Violation::toString)
        .contains(
            wrong + ": is not a property; remove it, or see the table of properties in the README");
  }

  /** The driver got the address of the object: it was set to "[C@1b2c3d". */
  @Test
  void driverPropertyThatIsNoText_isAViolation_byNameAndType() {
    TidepoolConfig.Builder builder =
        url()
            .addDataSourceProperty("secretChars", "CANARY".toCharArray())
            .addDataSourceProperty("text", "a")
            .addDataSourceProperty("number", 5L)
            .addDataSourceProperty("flag", true)
            .addDataSourceProperty("mode", Thread.State.NEW)
            .addDataSourceProperty("time", Duration.ofSeconds(1));
    assertThatThrownBy(builder::build)
        .isInstanceOf(TidepoolConfigException.class)
        .hasMessageContaining("1 problem")
        .hasMessageEndingWith(
            "dataSource.secretChars: must be text, a number, true or false, not a char[]; give it"
                + " as text, or give the pool a dataSource that has it");
    builder.addDataSourceProperty("secretChars", null).build();
  }

  @Test
  void everyViolation_isReportedAtOnceInOneLineEach() {
    Properties properties = new Properties();
    properties.setProperty("jdbcUrl", "postgresql://bob:CANARY@host/db");
    properties.setProperty("maximumPoolSize", "0");
    properties.setProperty("minimumIdle", "ten");
    properties.setProperty("connectionTimeout", "99999999999999999999");
    properties.setProperty("keepaliveTime", "-1s");
    properties.setProperty("poolName", "a\nb");
    properties.setProperty("frobnicate", "1");
    TidepoolConfigException error =
        catchThrowableOfType(TidepoolConfigException.class, () -> TidepoolConfig.from(properties));
    assertThat(String.valueOf(error.getMessage()).lines())
        .containsExactly(
            "The pool's configuration has 7 problems:",
            "  jdbcUrl = postgresql://bob:***@host/db: must be a JDBC URL, which starts with jdbc:;"
                + " correct it or leave it out",
            "  poolName = a?b: must be 1 to 100 characters, not blank, without control characters;"
                + " correct it or leave it out for the default (tidepool-N)",
            "  maximumPoolSize = 0: must be from 1 to 10000; correct it or leave it out for the"
                + " default (10)",
            "  minimumIdle = ten: must be a whole number up to 2147483647; correct it or leave it"
                + " out for the default (maximumPoolSize)",
            "  connectionTimeout = 99999999999999999999: must be a duration such as 30s, 500ms, 2m,"
                + " 1h, PT30S, or plain milliseconds; correct it or leave it out for the default"
                + " (30s)",
            "  keepaliveTime = -1s: must be 0 or from 100ms to 365d; correct it or leave it out for"
                + " the default (45s)",
            "  frobnicate: is not a property; remove it, or see the table of properties in the"
                + " README");
    assertThat(error.violations()).hasSize(7).extracting(Violation::property).contains("poolName");
  }

  @Test
  void contradictions_areViolations() {
    assertThat(violations(TidepoolConfig.builder()))
        .containsExactly("jdbcUrl: no database is named");
    assertThat(violations(url().dataSourceJNDI("java:x")))
        .containsExactly("dataSourceJNDI: names a second database besides jdbcUrl");
    assertThat(violations(TidepoolConfig.builder().dataSourceJNDI("java:x").driverClassName("a.B")))
        .containsExactly("driverClassName: needs jdbcUrl");
    assertThat(violations(url().maximumPoolSize(5).minimumIdle(6)))
        .containsExactly("minimumIdle: must not be above maximumPoolSize (5)");
    assertThat(
            violations(
                url().maxLifetime(Duration.ofSeconds(60)).keepaliveTime(Duration.ofMinutes(1))))
        .containsExactly("keepaliveTime: must be below maxLifetime (1m), or no ping is ever sent");
    assertThat(violations(url().leakDetectionThreshold(Duration.ofHours(1))))
        .containsExactly("leakDetectionThreshold: must not be above maxLifetime (30m)");
    CredentialsProvider provider = () -> new Credentials("u", "p");
    assertThat(violations(url().credentialsProvider(provider).credentialsProviderClassName("a.B")))
        .containsExactly(
            "credentialsProviderClassName: must not be set together with credentialsProvider");
  }

  @Test
  void valueThatBreaksItsOwnRule_isReportedOnce() {
    assertThat(violations(url().maximumPoolSize(5).minimumIdle(20_000)))
        .containsExactly("minimumIdle: must be from 0 to 10000");
    assertThat(violations(url().maximumPoolSize(0).minimumIdle(5)))
        .containsExactly("maximumPoolSize: must be from 1 to 10000");
    assertThat(violations(TidepoolConfig.builder().jdbcUrl("h2:mem:x").driverClassName("a.B")))
        .containsExactly("jdbcUrl: must be a JDBC URL, which starts with jdbc:");
  }

  @Test
  void harmlessCombinations_areAccepted() {
    url().maxLifetime(Duration.ofSeconds(1)).build();
    url().maxLifetime(Duration.ZERO).keepaliveTime(Duration.ofDays(1)).build();
    url().idleTimeout(Duration.ofHours(2)).build();
    url().keepaliveTime(Duration.ofMillis(100)).build();
    url().tcpKeepAlive(false).tcpKeepCount(5).build();
    url().validationTimeout(Duration.ofMinutes(5)).build();
  }

  @Test
  void aliasWithAnotherValue_isAViolationWithTheSameValueIsNot() {
    Properties properties = new Properties();
    properties.setProperty("url", URL);
    properties.setProperty("jdbcUrl", URL);
    assertThat(TidepoolConfig.from(properties).jdbcUrl()).isEqualTo(URL);
    properties.setProperty("url", URL + "2");
    assertThat(violationsOf(properties))
        .singleElement()
        .hasToString("url: is another name of jdbcUrl, which has a different value; keep one");
  }

  @Test
  void objectsOfTheWrongType_areViolationsAndNotShown() {
    Object hostile =
        new Object() {
          @Override
          public String toString() {
            return "CANARY";
          }
        };
    Properties properties = new Properties();
    properties.put("jdbcUrl", hostile);
    properties.put("maximumPoolSize", hostile);
    properties.put("failureClassifier", hostile);
    properties.put("credentials", "bob/CANARY");
    properties.put(5, "x");
    TidepoolConfigException error =
        catchThrowableOfType(TidepoolConfigException.class, () -> TidepoolConfig.from(properties));
    assertThat(error.violations()).hasSize(5);
    assertThat(error).hasMessageNotContaining("CANARY");
  }

  @Test
  void wholeSeconds_areRequiredOfTcpSettings() {
    assertThat(violations(url().set("tcpKeepInterval", "1500ms"))).hasSize(1);
    assertThat(violations(url().set("tcpKeepIdle", "45")))
        .containsExactly("tcpKeepIdle: must be whole seconds from 1s to 32767s");
    assertThat(url().set("tcpKeepIdle", "90s").build().tcpKeepIdle())
        .isEqualTo(Duration.ofSeconds(90));
  }

  /** Where many pools are configured, nobody knew which of them was meant. */
  @Test
  void poolsName_standsFirst_whereItWasSet() {
    assertThatThrownBy(() -> url().poolName("orders").maximumPoolSize(0).build())
        .hasMessageStartingWith("orders: the pool's configuration has 1 problem:\n  maximumPool");
    TidepoolConfig.Builder unnamed = url().maximumPoolSize(0);
    String unused = unnamed.reservePoolName();
    assertThatThrownBy(unnamed::build)
        .hasMessageStartingWith("The pool's configuration has 1 problem:");
    assertThatThrownBy(() -> url().poolName("orders\nERROR").build())
        .hasMessageStartingWith("The pool's configuration has 1 problem:");
  }

  @Test
  void load_namesTheFileOfViolations(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("pool.properties");
    Files.writeString(file, "jdbcUrl=" + URL + "\nmaximumPoolSize=0\n");
    assertThatThrownBy(() -> TidepoolConfig.load(file))
        .isInstanceOf(TidepoolConfigException.class)
        .hasMessageStartingWith("The pool's configuration in " + file + " has 1 problem:\n  maxi");
    Files.writeString(file, "jdbcUrl=" + URL + "\nmaximumPoolSize=0\npoolName=orders\n");
    assertThatThrownBy(() -> TidepoolConfig.load(file))
        .hasMessageStartingWith("orders: the pool's configuration in " + file + " has 1 problem:");
  }

  /** The JDK opens a directory, and says "Is a directory" without a name when it is read. */
  @Test
  void load_saysThatADirectoryIsOne(@TempDir Path dir) {
    assertThatThrownBy(() -> TidepoolConfig.load(dir))
        .isInstanceOf(FileSystemException.class)
        .hasMessage(dir + ": is a directory, not a properties file");
  }

  /** Editors of Windows begin a file with it; it became part of the first property's name. */
  @Test
  void load_passesOverAByteOrderMark(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("bom.properties");
    Files.writeString(file, "\ufeffjdbcUrl=" + URL + "\n");
    assertThat(TidepoolConfig.load(file).jdbcUrl()).isEqualTo(URL);
    Files.writeString(file, "\ufeff\ufeffjdbcUrl=" + URL + "\n");
    assertThatThrownBy(() -> TidepoolConfig.load(file)).hasMessageContaining("\\ufeffjdbcUrl: is");
    Files.writeString(file, "");
    assertThatThrownBy(() -> TidepoolConfig.load(file))
        .hasMessageContaining("no database is named");
  }

  /** "jdbcUrl is not a property; did you mean jdbcUrl?" helps nobody. */
  @Test
  void unknownName_showsWhatIsInvisible_orLooksLikeAnother() {
    Properties properties = new Properties();
    properties.setProperty("\ufeffjdbcUrl", URL);
    properties.setProperty("m\u0430ximumPoolSize", "1"); // the second letter is Cyrillic
    assertThat(violationsOf(properties))
        .extracting(Violation::toString)
        .contains(
            "\\ufeffjdbcUrl: is not a property; did you mean jdbcUrl?",
            "m\\u0430ximumPoolSize: is not a property; did you mean maximumPoolSize?");
  }

  @Test
  void load_saysWhatIsWrongWithTheFile(@TempDir Path dir) throws IOException {
    Path latin1 = dir.resolve("latin1.properties");
    Files.write(latin1, "password=\u00e4".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> TidepoolConfig.load(latin1))
        .isInstanceOf(TidepoolConfigException.class)
        .hasMessageContaining("is not UTF-8");
    Path escape = dir.resolve("escape.properties");
    Files.writeString(escape, "password=\\u12");
    assertThatThrownBy(() -> TidepoolConfig.load(escape))
        .isInstanceOf(TidepoolConfigException.class)
        .hasMessageContaining("malformed \\u escape");
    assertThatThrownBy(() -> TidepoolConfig.load(dir.resolve("absent")))
        .isInstanceOf(NoSuchFileException.class);
  }

  @Test
  void anyProperties_onlyEverThrowTheOwnErrorAndNeverShowThePassword() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    List<String> names = List.copyOf(PropertyTable.names());
    String alphabet = "0123456789-sm.PT:/@;= {}'\"jdbctrueany\n\u2028\u202e\u0000";
    for (int i = 0; i < 5_000; i++) {
      Properties properties = new Properties();
      for (int n = random.nextInt(6); n > 0; n--) {
        String name = names.get(random.nextInt(names.size()));
        int cut = random.nextInt(8) == 0 ? random.nextInt(name.length()) : name.length();
        properties.setProperty(name.substring(0, cut), some(random, alphabet));
      }
      properties.setProperty("password", "CANARY");
      properties.setProperty("dataSource.sslPassword", "CANARY");
      properties.setProperty("secret" + some(random, alphabet), "CANARY");
      try {
        assertThat(TidepoolConfig.from(properties).toString()).doesNotContain("CANARY");
      } catch (TidepoolConfigException e) {
        String message = String.valueOf(e.getMessage());
        assertThat(message).as("seed %s", seed).doesNotContain("CANARY", "\u202e");
        assertThat(message.lines()).as("seed %s", seed).hasSize(1 + e.violations().size());
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + properties, e);
      }
    }
  }

  private static TidepoolConfig.Builder url() {
    return TidepoolConfig.builder().jdbcUrl(URL);
  }

  private static List<String> violations(TidepoolConfig.Builder builder) {
    return catchThrowableOfType(TidepoolConfigException.class, builder::build).violations().stream()
        .map(v -> v.property() + ": " + v.rule())
        .toList();
  }

  private static List<Violation> violationsOf(Properties properties) {
    try {
      TidepoolConfig.from(properties);
      return List.of();
    } catch (TidepoolConfigException e) {
      return e.violations();
    }
  }

  private static String some(Random random, String alphabet) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(12); n > 0; n--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
