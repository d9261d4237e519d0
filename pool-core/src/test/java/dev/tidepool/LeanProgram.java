package dev.tidepool;

import dev.tidepool.net.KeepAlive;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.List;

/** A program with a pool in it, for a runtime image without the modules it prints first. */
final class LeanProgram {
  private LeanProgram() {}

  public static void main(String[] args) throws Exception {
    List<String> optional = List.of("java.compiler", "java.management", "java.naming", "jdk.net");
    System.out.println(
        "without "
            + optional.stream()
                .filter(name -> ModuleLayer.boot().findModule(name).isEmpty())
                .toList());
    try (TidepoolDataSource pool = new TidepoolDataSource()) {
      pool.setUrl("jdbc:h2:mem:lean");
      pool.setMaximumPoolSize(2);
      try (Connection connection = pool.getConnection();
          Statement statement = connection.createStatement();
          ResultSet row = statement.executeQuery("select 'lent'")) {
        System.out.println(row.next() ? row.getString(1) : "no row");
      }
    }
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        Socket socket = new Socket(server.getInetAddress(), server.getLocalPort())) {
      new KeepAlive(45, 10, 3).apply(socket);
      System.out.println("keepalive " + KeepAlive.describe(socket));
    }
  }
}
