package dev.tidepool.examples.tomcat;

import dev.tidepool.examples.tomcat.DemoServer.PoolJar;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.core.StandardContext;

/**
 * Deploys the web application, asks it something, undeploys it, and looks for what it left behind.
 */
public final class TomcatJndi {
  private static final Logger TOMCAT = Logger.getLogger("org.apache");

  private TomcatJndi() {}

  /** Ends with exit code 0 if the application answered and left nothing behind. */
  public static void main(String[] args) throws Exception {
    TOMCAT.setLevel(Level.WARNING);
    boolean clean;
    try (Connection watcher = createDatabase();
        DemoServer server = new DemoServer()) {
      clean = run(server, watcher);
    }
    if (!clean) {
      System.exit(1);
    }
  }

  private static boolean run(DemoServer server, Connection watcher) throws Exception {
    System.out.println("Deploy. META-INF/context.xml says which pool Tomcat makes.");
    StandardContext context = server.deploy(PoolJar.IN_THE_APPLICATION);
    System.out.println("Ask the servlet, which looks up java:comp/env/jdbc/tides:\n");
    System.out.println(server.ask().indent(2));
    Leftovers running = Leftovers.find(watcher);
    System.out.println("While it runs:\n" + describe(running));
    server.undeploy(context);
    Leftovers left = Leftovers.find(watcher);
    System.out.println("Undeployed:\n" + describe(left));
    // Without anything to see before, seeing nothing afterwards would prove nothing.
    boolean seen =
        !running.threads().isEmpty() && running.connections() > 0 && running.beans().size() > 1;
    boolean clean = seen && left.isEmpty();
    System.out.println(clean ? "Nothing is left behind." : "FAILED: see above.");
    return clean;
  }

  private static String describe(Leftovers found) {
    return "  threads      "
        + found.threads()
        + "\n  connections  "
        + found.connections()
        + "\n  JMX beans    "
        + found.beans()
        + "\n";
  }

  /** The database, which ends with the connection returned. */
  static Connection createDatabase() throws SQLException {
    Connection connection = DriverManager.getConnection("jdbc:h2:mem:tides", "sa", "");
    try (Statement statement = connection.createStatement()) {
      statement.execute("create table tide(harbour varchar(30), high_water time)");
      statement.execute(
          "insert into tide values ('Cuxhaven', '04:12'), ('Husum', '05:31'), ('Emden', '02:58')");
    }
    return connection;
  }
}
