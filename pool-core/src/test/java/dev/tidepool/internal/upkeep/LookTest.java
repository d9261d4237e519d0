package dev.tidepool.internal.upkeep;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.internal.exchange.SlotState;
import dev.tidepool.internal.inventory.Entry;
import dev.tidepool.testing.Entries;
import org.junit.jupiter.api.Test;

class LookTest {
  @Test
  void look_seesTheConnectionAsItIs() {
    Entry entry = Entries.opened(1, null);
    assertThat(entry.lend()).isTrue();
    entry.touch(2);
    entry.returning(3);
    entry.borrowed(Thread.currentThread(), 4);
    entry.reportLeak();
    assertThat(Look.at(entry))
        .isEqualTo(
            new Look(
                SlotState.IN_USE, 1, entry.lifetimeSpread(), 2, entry.pingSpread(), 3, 4, 1, true));
  }
}
