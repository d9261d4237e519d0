package dev.tidepool.bench.faults.rig;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.Database;
import dev.tidepool.bench.faults.model.Fault;
import dev.tidepool.bench.faults.model.Killer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Which programs are there. */
final class Tools {
  static final Path HAPROXY = Path.of("/usr/sbin/haproxy");
  static final Path NGINX = Path.of("/usr/sbin/nginx");
  static final Path NGINX_STREAM = Path.of("/usr/lib/nginx/modules/ngx_stream_module.so");
  static final Path PGBOUNCER = Path.of("/usr/sbin/pgbouncer");
  static final Path MARIADB = Path.of("/usr/sbin/mariadbd");
  static final Path MARIADB_INSTALL = Path.of("/usr/bin/mariadb-install-db");
  static final Path MARIADB_CLIENT = Path.of("/usr/bin/mariadb");
  private static final Path POSTGRES_VERSIONS = Path.of("/usr/lib/postgresql");

  private Tools() {}

  /** What keeps the whole laboratory from working, if anything. */
  static Optional<String> missing() {
    if (!System.getProperty("os.name").equals("Linux")) {
      return Optional.of("network namespaces take Linux");
    }
    if (!"root".equals(System.getProperty("user.name"))) {
      return Optional.of("network namespaces take root");
    }
    return Stream.of("ip", "ss", "nft", "nsenter", "setpriv", "openssl")
        .filter(program -> !isOnPath(program))
        .findFirst()
        .map(program -> "there is no program " + program);
  }

  /** What keeps this cell from being run, if anything. */
  static Optional<String> missing(Cell cell) {
    Optional<String> server = missing(cell.database());
    if (server.isPresent()) {
      return server;
    }
    List<Path> needed = new ArrayList<>();
    if (cell.fault() == Fault.F6 || cell.killer() == Killer.HAPROXY) {
      needed.add(HAPROXY);
    }
    if (cell.killer() == Killer.NGINX) {
      needed.addAll(List.of(NGINX, NGINX_STREAM));
    }
    if (cell.killer() == Killer.PGBOUNCER_SESSION
        || cell.killer() == Killer.PGBOUNCER_TRANSACTION) {
      needed.add(PGBOUNCER);
    }
    return missing(needed);
  }

  /** What keeps a server of that kind from being run, if anything. */
  static Optional<String> missing(Database database) {
    if (database == Database.POSTGRESQL) {
      return postgres().isPresent()
          ? Optional.empty()
          : Optional.of("there is no PostgreSQL below " + POSTGRES_VERSIONS);
    }
    return missing(List.of(MARIADB, MARIADB_INSTALL, MARIADB_CLIENT));
  }

  private static Optional<String> missing(List<Path> needed) {
    return needed.stream()
        .filter(path -> !Files.exists(path))
        .findFirst()
        .map(path -> "there is no " + path);
  }

  /** The directory of the newest PostgreSQL's programs. */
  static Optional<Path> postgres() {
    if (!Files.isDirectory(POSTGRES_VERSIONS)) {
      return Optional.empty();
    }
    try (Stream<Path> found = Files.list(POSTGRES_VERSIONS)) {
      return found
          .map(version -> version.resolve("bin"))
          .filter(bin -> Files.isExecutable(bin.resolve("pg_ctl")))
          .filter(bin -> Files.isExecutable(bin.resolve("psql")))
          .max(Path::compareTo);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isOnPath(String program) {
    return Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
        .anyMatch(dir -> Files.isExecutable(Path.of(dir, program)));
  }
}
