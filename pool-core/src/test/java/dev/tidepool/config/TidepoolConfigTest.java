package dev.tidepool.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.tidepool.api.Credentials;
import dev.tidepool.api.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Properties;
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
    TidepoolConfig.Builder source = TidepoolConfig.builder().dataSourceClassName("a.B");
    assertThat(source.password("p").build().notices())
        .containsExactly(
            "password has no effect without username: a DataSource is asked with both or with"
                + " neither; set username, or the password of the DataSource itself");
    assertThat(source.copy().credentialsProviderClassName("a.B").build().notices())
        .containsExactly("username and password have no effect: the credentials provider is asked");
    assertThat(source.username("u").build().notices()).isEmpty();
    assertThat(url().password("p").build().notices()).isEmpty();
    assertThat(url().idleTimeout(Duration.ofMinutes(1)).build().notices())
        .containsExactly("idleTimeout has no effect: minimumIdle equals maximumPoolSize");
    assertThat(url().idleTimeout(Duration.ofMinutes(1)).minimumIdle(1).build().notices()).isEmpty();
    assertThat(url().maxLifetime(Duration.ofSeconds(45)).build().notices())
        .containsExactly(
            "no heartbeat is ever sent: maxLifetime is shorter than the default keepaliveTime");
    assertThat(url().maxLifetime(Duration.ofSeconds(46)).build().notices()).isEmpty();
    assertThat(url().tcpUserTimeout(Duration.ofSeconds(75)).build().notices()).isEmpty();
    assertThat(url().tcpUserTimeout(Duration.ofSeconds(76)).build().notices())
        .containsExactly(
            "TCP keepalive finds dead hosts after tcpUserTimeout (76s), not after 75s");
    assertThat(url().tcpUserTimeout(Duration.ofHours(1)).tcpKeepAlive(false).build().notices())
        .isEmpty();
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
  void laterValue_replacesARejectedOne() {
    assertThat(url().set("maximumPoolSize", "x").set("maximumPoolSize", "5").build())
        .satisfies(c -> assertThat(c.maximumPoolSize()).isEqualTo(5));
    assertThat(url().set("maximumPoolSize", "4").set("maximumPoolSize", "5").build())
        .satisfies(c -> assertThat(c.maximumPoolSize()).isEqualTo(5));
    assertThat(url().set("maximumPoolSize", "x").maximumPoolSize(6).build())
        .satisfies(c -> assertThat(c.maximumPoolSize()).isEqualTo(6));
    assertThat(url().maximumPoolSize(6).set("maximumPoolSize", null).build())
        .satisfies(c -> assertThat(c.maximumPoolSize()).isEqualTo(10));
  }

  private static TidepoolConfig.Builder url() {
    return TidepoolConfig.builder().jdbcUrl(URL);
  }

  private static List<String> violations(TidepoolConfig.Builder builder) {
    return catchThrowableOfType(TidepoolConfigException.class, builder::build).violations().stream()
        .map(v -> v.property() + ": " + v.rule())
        .toList();
  }
}
