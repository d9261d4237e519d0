package dev.tidepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.BeanProperty;
import dev.tidepool.TidepoolProperties;
import java.io.IOException;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Holds everything that is derived from a declaration against the declaration. */
class PropertyTableTest {
  private static final String BEGIN = "<!-- properties:begin -->\n";
  private static final String END = "<!-- properties:end -->\n";

  /** The contract: every property with its default, written down a second time on purpose. */
  private static final String CONTRACT =
      """
      jdbcUrl:
      driverClassName:
      dataSourceClassName:
      dataSource:
      dataSourceJNDI:
      dataSourceProperties:
      username:
      password:
      credentialsProviderClassName:
      credentialsProvider:
      poolName: tidepool-N
      maximumPoolSize: 10
      minimumIdle: maximumPoolSize
      maximumWaiters: 0
      connectionTimeout: 30s
      connectTimeout: 10s
      connectConcurrency: maximumPoolSize, at most 16
      maxLifetime: 30m
      lifetimeJitter: 0.25
      idleTimeout: 10m
      maxUses: 0
      initializationFailTimeout: 1ms
      keepaliveTime: 45s
      keepaliveTimeout: 1s
      keepaliveQuery:
      keepaliveAdaptive: true
      idleWatch: true
      validateAfterIdle: 500ms
      validationTimeout: 5s
      hedgeAfter: 100ms
      abortInUseOnFailover: false
      tcpKeepAlive: true
      tcpKeepIdle: 45s
      tcpKeepInterval: 10s
      tcpKeepCount: 3
      tcpUserTimeout: 0
      requiredRole: any
      leakDetectionThreshold: 0
      leakDetectionStackTrace: false
      maxBorrowTime: 0
      reportHolders: false
      reportSql: false
      registerMbeans: false
      networkTimeout: 0
      autoCommit: true
      readOnly: false
      transactionIsolation:
      catalog:
      schema:
      connectionInitSql:
      connectionResetSql:
      connectionTestQuery:
      isolateInternalQueries: false
      allowPoolSuspension: false
      threadFactoryClassName:
      threadFactory:
      exceptionOverrideClassName:
      failureClassifier:
      """;

  private static final List<String> RUNTIME =
      List.of(
          "username",
          "password",
          "credentialsProvider",
          "maximumPoolSize",
          "minimumIdle",
          "maximumWaiters",
          "connectionTimeout",
          "maxLifetime",
          "idleTimeout",
          "keepaliveTime",
          "keepaliveTimeout",
          "validationTimeout",
          "leakDetectionThreshold",
          "maxBorrowTime",
          "reportHolders",
          "reportSql");

  @Test
  void defaults_areTheContract() {
    String declared =
        PropertyTable.all().stream()
            .map(p -> (p.name() + ": " + p.defaultText()).strip())
            .collect(Collectors.joining("\n", "", "\n"));
    assertThat(declared).isEqualTo(CONTRACT);
  }

  @Test
  void defaultsInForce_areTheDeclaredOnes() {
    TidepoolConfig config = TidepoolConfig.builder().jdbcUrl("jdbc:x").build();
    for (Property<?> property : PropertyTable.all()) {
      Object value = config.get(property);
      if (value != null && !config.isSet(property) && isConstant(property)) {
        assertThat(property.show(value)).as(property.name()).isEqualTo(property.defaultText());
      }
    }
  }

  @Test
  void runtimeChangeable_areTheContract() {
    assertThat(PropertyTable.all())
        .filteredOn(Property::isRuntimeChangeable)
        .extracting(Property::name)
        .containsExactlyInAnyOrderElementsOf(RUNTIME);
    assertThat(PropertyTable.all())
        .filteredOn(Property::isSecret)
        .containsExactly(PropertyTable.PASSWORD);
  }

  @Test
  void names_areUniqueAndEveryConstantIsInTheTable() throws IllegalAccessException {
    List<String> names =
        PropertyTable.all().stream()
            .flatMap(p -> Stream.concat(Stream.of(p.name()), p.aliases().stream()))
            .toList();
    assertThat(names).doesNotHaveDuplicates().hasSameSizeAs(PropertyTable.names());
    for (var field : PropertyTable.class.getFields()) {
      Property<?> property = (Property<?>) field.get(null);
      assertThat(PropertyTable.all()).contains(property);
      assertThat(field.getName().replace("_", "")).isEqualToIgnoringCase(property.name());
    }
  }

  @ParameterizedTest
  @MethodSource("properties")
  void everyProperty_isDocumentedInOneSentence(Property<?> property) {
    assertThat(property.documentation()).matches("[A-Z].*\\.").doesNotContain("|", "\n");
  }

  @ParameterizedTest
  @MethodSource("properties")
  void everyProperty_hasAccessorAndBuilderMethod(Property<?> property) throws Exception {
    Class<?> type = beanType(property);
    Method accessor = TidepoolConfig.class.getMethod(property.name());
    assertThat(accessor.getReturnType()).isEqualTo(type);
    Method setter = TidepoolConfig.Builder.class.getMethod(property.name(), type);
    assertThat(setter.getReturnType().isAssignableFrom(TidepoolConfig.Builder.class)).isTrue();
  }

  @ParameterizedTest
  @MethodSource("properties")
  void everyProperty_isABeanPropertyOfTheRightType(Property<?> property) {
    Map<String, BeanProperty> beans = BeanProperty.of(TidepoolProperties.class);
    BeanProperty bean = Objects.requireNonNull(beans.get(property.name()), property.name());
    assertThat(bean.getter().getReturnType()).isEqualTo(beanType(property));
    assertThat(bean.setter().getParameterTypes()).containsExactly(beanType(property));
    assertThat(Modifier.isPublic(bean.setter().getDeclaringClass().getModifiers())).isTrue();
    assertThat(Modifier.isPublic(bean.getter().getDeclaringClass().getModifiers())).isTrue();
  }

  @Test
  void beanHasNoProperty_thatIsNotDeclared() {
    assertThat(BeanProperty.of(TidepoolProperties.class).keySet())
        .contains("url")
        .allMatch(name -> PropertyTable.find(name) != null || name.equals("credentials"));
  }

  @Test
  void setterMethods_setTheirOwnProperty() throws Exception {
    for (Property<?> property : PropertyTable.all()) {
      TidepoolConfig.Builder builder = TidepoolConfig.builder();
      Class<?> type = beanType(property);
      Object value = sample(type);
      TidepoolConfig.Builder.class.getMethod(property.name(), type).invoke(builder, value);
      assertThat(PropertyTable.all()).filteredOn(builder::isSet).containsExactly(property);
    }
  }

  @Test
  void readme_containsTheTable() throws IOException {
    Path readme = Path.of(System.getProperty("basedir", ""), "..", "README.md").normalize();
    String text = Files.readString(readme);
    int begin = text.indexOf(BEGIN) + BEGIN.length();
    int end = text.indexOf(END);
    assertThat(text).contains(BEGIN, END);
    if (Boolean.getBoolean("tidepool.regenerate")) {
      Files.writeString(
          readme, text.substring(0, begin) + PropertyTable.toMarkdown() + text.substring(end));
      return;
    }
    assertThat(text.substring(begin, end))
        .as("README.md; to renew it, run this test with -Dtidepool.regenerate=true")
        .isEqualTo(PropertyTable.toMarkdown());
  }

  private static Stream<Property<?>> properties() {
    return PropertyTable.all().stream();
  }

  private static boolean isConstant(Property<?> property) {
    return property != PropertyTable.POOL_NAME
        && property != PropertyTable.DATA_SOURCE_PROPERTIES
        && property != PropertyTable.MINIMUM_IDLE
        && property != PropertyTable.CONNECT_CONCURRENCY;
  }

  private static Class<?> beanType(Property<?> property) {
    return MethodType.methodType(property.type()).unwrap().returnType();
  }

  private static Object sample(Class<?> type) {
    if (type == String.class) {
      return "x";
    }
    if (type == int.class) {
      return 1;
    }
    if (type == long.class) {
      return 1L;
    }
    if (type == double.class) {
      return 0.5;
    }
    if (type == boolean.class) {
      return true;
    }
    if (type == java.time.Duration.class) {
      return java.time.Duration.ofSeconds(1);
    }
    if (type == java.util.Properties.class) {
      return new java.util.Properties();
    }
    if (type.isEnum()) {
      return type.getEnumConstants()[0];
    }
    return java.lang.reflect.Proxy.newProxyInstance(
        type.getClassLoader(), new Class<?>[] {type}, (proxy, method, args) -> null);
  }
}
