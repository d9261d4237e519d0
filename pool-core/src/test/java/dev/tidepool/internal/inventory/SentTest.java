package dev.tidepool.internal.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Law;
import dev.tidepool.testing.Texts;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is shown of a statement. */
class SentTest {
  private static final String POSTGRESQL = "org.postgresql.jdbc.PgConnection";
  private static final String MARIADB = "org.mariadb.jdbc.Connection";
  private static final String CANARY = "c4n4ry";

  /** Ways in which databases write a value, and what may stand before it. */
  private static final List<String> OPENINGS =
      List.of(
          "'",
          "E'it\\'s ",
          "N'",
          "q'[it's ",
          "$$",
          "$tag$ it's ",
          "'it''s ",
          "/* don't */ '",
          "-- don't\n'",
          "# don't\n'",
          "`it's` '",
          "\"it's\" '",
          "$tägs$ it's ",
          "exec sp_addlogin bob, ",
          "EXECUTE p ",
          "alter user x identified by ",
          "create role x PASSWORD ",
          "set password = ");

  private static String shown(String sql, String driver) {
    return Sent.of(1, sql, 0).shown(driver);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "select * from t where id = ? and n > 5 | select * from t where id = ? and n > ?",
        "select a from t where b = 'x' and c = 1 | select a from t where b =...",
        "select $1, $2 from t1 | select $?, $? from t1",
        "do $$begin end$$ | do...",
        "select \"A\" from \"T\" where b = 'x' | select \"A\" from \"T\" where b =...",
        "alter role r password 'x' | alter role r...",
        "select id, user_passwords from t | select id,...",
        "select identifiedby, executed from t | select identifiedby, executed from t",
        "select a /* b */ from t | select a...",
        "select a -- canary | select a...",
        "set app.token = sesame | set app.token =...",
        " SET app.secret=sesame | SET app.secret=...",
        "set app.key to sesame | set app.key to...",
        "begin; set app.key = sesame | begin; set app.key =...",
        "begin;set app.key to sesame | begin;set app.key to...",
        "alter role r set app.key = sesame | alter role r set app.key =...",
        "alter system set app_key to sesame | alter system set app_key to...",
        "alter table t add c int; update t set a = b | alter table t add c int; update t set a = b",
        "update t set a = b | update t set a = b",
        "exec p 5 | ...",
        "'x' | ..."
      })
  void upToTheFirstLiteral(String sql, String expected) {
    assertThat(shown(sql, POSTGRESQL)).isEqualTo(expected);
  }

  @Test
  void whereDoubleQuotesMayStandAroundStrings_upToThem() {
    assertThat(shown("select a from t where b = \"x\"", MARIADB))
        .isEqualTo("select a from t where b =...");
  }

  @Test
  void onOneLine_andNotTooLong() {
    assertThat(shown("  select 1,\n\t2,\r\n\u2028 3 \u0000", POSTGRESQL))
        .isEqualTo("select ?, ?, ?");
    String megabyte = "select " + "a,".repeat(500_000) + "b";
    Sent sent = Sent.of(1, megabyte, 0);
    assertThat(sent.sql()).as("what is kept").hasSize(200);
    assertThat(sent.shown(POSTGRESQL)).startsWith("select a,a,").endsWith("...").hasSize(203);
  }

  @Test
  void noValueIsEverShown() {
    Law.of("SQL in reports shows no value", 10_000)
        .holdsFor(
            random ->
                Texts.any(random) + " " + Texts.one(random, OPENINGS) + CANARY + Texts.any(random),
            sql -> {
              assertThat(shown(sql, POSTGRESQL)).doesNotContain(CANARY);
              assertThat(shown(sql, MARIADB)).doesNotContain(CANARY).doesNotContainPattern("\\R");
            });
  }
}
