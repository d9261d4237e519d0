package dev.tidepool.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.Role;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TextValuesTest {
  @ParameterizedTest
  @CsvSource({
    "0,PT0S",
    "30000,PT30S",
    "-1,PT-0.001S",
    "+5,PT0.005S",
    "30s,PT30S",
    "30 s,PT30S",
    "' 2m ',PT2M",
    "500ms,PT0.5S",
    "500MS,PT0.5S",
    "1h,PT1H",
    "1d,PT24H",
    "10us,PT0.00001S",
    "7ns,PT0.000000007S",
    "-3s,PT-3S",
    "PT30S,PT30S",
    "pt1.5s,PT1.5S",
    "P1D,PT24H",
    "9223372036854775807,PT2562047788015H12M55.807S"
  })
  void duration_readsAllForms(String text, Duration expected) throws ValueException {
    assertThat(TextValues.parse(Duration.class, text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "s",
        "-",
        "--1",
        "1.5s",
        "1 0s",
        "1x",
        "30seconds",
        "1e3",
        "0x10",
        "9223372036854775808",
        "9223372036854775807d",
        "9223372036854775807s9",
        "P",
        "PT",
        "PT99999999999999999999S",
        "\u0663\u0660s",
        "٣٠"
      })
  void duration_refusesAnythingElse(String text) {
    assertThatThrownBy(() -> TextValues.parse(Duration.class, text))
        .isInstanceOf(ValueException.class)
        .hasMessageContaining("a duration such as 30s");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "-", "+", "1.0", "1_000", "0x1", "2147483648", "-2147483649", "\u0661", "1 1"})
  void int_refusesWhatIsNoInt(String text) {
    assertThatThrownBy(() -> TextValues.parse(Integer.class, text))
        .isInstanceOf(ValueException.class)
        .hasMessageContaining("whole number up to 2147483647");
  }

  @Test
  void numbers_readInFullRange() throws ValueException {
    assertThat(TextValues.parse(Integer.class, " -2147483648 ")).isEqualTo(Integer.MIN_VALUE);
    assertThat(TextValues.parse(Integer.class, "+7")).isEqualTo(7);
    assertThat(TextValues.parse(Long.class, "9223372036854775807")).isEqualTo(Long.MAX_VALUE);
    assertThat(TextValues.parse(Double.class, "2.5e-1")).isEqualTo(0.25);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "NaN", "Infinity", "0x1p3", "1d", "0,25", ".", "e"})
  void double_refusesWhatIsNoPlainNumber(String text) {
    assertThatThrownBy(() -> TextValues.parse(Double.class, text))
        .isInstanceOf(ValueException.class);
  }

  @Test
  void boolean_isTrueOrFalseOnly() throws ValueException {
    assertThat(TextValues.parse(Boolean.class, "TRUE")).isEqualTo(true);
    assertThat(TextValues.parse(Boolean.class, "false ")).isEqualTo(false);
    for (String text : new String[] {"", "yes", "1", "on", "t"}) {
      assertThatThrownBy(() -> TextValues.parse(Boolean.class, text))
          .isInstanceOf(ValueException.class)
          .hasMessage("true or false");
    }
  }

  @Test
  void enum_readsNamesInAnyCaseAndListsThem() throws ValueException {
    assertThat(TextValues.parse(Role.class, "primary")).isEqualTo(Role.PRIMARY);
    assertThat(TextValues.parse(Role.class, "STANDBY")).isEqualTo(Role.STANDBY);
    assertThatThrownBy(() -> TextValues.parse(Role.class, "replica"))
        .isInstanceOf(ValueException.class)
        .hasMessage("one of any, primary, standby");
  }

  @Test
  void longTextForAShortType_isRefused() {
    assertThatThrownBy(() -> TextValues.parse(Double.class, "1".repeat(100_000)))
        .isInstanceOf(ValueException.class)
        .hasMessageContaining("100 characters");
  }

  @Test
  void shownDurations_readBackTheSame() throws ValueException {
    Random random = new Random(42);
    for (int i = 0; i < 10_000; i++) {
      long bound = 1L << (1 + random.nextInt(62));
      long number = random.nextLong(-bound, bound);
      Duration duration =
          switch (random.nextInt(4)) {
            case 0 -> Duration.ofNanos(number);
            case 1 -> Duration.ofMillis(number);
            case 2 -> Duration.ofSeconds(number);
            default -> Duration.ofMinutes(number % 100_000_000);
          };
      String shown = TextValues.show(duration);
      assertThat(TextValues.parse(Duration.class, shown)).as(shown).isEqualTo(duration);
    }
  }

  @Test
  void anyText_onlyEverThrowsTheOwnError() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    Class<?>[] types = {
      String.class,
      Integer.class,
      Long.class,
      Double.class,
      Boolean.class,
      Duration.class,
      Role.class
    };
    String alphabet = "0123456789+-.eEPTDHMSptdhmsnu \t\u0000\u0663xtruefalsANY";
    for (int i = 0; i < 100_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(25); n > 0; n--) {
        text.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      Class<?> type = types[random.nextInt(types.length)];
      try {
        assertThat(TextValues.parse(type, text.toString())).isInstanceOf(type);
      } catch (ValueException expected) {
        assertThat(expected.expected()).isNotBlank();
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed + ", " + type + ", '" + text + "'", e);
      }
    }
  }
}
