package dev.tidepool.internal.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.net.PoolSocketFactory;
import dev.tidepool.testing.Law;
import dev.tidepool.testing.Texts;
import java.io.IOException;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Laws of what is read from URLs, class names and properties when a pool starts. */
class TargetLawsTest {
  private static final String CANARY = "c4n4ry";

  private static final List<String> URLS =
      List.of(
          "jdbc:postgresql://h:5432/db?tcpKeepAlive=true&socketFactory=x&ssl=%74rue",
          "jdbc:mysql://h:3306,h2/db?socketTimeout=1&connectTimeout=2",
          "jdbc:mysql://address=(host=h)(socketTimeout=1)/db",
          "jdbc:mariadb://h/db?tcpKeepIdle=1&socketFactory",
          "jdbc:sqlserver://h;a={b;c}};socketFactoryClass=x;;=",
          "jdbc:oracle:thin:@(DESCRIPTION=(ENABLE = BROKEN)(ADDRESS=(HOST=h)))",
          "jdbc:h2:tcp://h/x",
          "jdbc:h2:mem:x",
          "jdbc:other:x");

  private static String url(Random random) {
    return Texts.damaged(random, Texts.one(random, URLS))
        + (random.nextBoolean() ? "" : Texts.any(random));
  }

  private static void plan(String url) {
    for (boolean usable : new boolean[] {true, false}) {
      SocketTable.Plan plan = SocketTable.plan(url, Map.of(), ConnectSettings.Tcp.DEFAULT, usable);
      assertThat(plan.properties().keySet())
          .as("never what the URL names")
          .noneMatch(Dialect.of(url).parameters(url)::contains);
    }
    LoginLimits limits = LoginLimits.of(url, Map.of(), Duration.ofSeconds(10));
    assertThat(limits.readTimeout() && url.contains("socketTimeout")).isFalse();
  }

  @Test
  void anyUrl_hasAPlanForItsSockets() {
    Law.of("any URL has a plan for its sockets and its login", 10_000)
        .holdsForText(TargetLawsTest::url, TargetLawsTest::plan);
  }

  /** Only its own error, with the name of the property, in one line. */
  private static void refused(String property, Supplier<?> created) {
    try {
      assertThat(created.get()).isNotNull();
    } catch (IllegalArgumentException e) {
      assertThat(String.valueOf(e.getMessage()))
          .satisfiesAnyOf(
              message -> assertThat(message).startsWith(property + "="),
              message -> assertThat(message).startsWith("jdbcUrl="));
    }
  }

  @Test
  void anyClassName_isAnObjectOrRefused() {
    List<String> names =
        List.of(
            "java.lang.String",
            "java.lang.Runnable",
            "java.lang.Thread$State",
            "int",
            "[I",
            "org.h2.Driver",
            "dev.tidepool.api.FailureClassifier",
            "java.lang.Void",
            "dev.tidepool.internal.connect.TargetLawsTest",
            "java.util.concurrent.TimeUnit");
    Law.of("any class name is an object of its kind or refused", 300)
        .holdsForText(
            random ->
                random.nextInt(3) == 0
                    ? Texts.any(random)
                    : Texts.damaged(random, Texts.one(random, names)),
            name -> {
              refused("exceptionOverrideClassName", () -> OverrideClassifier.create("pool", name));
              refused("x", () -> Instances.create("x", name, CredentialsProvider.class));
              refused(
                  "driverClassName", () -> DriverLookup.resolve("jdbc:nobody:knows:this", name));
            });
  }

  /** A driver's data source with a setter of each type that text can become. */
  public static final class Target {
    /** Set by {@link #setText}. */
    String text;

    public void setText(String value) {
      text = value;
    }

    public void setChars(char[] value) {}

    public void setInt(int value) {}

    public void setLong(Long value) {}

    public void setShort(short value) {}

    public void setFlag(boolean value) {}

    public void setTime(Duration value) {}

    public void setUnit(TimeUnit value) {}
  }

  @Test
  void anyTextForAnyType_isSetOrRefused_withoutBeingShown() {
    List<String> names = List.of("text", "chars", "int", "LONG", "short", "flag", "time", "unit");
    List<String> values =
        List.of("1", "-1", "30s", "99999999999999999d", "PT1S", "P106751991167301D", "true");
    Law.of("a text for a bean's property is set or refused, and not shown", 10_000)
        .holdsFor(
            random ->
                Map.of(
                    Texts.one(random, names),
                    random.nextInt(4) == 0
                        ? Texts.any(random) + CANARY
                        : Texts.damaged(random, Texts.one(random, values))),
            properties -> {
              Target target = new Target();
              try {
                BeanProperties.apply(target, properties);
                assertThat(target.text).isEqualTo(properties.get("text"));
              } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("dataSource.");
                assertThat(SafeErrorTexts.of(e)).noneMatch(text -> text.contains(CANARY));
              }
            });
  }

  @Test
  void anyArgumentOfTheSocketFactory_isItsOwnOrRefused() {
    Law.of("any argument of the socket factory is its own or refused", 5_000)
        .holdsForText(
            random -> Texts.damaged(random, "x:0:45/10/3"),
            text -> {
              try {
                assertThat(new PoolSocketFactory(text)).isNotNull();
              } catch (IllegalArgumentException e) {
                assertThat(e).isExactlyInstanceOf(IllegalArgumentException.class);
              }
            });
  }

  /** Causes, suppressed and next ones, at random; in circles, too. */
  private static Throwable tree(Random random) {
    List<Throwable> all = new ArrayList<>();
    for (int n = 1 + random.nextInt(random.nextInt(20) == 0 ? 200 : 8); n > 0; n--) {
      String text = random.nextInt(3) == 0 ? "login with " + CANARY : Texts.any(random);
      Throwable next =
          switch (random.nextInt(5)) {
            case 0 -> new IOException(text);
            case 1 -> new IllegalStateException(text);
            case 2 -> new LinkageError(text);
            default -> new SQLException(text, "08006", n);
          };
      if (!all.isEmpty()) {
        attach(random, next, Texts.one(random, all));
        attach(random, Texts.one(random, all), next);
      }
      all.add(next);
    }
    return all.get(all.size() - 1);
  }

  @SuppressWarnings("ReferenceEquality") // no error is attached to itself
  private static void attach(Random random, Throwable to, Throwable part) {
    if (to == part) {
      return;
    }
    if (random.nextInt(3) == 0) {
      to.addSuppressed(part);
    } else if (random.nextBoolean()
        && to instanceof SQLException s
        && s.getNextException() == null
        && part instanceof SQLException p
        && p.getNextException() == null) {
      s.setNextException(p);
    } else if (to.getCause() == null) {
      to.initCause(part);
    }
  }

  @Test
  void anyError_isCleanOfWhatIsKnown_evenInCircles() {
    Law.of("no error tells a secret that is known, however it is built", 500)
        .holdsFor(
            TargetLawsTest::tree,
            error ->
                assertThat(SafeErrorTexts.of(SafeErrors.clean(error, List.of(CANARY))))
                    .noneMatch(text -> text.contains(CANARY)));
  }

  /** Every text of an error and of all that belongs to it. */
  private static final class SafeErrorTexts {
    private SafeErrorTexts() {}

    static List<String> of(Throwable whole) {
      IdentityHashMap<Throwable, String> texts = new IdentityHashMap<>();
      Deque<Throwable> open = new ArrayDeque<>(List.of(whole));
      while (!open.isEmpty()) {
        Throwable part = open.remove();
        if (texts.put(part, part.toString()) != null) {
          continue;
        }
        open.addAll(List.of(part.getSuppressed()));
        if (part.getCause() != null) {
          open.add(part.getCause());
        }
        if (part instanceof SQLException sql && sql.getNextException() != null) {
          open.add(sql.getNextException());
        }
      }
      return List.copyOf(texts.values());
    }
  }

  @Test
  @Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD, unit = TimeUnit.SECONDS)
  void longText_takesNoLonger() {
    Texts.longOnes()
        .forEach(
            text -> {
              for (String start :
                  List.of("jdbc:postgresql:x?", "jdbc:sqlserver:x;", "jdbc:mysql://")) {
                plan(start + text);
              }
              refused("x", () -> Instances.create("x", text, CredentialsProvider.class));
              try {
                BeanProperties.apply(new Target(), Map.of("time", text, "int", text, text, "x"));
              } catch (IllegalArgumentException e) {
                assertThat(e).hasMessageStartingWith("dataSource.");
              }
            });
  }
}
