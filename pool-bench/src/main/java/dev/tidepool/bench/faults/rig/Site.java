package dev.tidepool.bench.faults.rig;

/**
 * A server behind a router that takes one fault after the other; {@link #heal()} undoes them all.
 * By one thread at a time.
 */
public final class Site {
  private final Network network;
  private final Server server;
  private boolean down;
  private boolean frozen;
  private boolean readOnly;
  private boolean idleLimit;

  Site(Network network, Server server) {
    this.network = network;
    this.server = server;
    // Sessions whose client vanished while nothing got through would be counted for hours.
    network.probeSilentClients();
  }

  /** The database as the pool reaches it; the user is the pool's to say, lab or lab_2. */
  public String url() {
    return server.url(server.port(), false).replace("user=lab&", "");
  }

  /** Ends the server without a farewell. */
  public void crash() {
    server.crash();
    down = true;
  }

  /** Ends all sessions of the pool. */
  public void killSessions() {
    server.killSessions();
  }

  /** Resets all connections. */
  public void resetConnections() {
    network.resetAll(server.port());
  }

  /** The flows of all present connections vanish. */
  public void dropPresentFlows() {
    network.dropPresentFlows();
  }

  /** Everything vanishes. */
  public void dropAll() {
    network.dropAll();
  }

  /** Every second connect takes a second longer. */
  public void dropEverySecondConnect() {
    network.dropEverySecondConnect();
  }

  /** Stops all processes of the server. */
  public void freeze() {
    frozen = true;
    server.freeze();
  }

  /** Refuses writes. */
  public void refuseWrites() {
    readOnly = true;
    server.readOnly(true);
  }

  /** Ends sessions that are quiet for so long. */
  public void limitIdle(int seconds) {
    idleLimit = true;
    server.idleLimit(seconds);
  }

  /** Undoes what is wrong; returns when the server answers. */
  public void heal() {
    network.heal();
    if (frozen) {
      server.thaw();
      frozen = false;
    }
    if (down) {
      server.start();
      down = false;
    }
    if (readOnly) {
      server.readOnly(false);
      readOnly = false;
    }
    if (idleLimit) {
      server.idleLimit(0);
      idleLimit = false;
    }
  }

  /** Sessions of the pool, asked by another connection. */
  public int sessions() {
    return server.sessions();
  }
}
