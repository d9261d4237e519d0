package dev.tidepool.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidepool.api.Credentials;
import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.api.Role;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
import java.util.Random;
import java.util.concurrent.ThreadFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TidepoolConfigTest {
  private static final String URL = "jdbc:h2:mem:x";

  @Test
  void unsetSizes_followTheMaximum() {
    TidepoolConfig small = url().maximumPoolSize(4).build();
    assertThat(small.minimumIdle()).isEqualTo(4);
    assertThat(small.connectConcurrency()).isEqualTo(4);
    assertThat(small.isSet(PropertyTable.MINIMUM_IDLE)).isFalse();
    TidepoolConfig large = url().maximumPoolSize(500).minimumIdle(2).build();
    assertThat(large.minimumIdle()).isEqualTo(2);
    assertThat(large.connectConcurrency()).isEqualTo(16);
  }

  @Test
  void connectionTimeoutZero_meansHikarisLongest() {
    TidepoolConfig config = url().connectionTimeout(Duration.ZERO).build();
    assertThat(config.connectionTimeout()).isEqualTo(Duration.ofMillis(Integer.MAX_VALUE));
    assertThat(config.toString()).contains("connectionTimeout=0");
  }

  @Test
  void poolNames_areCountedWhenBuiltAndKeptByToBuilder() {
    TidepoolConfig.Builder builder = url();
    TidepoolConfig first = builder.build();
    TidepoolConfig second = builder.build();
    assertThat(first.poolName()).matches("tidepool-\\d+");
    assertThat(second.poolName()).isNotEqualTo(first.poolName());
    assertThat(first.toBuilder().maximumPoolSize(3).build().poolName()).isEqualTo(first.poolName());
    assertThat(first.toBuilder().poolName("p").build().poolName()).isEqualTo("p");
    assertThat(first.toBuilder().poolName("p").poolName(null).build().poolName())
        .isEqualTo(first.poolName());
  }

  @Test
  void built_isIndependentOfBuilderAndCaller() {
    Properties driver = new Properties();
    driver.setProperty("ssl", "true");
    TidepoolConfig.Builder builder = url().dataSourceProperties(driver);
    TidepoolConfig config = builder.build();
    driver.setProperty("ssl", "changed");
    builder.addDataSourceProperty("late", 1).maximumPoolSize(99);
    config.dataSourceProperties().setProperty("ssl", "changed");
    assertThat(config.dataSourceProperties()).containsOnly(java.util.Map.entry("ssl", "true"));
    assertThat(config.maximumPoolSize()).isEqualTo(10);
  }

  @Test
  void dataSourceProperties_mergeAndKeepTypesAndDefaults() {
    Properties defaults = new Properties();
    defaults.setProperty("fromDefaults", "d");
    Properties own = new Properties(defaults);
    own.put("number", 7);
    TidepoolConfig config =
        url().addDataSourceProperty("before", true).dataSourceProperties(own).build();
    assertThat(config.dataSourceProperties())
        .containsEntry("before", true)
        .containsEntry("number", 7)
        .containsEntry("fromDefaults", "d");
    assertThat(config.toBuilder().addDataSourceProperty("number", null).build())
        .satisfies(c -> assertThat(c.dataSourceProperties()).doesNotContainKey("number"));
    assertThat(config.toBuilder().dataSourceProperties(null).build().dataSourceProperties())
        .isEmpty();
  }

  @Test
  void hikariFile_worksUnchanged(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("hikari.properties");
    Files.writeString(
        file,
        """
        dataSourceClassName=org.postgresql.ds.PGSimpleDataSource
        dataSource.user=test
        dataSource.password=h\u00e4nter
        dataSource.cachePrepStmts=true
        maximumPoolSize=20
        minimumIdle=5
        connectionTimeout=250
        idleTimeout=600000
        maxLifetime=40000
        keepaliveTime=30s
        initializationFailTimeout=-1
        validationTimeout=2500
        leakDetectionThreshold=2000
        autoCommit=false
        transactionIsolation=TRANSACTION_REPEATABLE_READ
        catalog=
        allowPoolSuspension=true
        scheduledExecutor=x.Y
        metricRegistry=java:comp/metrics
        healthCheckRegistry=a.B
        healthCheck.connectivityCheckTimeoutMs=1000
        """);
    TidepoolConfig config = TidepoolConfig.load(file);
    assertThat(config.dataSourceClassName()).isEqualTo("org.postgresql.ds.PGSimpleDataSource");
    assertThat(config.dataSourceProperties())
        .containsEntry("user", "test")
        .containsEntry("password", "h\u00e4nter")
        .containsEntry("cachePrepStmts", "true");
    assertThat(config.connectionTimeout()).isEqualTo(Duration.ofMillis(250));
    assertThat(config.initializationFailTimeout()).isEqualTo(Duration.ofMillis(-1));
    assertThat(config.keepaliveTime()).isEqualTo(Duration.ofSeconds(30));
    assertThat(config.autoCommit()).isFalse();
    assertThat(config.catalog()).isNull();
    assertThat(config.transactionIsolationLevel()).hasValue(4);
    assertThat(config.notices())
        .hasSize(5)
        .anyMatch(n -> n.startsWith("allowPoolSuspension has no effect"))
        .anyMatch(n -> n.startsWith("healthCheck.connectivityCheckTimeoutMs has no effect"));
    assertThat(config.toBuilder().build().notices()).isEqualTo(config.notices());
  }

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
  void objects_mayStandInPropertiesAndNamesOfClassesInText() {
    ThreadFactory threads = Thread::new;
    Properties properties = new Properties();
    properties.put("jdbcUrl", URL);
    properties.put("threadFactory", threads);
    properties.put("maximumPoolSize", 7L);
    properties.put("maxLifetime", 60_000);
    properties.put("idleTimeout", Duration.ofSeconds(9));
    properties.put("autoCommit", false);
    properties.put("requiredRole", Role.PRIMARY);
    properties.put("credentials", new Credentials("u", "p"));
    properties.put("exceptionOverride", "a.Override");
    TidepoolConfig config = TidepoolConfig.from(properties);
    assertThat(config.threadFactory()).isSameAs(threads);
    assertThat(config.maximumPoolSize()).isEqualTo(7);
    assertThat(config.maxLifetime()).isEqualTo(Duration.ofMinutes(1));
    assertThat(config.idleTimeout()).isEqualTo(Duration.ofSeconds(9));
    assertThat(config.autoCommit()).isFalse();
    assertThat(config.requiredRole()).isEqualTo(Role.PRIMARY);
    assertThat(config.username()).isEqualTo("u");
    assertThat(config.password()).isEqualTo("p");
    assertThat(config.exceptionOverrideClassName()).isEqualTo("a.Override");
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
  void toString_showsOnlyWhatWasSetWithoutSecrets() {
    TidepoolConfig config =
        url()
            .jdbcUrl("jdbc:postgresql://h/db?password=CANARY")
            .password("CANARY")
            .username("bob")
            .addDataSourceProperty("trustPassword", "CANARY")
            .addDataSourceProperty("object", new StringBuilder("CANARY").reverse())
            .threadFactory(Thread::new)
            .build();
    assertThat(config.toString())
        .contains("username=bob", "password=***", "trustPassword=***", "threadFactory=dev.tidepool")
        .doesNotContain("CANARY", "maximumPoolSize");
    assertThat(config.toBuilder().toString()).doesNotContain("CANARY").contains("username=bob");
  }

  @Test
  void notices_nameWhatHasNoEffect() {
    assertThat(url().build().notices()).isEmpty();
    assertThat(url().credentialsProviderClassName("a.B").username("u").build().notices())
        .containsExactly("username and password have no effect: the credentials provider is asked");
    assertThat(url().idleTimeout(Duration.ofMinutes(1)).build().notices())
        .containsExactly("idleTimeout has no effect: minimumIdle equals maximumPoolSize");
    assertThat(url().idleTimeout(Duration.ofMinutes(1)).minimumIdle(1).build().notices()).isEmpty();
  }

  @Test
  void blankText_leavesAPropertyUnsetButCanBeAPassword() {
    TidepoolConfig config = url().schema(" ").connectionInitSql("").password("").build();
    assertThat(config.schema()).isNull();
    assertThat(config.connectionInitSql()).isNull();
    assertThat(config.password()).isEmpty();
    assertThat(violations(url().poolName(" "))).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "READ_COMMITTED,2",
    "TRANSACTION_SERIALIZABLE,8",
    "transaction_read_uncommitted,1",
    "8,8",
    "SQL_SERVER_SNAPSHOT_ISOLATION_LEVEL,4096",
    "4096,4096"
  })
  void transactionIsolation_isANameOrANumber(String text, int level) {
    assertThat(url().transactionIsolation(text).build().transactionIsolationLevel())
        .hasValue(level);
    assertThat(violations(url().transactionIsolation(text + "7"))).hasSize(1);
  }

  @Test
  void wholeSeconds_areRequiredOfTcpSettings() {
    assertThat(violations(url().set("tcpKeepIdle", "45")))
        .containsExactly("tcpKeepIdle: must be whole seconds from 1s to 32767s");
    assertThat(url().set("tcpKeepIdle", "90s").build().tcpKeepIdle())
        .isEqualTo(Duration.ofSeconds(90));
  }

  @Test
  void laterValue_replacesARejectedOne() {
    assertThat(url().set("maximumPoolSize", "x").set("maximumPoolSize", "5").build())
        .satisfies(c -> assertThat(c.maximumPoolSize()).isEqualTo(5));
    assertThat(url().set("maximumPoolSize", "x").maximumPoolSize(6).build())
        .satisfies(c -> assertThat(c.maximumPoolSize()).isEqualTo(6));
    assertThat(url().maximumPoolSize(6).set("maximumPoolSize", null).build())
        .satisfies(c -> assertThat(c.maximumPoolSize()).isEqualTo(10));
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
    String alphabet = "0123456789-sm.PT:/@;= {}'\"jdbctrueany\n\u2028\u0000";
    for (int i = 0; i < 20_000; i++) {
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
        assertThat(message).as("seed %s", seed).doesNotContain("CANARY");
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
