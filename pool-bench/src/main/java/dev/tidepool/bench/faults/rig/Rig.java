package dev.tidepool.bench.faults.rig;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.Database;
import dev.tidepool.bench.faults.model.Fault;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The laboratory: a network of its own, and servers that are started when a cell first needs them
 * and live until the end. One cell at a time.
 */
public final class Rig implements AutoCloseable {
  private final Path dir;
  private final Network network;
  private final Certificate certificate;
  private final Map<Database, List<Server>> servers = new EnumMap<>(Database.class);
  private final Thread atExit = new Thread(this::release, "lab-exit");
  private int scenes;
  private boolean closed;

  private Rig(Path dir, Network network, Certificate certificate) {
    this.dir = dir;
    this.network = network;
    this.certificate = certificate;
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /** What keeps this machine from being a laboratory, if anything. */
  public static Optional<String> unavailable() {
    return Tools.missing();
  }

  /** What keeps the cell from being run here, if anything. */
  public static Optional<String> unavailable(Cell cell) {
    return Tools.missing(cell);
  }

  /** What keeps a server of that kind from being run here, if anything. */
  public static Optional<String> unavailable(Database database) {
    return Tools.missing(database);
  }

  /**
   * Sets it up.
   *
   * @throws RigException if this machine refuses, as one without network namespaces does
   */
  public static Rig create() {
    try {
      Path dir = Files.createTempDirectory("tplab");
      // Servers that run as users of their own have to find their directories.
      Files.setPosixFilePermissions(dir, PosixFilePermissions.fromString("rwxr-xr-x"));
      // The namespaces last: nothing that fails after them would leave them behind.
      Certificate certificate = Certificate.create(dir);
      return new Rig(dir, Network.create(), certificate);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Sets the stage for a cell. */
  public Scene scene(Cell cell) {
    List<Server> used = new ArrayList<>();
    used.add(server(cell.database(), 0));
    if (cell.fault() == Fault.F6) {
      used.add(server(cell.database(), 1));
    }
    Scene scene = new Scene(cell, network, directory("scene" + scenes++), used, certificate);
    boolean prepared = false;
    try {
      scene.prepare();
      prepared = true;
      return scene;
    } finally {
      if (!prepared) {
        scene.close();
      }
    }
  }

  /** A server of this laboratory that takes one fault after the other. */
  public Site site(Database database) {
    return new Site(network, server(database, 0));
  }

  private Path directory(String name) {
    try {
      Path made = Files.createDirectory(dir.resolve(name));
      Files.setPosixFilePermissions(made, PosixFilePermissions.fromString("rwxr-xr-x"));
      return made;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Server server(Database database, int number) {
    List<Server> started = servers.computeIfAbsent(database, key -> new ArrayList<>());
    while (started.size() <= number) {
      int index = started.size();
      if (database == Database.POSTGRESQL) {
        Path home = dir.resolve("postgres" + index);
        started.add(PostgresServer.create(network, home, 5_432 + index, certificate));
      } else {
        Path home = directory("mariadb" + index);
        started.add(MariaDbServer.create(network, home, 3_306 + index, certificate));
      }
    }
    return started.get(number);
  }

  /** Starts a program of this class path where the pool is. */
  public Child startAtPool(Path errors, Class<?> main, List<String> arguments) {
    return Child.start(network::atPool, errors, main.getName(), arguments);
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    release();
  }

  private synchronized void release() {
    if (closed) {
      return;
    }
    closed = true;
    @Nullable RuntimeException first = null;
    List<Runnable> all = new ArrayList<>();
    servers.values().forEach(each -> each.forEach(server -> all.add(server::close)));
    all.add(network::close);
    for (Runnable each : all) {
      try {
        each.run();
      } catch (RigException e) {
        first = first == null ? e : first;
      }
    }
    delete();
    if (first != null) {
      throw first;
    }
  }

  private void delete() {
    try (Stream<Path> found = Files.walk(dir)) {
      for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
