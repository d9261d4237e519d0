package dev.tidepool.testing;

import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Texts that readers of text stumble over, drawn at random. */
public final class Texts {
  /** What has a meaning to some reader, and what looks as if it had. */
  private static final List<String> PIECES =
      List.of(
          "jdbc:",
          "postgresql:",
          "mysql:",
          "oracle:thin:",
          "sqlserver:",
          "h2:mem:",
          "//",
          "/",
          "?",
          "&",
          ";",
          "=",
          ":",
          "@",
          ",",
          "#",
          "%",
          "%25",
          "%3D",
          "%zz",
          "(",
          ")",
          "[",
          "]",
          "{",
          "}",
          "'",
          "\"",
          "\\",
          "\\u12",
          "\\\"",
          "''",
          "}}",
          "*",
          "***",
          "|",
          "!",
          "~",
          "$",
          "${x}",
          "-",
          "+",
          "_",
          ".",
          "..",
          " ",
          "\t",
          "\n",
          "\r",
          "\u0000",
          "\u001b[2J",
          "\u0085",
          "\u2028",
          "\u00a0",
          "\u00e9",
          "\u0130",
          "\u0131",
          "\u0660",
          "\uff11",
          "\ud83d\ude00",
          "\ud83d",
          "\ude00",
          "\u202e",
          "\ufeff",
          "password",
          "PASSWORD=",
          "pwd",
          "token",
          "identified by ",
          "user",
          "host",
          "0",
          "1",
          "9",
          "30",
          "2147483648",
          "9223372036854775808",
          "1e9",
          "NaN",
          "Infinity",
          "0x1p3",
          "true",
          "FALSE",
          "null",
          "ms",
          "s",
          "m",
          "h",
          "d",
          "ns",
          "P",
          "PT",
          "T",
          "D",
          "H",
          "M",
          "S",
          "PT0S",
          "-PT",
          "java:comp/env",
          "ldap://x/",
          "a",
          "B",
          "x",
          "org",
          "dataSource.",
          "dev.tidepool.",
          "com.zaxxer.hikari.",
          "class",
          "$1",
          "[Ljava.lang.String;");

  private Texts() {}

  /** Mostly short, sometimes long, and sometimes nothing at all. */
  public static String any(Random random) {
    int pieces = random.nextInt(random.nextInt(50) == 0 ? 300 : 12);
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < pieces; i++) {
      text.append(
          random.nextInt(5) == 0
              ? String.valueOf((char) random.nextInt(random.nextBoolean() ? 0x80 : 0x10000))
              : one(random, PIECES));
    }
    return text.toString();
  }

  /** A text with a few changes: characters lost, doubled, exchanged, other ones put in. */
  public static String damaged(Random random, String text) {
    StringBuilder damaged = new StringBuilder(text);
    for (int n = random.nextInt(4); n > 0; n--) {
      int at = random.nextInt(damaged.length() + 1);
      int end = Math.min(damaged.length(), at + random.nextInt(3));
      switch (random.nextInt(4)) {
        case 0 -> damaged.delete(at, end);
        case 1 -> damaged.insert(at, damaged.substring(at, end));
        case 2 -> damaged.insert(at, one(random, PIECES));
        default -> damaged.replace(at, end, one(random, PIECES));
      }
    }
    return damaged.toString();
  }

  /** One of them. */
  public static <T> T one(Random random, List<T> of) {
    return of.get(random.nextInt(of.size()));
  }

  /** As many characters of an alphabet, at least one. */
  public static String of(Random random, String alphabet, int most) {
    StringBuilder text = new StringBuilder();
    for (int n = 1 + random.nextInt(most); n > 0; n--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }

  /** Long enough, each, that a reader that looks at things twice does not end in time. */
  public static Stream<String> longOnes() {
    return Stream.of(
            "1",
            "-",
            "a",
            "a.",
            " ",
            "/",
            "//a:",
            "//a:1/",
            "//a:b@",
            "@",
            "(",
            "[",
            "{;",
            "'",
            "\\",
            "\\\"",
            "%",
            "%25",
            "password",
            "password='",
            "password=a&",
            "a=b&",
            "a=b;",
            "\u0000",
            "\ud83d",
            "1 ",
            "P1D")
        .map(piece -> piece.repeat(250_000 / piece.length()));
  }
}
