package dev.tidepool.net;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Program;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;

class UserTimeoutTest {
  private static final String REFUSED = "[tcpUserTimeout is not in force: the system refuses it]";

  @TempDir private Path dir;

  @Test
  void withoutTheMeans_warnsOnceOfWhatItTakes_andTheSocketsWork() throws IOException {
    Assumptions.assumeTrue(isLinux(), "the texts are those of Linux");
    List<String> warnings = new ArrayList<>();
    UserTimeout timeout = new UserTimeout(Duration.ofSeconds(2), warnings::add);
    AttemptSockets attempt = new AttemptSockets(null, true, 0, timeout);
    for (int i = 0; i < 2; i++) {
      try (Socket socket = attempt.open()) {
        assertThat(socket.isClosed()).isFalse();
      }
    }
    int java = Runtime.version().feature();
    assertThat(warnings)
        .containsExactly(
            "tcpUserTimeout is not in force: "
                + (java < 22
                    ? "it takes Linux and Java 22, this is Linux, " + java
                    : "it takes the JVM options --add-exports=java.base/sun.nio.ch=ALL-UNNAMED"
                        + " --enable-native-access=ALL-UNNAMED"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--add-exports", "--add-opens"})
  void withTheOptions_theKernelHasIt(String access) throws Exception {
    assumeJava22();
    List<String> options =
        List.of(
            access + "=java.base/sun.nio.ch=ALL-UNNAMED",
            "--enable-native-access=ALL-UNNAMED",
            "--illegal-native-access=deny");
    String said = Program.run(dir, supported(options), UserTimeoutReadBack.class);
    assertThat(said.lines()).containsExactly("7000 0", "[]", REFUSED);
  }

  @Test
  void asAModule_itTakesTheOptionsForTheModule() throws Exception {
    assumeJava22();
    List<String> command =
        List.of(
            Program.java(),
            "-p",
            origin(UserTimeout.class) + File.pathSeparator + origin(Logger.class),
            "--patch-module=dev.tidepool=" + origin(UserTimeoutTest.class),
            "--add-exports=java.base/sun.nio.ch=dev.tidepool",
            "--enable-native-access=dev.tidepool",
            "-m",
            "dev.tidepool/" + UserTimeoutReadBack.class.getName());
    assertThat(Program.run(dir, command).lines()).containsExactly("7000 0", "[]", REFUSED);
  }

  private static List<String> supported(List<String> options) {
    // What Java 24 brought.
    return Runtime.version().feature() < 24 ? options.subList(0, 2) : options;
  }

  private static void assumeJava22() {
    Assumptions.assumeTrue(
        isLinux() && Runtime.version().feature() >= 22, "it takes Linux and Java 22");
  }

  private static boolean isLinux() {
    return "Linux".equals(System.getProperty("os.name"));
  }

  private static String origin(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI()).toString();
  }
}
