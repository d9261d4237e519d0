package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.PoolMXBean;
import dev.tidepool.api.PoolStats;
import dev.tidepool.api.RetireReason;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** In a pool that has just begun most figures are 0, so that one could be shown for another. */
class PoolBeanTest {
  private static final RecordComponent[] FIGURES = PoolStats.class.getRecordComponents();

  private static PoolMXBean bean(PoolStats stats) {
    TidepoolDataSource pool =
        new TidepoolDataSource() {
          @Override
          public PoolStats stats() {
            return stats;
          }
        };
    pool.setPoolName(stats.poolName());
    pool.setMaximumPoolSize(stats.maximumPoolSize());
    pool.setMinimumIdle(stats.minimumIdle());
    return new PoolBean(pool);
  }

  /** Of which no two figures are alike. */
  private static PoolStats stats() throws ReflectiveOperationException {
    Class<?>[] types = Stream.of(FIGURES).map(RecordComponent::getType).toArray(Class<?>[]::new);
    Object[] values =
        IntStream.range(0, types.length).mapToObj(i -> value(types[i], 1000 - i)).toArray();
    return PoolStats.class.getDeclaredConstructor(types).newInstance(values);
  }

  private static Object value(Class<?> type, int number) {
    if (type == int.class) {
      return number;
    } else if (type == long.class) {
      return (long) number;
    } else if (type == Duration.class) {
      return Duration.ofMillis(number);
    } else if (type == Map.class) {
      return Map.of(RetireReason.EVICTED, (long) number);
    }
    return type.isEnum() ? type.getEnumConstants()[1] : "text " + number;
  }

  private static String shown(Object value) {
    if (value instanceof Duration time) {
      return Long.toString(time.toMillis());
    } else if (value instanceof Map) {
      return value.toString().replaceAll("[{}]", "");
    }
    return value.toString();
  }

  /** The names say whose number or in what unit it is; {@code waiting} is named as elsewhere. */
  private static Method getter(String figure) {
    String name = figure.substring(0, 1).toUpperCase(Locale.ROOT) + figure.substring(1);
    return Arrays.stream(PoolMXBean.class.getMethods())
        .filter(
            method ->
                method.getName().matches("get" + name + "(Connections|Millis)?")
                    || (figure.equals("waiting")
                        && method.getName().equals("getThreadsAwaitingConnection")))
        .findAny()
        .orElseThrow(() -> new AssertionError(figure + " is not shown"));
  }

  @Test
  void everyFigure_isShownUnderItsName() throws ReflectiveOperationException {
    PoolStats stats = stats();
    PoolMXBean bean = bean(stats);
    for (RecordComponent figure : FIGURES) {
      assertThat(getter(figure.getName()).invoke(bean))
          .as(figure.getName())
          .hasToString(shown(figure.getAccessor().invoke(stats)));
    }
  }

  @Test
  void whatIsNotKnown_isSaidToBeSo() {
    PoolMXBean bean = new PoolBean(new TidepoolDataSource());
    assertThat(bean.getServerIdleLimit()).isZero();
    assertThat(bean.getPathIdleLimit()).isZero();
    assertThat(bean.getTcpKeepAlive()).isEqualTo("none");
    assertThat(bean.getLastConnectFailure()).isEqualTo("none");
    assertThat(bean.getLastConnectFailureAgeMillis()).isEqualTo(-1);
  }
}
