package dev.tidepool.internal.exchange;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ChunkTest {
  private static final int SEAT = 63;
  private static final long BIT = 1L << SEAT;

  private static final class Place extends Slot {}

  private final Chunk<Place> chunk = new Chunk<>();
  private final Place place = new Place();

  @Test
  void slotThatIsTaken_isHidden_untilItIsShownAgain() {
    chunk.put(SEAT, place);
    assertThat(chunk.taken()).isEqualTo(BIT);
    assertThat(chunk.at(SEAT)).isSameAs(place);
    assertThat(chunk.idleBits()).isZero();
    chunk.show(SEAT);
    chunk.show(0);
    assertThat(chunk.idleBits()).isEqualTo(BIT | 1);
    assertThat(chunk.hide(SEAT)).isFalse();
    assertThat(chunk.idleBits()).isEqualTo(1);
    chunk.show(SEAT);
    chunk.show(SEAT);
    assertThat(chunk.idleBits()).isEqualTo(BIT | 1);
  }

  /** It became idle after it was found taken: whoever made it so may have seen the old bit. */
  @Test
  void slotThatIsIdleAfterAll_staysShown() {
    chunk.put(SEAT, place);
    assertThat(place.makeIdle()).isTrue();
    chunk.show(SEAT);
    assertThat(chunk.hide(SEAT)).isTrue();
    assertThat(chunk.idleBits()).isEqualTo(BIT);
  }

  @Test
  void emptySeat_isHidden() {
    chunk.show(SEAT);
    assertThat(chunk.hide(SEAT)).isFalse();
    assertThat(chunk.idleBits()).isZero();
  }

  @Test
  void seats_areTakenFromTheLowest_untilAllAre() {
    for (int seat = 0; seat < Chunk.SEATS; seat++) {
      assertThat(chunk.freeSeat()).isEqualTo(seat);
      chunk.put(seat, new Place());
    }
    assertThat(chunk.freeSeat()).isEqualTo(-1);
    chunk.put(17, null);
    assertThat(chunk.at(17)).isNull();
    assertThat(chunk.freeSeat()).isEqualTo(17);
    assertThat(chunk.taken()).isEqualTo(~(1L << 17));
  }
}
