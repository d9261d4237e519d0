package dev.tidepool.internal.inventory;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class CountsTest {
  @Test
  void promising_isWhatWillLikelyBeHadSoon() {
    assertThat(counts(0, 2, 1, 0).promising()).isEqualTo(1);
    assertThat(counts(0, 1, 1, 0).promising()).isZero();
    assertThat(counts(1, 0, 0, 0).promising()).isZero();
    assertThat(counts(2, 1, 0, 1).promising()).isEqualTo(2);
  }

  @Test
  void room_isWhatNeitherConnectionsNorConnectsTake() {
    assertThat(counts(1, 1, 0, 1).hasRoom()).isTrue();
    assertThat(counts(2, 1, 0, 0).hasRoom()).isFalse();
    assertThat(counts(3, 0, 0, 0).isFull()).isTrue();
    assertThat(counts(2, 1, 0, 0).isFull()).isFalse();
    assertThat(new Counts(3, 1, 1, 0, 0, 0, 2, 1).hasRoom()).isFalse();
    assertThat(new Counts(3, 1, 1, 0, 0, 0, 2, 0).hasRoom()).isTrue();
  }

  private static Counts counts(int open, int connecting, int doubted, int arriving) {
    return new Counts(3, open, connecting, doubted, arriving, 64, 64, 0);
  }
}
