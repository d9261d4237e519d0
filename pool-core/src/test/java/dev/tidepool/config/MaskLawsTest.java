package dev.tidepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.Credentials;
import dev.tidepool.testing.Law;
import dev.tidepool.testing.Texts;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Laws of masking: every driver's way to write a password, and texts that are none. */
class MaskLawsTest {
  private static final String CANARY = "c4n4ry";

  /** What may stand around the canary where nothing is escaped. */
  private static final String PLAIN = "abcXYZ019_~*!+-.";

  private static final String ODD = PLAIN + " &;=@:/?#%'\"\\{}()[],$|<>^`\u00e9\u20ac";

  /**
   * One way to write a password.
   *
   * @param before what stands before it, after a host where that belongs
   * @param after what stands after it
   * @param write the password as this notation wants it written
   * @param allowed what a password may contain there
   */
  private record Notation(
      String before, String after, UnaryOperator<String> write, String allowed) {
    String url(String password) {
      return before + write.apply(password) + after;
    }
  }

  private static Notation plain(String before, String after) {
    return new Notation(before, after, p -> p, PLAIN);
  }

  /** Where all may stand as it is but what separates the parameters. */
  private static Notation upTo(char separator, String before, String after) {
    return new Notation(before, after, p -> p, ODD.replace("" + separator, ""));
  }

  private static Notation encoded(String before, String after) {
    return new Notation(before, after, MaskLawsTest::encode, ODD);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  private static final List<Notation> NOTATIONS =
      List.of(
          // PostgreSQL
          encoded("jdbc:postgresql://h:5432,h2/db?user=u&password=", ""),
          encoded("jdbc:postgresql:db?sslpassword=", "&ssl=true"),
          encoded("postgresql://u:", "@h:5432/db"),
          new Notation("host=h password='", "' dbname=d", MaskLawsTest::escapeInQuotes, ODD),
          // MySQL and MariaDB
          encoded("jdbc:mysql://u:", "@h:3306/db"),
          encoded("jdbc:mysql:replication://u:p@h1,u:", "@h2/db?ssl=true"),
          encoded("jdbc:mysql://address=(host=h)(port=1)(user=u)(password=", ")/db"),
          encoded("jdbc:mysql://(host=h,user=u,password=", ")/db"),
          encoded("mysqlx://u:", "@[::1]:33060/db"),
          encoded("jdbc:mariadb:sequential://h,h2/db?user=u&password=", "&x=y"),
          plain("jdbc:mariadb://address=(host=h)/db?password2=", "&password3=c4n4ry"),
          // SQL Server
          new Notation(
              "jdbc:sqlserver://h;user=u;password={", "};x=y", p -> p.replace("}", "}}"), ODD),
          plain("jdbc:sqlserver://h\\i:1433;password=", ";databaseName=d"),
          plain("jdbc:jtds:sqlserver://h/d;user=u;password=", ""),
          // Oracle
          plain("jdbc:oracle:thin:u/", "@//h:1521/svc"),
          new Notation("jdbc:oracle:thin:u/\"", "\"@h:1521:sid", p -> p, PLAIN + "@/:"),
          plain("jdbc:oracle:oci:u/", "@tns"),
          plain("jdbc:oracle:thin:@tcps://h/s?javax.net.ssl.keyStorePassword=", "&x=y"),
          // Db2, H2, HSQLDB, Derby, Snowflake, ClickHouse, Redshift, BigQuery
          plain("jdbc:db2://h:50000/db:user=u;password=", ";"),
          plain("jdbc:h2:tcp://h/db;USER=u;PASSWORD=", ";MODE=Oracle"),
          plain("jdbc:h2:mem:x;CIPHER=AES;PASSWORD=", ""),
          plain("jdbc:hsqldb:hsql://h/db;user=u;password=", ""),
          plain("jdbc:derby:db;create=true;password=", ";bootPassword=c4n4ry"),
          encoded("jdbc:snowflake://a.b/?private_key_pwd=", "&token=c4n4ry"),
          encoded("jdbc:clickhouse:http://u:", "@h:8123/db"),
          encoded("jdbc:redshift:iam://h/db?SecretAccessKey=", "&SessionToken=c4n4ry"),
          plain("jdbc:bigquery://https://h:443;OAuthRefreshToken=", ";OAuthClientSecret=c4n4ry"),
          // As drivers take it that decode nothing, or not all
          upTo('&', "jdbc:postgresql://h/db?user=u&password=", "&ssl=true"),
          upTo('&', "jdbc:mariadb://h/db?password=", ""),
          upTo('&', "jdbc:mysql://h/db?useSSL=true&password=", "&userPass=c4n4ry"),
          upTo(';', "jdbc:h2:mem:x;USER=u;PASSWORD=", ";MODE=Oracle"),
          upTo(';', "jdbc:hsqldb:file:x;crypt_key=", ";crypt_type=blowfish"),
          upTo(';', "jdbc:db2://h:50000/db:user=u;password=", ";"),
          upTo(';', "jdbc:jtds:sqlserver://h/d;user=u;password=", ""),
          upTo(';', "JDBC:H2:mem:x;PASSWORD=", ""),
          // No equals sign: 1;a=b@h would look like a port and a parameter, as of SQL Server.
          new Notation("jdbc:mysql://u:", "@h:3306/db", p -> p, PLAIN + " &;:,"),
          new Notation("jdbc:oracle:thin:u/\"", "\"@h:1521:sid", p -> p, PLAIN + " &;=@:/"),
          plain("jdbc:sqlserver://h;keyVaultProviderClientKey=", ";x=y"),
          plain("jdbc:sqlite:x.db?cipher=c&key=", "&hexkey=c4n4ry"),
          plain("jdbc:hive2://h:1/db;auth=jwt;jwt=", ""),
          plain("jdbc:teradata://h/DATABASE=d,USER=u,PASSWORD=", ",LOG=TERA"));

  private record Case(Notation notation, String password) {
    String url() {
      return notation.url(password);
    }
  }

  private static String escapeInQuotes(String text) {
    return text.replace("\\", "\\\\").replace("'", "\\'");
  }

  private static Case draw(Random random) {
    Notation notation = Texts.one(random, NOTATIONS);
    String password =
        Texts.of(random, notation.allowed, 8) + CANARY + Texts.of(random, notation.allowed, 8);
    return new Case(notation, password);
  }

  @Test
  void passwordInAnyNotation_isMasked() {
    Law.of("a password in a URL of any driver is masked", 10_000)
        .holdsFor(
            MaskLawsTest::draw,
            one -> {
              assertThat(Secrets.maskUrl(one.url())).doesNotContain(CANARY);
              assertThat(
                      Secrets.maskAll(
                          "no route for \"" + one.url() + "\", sorry", Secrets.inUrl(one.url())))
                  .doesNotContain(CANARY);
            });
  }

  /** With a blank before it, or another slip of the pen: it is quoted by what refuses it. */
  @Test
  void passwordInWhatShouldBeAUrl_isMasked() {
    Law.of("a password in what should be a URL is masked", 10_000)
        .holdsFor(
            MaskLawsTest::draw,
            one -> {
              assertThat(Secrets.maskUrl(" " + one.url())).doesNotContain(CANARY);
              assertThat(Secrets.maskUrl("\"" + one.url() + "\"")).doesNotContain(CANARY);
              assertThat(Secrets.maskUrl("jbdc" + one.url())).doesNotContain(CANARY);
              assertThat(Secrets.in(Map.of("dataSource.URL", " " + one.url())))
                  .anyMatch(secret -> secret.contains(CANARY));
            });
  }

  /** A driver that quotes the password alone must not tell it either. */
  @Test
  void passwordInAnyNotation_isKnownAfterwards() {
    Law.of("a password in a URL of any driver is known by itself", 10_000)
        .holdsFor(
            MaskLawsTest::draw,
            one -> {
              Set<String> known = Secrets.inUrl(one.url());
              assertThat(Secrets.maskAll("user u with " + one.password + " refused", known))
                  .doesNotContain(CANARY);
              assertThat(
                      Secrets.maskAll(
                          "refused: " + one.password, Secrets.in(Map.of("x", one.url()))))
                  .doesNotContain(CANARY);
            });
  }

  @Test
  void passwordOfEachOfManyHosts_isKnownAfterwards() {
    assertThat(Secrets.inUrl("jdbc:mysql://u:secret1@h1:3306,u2:secret2@h2:3307,u3:secret3@h3/db"))
        .contains("secret1", "secret2", "secret3");
  }

  /** Where a value of the SQL of a setting may begin. */
  private static final List<String> VALUES =
      List.of("'", "\"", "$$", "$q$", "q'[", "N'", "-- ", "/* ", "# ", "identified by ", "exec p ");

  @Test
  void valueInTheSqlOfASetting_isMasked() {
    Law.of("no value in the SQL of a setting shows", 10_000)
        .holdsFor(
            random -> {
              String begin = VALUES.get(random.nextInt(VALUES.size()));
              return "set a = " + begin + Texts.any(random) + CANARY + Texts.any(random);
            },
            sql -> {
              assertThat(Secrets.maskValue("connectionInitSql", sql)).doesNotContain(CANARY);
              assertThat(Secrets.maskAll("bad: " + sql, Secrets.inValue("connectionInitSql", sql)))
                  .doesNotContain(CANARY);
            });
  }

  @Test
  void anyText_isMaskedWithoutAnError() {
    Law.of("any text can be masked, and knows no secret afterwards", 10_000)
        .holdsForText(
            Texts::any,
            text -> {
              assertThat(Secrets.maskKnown(Secrets.mask(text), text)).isNotNull();
              assertThat(Secrets.maskAll(text, Secrets.inUrl(text))).isNotNull();
            });
  }

  @Test
  void knownPassword_isMaskedInAnyText() {
    Law.of("a known password is masked in any text", 10_000)
        .holdsFor(
            random -> List.of(Texts.any(random), CANARY + Texts.any(random), Texts.any(random)),
            parts -> {
              String text = parts.get(0) + parts.get(1) + parts.get(2);
              assertThat(Secrets.maskKnown(text, parts.get(1))).doesNotContain(parts.get(1));
              assertThat(Secrets.maskKnown(encode(text), parts.get(1)))
                  .doesNotContain(encode(parts.get(1)));
            });
  }

  @Test
  void propertiesAndCredentials_showNoSecret() {
    Law.of("properties and credentials show no secret", 5_000)
        .holdsFor(
            Texts::any,
            text -> {
              Properties properties = new Properties();
              properties.setProperty(text + "password", CANARY);
              properties.setProperty("x", "token=" + CANARY + text);
              properties.put("object", List.of(CANARY));
              assertThat(Secrets.maskValues(properties).toString()).doesNotContain(CANARY);
              assertThat(new Credentials(text, CANARY).toString()).doesNotContain(CANARY);
            });
  }

  @Test
  @Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD, unit = TimeUnit.SECONDS)
  void longText_takesNoLonger() {
    Texts.longOnes()
        .forEach(
            text -> {
              for (String context : List.of("%s", "jdbc:oracle:thin:u/%s@h", "//u:%s@h", "pw=%s")) {
                String whole = context.replace("%s", text);
                assertThat(Secrets.mask(whole)).isNotNull();
                assertThat(Secrets.inUrl(whole)).isNotNull();
              }
            });
  }
}
