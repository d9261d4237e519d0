package dev.tidepool.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class ServerSourceTest {
  private static final ServerSource NONE = none("far", "nobody answers");
  private static final ServerSource NEAR = new ServerSource("near", () -> "jdbc:near");
  private static final ServerSource LAST =
      new ServerSource(
          "last",
          () -> {
            throw new AssertionError("asked");
          });

  private final List<String> said = new ArrayList<>();

  private static ServerSource none(String name, String reason) {
    return new ServerSource(
        name,
        () -> {
          throw new ServerSource.None(reason);
        });
  }

  private String first(String required, ServerSource... sources) throws Exception {
    return ServerSource.first("X", List.of(sources), required, said::add);
  }

  @Test
  void first_takesTheFirstThatHasOne_saysWhy_andAsksNoOther() throws Exception {
    assertThat(first(null, NONE, NEAR, LAST)).isEqualTo("jdbc:near");
    assertThat(said).containsExactly("tests use X from: near (not from far: nobody answers)");
  }

  @Test
  void first_noneHasOne_skips_andSaysWhy() {
    assertThatThrownBy(() -> first(null, NONE, none("near", "not here")))
        .isInstanceOf(TestAbortedException.class)
        .hasMessage("no X (not from far: nobody answers; near: not here)");
  }

  @Test
  void first_brokenSource_fails() {
    assertThatThrownBy(() -> first(null, LAST, NEAR))
        .isInstanceOf(AssertionError.class)
        .hasMessage("asked");
  }

  @Test
  void first_required_asksNoOther() throws Exception {
    assertThat(first("near", LAST, NEAR)).isEqualTo("jdbc:near");
    assertThat(said).containsExactly("tests use X from: near");
  }

  @Test
  void first_requiredHasNone_failsInsteadOfASkip() {
    assertThatThrownBy(() -> first("far", NONE, NEAR))
        .isInstanceOf(AssertionError.class)
        .hasMessage("X: tidepool.test.require=far, but nobody answers");
  }

  @Test
  void first_requiredIsUnknown_fails() {
    assertThatThrownBy(() -> first("docker", NONE, NEAR))
        .isInstanceOf(AssertionError.class)
        .hasMessage("X: no source is called tidepool.test.require=docker; there are [far, near]");
  }
}
