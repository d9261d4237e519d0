package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.tidepool.api.Credentials;
import dev.tidepool.config.Property;
import dev.tidepool.config.PropertyTable;
import dev.tidepool.config.TidepoolConfig;
import dev.tidepool.config.TidepoolConfigException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class TidepoolPropertiesTest {
  private static final class Bean extends TidepoolProperties {
    final List<TidepoolConfig> applied = new ArrayList<>();
    boolean refuses;
    Runnable within = () -> {};

    Bean() {
      setJdbcUrl("jdbc:h2:mem:x");
    }

    @Override
    protected void apply(TidepoolConfig changed) {
      if (refuses) {
        throw new IllegalStateException("refused");
      }
      applied.add(changed);
      within.run();
    }
  }

  private final Bean bean = new Bean();

  @Test
  void gettersAnswer_whatWasSetOrTheDefault() {
    assertThat(bean.getUrl()).isEqualTo("jdbc:h2:mem:x").isEqualTo(bean.getJdbcUrl());
    bean.setUrl("jdbc:h2:mem:y");
    assertThat(bean.getJdbcUrl()).isEqualTo("jdbc:h2:mem:y");
    assertThat(bean.getMaximumPoolSize()).isEqualTo(10);
    bean.setMaximumPoolSize(4);
    assertThat(bean.getMinimumIdle()).isEqualTo(4);
    assertThat(bean.isAutoCommit()).isTrue();
    assertThat(bean.getUsername()).isNull();
    assertThat(bean.getLifetimeJitter()).isEqualTo(0.25);
    assertThat(bean.getMaxUses()).isZero();
  }

  @Test
  void poolName_isChosenWhenFirstAskedForAndKept() {
    String name = bean.getPoolName();
    assertThat(name).matches("tidepool-\\d+");
    assertThat(bean.getPoolName()).isEqualTo(name);
    assertThat(bean.seal().poolName()).isEqualTo(name);
    Bean named = new Bean();
    assertThat(named.getPoolName()).isNotEqualTo(name);
    named.setPoolName("orders");
    assertThat(named.seal().poolName()).isEqualTo("orders");
  }

  @Test
  void draft_takesAnythingAndSealReportsAllOfIt() {
    bean.setMaximumPoolSize(0);
    bean.setProperty("keepaliveTime", "soon");
    bean.setProperty("frobnicate", "1");
    assertThatThrownBy(bean::seal)
        .isInstanceOfSatisfying(
            TidepoolConfigException.class, e -> assertThat(e.violations()).hasSize(3));
    assertThat(bean.isSealed()).isFalse();
    bean.setMaximumPoolSize(5);
    bean.setKeepaliveTime(Duration.ofSeconds(5));
    assertThatThrownBy(bean::seal).hasMessageContaining("frobnicate");
  }

  @Test
  void seal_answersTheSameConfigurationAgain() {
    TidepoolConfig config = bean.seal();
    assertThat(bean.seal()).isSameAs(config);
    assertThat(bean.isSealed()).isTrue();
    bean.unseal();
    bean.setPoolName("after");
    assertThat(bean.seal().poolName()).isEqualTo("after");
  }

  @Test
  void runtimeChange_isCheckedAndApplied() {
    String name = bean.seal().poolName();
    bean.setMaximumPoolSize(20);
    bean.setProperty("keepaliveTime", "5s");
    bean.setProperty("user", "bob");
    assertThat(bean.applied).hasSize(3);
    TidepoolConfig last = bean.applied.get(2);
    assertThat(last.maximumPoolSize()).isEqualTo(20);
    assertThat(last.keepaliveTime()).isEqualTo(Duration.ofSeconds(5));
    assertThat(last.username()).isEqualTo("bob");
    assertThat(last.poolName()).isEqualTo(name);
    assertThat(bean.seal()).isSameAs(last);
  }

  @Test
  void credentials_changeInOneStep() {
    bean.seal();
    bean.setCredentials(new Credentials("u", "CANARY"));
    assertThat(bean.applied).hasSize(1);
    assertThat(bean.applied.get(0).password()).isEqualTo("CANARY");
    assertThat(bean.getCredentials()).isEqualTo(new Credentials("u", "CANARY"));
    assertThat(bean.toString()).contains("username=u").doesNotContain("CANARY");
  }

  @Test
  void runtimeChangeThatBreaksARule_changesNothing() {
    bean.setMinimumIdle(5);
    TidepoolConfig before = bean.seal();
    assertThatThrownBy(() -> bean.setMaximumPoolSize(4))
        .isInstanceOf(TidepoolConfigException.class)
        .hasMessageStartingWith("The pool's configuration has 1 problem:")
        .hasMessageContaining("minimumIdle = 5: must not be above maximumPoolSize (4)");
    assertThatThrownBy(() -> bean.setProperty("maxLifetime", "x"))
        .isInstanceOf(TidepoolConfigException.class);
    bean.refuses = true;
    assertThatThrownBy(() -> bean.setMaximumPoolSize(50)).hasMessage("refused");
    assertThat(bean.getMaximumPoolSize()).isEqualTo(10);
    assertThat(bean.seal()).isSameAs(before);
    assertThat(bean.applied).isEmpty();
  }

  /** It was called fixed, and in the same breath changeable. */
  @Test
  void objectGivenAsText_isFixedUnderTheNameOfItsClass() {
    bean.seal();
    assertThatThrownBy(() -> bean.setProperty("credentialsProvider", "com.example.X"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(": credentialsProviderClassName is fixed once the pool runs");
  }

  /** The rest of the change around it went on with the old values: bean and engine differed. */
  @Test
  void changeFromWithinAChange_isRefused_andTheOuterOneStands() {
    TidepoolConfig before = bean.seal();
    List<Throwable> refused = new ArrayList<>();
    Runnable changes =
        () -> {
          bean.within = () -> {};
          refused.add(catchThrowable(() -> bean.setMinimumIdle(3)));
          refused.add(catchThrowable(() -> bean.setProperty("maximumPoolSize", "7")));
        };
    bean.within = changes;
    bean.setMaximumPoolSize(5);
    assertThat(refused)
        .hasOnlyElementsOfType(IllegalStateException.class)
        .extracting(Throwable::getMessage)
        .satisfiesExactly(
            first ->
                assertThat(first)
                    .startsWith(bean.getPoolName() + ": minimumIdle cannot be changed from within"),
            second -> assertThat(second).contains(": maximumPoolSize cannot be changed"));
    assertThat(bean.applied).hasSize(1);
    assertThat(bean.getMaximumPoolSize()).isEqualTo(5);
    assertThat(bean.seal()).isSameAs(bean.applied.get(0));
    bean.within = changes;
    bean.reapplyUnless(before);
    assertThat(refused).hasSize(4).doesNotContainNull();
    bean.setMaximumPoolSize(7);
    assertThat(bean.getMaximumPoolSize()).isEqualTo(7);
  }

  /** What was null was told of by whatever came upon it, if at all. */
  @Test
  @SuppressWarnings({"DataFlowIssue", "NullAway"})
  void nullWhereSomethingIsNeeded_isRefusedByName_beforeAndAfterTheStart() {
    for (int i = 0; i < 2; i++) {
      assertThatNullPointerException()
          .isThrownBy(() -> bean.setProperty(null, "x"))
          .withMessage("name");
      assertThatNullPointerException()
          .isThrownBy(() -> bean.addDataSourceProperty(null, "x"))
          .withMessage("name");
      assertThatNullPointerException()
          .isThrownBy(() -> bean.setCredentials(null))
          .withMessage("value");
      assertThatNullPointerException().isThrownBy(() -> bean.adopt(null)).withMessage("config");
      TidepoolConfig unused = bean.seal();
    }
  }

  @Test
  void everySetter_followsItsDeclarationWhenSealed() throws Exception {
    Bean sealedBean = new Bean();
    sealedBean.seal();
    for (BeanProperty descriptor : BeanProperty.of(TidepoolProperties.class).values()) {
      Property<?> property = PropertyTable.find(descriptor.name());
      if (property == null) {
        continue;
      }
      int applied = sealedBean.applied.size();
      Object value = descriptor.getter().invoke(sealedBean);
      if (property.isRuntimeChangeable()) {
        descriptor.setter().invoke(sealedBean, value);
        assertThat(sealedBean.applied).as(property.name()).hasSize(applied + 1);
      } else {
        assertThatThrownBy(() -> descriptor.setter().invoke(sealedBean, value))
            .cause()
            .isInstanceOf(IllegalStateException.class)
            .hasMessageContaining(property.name() + " is fixed once the pool runs");
      }
    }
    assertThatThrownBy(() -> sealedBean.addDataSourceProperty("a", "b"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("dataSource.a is fixed");
    assertThatThrownBy(() -> sealedBean.setProperty("dataSource.a", "b"))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void adopt_takesAConfigurationOverWithItsName() {
    Properties properties = new Properties();
    properties.setProperty("jdbcUrl", "jdbc:h2:mem:z");
    properties.setProperty("metricRegistry", "x");
    TidepoolConfig config = TidepoolConfig.from(properties);
    bean.adopt(config);
    assertThat(bean.getPoolName()).isEqualTo(config.poolName());
    assertThat(bean.getUrl()).isEqualTo("jdbc:h2:mem:z");
    assertThat(bean.seal().notices()).isEqualTo(config.notices());
    assertThatThrownBy(() -> bean.adopt(config)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void builder_chainsFromAnotherPackage() {
    TidepoolConfig config =
        TidepoolConfig.builder()
            .jdbcUrl("jdbc:h2:mem:a")
            .maximumPoolSize(3)
            .autoCommit(false)
            .build();
    assertThat(config.toBuilder().set("minimumIdle", "1").poolName("a").build().minimumIdle())
        .isEqualTo(1);
    List<Integer> sizes = new ArrayList<>();
    List.of(config).stream().map(TidepoolConfig::maximumPoolSize).forEach(sizes::add);
    assertThat(sizes).containsExactly(3);
  }

  @Test
  void dataSourceProperties_areMergedAndCopied() {
    Properties more = new Properties();
    more.setProperty("a", "1");
    bean.setDataSourceProperties(more);
    bean.addDataSourceProperty("b", 2);
    bean.setProperty("dataSource.c", "3");
    bean.getDataSourceProperties().clear();
    assertThat(bean.seal().dataSourceProperties())
        .containsEntry("a", "1")
        .containsEntry("b", 2)
        .containsEntry("c", "3");
  }

  @Test
  void concurrentChanges_areAppliedOneAfterTheOther() throws Exception {
    bean.seal();
    int threads = 4;
    int changes = 100;
    CountDownLatch go = new CountDownLatch(1);
    ExecutorService executor = Executors.newFixedThreadPool(threads);
    try {
      List<Future<?>> done = new ArrayList<>();
      for (int t = 0; t < threads; t++) {
        done.add(
            executor.submit(
                () -> {
                  go.await();
                  for (int i = 0; i < changes; i++) {
                    bean.setMaximumWaiters(bean.getMaximumPoolSize() + i);
                  }
                  return null;
                }));
      }
      go.countDown();
      for (Future<?> future : done) {
        future.get();
      }
    } finally {
      executor.shutdownNow();
    }
    assertThat(bean.applied).hasSize(threads * changes);
    assertThat(bean.applied.get(threads * changes - 1)).isSameAs(bean.seal());
  }
}
