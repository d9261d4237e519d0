package dev.tidepool.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.CountedText;
import dev.tidepool.testing.Law;
import dev.tidepool.testing.Texts;
import java.util.List;
import org.junit.jupiter.api.Test;

class OccurrencesTest {
  @Test
  void anyText_isReplacedAsByTheJdk() {
    Law.of("a text is replaced wherever it stands, as by the JDK", 20_000)
        .holdsFor(
            random -> List.of(Texts.of(random, "aab", 40), Texts.of(random, "aab", 5)),
            both ->
                assertThat(Occurrences.replace(both.get(0), both.get(1), "***"))
                    .isEqualTo(both.get(0).replace(both.get(1), "***")));
  }

  /** One that all but fits was compared to its end at each place. */
  @Test
  void longRun_isReadInLinearTime() {
    String run = "x".repeat(500_000);
    for (String wanted : List.of(run + "y", "y" + run, run + "y" + run, run)) {
      CountedText text = new CountedText(run + run);
      assertThat(Occurrences.replace(text, new CountedText(wanted), "***")).isNotEmpty();
    }
  }
}
