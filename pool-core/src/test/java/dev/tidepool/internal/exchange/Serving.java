package dev.tidepool.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.function.Predicate;

/** Serves waiters in tests in which no slot is doomed. */
final class Serving {
  private Serving() {}

  static <S extends Slot> void all(Exchange<S> exchange, Predicate<? super S> ready) {
    boolean ended =
        exchange.serve(
            ready,
            Integer.MAX_VALUE,
            slot -> {
              throw new AssertionError("doomed: " + slot.state());
            });
    assertThat(ended).isTrue();
  }
}
