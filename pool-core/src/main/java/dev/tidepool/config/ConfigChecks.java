package dev.tidepool.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * All rules: of each value by itself, and of values that contradict each other. Changes nothing.
 */
final class ConfigChecks {
  private static final List<Property<?>> SOURCES =
      List.of(
          PropertyTable.JDBC_URL,
          PropertyTable.DATA_SOURCE,
          PropertyTable.DATA_SOURCE_CLASS_NAME,
          PropertyTable.DATA_SOURCE_JNDI);

  private final Settings settings;
  private final List<Violation> found = new ArrayList<>();

  /** Properties with a violation of their own; a contradiction with one of them is only noise. */
  private final Set<Property<?>> broken = new HashSet<>();

  private ConfigChecks(Settings settings, List<Violation> rejected) {
    this.settings = settings;
    for (Violation violation : rejected) {
      found.add(violation);
      Property<?> property = PropertyTable.find(violation.property());
      if (property != null) {
        broken.add(property);
      }
    }
  }

  /** Every violation: {@code rejected} and those of the values set, in the order of the table. */
  static List<Violation> violations(Settings settings, List<Violation> rejected) {
    ConfigChecks checks = new ConfigChecks(settings, rejected);
    checks.eachValue();
    checks.source();
    checks.driverProperties();
    checks.twoWays(PropertyTable.CREDENTIALS_PROVIDER);
    checks.twoWays(PropertyTable.THREAD_FACTORY);
    checks.twoWays(PropertyTable.FAILURE_CLASSIFIER);
    checks.sizes();
    checks.times();
    checks.found.sort(Comparator.comparingInt(v -> PropertyTable.position(v.property())));
    return checks.found;
  }

  /** What was accepted and has no effect, in a line each. */
  static List<String> notices(Settings settings, Map<String, String> ignored) {
    List<String> notices =
        ignored.entrySet().stream()
            .map(e -> Property.clip(e.getKey()) + " has no effect: " + e.getValue())
            .collect(Collectors.toCollection(ArrayList::new));
    if (settings.isSet(PropertyTable.ALLOW_POOL_SUSPENSION)) {
      notices.add("allowPoolSuspension has no effect: a pool can always be suspended");
    }
    logins(settings, notices);
    if (settings.isSet(PropertyTable.IDLE_TIMEOUT)
        && settings.require(PropertyTable.MINIMUM_IDLE)
            >= settings.require(PropertyTable.MAXIMUM_POOL_SIZE)) {
      notices.add("idleTimeout has no effect: minimumIdle equals maximumPoolSize");
    }
    Duration life = settings.require(PropertyTable.MAX_LIFETIME);
    Duration keepalive = settings.require(PropertyTable.KEEPALIVE_TIME);
    if (!settings.isSet(PropertyTable.KEEPALIVE_TIME)
        && !life.isZero()
        && keepalive.compareTo(life) >= 0) {
      notices.add(
          "no heartbeat is ever sent: maxLifetime is shorter than the default keepaliveTime");
    }
    userTimeout(settings, notices);
    return List.copyOf(notices);
  }

  /** What nobody logs in with. HikariCP takes it without a word, so it is not refused here. */
  private static void logins(Settings settings, List<String> notices) {
    boolean user = settings.isSet(PropertyTable.USERNAME);
    boolean password = settings.isSet(PropertyTable.PASSWORD);
    if (hasProvider(settings)) {
      if (user || password) {
        notices.add("username and password have no effect: the credentials provider is asked");
      }
    } else if (password && !user && !settings.isSet(PropertyTable.JDBC_URL)) {
      notices.add(
          "password has no effect without username: a DataSource is asked with both or with"
              + " neither; set username, or the password of the DataSource itself");
    }
  }

  /** Linux heeds it in place of the count of probes. */
  private static void userTimeout(Settings settings, List<String> notices) {
    Duration timeout = settings.require(PropertyTable.TCP_USER_TIMEOUT);
    Duration interval = settings.require(PropertyTable.TCP_KEEP_INTERVAL);
    Duration probed =
        settings
            .require(PropertyTable.TCP_KEEP_IDLE)
            .plus(interval.multipliedBy(settings.require(PropertyTable.TCP_KEEP_COUNT)));
    if (settings.require(PropertyTable.TCP_KEEP_ALIVE) && timeout.compareTo(probed) > 0) {
      notices.add(
          "TCP keepalive finds dead hosts after tcpUserTimeout ("
              + TextValues.show(timeout)
              + "), not after "
              + TextValues.show(probed));
    }
  }

  private static boolean hasProvider(Settings settings) {
    return settings.isSet(PropertyTable.CREDENTIALS_PROVIDER)
        || settings.isSet(PropertyTable.CREDENTIALS_PROVIDER_CLASS_NAME);
  }

  private void eachValue() {
    for (Map.Entry<Property<?>, Object> entry : settings.values().entrySet()) {
      Violation violation = entry.getKey().check(entry.getValue());
      if (violation != null) {
        add(entry.getKey(), violation);
      }
    }
  }

  private void source() {
    List<Property<?>> named = SOURCES.stream().filter(settings::isSet).toList();
    if (named.isEmpty() && SOURCES.stream().noneMatch(broken::contains)) {
      add(
          PropertyTable.JDBC_URL,
          new Violation(
              "jdbcUrl",
              "",
              "no database is named",
              "set jdbcUrl, dataSource, dataSourceClassName or dataSourceJNDI"));
    }
    for (Property<?> extra : named.subList(Math.min(1, named.size()), named.size())) {
      contradiction(
          extra, "names a second database besides " + named.get(0), "keep one of the two");
    }
    if (settings.isSet(PropertyTable.DRIVER_CLASS_NAME) && !usesUrl()) {
      contradiction(
          PropertyTable.DRIVER_CLASS_NAME,
          "needs jdbcUrl",
          "set jdbcUrl or leave driverClassName out");
    }
  }

  /** They are handed on as text, and that of any other object is its address. */
  private void driverProperties() {
    settings
        .require(PropertyTable.DATA_SOURCE_PROPERTIES)
        .forEach(
            (name, value) -> {
              if (!Property.isPlain(value) && !(value instanceof Duration)) {
                found.add(
                    new Violation(
                        PropertyTable.DATA_SOURCE_PREFIX + Property.clip(String.valueOf(name)),
                        "",
                        "must be text, a number, true or false, not a "
                            + value.getClass().getTypeName(),
                        "give it as text, or give the pool a dataSource that has it"));
              }
            });
  }

  private boolean usesUrl() {
    return settings.isSet(PropertyTable.JDBC_URL) || broken.contains(PropertyTable.JDBC_URL);
  }

  private void twoWays(Property<?> object) {
    Property<String> className = object.classNameProperty();
    if (className != null && settings.isSet(object) && settings.isSet(className)) {
      contradiction(className, "must not be set together with " + object, "keep one of the two");
    }
  }

  private void sizes() {
    int most = settings.require(PropertyTable.MAXIMUM_POOL_SIZE);
    int idle = settings.require(PropertyTable.MINIMUM_IDLE);
    if (idle > most && !broken.contains(PropertyTable.MAXIMUM_POOL_SIZE)) {
      contradiction(
          PropertyTable.MINIMUM_IDLE,
          "must not be above maximumPoolSize (" + most + ")",
          "lower minimumIdle or raise maximumPoolSize");
    }
  }

  private void times() {
    Duration life = settings.require(PropertyTable.MAX_LIFETIME);
    if (life.isZero() || broken.contains(PropertyTable.MAX_LIFETIME)) {
      return;
    }
    // The default does no harm with a shorter life: there is just nothing left to ping.
    if (settings.isSet(PropertyTable.KEEPALIVE_TIME)
        && settings.require(PropertyTable.KEEPALIVE_TIME).compareTo(life) >= 0) {
      contradiction(
          PropertyTable.KEEPALIVE_TIME,
          "must be below maxLifetime (" + TextValues.show(life) + "), or no ping is ever sent",
          "lower keepaliveTime, or set it to 0 for no heartbeat");
    }
    if (settings.require(PropertyTable.LEAK_DETECTION_THRESHOLD).compareTo(life) > 0) {
      contradiction(
          PropertyTable.LEAK_DETECTION_THRESHOLD,
          "must not be above maxLifetime (" + TextValues.show(life) + ")",
          "lower leakDetectionThreshold or raise maxLifetime");
    }
  }

  private void contradiction(Property<?> property, String rule, String fix) {
    Object stored = settings.stored(property);
    if (stored != null && !broken.contains(property)) {
      found.add(new Violation(property.name(), property.show(stored), rule, fix));
    }
  }

  private void add(Property<?> property, Violation violation) {
    broken.add(property);
    found.add(violation);
  }
}
