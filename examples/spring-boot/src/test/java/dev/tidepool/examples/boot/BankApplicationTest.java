package dev.tidepool.examples.boot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.api.PoolState;
import dev.tidepool.api.Role;
import dev.tidepool.api.Tidepool;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.sql.Connection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;
import javax.sql.DataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootVersion;
import org.springframework.boot.jdbc.DataSourceBuilder;
import org.springframework.boot.jdbc.DataSourceUnwrapper;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;
import org.springframework.context.ConfigurableApplicationContext;

/** The same on each line of Spring Boot. Profile "default" is the way of the two lines. */
@ExtendWith(OutputCaptureExtension.class)
class BankApplicationTest {
  private static final String UNTOUCHED =
      "[{\"name\":\"alice\",\"cents\":10000},{\"name\":\"bob\",\"cents\":500}]";

  @Test
  void theTests_runOnTheBootTheyAreMeantFor() {
    assertThat(SpringBootVersion.getVersion())
        .isEqualTo(System.getProperty("expected.boot.version"));
  }

  @Test
  void twoLines_chooseThePool() throws Exception {
    try (ConfigurableApplicationContext context = start("default")) {
      TidepoolDataSource pool = pool(context);
      assertThat(pool.getUrl()).isEqualTo("jdbc:h2:mem:bank");
      assertThat(pool.getKeepaliveTime()).isEqualTo(Duration.ofSeconds(45));
      assertThat(get(context, "/accounts")).isEqualTo(UNTOUCHED);
      assertThat(pool.stats().borrows()).isPositive();
    }
  }

  @Test
  void aBeanOfOnesOwn_takesEveryProperty() throws Exception {
    try (ConfigurableApplicationContext context = start("own-pool")) {
      TidepoolDataSource pool = pool(context);
      assertThat(pool.getUrl()).isEqualTo("jdbc:h2:mem:own");
      assertThat(pool.getPoolName()).isEqualTo("bank");
      assertThat(pool.getMaximumPoolSize()).isEqualTo(4);
      assertThat(pool.getMinimumIdle()).isEqualTo(1);
      assertThat(pool.getConnectionTimeout()).isEqualTo(Duration.ofSeconds(3));
      assertThat(pool.getKeepaliveTime()).isEqualTo(Duration.ofSeconds(45));
      assertThat(pool.getMaxLifetime()).isEqualTo(Duration.ofMinutes(20));
      assertThat(pool.getRequiredRole()).isEqualTo(Role.PRIMARY);
      assertThat(pool.getDataSourceProperties()).containsEntry("TRACE_LEVEL_FILE", "0");
      assertThat(get(context, "/accounts")).isEqualTo(UNTOUCHED);
    }
  }

  @Test
  void aDuration_canBeGivenInMillisecondsAsInHikariCp() {
    try (ConfigurableApplicationContext context =
        start("own-pool", "tidepool.keepalive-time=60000", "tidepool.jdbc-url=jdbc:h2:mem:own")) {
      assertThat(pool(context).getKeepaliveTime()).isEqualTo(Duration.ofMinutes(1));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "own-pool"})
  void aTransfer_isCommitted_andOneThatFails_isRolledBack(String profile) throws Exception {
    try (ConfigurableApplicationContext context = start(profile)) {
      // Fails after the first of its two updates.
      assertThat(post(context, "/transfers?from=alice&to=nobody&cents=100").statusCode())
          .isEqualTo(409);
      // Fails in the database.
      assertThat(post(context, "/transfers?from=bob&to=alice&cents=501").statusCode())
          .isEqualTo(409);
      assertThat(get(context, "/accounts")).isEqualTo(UNTOUCHED);
      assertThat(post(context, "/transfers?from=alice&to=bob&cents=1").body())
          .contains("9999", "501");
      assertThat(pool(context).stats().active()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "own-pool"})
  void health_isUp(String profile) throws Exception {
    try (ConfigurableApplicationContext context = start(profile)) {
      // In either order: Boot 3 writes the fields as they were made, Boot 4 by name.
      assertThat(get(context, "/actuator/health"))
          .containsPattern("\"db\":\\{(\"details\":\\{[^}]*},)?\"status\":\"UP\"")
          .contains("\"database\":\"H2\"")
          .doesNotContain("DOWN", "UNKNOWN");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "own-pool"})
  void anotherPool_canBeDerived(String profile) throws Exception {
    try (ConfigurableApplicationContext context = start(profile)) {
      TidepoolDataSource pool = pool(context);
      try (TidepoolDataSource derived =
              (TidepoolDataSource) DataSourceBuilder.derivedFrom(pool).build();
          Connection connection = derived.getConnection()) {
        assertThat(derived).isNotSameAs(pool);
        assertThat(derived.getUrl()).isEqualTo(pool.getUrl());
        assertThat(connection.isValid(5)).isTrue();
      }
      TidepoolDataSource other =
          DataSourceBuilder.derivedFrom(pool)
              .type(TidepoolDataSource.class)
              .username("flyway")
              .password("secret")
              .build();
      assertThat(other.getUrl()).isEqualTo(pool.getUrl());
      assertThat(other.getUsername()).isEqualTo("flyway");
      assertThat(other.getPassword()).isEqualTo("secret");
      other.close();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "own-pool"})
  void unwrapping_givesThePool(String profile) throws Exception {
    try (ConfigurableApplicationContext context = start(profile)) {
      DataSource pool = context.getBean(DataSource.class);
      assertThat(pool.unwrap(DataSource.class)).isSameAs(pool);
      assertThat(DataSourceUnwrapper.unwrap(pool, Tidepool.class, TidepoolDataSource.class))
          .isSameAs(pool);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "own-pool"})
  void theEndOfTheApplication_closesThePool(String profile) throws Exception {
    TidepoolDataSource pool;
    try (ConfigurableApplicationContext context = start(profile)) {
      pool = pool(context);
      get(context, "/accounts");
      assertThat(pool.stats().state()).isEqualTo(PoolState.RUNNING);
    }
    assertThat(pool.isClosed()).isTrue();
    assertThat(pool.stats().total()).isZero();
  }

  @Test
  void jmx_hasThePoolOnce_andNothingIsComplainedAbout(CapturedOutput output) throws Exception {
    try (ConfigurableApplicationContext context = start("own-pool", "spring.jmx.enabled=true")) {
      get(context, "/accounts");
      assertThat(poolBeans()).containsExactly("dev.tidepool:name=\"bank\",type=Pool");
    }
    assertThat(poolBeans()).isEmpty();
    assertThat(output.getAll().lines().filter(l -> l.contains(" WARN ") || l.contains(" ERROR ")))
        .isEmpty();
  }

  /** Names in JMX of anything that could be the pool. */
  private static List<String> poolBeans() throws MalformedObjectNameException {
    return ManagementFactory.getPlatformMBeanServer()
        .queryNames(new ObjectName("*:*"), null)
        .stream()
        .map(ObjectName::getCanonicalName)
        .filter(name -> name.toLowerCase(Locale.ROOT).matches(".*(tidepool|datasource).*"))
        .toList();
  }

  private static ConfigurableApplicationContext start(String profile, String... settings) {
    List<String> arguments = new ArrayList<>();
    arguments.add("--server.port=0");
    arguments.add("--spring.main.banner-mode=off");
    arguments.add("--spring.profiles.active=" + profile);
    Arrays.stream(settings).map(setting -> "--" + setting).forEach(arguments::add);
    return SpringApplication.run(BankApplication.class, arguments.toArray(new String[0]));
  }

  private static TidepoolDataSource pool(ConfigurableApplicationContext context) {
    DataSource bean = context.getBean(DataSource.class);
    assertThat(bean).isExactlyInstanceOf(TidepoolDataSource.class);
    return (TidepoolDataSource) bean;
  }

  private static String get(ConfigurableApplicationContext context, String path)
      throws IOException, InterruptedException {
    HttpResponse<String> response = send(HttpRequest.newBuilder(uri(context, path)).GET());
    assertThat(response.statusCode()).as(response.body()).isEqualTo(200);
    return response.body();
  }

  private static HttpResponse<String> post(ConfigurableApplicationContext context, String path)
      throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(uri(context, path)).POST(HttpRequest.BodyPublishers.noBody()));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return HttpClient.newHttpClient()
        .send(
            request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
  }

  private static URI uri(ConfigurableApplicationContext context, String path) {
    return URI.create(
        "http://127.0.0.1:" + context.getEnvironment().getProperty("local.server.port") + path);
  }
}
