package dev.tidepool.bench.faults.client;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.bench.faults.model.Figure;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EvaluationTest {
  private static final long INJECTED = ms(1_000);

  private final Evaluation evaluation = new Evaluation(INJECTED, ms(60_000));

  private static long ms(long millis) {
    return TimeUnit.MILLISECONDS.toNanos(millis);
  }

  private static Call good(long began, long ended) {
    return new Call(ms(began), ms(ended) - 1, ms(ended), null);
  }

  private static Call noBorrow(long began, long ended) {
    return new Call(ms(began), 0, ms(ended), "timed out");
  }

  private static Call deadBorrow(long began, long borrowed, long ended) {
    return new Call(ms(began), ms(borrowed), ms(ended), "reset");
  }

  private double figure(Figure figure) {
    return evaluation.figures().get(figure);
  }

  @Test
  void recovery_counts_only_successes_that_began_after_the_injection() {
    List<Call> one = List.of(good(990, 1_010), noBorrow(1_010, 1_100), good(1_100, 1_250));
    List<Call> two = List.of(deadBorrow(1_005, 1_006, 1_400), good(1_400, 1_500));
    evaluation.recovery(List.of(one, two), ms(1_100));
    assertThat(figure(Figure.FIRST)).isEqualTo(250);
    assertThat(figure(Figure.FIRST_AFTER_ASK)).isEqualTo(150);
    assertThat(figure(Figure.ALL)).isEqualTo(500);
  }

  @Test
  void all_clear_is_absent_while_one_caller_has_had_no_success() {
    evaluation.recovery(
        List.of(List.of(good(1_001, 1_002)), List.of(noBorrow(1_001, 9_000))), INJECTED);
    assertThat(evaluation.figures()).containsKey(Figure.FIRST).doesNotContainKey(Figure.ALL);
  }

  @Test
  void recovery_before_the_repair_counts_as_none_after_it() {
    evaluation.recovery(List.of(List.of(good(1_001, 1_050))), INJECTED);
    evaluation.healed(ms(4_000));
    assertThat(figure(Figure.HEALED)).isEqualTo(3_000);
    assertThat(figure(Figure.ALL_AFTER_HEAL)).isZero();
  }

  @Test
  void failures_are_counted_by_what_failed_and_the_caught_ones_apart() {
    evaluation.calls(
        List.of(
            good(10, 900),
            deadBorrow(990, 991, 1_010),
            noBorrow(991, 1_991),
            good(995, 1_400),
            good(996, 2_600),
            noBorrow(1_001, 3_001),
            deadBorrow(1_002, 1_003, 1_500),
            good(1_500, 1_510)));
    assertThat(figure(Figure.CAUGHT)).isEqualTo(2);
    assertThat(figure(Figure.FAILED_BORROWS)).isEqualTo(2);
    assertThat(figure(Figure.FAILED_QUERIES)).isEqualTo(1);
    assertThat(figure(Figure.BORROWS)).isEqualTo(2);
    assertThat(figure(Figure.LONGEST_BORROW)).isEqualTo(2_000);
    assertThat(evaluation.errors()).containsExactly("timed out", "reset");
  }

  @Test
  void a_borrow_that_never_returned_is_as_long_as_it_has_lasted() {
    evaluation.calls(List.of(new Call(ms(2_000), 0, Long.MAX_VALUE, null)));
    assertThat(figure(Figure.LONGEST_BORROW)).isEqualTo(58_000);
  }

  @Test
  void only_retirements_after_the_injection_count() {
    evaluation.retirements(List.of(ms(900), ms(1_030), ms(1_010), ms(1_020)), 3);
    assertThat(figure(Figure.DETECT)).isEqualTo(10);
    assertThat(figure(Figure.RETIRED_ALL)).isEqualTo(30);
  }

  @Test
  void figures_and_errors_survive_the_way_to_the_laboratory() {
    evaluation.put(Figure.FIRST, 12.5);
    evaluation.calls(List.of(new Call(ms(1_001), 0, ms(1_002), "two\twords\nand = more")));
    List<String> fields =
        Protocol.fields(Protocol.result(evaluation.figures(), evaluation.errors()));
    assertThat(fields.get(0)).isEqualTo(Protocol.RESULT);
    assertThat(Protocol.figures(fields)).isEqualTo(evaluation.figures());
    assertThat(Protocol.errors(fields)).containsExactly("two words and = more");
    assertThat(Protocol.fields("what a driver prints")).isEmpty();
  }
}
