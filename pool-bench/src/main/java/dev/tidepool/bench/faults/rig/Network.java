package dev.tidepool.bench.faults.rig;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;

/**
 * Three network namespaces: pool - router - server. The router drops what a fault wants dropped, so
 * neither end hears of it. None has a way to the world outside.
 */
final class Network implements AutoCloseable {
  /** The server's address, as the pool reaches it. */
  static final String SERVER = "198.51.100.2";

  /** Of this JVM; the names of namespaces are the machine's. */
  private static final AtomicInteger MADE = new AtomicInteger();

  private final String pool;
  private final String router;
  private final String server;

  private Network(String prefix) {
    pool = prefix + "p";
    router = prefix + "r";
    server = prefix + "s";
  }

  /** Makes the namespaces and the links between them. */
  static Network create() {
    Network network =
        new Network("tplab" + ProcessHandle.current().pid() + "-" + MADE.incrementAndGet());
    boolean done = false;
    try {
      network.link();
      done = true;
      return network;
    } finally {
      if (!done) {
        network.close();
      }
    }
  }

  private void link() {
    for (String namespace : List.of(pool, router, server)) {
      Shell.run("ip", "netns", "add", namespace);
      ip(namespace, "link set lo up");
    }
    connect(pool, "p0", "192.0.2.1/30", "r0", "192.0.2.2/30");
    connect(server, "s0", SERVER + "/30", "r1", "198.51.100.1/30");
    ip(pool, "route add default via 192.0.2.2");
    ip(server, "route add default via 198.51.100.1");
    sysctl("net.ipv4.ip_forward=1");
  }

  private void connect(
      String namespace, String device, String address, String routerDevice, String routerAddress) {
    Shell.run(
        words(
            "ip link add %s netns %s type veth peer name %s netns %s"
                .formatted(device, namespace, routerDevice, router)));
    ip(namespace, "addr add " + address + " dev " + device);
    ip(router, "addr add " + routerAddress + " dev " + routerDevice);
    ip(namespace, "link set " + device + " up");
    ip(router, "link set " + routerDevice + " up");
  }

  private static void ip(String namespace, String command) {
    Shell.run(words("ip -n " + namespace + " " + command));
  }

  private static List<String> words(String command) {
    return Arrays.asList(command.split(" "));
  }

  private void sysctl(String... settings) {
    List<String> command = new ArrayList<>(List.of("sysctl", "-qw"));
    command.addAll(List.of(settings));
    Shell.run(in(router, command));
  }

  private static List<String> in(String namespace, List<String> command) {
    // Not "ip netns exec", which mounts another /sys and hides the control groups from a JVM.
    List<String> all = new ArrayList<>(List.of("nsenter", "--net=/run/netns/" + namespace, "--"));
    all.addAll(command);
    return all;
  }

  /** The command, run where the pool is. */
  List<String> atPool(List<String> command) {
    return in(pool, command);
  }

  /** The command, run where the server is. */
  List<String> atServer(List<String> command) {
    return in(server, command);
  }

  private void nft(String rules) {
    Shell.run(in(router, List.of("nft", rules)));
  }

  /** Drops both directions of the flows that exist now; later ones pass. */
  void dropPresentFlows() {
    String sockets =
        Shell.run(atPool(List.of("ss", "-tnH", "state", "established", "dst", SERVER)));
    String ports =
        sockets
            .lines()
            .map(line -> line.trim().split("\\s+")[2])
            .map(local -> local.substring(local.lastIndexOf(':') + 1))
            .collect(Collectors.joining(", "));
    if (ports.isEmpty()) {
      return;
    }
    nft(
        "add table ip lab; add chain ip lab f { type filter hook forward priority 0; };"
            + (" add rule ip lab f tcp sport { %s } drop; add rule ip lab f tcp dport { %s } drop"
                .formatted(ports, ports)));
  }

  /** Resets all connections to a port of the server, at both ends. */
  void resetAll(int port) {
    Shell.run(
        atServer(List.of("ss", "-K", "-tnH", "state", "established", "sport", "=", ":" + port)));
  }

  /** Loses every second request for a connection, so that its sender repeats it a second later. */
  void dropEverySecondConnect() {
    nft(
        "add table ip lab; add chain ip lab f { type filter hook forward priority 0; };"
            + " add rule ip lab f tcp flags & (syn|ack) == syn numgen inc mod 2 0 drop");
  }

  /** Has the server's kernel look soon whether a silent client is still there. */
  void probeSilentClients() {
    Shell.run(
        atServer(
            List.of(
                "sysctl",
                "-qw",
                "net.ipv4.tcp_keepalive_time=3",
                "net.ipv4.tcp_keepalive_intvl=1",
                "net.ipv4.tcp_keepalive_probes=5")));
  }

  /** Drops everything. */
  void dropAll() {
    nft(
        "add table ip lab; add chain ip lab f { type filter hook forward priority 0; };"
            + " add rule ip lab f drop");
  }

  /**
   * Forgets flows that are quiet for so long, and then drops or resets what belongs to none.
   *
   * @param reset whether the sender hears of it
   */
  void forgetQuietFlows(int seconds, boolean reset) {
    sysctl(
        "net.netfilter.nf_conntrack_tcp_loose=0",
        "net.netfilter.nf_conntrack_tcp_timeout_established=" + seconds);
    nft(
        "add table ip lab; add chain ip lab f { type filter hook forward priority 0; policy drop; };"
            + " add rule ip lab f ct state established,related accept;"
            + " add rule ip lab f ct state new tcp flags & (syn|ack) == syn accept;"
            + " add rule ip lab f ip protocol tcp "
            + (reset ? "reject with tcp reset" : "drop"));
  }

  /** Undoes all of the above. */
  void heal() {
    // Adding what may be there already makes the deletion of what may be missing work.
    nft("add table ip lab; delete table ip lab");
  }

  @Override
  public void close() {
    String existing = Shell.run("ip", "netns", "list");
    for (String namespace : List.of(pool, router, server)) {
      if (existing.lines().anyMatch(line -> line.split(" ")[0].equals(namespace))) {
        Shell.run("ip", "netns", "del", namespace);
      }
    }
  }
}
