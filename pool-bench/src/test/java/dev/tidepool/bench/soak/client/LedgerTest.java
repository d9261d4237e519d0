package dev.tidepool.bench.soak.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class LedgerTest {
  private final Ledger ledger = new Ledger();

  @Test
  void one_session_lent_to_two_is_broken() {
    ledger.take("17", "a");
    ledger.take("18", "b");
    assertThat(ledger.broken()).isEmpty();
    ledger.take("17", "b");
    assertThat(ledger.broken()).singleElement().asString().contains("17", "to b and to a");
  }

  @Test
  void a_session_that_was_left_may_be_taken_by_the_next() {
    ledger.take("17", "a");
    ledger.leave("17", "a");
    ledger.take("17", "b");
    // Late, as from a finally block: it is no longer a's.
    ledger.leave("17", "a");
    assertThat(ledger.broken()).isEmpty();
    ledger.take("17", "c");
    assertThat(ledger.broken()).hasSize(1);
  }
}
