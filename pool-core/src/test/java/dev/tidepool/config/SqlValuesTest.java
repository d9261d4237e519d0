package dev.tidepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.CountedText;
import dev.tidepool.testing.Law;
import dev.tidepool.testing.Texts;
import java.util.List;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where the first value of a statement begins. */
class SqlValuesTest {
  /** What is looked for, as it is said most plainly. */
  private static final Pattern PLAIN =
      Pattern.compile(
          "['\"]|\\$(?!\\d)|--|/\\*|#|\\b0x|\\b(?:identified|exec|execute)\\b|\\w*(?:passw|pwd)",
          Pattern.CASE_INSENSITIVE);

  private static final List<String> WORDS =
      List.of(
          "0x",
          "0X1f",
          "x0x",
          "exec",
          "EXECUTE",
          "executed",
          "identified",
          "passw",
          "Password",
          "my_pwd",
          "pwd2",
          "pass",
          "pw",
          "word",
          "a",
          "_",
          "9",
          "$1",
          "$",
          "-",
          "/",
          "*",
          " ",
          ".",
          "\n");

  private static String words(Random random) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(10); n > 0; n--) {
      text.append(Texts.one(random, WORDS));
    }
    return text.toString();
  }

  @Test
  void firstValue_isWhereThePlainPatternHasIt() {
    Law.of("the first value is where the plain pattern has it", 20_000)
        .holdsForText(
            SqlValuesTest::words,
            sql -> {
              Matcher plain = PLAIN.matcher(sql);
              assertThat(SqlValues.start(sql, false))
                  .isEqualTo(plain.find() ? plain.start() : sql.length());
            });
  }

  /** On JDK 17 {@code \b} takes other letters for parts of a word, on later ones it does not. */
  @Test
  void firstValue_isTheSameOnEachJdk() {
    assertThat(SqlValues.start("a \u00e90x1", false)).isEqualTo(3);
    assertThat(SqlValues.start("a exec\u00e9", false)).isEqualTo(2);
  }

  /** Each letter of a long word was the start of a search through the rest of it. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "x",
        "0",
        "_",
        "e",
        "exec",
        "execute",
        "identified",
        "pass",
        "passx",
        "pw",
        "$1",
        "-",
        "- ",
        "/",
        "*",
        "\\",
        "{",
        "}",
        "=",
        ";",
        "&",
        "@",
        ":",
        " ",
        "\n",
        ".",
        "(",
        "\u0301",
        "a\u0301",
        "\u00e9",
        "\ud83d\ude00",
        "\ud83d"
      })
  void longRun_isReadInLinearTime(String piece) {
    String run = piece.repeat(100_000 / piece.length());
    for (String sql : List.of(run, "select " + run, run + " ", "$1" + run, run + "'")) {
      assertThat(SqlValues.start(new CountedText(sql), false)).isBetween(0, sql.length());
      assertThat(SqlValues.start(new CountedText(sql), true)).isBetween(0, sql.length());
    }
  }
}
