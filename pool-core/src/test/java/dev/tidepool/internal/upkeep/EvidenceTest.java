package dev.tidepool.internal.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.internal.upkeep.Evidence.Conclusion;
import org.junit.jupiter.api.Test;

/** Every combination of what can be known, against the sentences that the rules are made of. */
class EvidenceTest {
  private static final boolean[] BOTH = {false, true};
  private static final int[] DEATHS = {0, 1, 2, 8};

  private interface Rule {
    void check(Evidence e, Conclusion c);
  }

  private static void forAll(Rule rule) {
    for (boolean life : BOTH) {
      for (boolean connected : BOTH) {
        for (boolean failing : BOTH) {
          for (int n = 0; n < 64; n++) {
            int dead = DEATHS[n & 3];
            int silent = (n >> 2) & 3;
            int pending = (n >> 4) & 3;
            for (int hot : new int[] {0, pending}) {
              for (int lent : new int[] {0, 9}) {
                Evidence e =
                    new Evidence(life, dead, silent, pending, hot, lent, connected, failing);
                rule.check(e, e.conclusion());
              }
            }
          }
        }
      }
    }
  }

  @Test
  void oneSignOfLife_savesTheOthers() {
    forAll(
        (e, c) -> {
          if (e.life()) {
            assertThat(c).as("%s", e).isEqualTo(Conclusion.ISOLATED);
          }
        });
  }

  @Test
  void aGenerationIsRetired_onlyIfANewConnectionWorksAndTwoOfTwoOrEightOfManyDoNot() {
    forAll(
        (e, c) -> {
          int gone = e.dead() + e.silent();
          boolean enough = (gone >= 8 && e.hot() == 0) || (gone >= 2 && e.pending() == 0);
          boolean heard = e.silent() > 0 || e.lent() == 0;
          assertThat(c == Conclusion.GENERATION_DEAD)
              .as("%s", e)
              .isEqualTo(!e.life() && e.connected() && enough && heard);
          if (!e.life() && e.connected() && enough && !heard) {
            assertThat(c).as("those in use may still speak: %s", e).isEqualTo(Conclusion.OPEN);
          }
        });
  }

  @Test
  void theDatabaseIsDown_onlyIfConnectsFailAndNobodyIsLeftToAskOrToWaitFor() {
    forAll(
        (e, c) ->
            assertThat(c == Conclusion.DOWN)
                .as("%s", e)
                .isEqualTo(
                    !e.life()
                        && !e.connected()
                        && e.failing()
                        && e.silent() == 0
                        && e.pending() == 0
                        && e.lent() == 0));
  }

  @Test
  void withSomebodyStillToBeHeard_nothingIsConcludedFromAFewDeaths() {
    forAll(
        (e, c) -> {
          if (!e.life() && e.pending() > 0 && e.dead() + e.silent() < 8) {
            assertThat(c).as("%s", e).isEqualTo(Conclusion.OPEN);
          }
        });
  }
}
