package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LoginLimitsTest {
  private static final Duration TIMEOUT = Duration.ofMillis(1500);

  private static LoginLimits limits(String url, Map<String, String> user) {
    return LoginLimits.of(url, user, TIMEOUT);
  }

  @ParameterizedTest
  @ValueSource(strings = {"jdbc:mysql://h", "jdbc:mysql://u@h:3306/d?a=b,c", "JDBC:MySQL:///d"})
  void mysql_getsBothTimeouts(String url) {
    assertThat(limits(url, Map.of()))
        .isEqualTo(
            new LoginLimits(Map.of("connectTimeout", "1500", "socketTimeout", "1500"), true));
  }

  @Test
  void namesOfTheUser_stay() {
    assertThat(limits("jdbc:mysql://h/d?CONNECTTIMEOUT=5", Map.of("sockettimeout", "7")))
        .isEqualTo(LoginLimits.NONE);
    assertThat(limits("jdbc:mysql://h/d?socketTimeout=5", Map.of()))
        .isEqualTo(new LoginLimits(Map.of("connectTimeout", "1500"), false));
  }

  /** After a change of hosts the driver would read with the timeout of the login. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:mysql://a,b/d",
        "jdbc:mysql://(host=a,port=1)/d",
        "jdbc:mysql://address=(host=a)(socketTimeout=3)/d",
        "jdbc:mysql:loadbalance://a/d",
        "jdbc:mysql:replication://a,b/d"
      })
  void mysqlWithSeveralHosts_getsNoReadTimeout(String url) {
    assertThat(limits(url, Map.of()))
        .isEqualTo(new LoginLimits(Map.of("connectTimeout", "1500"), false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"jdbc:postgresql:d", "jdbc:mariadb://h/d", "jdbc:oracle:thin:@//h/s", "jdbc:x:y"})
  void others_areLeftAlone(String url) {
    assertThat(limits(url, Map.of())).isEqualTo(LoginLimits.NONE);
  }

  @Test
  void noTimeout_isNoLimit() {
    assertThat(LoginLimits.of("jdbc:mysql://h/d", Map.of(), Duration.ZERO))
        .isEqualTo(LoginLimits.NONE);
  }
}
