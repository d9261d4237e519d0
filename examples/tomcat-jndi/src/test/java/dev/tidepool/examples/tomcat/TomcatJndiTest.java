package dev.tidepool.examples.tomcat;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.examples.tomcat.DemoServer.PoolJar;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.sql.Connection;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.apache.catalina.core.StandardContext;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class TomcatJndiTest {
  private static final Logger TOMCAT = Logger.getLogger("org.apache");
  private static final int CYCLES = 5;

  private final Complaints complaints = new Complaints();

  /** What Tomcat warns of, its search for leaks included. */
  private static final class Complaints extends Handler {
    private final List<String> texts = new CopyOnWriteArrayList<>();

    @Override
    public void publish(LogRecord record) {
      if (record.getLevel().intValue() >= Level.WARNING.intValue()) {
        texts.add(new SimpleFormatter().format(record));
      }
    }

    @Override
    public void flush() {}

    @Override
    public void close() {}
  }

  @BeforeEach
  void listen() {
    TOMCAT.setLevel(Level.WARNING);
    TOMCAT.addHandler(complaints);
  }

  @AfterEach
  void stopListening() {
    TOMCAT.removeHandler(complaints);
  }

  @ParameterizedTest
  @EnumSource
  void deployedAgainAndAgain_leavesNothing_andTomcatFindsNoLeak(PoolJar where) throws Exception {
    try (Connection watcher = TomcatJndi.createDatabase();
        DemoServer server = new DemoServer()) {
      for (int i = 0; i < CYCLES; i++) {
        StandardContext context = server.deploy(where);
        assertThat(server.ask()).contains("Husum has high water").contains("pool tides: 1 active");
        Leftovers running = Leftovers.find(watcher);
        assertThat(running.threads()).isNotEmpty();
        assertThat(running.connections()).isPositive();
        assertThat(running.beans()).hasSize(2);

        server.undeploy(context);

        assertThat(Leftovers.find(watcher)).matches(Leftovers::isEmpty, "empty");
        assertThat(complaints.texts).isEmpty();
      }
    }
  }

  /** Whatever holds one object of the application holds all its classes, for good. */
  @Test
  void theApplicationsClassLoader_isCollected() throws Exception {
    try (Connection watcher = TomcatJndi.createDatabase();
        DemoServer server = new DemoServer()) {
      ReferenceQueue<ClassLoader> collected = new ReferenceQueue<>();
      WeakReference<ClassLoader> loader = deployAndUndeploy(server, collected);
      // Tomcat keeps something of the last application until the next one.
      deployAndUndeploy(server, new ReferenceQueue<>());
      for (int i = 0; i < 50 && !loader.refersTo(null); i++) {
        System.gc();
        collected.remove(100);
      }
      assertThat(loader.refersTo(null)).as("the class loader is collected").isTrue();
      assertThat(Leftovers.find(watcher)).matches(Leftovers::isEmpty, "empty");
    }
  }

  @Test
  void main_endsWithoutAnError() throws Exception {
    // A failure would end the JVM, which the build reports.
    TomcatJndi.main(new String[0]);
    assertThat(complaints.texts).isEmpty();
  }

  /** In a method of its own, so that no local variable keeps the loader. */
  private static WeakReference<ClassLoader> deployAndUndeploy(
      DemoServer server, ReferenceQueue<ClassLoader> queue) throws Exception {
    StandardContext context = server.deploy(PoolJar.IN_THE_APPLICATION);
    assertThat(server.ask()).contains("Husum");
    ClassLoader loader = context.getLoader().getClassLoader();
    Class<?> pool = loader.loadClass(TidepoolDataSource.class.getName());
    assertThat(pool).isNotSameAs(TidepoolDataSource.class);
    assertThat(pool.getClassLoader()).isSameAs(loader);
    server.undeploy(context);
    return new WeakReference<>(loader, queue);
  }
}
