package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.api.Tidepool;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.lang.module.Configuration;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The tests run on the class path; this one proves that the named module works as well. */
class ModuleTest {
  private static final String NAME = "dev.tidepool";

  private static ModuleLayer layer;

  @BeforeAll
  static void resolveTheModuleWithNothingButSlf4j() throws URISyntaxException {
    ModuleFinder finder = ModuleFinder.of(pathOf(Tidepool.class), pathOf(Logger.class));
    ModuleLayer boot = ModuleLayer.boot();
    Configuration resolved = boot.configuration().resolve(finder, ModuleFinder.of(), Set.of(NAME));
    layer =
        ModuleLayer.defineModulesWithOneLoader(
                resolved, List.of(boot), ClassLoader.getPlatformClassLoader())
            .layer();
  }

  @Test
  void publicPackages_areExported_andNoOther() {
    assertThat(layer.findModule(NAME).orElseThrow().getDescriptor().exports())
        .extracting(ModuleDescriptor.Exports::source)
        .containsExactlyInAnyOrder(
            "dev.tidepool", "dev.tidepool.api", "dev.tidepool.config", "dev.tidepool.net");
  }

  @Test
  void noModuleButSlf4jAndTheJdk_isNeededAtRunTime() {
    assertThat(layer.findModule(NAME).orElseThrow().getDescriptor().requires())
        .filteredOn(r -> !r.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
        .extracting(ModuleDescriptor.Requires::name)
        .containsExactlyInAnyOrder("java.base", "java.sql", "org.slf4j");
  }

  @Test
  void aClassOfTheModule_isLoadedByName() throws ClassNotFoundException {
    Class<?> type = layer.findLoader(NAME).loadClass(Tidepool.class.getName());
    assertThat(type).isNotSameAs(Tidepool.class);
    assertThat(type.getModule().getName()).isEqualTo(NAME);
  }

  /** JSpecify is not there for users: its annotations must not be needed to compile. */
  @Test
  void aModuleOfAUser_compilesAgainstItAndSlf4jAlone(@TempDir Path dir) throws Exception {
    Path info =
        Files.writeString(dir.resolve("module-info.java"), "module u { requires dev.tidepool; }");
    Path user =
        Files.writeString(
            Files.createDirectories(dir.resolve("u")).resolve("User.java"),
            "package u; class User { String n = new dev.tidepool.TidepoolDataSource().getUsername(); }");
    ByteArrayOutputStream errors = new ByteArrayOutputStream();
    String path = pathOf(Tidepool.class) + File.pathSeparator + pathOf(LoggerFactory.class);
    int code =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                errors,
                "-d",
                dir.resolve("out").toString(),
                "-p",
                path,
                info.toString(),
                user.toString());
    assertThat(code).as(errors.toString(StandardCharsets.UTF_8)).isZero();
  }

  private static Path pathOf(Class<?> type) throws URISyntaxException {
    return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
  }
}
