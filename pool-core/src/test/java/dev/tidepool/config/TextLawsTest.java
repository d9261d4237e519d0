package dev.tidepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.Role;
import dev.tidepool.testing.Law;
import dev.tidepool.testing.Texts;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Laws of what turns text into values and back. */
class TextLawsTest {
  private static final List<Class<?>> TYPES =
      List.of(
          String.class,
          Integer.class,
          Long.class,
          Double.class,
          Boolean.class,
          Duration.class,
          Role.class);

  private static Object parse(Class<?> type, String text) {
    try {
      return TextValues.parse(type, text);
    } catch (ValueException e) {
      throw new AssertionError("refused", e);
    }
  }

  @Test
  void anyText_isAValueOfItsType_orRefusedWithWhatWasExpected() {
    Law.of("any text is a value or refused", 10_000)
        .holdsForText(
            Texts::any,
            text -> {
              for (Class<?> type : TYPES) {
                try {
                  assertThat(TextValues.parse(type, text)).isInstanceOf(type);
                } catch (ValueException e) {
                  assertThat(e.expected()).isNotBlank();
                }
              }
            });
  }

  @Test
  void whatLooksLikeADuration_isOneOrRefused_andReadsBack() {
    Law.of("damaged durations are refused or read back", 10_000)
        .holdsForText(
            random -> Texts.damaged(random, TextValues.show(duration(random))),
            text -> {
              Duration read;
              try {
                read = (Duration) TextValues.parse(Duration.class, text);
              } catch (ValueException e) {
                assertThat(e).hasMessageContaining("a duration such as 30s");
                return;
              }
              assertThat(parse(Duration.class, TextValues.show(read))).isEqualTo(read);
            });
  }

  @Test
  void everyDuration_readsBack() {
    Law.of("durations read back", 10_000)
        .holdsFor(
            TextLawsTest::duration,
            duration ->
                assertThat(parse(Duration.class, TextValues.show(duration))).isEqualTo(duration));
  }

  /** The whole range, near the ends of it, and round ones. */
  private static Duration duration(Random random) {
    long bits = random.nextLong() >> random.nextInt(64);
    return switch (random.nextInt(6)) {
      case 0 -> Duration.ofSeconds(bits, random.nextInt(1_000_000_000));
      case 1 -> Duration.ofSeconds(Long.MIN_VALUE + random.nextInt(3), random.nextInt(2));
      case 2 -> Duration.ofSeconds(Long.MAX_VALUE - random.nextInt(3), 999_999_999);
      case 3 -> Duration.ofMillis(bits);
      case 4 -> Duration.ofNanos(bits);
      default -> Duration.ofHours(bits % 1_000_000);
    };
  }

  @Test
  void everyNumber_readsBack() {
    Law.of("numbers, booleans and names read back", 10_000)
        .holdsFor(
            random -> random.nextLong() >> random.nextInt(64),
            bits -> {
              double real = Double.longBitsToDouble(bits);
              assertThat(parse(Long.class, Long.toString(bits))).isEqualTo(bits);
              assertThat(parse(Integer.class, Integer.toString(bits.intValue())))
                  .isEqualTo(bits.intValue());
              if (Double.isFinite(real)) {
                assertThat(parse(Double.class, Double.toString(real))).isEqualTo(real);
              }
              assertThat(parse(Boolean.class, Boolean.toString(bits < 0))).isEqualTo(bits < 0);
              Role role = Role.values()[(int) Math.floorMod(bits, (long) Role.values().length)];
              assertThat(parse(Role.class, role.toString().toUpperCase(Locale.ROOT)))
                  .isEqualTo(role);
            });
  }

  @Test
  void isolationLevels_areKnownInAnyCase_andAnyOtherTextIsNot() {
    Law.of("isolation levels in any case are known, other texts are not", 5_000)
        .holdsFor(
            random -> random,
            random -> {
              IsolationLevel level = Texts.one(random, List.of(IsolationLevel.values()));
              String text = (random.nextBoolean() ? "transaction_" : "") + anyCase(random, level);
              assertThat(IsolationLevel.parse(text)).isPresent();
              assertThat(IsolationLevel.parse(text + "x" + Texts.any(random))).isEmpty();
            });
  }

  private static String anyCase(Random random, IsolationLevel level) {
    StringBuilder text = new StringBuilder();
    for (char c : level.name().toCharArray()) {
      text.append(random.nextBoolean() ? Character.toLowerCase(c) : c);
    }
    return text.toString();
  }

  @Test
  @Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD, unit = TimeUnit.SECONDS)
  void longText_takesNoLonger() {
    Texts.longOnes()
        .forEach(
            text -> {
              for (Class<?> type : TYPES) {
                try {
                  assertThat(TextValues.parse(type, text)).isSameAs(text);
                } catch (ValueException e) {
                  assertThat(e.expected()).isNotBlank();
                }
              }
              assertThat(IsolationLevel.parse(text)).isEmpty();
              assertThat(NearestNames.near(text)).isEmpty();
            });
  }
}
