package dev.tidepool.bench.faults.rig;

import dev.tidepool.bench.faults.model.Cell;
import dev.tidepool.bench.faults.model.Database;
import dev.tidepool.bench.faults.model.Fault;
import dev.tidepool.bench.faults.model.Killer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Server, network and proxy of one cell, and its fault. */
public final class Scene implements AutoCloseable {
  private static final int IDLE_SECONDS = 2;
  private static final int LONG_SECONDS = 3_600;
  private static final Duration ANSWER = Duration.ofSeconds(20);

  private final Cell cell;
  private final Network network;
  private final Path dir;
  private final List<Server> servers;
  private final Certificate certificate;
  private @Nullable Middleman middleman;
  private @Nullable Child tarpit;
  private boolean down;

  Scene(Cell cell, Network network, Path dir, List<Server> servers, Certificate certificate) {
    this.cell = cell;
    this.network = network;
    this.dir = dir;
    this.servers = servers;
    this.certificate = certificate;
  }

  private Server server() {
    return servers.get(0);
  }

  /** What has to stand before the pool starts. */
  void prepare() {
    if (cell.fault() == Fault.F6) {
      List<Integer> ports = servers.stream().map(Server::port).toList();
      middleman = Middleman.haproxy(network, dir, ports, LONG_SECONDS);
    } else if (cell.fault() == Fault.F7) {
      tarpit =
          Child.start(
              network::atServer,
              dir.resolve("tarpit.log"),
              Tarpit.class.getName(),
              List.of(Network.SERVER, "" + Middleman.PORT, "" + server().port()));
      tarpit.await(Tarpit.DONE::equals, ANSWER);
    } else if (cell.fault() == Fault.F8) {
      prepare(Objects.requireNonNull(cell.killer()));
    }
  }

  private void prepare(Killer killer) {
    int port = server().port();
    switch (killer) {
      case IDLE_SESSION_TIMEOUT, WAIT_TIMEOUT -> server().idleLimit(IDLE_SECONDS);
      case HAPROXY -> middleman = Middleman.haproxy(network, dir, List.of(port), IDLE_SECONDS);
      case NGINX -> middleman = Middleman.nginx(network, dir, port, IDLE_SECONDS);
      case PGBOUNCER_SESSION, PGBOUNCER_TRANSACTION -> {
        String mode = killer == Killer.PGBOUNCER_SESSION ? "session" : "transaction";
        middleman = Middleman.pgbouncer(network, dir, port, mode, IDLE_SECONDS, certificate);
      }
      case FIREWALL_DROP -> network.forgetQuietFlows(IDLE_SECONDS, false);
      case FIREWALL_RST -> network.forgetQuietFlows(IDLE_SECONDS, true);
      case NONE_STEADY_USE -> {
        // Nobody kills anything.
      }
    }
  }

  /** The database as the pool reaches it. */
  public String url() {
    int port = middleman == null && tarpit == null ? server().port() : Middleman.PORT;
    String url = server().url(port, cell.tls());
    // Its transaction pooling mixes up the names of statements that a driver prepares.
    boolean unnamed = cell.killer() == Killer.PGBOUNCER_TRANSACTION;
    return unnamed && cell.database() == Database.POSTGRESQL ? url + "&prepareThreshold=0" : url;
  }

  /** Lets the fault happen; returns {@link System#nanoTime()} of the moment when it was in. */
  public long inject() {
    switch (cell.fault()) {
      case F1 -> {
        server().crash();
        down = true;
      }
      case F2 -> {
        return server().killSessions();
      }
      case F3 -> network.dropPresentFlows();
      case F4 -> network.dropAll();
      case F5 -> server().freeze();
      case F6 -> {
        server().readOnly(true);
        Objects.requireNonNull(middleman).switchOver();
      }
      case F7 -> order(Tarpit.TRAP);
      case F8 -> {
        // It began before the pool did.
      }
    }
    return System.nanoTime();
  }

  private void order(String word) {
    Child child = Objects.requireNonNull(tarpit);
    child.send(word);
    child.await(Tarpit.DONE::equals, ANSWER);
  }

  /** Undoes what {@link #inject} did; returns the moment when all was well. */
  public long repair() {
    switch (cell.fault()) {
      case F1 -> restart();
      case F3, F4 -> network.heal();
      case F5 -> server().thaw();
      case F6 -> server().readOnly(false);
      case F7 -> order(Tarpit.PASS);
      case F2, F8 -> {
        // Nothing is left of it, or it goes on until the end.
      }
    }
    return System.nanoTime();
  }

  private void restart() {
    if (down) {
      server().start();
      down = false;
    }
  }

  /** Whether sessions on the server are the pool's own, one for one. */
  public boolean countsSessions() {
    return cell.killer() != Killer.PGBOUNCER_SESSION
        && cell.killer() != Killer.PGBOUNCER_TRANSACTION;
  }

  /** Sessions of pools on all servers. */
  public int sessions() {
    int sum = 0;
    for (Server each : servers) {
      sum += each.sessions();
    }
    return sum;
  }

  /** As it was before: for the next cell. */
  @Override
  public void close() {
    if (middleman != null) {
      middleman.close();
    }
    if (tarpit != null) {
      tarpit.kill();
    }
    network.heal();
    restart();
    server().thaw();
    if (cell.fault() == Fault.F6) {
      server().readOnly(false);
    }
    if (cell.killer() == Killer.IDLE_SESSION_TIMEOUT || cell.killer() == Killer.WAIT_TIMEOUT) {
      server().idleLimit(0);
    }
    for (Server each : servers) {
      each.killSessions();
    }
  }
}
