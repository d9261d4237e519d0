package dev.tidepool.bench.faults.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.bench.faults.client.Trickle.Round;
import java.util.List;
import org.junit.jupiter.api.Test;

class TrickleTest {
  @Test
  void rounds_that_follow_each_other_in_time_excuse_no_ping() {
    List<Round> rounds = List.of(new Round(0, 10), new Round(210, 220), new Round(420, 430));
    assertThat(Round.delays(rounds, 800)).isZero();
  }

  @Test
  void a_delay_between_two_rounds_or_within_one_excuses_pings_as_often_as_they_were_due() {
    assertThat(Round.delays(List.of(new Round(0, 10), new Round(790, 800)), 800)).isEqualTo(1);
    assertThat(Round.delays(List.of(new Round(0, 10), new Round(210, 1_700)), 800)).isEqualTo(2);
    assertThat(Round.delays(List.of(new Round(0, 700), new Round(790, 799)), 800)).isZero();
  }
}
