package dev.tidepool.bench.soak.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HeapTest {
  private static Heap heap(int samples, double start, double perSample) {
    Heap heap = new Heap();
    for (int i = 0; i < samples; i++) {
      heap.add(i * 30.0, start + i * perSample + (i % 2 == 0 ? 0.5 : -0.5));
    }
    return heap;
  }

  @Test
  void a_heap_that_goes_up_and_down_is_flat() {
    assertThat(heap(60, 5, 0).isFlat()).isTrue();
  }

  @Test
  void a_heap_that_creeps_is_found() {
    Heap heap = heap(60, 5, 0.15);
    assertThat(heap.growthMib()).isCloseTo(39 * 0.15, within(0.3));
    assertThat(heap.isFlat()).isFalse();
  }

  @Test
  void the_first_third_does_not_count() {
    Heap heap = new Heap();
    for (int i = 0; i < 60; i++) {
      heap.add(i, Math.min(i, 20));
    }
    assertThat(heap.growthMib()).isCloseTo(0, within(0.01));
  }

  @Test
  void few_samples_say_nothing() {
    assertThat(heap(6, 5, 100).isKnown()).isFalse();
    assertThat(heap(9, 5, 100).isKnown()).isTrue();
  }
}
