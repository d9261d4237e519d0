package dev.tidepool.observe;

import dev.tidepool.api.PoolMXBean;
import dev.tidepool.config.Property;
import dev.tidepool.config.PropertyTable;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import javax.management.MBeanAttributeInfo;
import javax.management.MBeanInfo;
import javax.management.MBeanOperationInfo;
import javax.management.StandardMBean;
import org.jspecify.annotations.Nullable;

/**
 * A pool's bean with a sentence for each attribute and operation, which a console shows beside it.
 * For properties it is that of their declaration, for the rest that of {@link PoolMXBean}.
 */
final class DescribedBean extends StandardMBean {
  private static final Map<String, String> TEXTS =
      Map.ofEntries(
          Map.entry("PoolName", "Name of the pool."),
          Map.entry("State", "What the pool does: NEW, RUNNING, SUSPENDED or CLOSED."),
          Map.entry("Health", "What the pool makes of its database: UP, SUSPECT or DOWN."),
          Map.entry("Generation", "Number of the present generation of connections, from 1."),
          Map.entry(
              "ServerIdleLimit",
              "How long the server lets a session be idle, in milliseconds; 0 if it does"
                  + " not say."),
          Map.entry(
              "PathIdleLimit",
              "How long the path lets a connection be silent, in milliseconds; 0 if"
                  + " nothing was learned."),
          Map.entry("IdleConnections", "Connections ready to be borrowed."),
          Map.entry("ActiveConnections", "Connections in the hands of borrowers."),
          Map.entry("TotalConnections", "Open connections."),
          Map.entry("CheckingConnections", "Connections being pinged or validated."),
          Map.entry("ConnectingConnections", "Connects under way."),
          Map.entry("ThreadsAwaitingConnection", "Borrowers waiting."),
          Map.entry("OpenedConnections", "Connections opened since the start."),
          Map.entry("ClosedConnections", "Connections closed since the start."),
          Map.entry("Borrows", "Connections handed out since the start."),
          Map.entry("AcquireTimeouts", "Borrowers that gave up at connectionTimeout."),
          Map.entry(
              "AcquireWaits",
              "Borrowers that had to wait, and have ended their wait one way or the other."),
          Map.entry(
              "AcquireWaitTotalMillis", "Milliseconds that borrowers have waited, all together."),
          Map.entry("AcquireWaitLongestMillis", "Milliseconds of the longest wait of a borrower."),
          Map.entry("ConnectFailures", "Connects that failed."),
          Map.entry("Pings", "Heartbeats sent."),
          Map.entry("PingFailures", "Heartbeats that failed."),
          Map.entry(
              "Validations",
              "Checks other than heartbeats: before handing out, and what else a"
                  + " connection was asked."),
          Map.entry("ValidationFailures", "Checks other than heartbeats that failed."),
          Map.entry("LateAnswers", "Checks that were not answered within hedgeAfter."),
          Map.entry(
              "IdleNews",
              "Times that something arrived on a connection that nobody used, most often"
                  + " its end."),
          Map.entry(
              "Suspicions",
              "Times that the death or silence of one connection put the others in doubt."),
          Map.entry("Outages", "Times that the database was found to be down."),
          Map.entry("Leaks", "Borrows reported as leaks."),
          Map.entry(
              "AcquireRefusals",
              "Borrowers that were refused because maximumWaiters waited already."),
          Map.entry("ClosingConnections", "Connections being closed."),
          Map.entry("HungConnects", "Logins that were given up and hang in the driver."),
          Map.entry("EventsDropped", "Events that listeners were too slow for."),
          Map.entry(
              "LastConnectFailureAgeMillis",
              "Milliseconds since the newest failed connect; -1 if none has failed."),
          Map.entry(
              "Retired", "Why connections were retired, as REASON=count separated by commas."),
          Map.entry(
              "TcpKeepAlive",
              "What is known of TCP keepalive on the newest connection, or \"none\"."),
          Map.entry("LastConnectFailure", "Message of the newest failed connect, or \"none\"."),
          Map.entry(
              "softEvictConnections",
              "Retires all connections: idle ones now, the others on return."),
          Map.entry("suspendPool", "Holds borrowers back."),
          Map.entry("resumePool", "Lets borrowers through."));

  DescribedBean(PoolMXBean bean) {
    super(bean, PoolMXBean.class, true);
  }

  @Override
  protected String getDescription(MBeanInfo info) {
    return "A Tidepool connection pool: its state, its figures, and what can be changed while it"
        + " runs. Times are in milliseconds.";
  }

  @Override
  protected @Nullable String getDescription(MBeanAttributeInfo info) {
    String name = info.getName();
    Property<?> property =
        PropertyTable.find(name.substring(0, 1).toLowerCase(Locale.ROOT) + name.substring(1));
    return property == null || TEXTS.containsKey(name) ? TEXTS.get(name) : describe(property);
  }

  private static String describe(Property<?> property) {
    String unit = property.type() == Duration.class ? " In milliseconds;" : " It";
    return property.documentation()
        + unit
        + " must be "
        + property.rule()
        + ", default "
        + property.defaultText()
        + ".";
  }

  @Override
  protected @Nullable String getDescription(MBeanOperationInfo info) {
    return TEXTS.get(info.getName());
  }

  /** No operation only reads. */
  @Override
  protected int getImpact(MBeanOperationInfo info) {
    return MBeanOperationInfo.ACTION;
  }
}
