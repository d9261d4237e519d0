package dev.tidepool.examples.tomcat;

import java.lang.management.ManagementFactory;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.management.MalformedObjectNameException;
import javax.management.ObjectName;

/**
 * What there is of pools in this process and in the database.
 *
 * @param threads names of the pool's threads
 * @param connections sessions in the database besides the one that asks
 * @param beans names in JMX, the pool's own and those that Tomcat gives to data sources
 */
record Leftovers(Set<String> threads, int connections, Set<String> beans) {
  private static final String OTHER_SESSIONS =
      "select count(*) from information_schema.sessions where session_id <> session_id()";

  /** Looks now. */
  static Leftovers find(Connection watcher) throws SQLException {
    return new Leftovers(findThreads(), countSessions(watcher), findBeans());
  }

  boolean isEmpty() {
    return threads.isEmpty() && connections == 0 && beans.isEmpty();
  }

  private static Set<String> findThreads() {
    return Thread.getAllStackTraces().keySet().stream()
        .map(Thread::getName)
        .filter(name -> name.startsWith("tidepool-"))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static int countSessions(Connection watcher) throws SQLException {
    try (Statement statement = watcher.createStatement();
        ResultSet result = statement.executeQuery(OTHER_SESSIONS)) {
      result.next();
      return result.getInt(1);
    }
  }

  private static Set<String> findBeans() {
    Set<String> names = new TreeSet<>();
    for (String pattern : List.of("dev.tidepool:*", "*:type=DataSource,*")) {
      try {
        ManagementFactory.getPlatformMBeanServer()
            .queryNames(new ObjectName(pattern), null)
            .forEach(name -> names.add(name.getCanonicalName()));
      } catch (MalformedObjectNameException e) {
        throw new IllegalArgumentException(pattern, e);
      }
    }
    return names;
  }
}
