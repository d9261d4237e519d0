package dev.tidepool.observe;

import dev.tidepool.api.PoolMXBean;
import java.lang.management.ManagementFactory;
import javax.management.InstanceAlreadyExistsException;
import javax.management.InstanceNotFoundException;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Registers a pool with the platform's MBean server. */
public final class PoolJmx {
  private static final Logger log = LoggerFactory.getLogger(PoolJmx.class);

  private PoolJmx() {}

  /** Name under which a pool is registered; quoted, so that any pool name will do. */
  public static String nameOf(String poolName) {
    return "dev.tidepool:type=Pool,name=" + ObjectName.quote(poolName);
  }

  /**
   * Registers a pool. A name that is taken, or JMX that refuses, is logged and leaves the pool
   * without a bean.
   *
   * @return ends the registration
   */
  public static AutoCloseable register(PoolMXBean bean) {
    MBeanServer server = ManagementFactory.getPlatformMBeanServer();
    try {
      ObjectName name = new ObjectName(nameOf(bean.getPoolName()));
      server.registerMBean(new DescribedBean(bean), name);
      return () -> unregister(server, name, bean.getPoolName());
    } catch (InstanceAlreadyExistsException e) {
      log.error("{}: not registered with JMX, another pool has this name", bean.getPoolName());
    } catch (JMException | RuntimeException e) {
      log.error("{}: not registered with JMX", bean.getPoolName(), e);
    }
    return () -> {};
  }

  private static void unregister(MBeanServer server, ObjectName name, String poolName)
      throws JMException {
    try {
      server.unregisterMBean(name);
    } catch (InstanceNotFoundException e) {
      log.debug("{}: {} was unregistered by somebody else", poolName, name);
    }
  }
}
