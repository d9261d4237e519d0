package dev.tidepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {
  private static final String PW = "hunter2";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "jdbc:postgresql://h:5432/db?user=u&password=hunter2&ssl=true"
            + "|jdbc:postgresql://h:5432/db?user=u&password=***&ssl=true",
        "jdbc:postgresql://u:hunter2@h:5432/db|jdbc:postgresql://u:***@h:5432/db",
        "jdbc:mysql://u:hun@ter/2@h1:3306,h2:3307/db|jdbc:mysql://u:***@h1:3306,h2:3307/db",
        "jdbc:mysql://u:12345@h/db|jdbc:mysql://u:***@h/db",
        "jdbc:mysql://me@corp:hunter2@h/db|jdbc:mysql://me@corp:***@h/db",
        "jdbc:mysql://(host=h,user=u,password=hunter2)/db|jdbc:mysql://(host=h,user=u,password=***",
        "jdbc:sqlserver://h:1433;user=u;password={a}}b;c};x=y"
            + "|jdbc:sqlserver://h:1433;user=u;password=***;x=y",
        "jdbc:h2:mem:x;USER=u;PASSWORD=hunter2;MODE=Oracle"
            + "|jdbc:h2:mem:x;USER=u;PASSWORD=***;MODE=Oracle",
        "jdbc:oracle:thin:scott/tiger@//h:1521/svc|jdbc:oracle:thin:scott/***@//h:1521/svc",
        "JDBC:ORACLE:OCI:scott/ti@ger@h|JDBC:ORACLE:OCI:scott/***@h",
        "jdbc:db2://h:50000/db:user=u;password=p@ss;|jdbc:db2://h:50000/db:user=u;password=***;",
        "host=h password='a b\\'c' dbname=d|host=h password=*** dbname=d",
        "{\"password\": \"a b\", \"user\":\"u\"}|{\"password\": ***, \"user\":\"u\"}",
        "{\\\"password\\\":\\\"a b\\\",\\\"user\\\":1}|{\\\"password\\\":***,\\\"user\\\":1}",
        "url=x%3Fpassword%3Dhunter2%26a%3Db next|url=x%3Fpassword%3D*** next",
        "password%253Dhunter2|password%253D***",
        "ALTER USER u PASSWORD 'hunter2' VALID|ALTER USER u PASSWORD *** VALID",
        "CREATE USER u IDENTIFIED BY tiger ACCOUNT|CREATE USER u IDENTIFIED BY *** ACCOUNT",
        "sslpassword=x;pwd=y&AccessKey=z&aws_secret_access_key=q&token=t"
            + "|sslpassword=***;pwd=***&AccessKey=***&aws_secret_access_key=***&token=***",
        "javax.net.ssl.trustStorePassword=x|javax.net.ssl.trustStorePassword=***",
        "password='a'b%c&x=y|password=***&x=y",
        "password=\"\"&x=y|password=***&x=y",
        "db.pass=x user.pw: y|db.pass=*** user.pw: ***",
        "FATAL: no entry for \"jdbc:x://h/d?password=hunter2\"|FATAL: no entry for"
            + " \"jdbc:x://h/d?password=***",
      })
  void mask_hidesTheSecretAndKeepsTheRest(String text, String expected) {
    assertThat(Secrets.mask(text)).isEqualTo(expected);
  }

  /**
   * A slip at top level is not a property, and its value is never shown; below, any name may be.
   */
  @ParameterizedTest
  @ValueSource(strings = {"passwrod", "pasword", "passwort", "Pass_wrd", "pssword"})
  void slipOfPassword_isHidden_amongTheDriversProperties(String slip) {
    String shown =
        TidepoolConfig.builder()
            .set("dataSource." + slip, "c4n4ry")
            .set("dataSource.keyword", "shown")
            .toString();
    assertThat(shown).contains(slip + "=***").contains("keyword=shown").doesNotContain("c4n4ry");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "FATAL: password authentication failed for user \"bob\"",
        "Access denied for user 'x'@'localhost' (using password: YES)",
        "Access denied for user 'x'@'localhost' (using password: NO)",
        "jdbc:postgresql://h:5432,h2:5433/db?user=me@server&ssl=true",
        "jdbc:postgresql://[::1]:5432/db?options=a@b",
        "jdbc:oracle:thin:@//h:1521/svc",
        "jdbc:sqlserver://h\\inst:1433;databaseName=d;user=a@b",
        "Duplicate entry 'a@b.c' for key 'users.email'",
        "Connection to 127.0.0.1:5432 refused. bypass=1 compass=2",
        "see https://example.org/a//b and mail to me@example.org",
      })
  void mask_leavesOtherTextAlone(String text) {
    assertThat(Secrets.mask(text)).isEqualTo(text);
  }

  @Test
  void mask_takesNullAsEmpty() {
    assertThat(Secrets.mask(null)).isEmpty();
    assertThat(Secrets.maskKnown(null, null)).isEmpty();
  }

  @Test
  void maskKnown_findsThePasswordAnywhereAndEncoded() {
    String password = "p@ss/w \"rd'}";
    String encoded = URLEncoder.encode(password, StandardCharsets.UTF_8);
    for (String form :
        List.of(
            password,
            encoded,
            encoded.toLowerCase(java.util.Locale.ROOT),
            encoded.replace("+", "%20"),
            password.replace("\"", "\\\""),
            password.replace("'", "''"),
            password.replace("}", "}}"))) {
      assertThat(Secrets.maskKnown("driver says (" + form + ") is bad", password))
          .isEqualTo("driver says (***) is bad");
    }
  }

  @Test
  void maskKnown_masksShortPasswordsOnlyAsWords() {
    assertThat(Secrets.maskKnown("a bad password 'a' and 'ab'", "a"))
        .isEqualTo("*** bad password *** and 'ab'");
    assertThat(Secrets.maskKnown("some text", "")).isEqualTo("some text");
  }

  /** In a message words follow the value, in a URL they are part of it. */
  @Test
  void valueWithBlanks_inAUrl_isMaskedWhole() {
    String h2 = "jdbc:h2:mem:x;PASSWORD=correct horse battery;TRACE_LEVEL_FILE=0";
    assertThat(Secrets.mask(h2)).isEqualTo("jdbc:h2:mem:x;PASSWORD=***;TRACE_LEVEL_FILE=0");
    assertThat(Secrets.inUrl(h2)).contains("correct horse battery");
    assertThat(Secrets.mask("jdbc:mariadb://h/d?password=correct horse&x=1"))
        .isEqualTo("jdbc:mariadb://h/d?password=***&x=1");
    assertThat(Secrets.mask("bad password=x here")).isEqualTo("bad password=*** here");
  }

  /** What separates the parameters of other drivers may stand in a password. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "jdbc:postgresql://h/d?user=u&password=hunt;er2|hunt;er2",
        "jdbc:mariadb://h/d?password=hunt;er2&x=1|hunt;er2",
        "jdbc:h2:mem:x;USER=sa;PASSWORD=tiger&fish;TRACE_LEVEL_FILE=0|tiger&fish",
        "jdbc:db2://h:50000/db:password=tiger&fish;|tiger&fish",
        "jdbc:postgresql://h/d?password='a'b;c&x='y|'a'b;c",
        "jdbc:mysql://me:correct horse@h:3306/d|correct horse",
        "jdbc:mysql://me:0;9@h:3306/d|0;9",
        "jdbc:oracle:thin:scott/\"ti ger\"@h|ti ger",
        "x jdbc:h2:mem:x;PASSWORD=correct horse battery|correct horse battery",
        "jdbc:sqlserver://h;keyVaultProviderClientKey=k1;x=y|k1",
        "jdbc:hsqldb:file:x;crypt_key=k1;x=y|k1",
        "jdbc:sqlite:x?cipher=c&key=k1|k1",
        "jdbc:teradata://h/TMODE=ANSI,LOGMECH=JWT,LOGDATA=k1|k1",
        "jdbc:firebird://h/d?user=u&dbCryptConfig=k1|k1",
        "jdbc:x://h/d?userPass=k1&dbpass=k2|k1",
        "jdbc:x://h/d?userPass=k2&dbpass=k1|k1",
        "jdbc:x://h/d?sig=k1|k1",
      })
  void secretOfAUrl_isMaskedAndKnown(String url, String secret) {
    assertThat(Secrets.maskUrl(url)).doesNotContain(secret).contains(Secrets.MASK);
    assertThat(Secrets.inUrl(url)).contains(secret);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "jdbc:mysql://(host=h,user=u,password='ab'canary,x=1)/db"
            + "|jdbc:mysql://(host=h,user=u,password=***",
        "jdbc:mysql://(host=h,password='canary',user=u)/db"
            + "|jdbc:mysql://(host=h,password=***,user=u)/db",
        "jdbc:h2:mem:x;INIT=CREATE USER u PASSWORD 'canary' ADMIN"
            + "|jdbc:h2:mem:x;INIT=CREATE USER u PASSWORD *** ADMIN",
      })
  void maskUrl_hidesTheSecret(String url, String expected) {
    assertThat(Secrets.maskUrl(url)).isEqualTo(expected);
  }

  /** With the end of such a password its {@code @} was masked, and its beginning stayed. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "jdbc:mysql://u:{canarypassword=}op3n@h/db|jdbc:mysql://u:***@***",
        "jdbc:mysql://h:1,u:{canary}password=x@h2/db|jdbc:mysql://h:***@***",
        "jdbc:mysql://u:canary;password=x@h/db|jdbc:mysql://u:***@***",
        "no jdbc:mysql://u:{canarypassword=}op3n@h/db now|no jdbc:mysql://u:***@*** now",
        "see jdbc:x://u:canary;token=x;pwd=a@h now|see jdbc:x://u:***@*** now",
        "jdbc:mysql://u:can@ary{password=x@h/db|jdbc:mysql://u:***@***",
        "jdbc:sqlserver://h:1433;user=u;password=a@b;x=y"
            + "|jdbc:sqlserver://h:1433;user=u;password=***;x=y",
        "jdbc:sqlserver://[::1]:1433;password=a@b;x=y|jdbc:sqlserver://[::1]:1433;password=***;x=y",
        "jdbc:x://h:${port}/db?password=a@b&x=y|jdbc:x://h:${port}/db?password=***&x=y",
        "see //h: password=a@b|see //h: password=***",
        "see //h in c:{password=a@b|see //h in c:{password=***",
      })
  void passwordWithANameInIt_isMaskedFromItsBeginning(String text, String expected) {
    assertThat(Secrets.mask(text)).isEqualTo(expected);
  }

  /** What a literal is for only the database knows. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "PRAGMA key = 'canary'|PRAGMA key = ***",
        "select set_config('app.secret', 'can''ary', false)|select set_config(***",
        "select set_config($$k$$, $$canary$$)|select set_config(***",
        "SET @k = 'a\\'canary'|SET @k = ***",
        "SET @k = \"canary\"|SET @k = ***",
        "SET @k = 0xca4a51|SET @k = ***",
        "SET a = 1 -- canary|SET a = 1 ***",
        "SET ROLE r IDENTIFIED BY canary|SET ROLE r ***",
        "set search_path = a, b|set search_path = a, b",
      })
  void sqlOfASetting_isShownUpToItsFirstValue(String sql, String expected) {
    assertThat(Secrets.maskValue("connectionInitSql", sql)).isEqualTo(expected);
    assertThat(Secrets.maskValue("tidepool.keepaliveQuery", sql)).isEqualTo(expected);
  }

  /** A database may quote the statement, from any place on, or one value of it. */
  @Test
  void valuesOfTheSqlOfASetting_areKnown() {
    String sql = "select set_config('app.k', 'c4n4ry', false), $x$s3cret$x$";
    assertThat(Secrets.inValue("connectionInitSql", sql))
        .contains("'app.k', 'c4n4ry', false), $x$s3cret$x$", "c4n4ry", "s3cret");
    assertThat(Secrets.inValue("schema", sql)).isEmpty();
  }

  @Test
  void maskUrl_keepsWhatFollows() {
    assertThat(Secrets.maskUrl("jdbc:h2:mem:x;PASSWORD=a&b;MODE=Oracle"))
        .isEqualTo("jdbc:h2:mem:x;PASSWORD=***;MODE=Oracle");
    assertThat(Secrets.maskUrl("jdbc:postgresql://h/d?password=a;b&ssl=true"))
        .isEqualTo("jdbc:postgresql://h/d?password=***&ssl=true");
    assertThat(Secrets.maskUrl("jdbc:sqlserver://h:1433;databaseName=d;user=a@b"))
        .isEqualTo("jdbc:sqlserver://h:1433;databaseName=d;user=a@b");
    assertThat(Secrets.maskUrl(null)).isEmpty();
  }

  /** Which are searched for in another way than short ones. */
  @Test
  void longSecret_isMaskedWhereverItStands() {
    String secret = "correct horse battery staple / ".repeat(10);
    assertThat(Secrets.maskKnown("(" + secret + secret + ") 'x" + secret + "'", secret))
        .isEqualTo("(******) 'x***'");
  }

  @Test
  void secretThatBeginsAnother_uncoversNothingOfIt() {
    assertThat(
            Secrets.maskAll("login with 'changeit-9x' refused", List.of("changeit", "changeit-9x")))
        .isEqualTo("login with '***' refused");
  }

  @Test
  void canary_neverShows() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String[] templates = {
      "%s?password=%s&x=y", "%s;pwd=%s;a=b", "//u:%2$s@%1$s", "jdbc:oracle:thin:u/%2$s@%1$s",
      "%s password='%s'", "%s {\"secret\" : \"%s\"}", "%s token: %s", "%s%%3Fpassword%%3D%s",
      "%s sslPassword=>%s", "(%s)(PASSWORD=%s)", "%s api_key = %s,", "%s passwd:=\"%s\"",
      "%s identified by \"%s\"", "%s password={%s}", "%s \\\"passphrase\\\":\\\"%s\\\"",
    };
    String noise = "abzAZ09:/?#;&=@,.\"'()[]{}<>%\\ \t-_~*$!|+";
    for (int i = 0; i < 50_000; i++) {
      // Around the canary only what can stand unescaped in each of these places.
      String secret =
          some(random, "abcXYZ019_~*$!+", 6) + "CANARY" + some(random, "abcXYZ019@/:", 6);
      String template = templates[random.nextInt(templates.length)];
      String context = some(random, noise.replaceAll("[\\\\\"'{ \t]", ""), 20);
      String text = some(random, noise.replaceAll("[\\\\\"'{]", ""), 20);
      String whole = text + " " + String.format(template, context, secret) + " " + text;
      assertThat(Secrets.mask(whole)).as("seed %s: %s", seed, whole).doesNotContain("CANARY");
    }
  }

  @Test
  void canaryKnown_neverShowsWhateverTheText() {
    long seed = System.nanoTime();
    Random random = new Random(seed);
    String noise = "abzAZ09:/?#;&=@,.\"'()[]{}<>%\\ \t\n-_*$!|+passwordpwd//";
    for (int i = 0; i < 50_000; i++) {
      String secret = "CA" + some(random, noise, 8) + "NARY";
      String text = some(random, noise, 40) + secret + some(random, noise, 40);
      assertThat(Secrets.maskKnown(text, secret))
          .as("seed %s: %s", seed, text)
          .doesNotContain(secret);
    }
  }

  @Test
  @Timeout(value = 60, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void mask_takesLinearTimeOnHostileText() {
    String[] pieces = {
      "/",
      "//",
      "//a:",
      "//a:1/",
      "//a:1?",
      "//[",
      "//a:b@",
      "@",
      ":",
      "password",
      "password=",
      "password='",
      "password={",
      "password ",
      "%25",
      "password%25",
      "oracle:",
      "jdbc:oracle:thin:",
      "\\\"",
      "password\\\"",
      "password=\\\"x",
      "identified by ",
      "pass.",
      "a-",
      "\"",
      "'",
      "{",
      "}",
      " ",
      "=",
      "//u:p@h?",
      "password=\"\\",
      "//u:password=@",
      "//u:x&password=@&",
    };
    for (String piece : pieces) {
      String text = piece.repeat(1_000_000 / piece.length());
      assertThat(Secrets.mask(text + "@")).isNotNull();
      assertThat(Secrets.mask("password=" + PW + "&" + text)).doesNotContain(PW);
      assertThat(Secrets.maskKnown(text, piece)).isNotNull();
    }
  }

  private static String some(Random random, String alphabet, int most) {
    StringBuilder text = new StringBuilder();
    for (int n = random.nextInt(most + 1); n > 0; n--) {
      text.append(alphabet.charAt(random.nextInt(alphabet.length())));
    }
    return text.toString();
  }
}
