package dev.tidepool.bench.soak.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TermsTest {
  @Test
  void a_lowered_maximum_counts_once_borrowers_had_time_to_return() {
    Terms terms = new Terms(8);
    assertThat(terms.mostOpen()).isEqualTo(8);
    terms.maximum(12);
    assertThat(terms.mostOpen()).isEqualTo(12);
    terms.maximum(3);
    terms.maximum(2);
    assertThat(terms.mostOpen()).isEqualTo(12);
  }
}
