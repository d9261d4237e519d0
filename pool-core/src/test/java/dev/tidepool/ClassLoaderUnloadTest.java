package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Await;
import dev.tidepool.testing.LogCapture;
import dev.tidepool.testing.TinyServer;
import java.lang.management.ManagementFactory;
import java.lang.ref.PhantomReference;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.net.URL;
import java.net.URLClassLoader;
import java.sql.DriverManager;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.ObjIntConsumer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** An application server loads and unloads an application that brings the pool along. */
class ClassLoaderUnloadTest {
  private static final int ROUNDS = 100;
  private static final int MOST_COLLECTIONS = 60;

  private final ReferenceQueue<ClassLoader> collected = new ReferenceQueue<>();

  /** Has its own copy of the pool and of these tests; everything else is shared. */
  private static final class OfTheApplication extends URLClassLoader {
    OfTheApplication(URL[] classes) {
      super(classes, ClassLoaderUnloadTest.class.getClassLoader());
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
      if (!name.startsWith("dev.tidepool.")) {
        return super.loadClass(name, resolve);
      }
      synchronized (getClassLoadingLock(name)) {
        Class<?> loaded = findLoadedClass(name);
        return loaded != null ? loaded : findClass(name);
      }
    }
  }

  @Test
  @Timeout(600) // the pool's classes are loaded a hundred times
  void unloadedApplication_leavesNothingBehind() throws Exception {
    long drivers = DriverManager.drivers().count();
    Set<Reference<ClassLoader>> loaders = new HashSet<>();
    try (LogCapture log = LogCapture.of();
        TinyServer server = new TinyServer()) {
      for (int round = 0; round < ROUNDS; round++) {
        loaders.add(run(server.url(), round % Tenant.WAYS));
      }
      Await.until("all connections are closed", () -> server.open() == 0);
      Await.until("no thread of a pool is left", () -> threads().isEmpty());
      // As of a worker that is still at it when the loader of its classes is closed.
      assertThat(log.text()).doesNotContain("NoClassDefFoundError");
    }
    ObjectName beans = new ObjectName("dev.tidepool:*");
    assertThat(ManagementFactory.getPlatformMBeanServer().queryNames(beans, null)).isEmpty();
    assertThat(DriverManager.drivers().count()).isEqualTo(drivers);
    for (int i = 0; i < MOST_COLLECTIONS && !loaders.isEmpty(); i++) {
      System.gc();
      for (Reference<?> one = collected.remove(200); one != null; one = collected.poll()) {
        loaders.remove(one);
      }
    }
    assertThat(loaders).as("class loaders that are kept alive, of %s", ROUNDS).isEmpty();
  }

  private Reference<ClassLoader> run(String url, int way) throws Exception {
    Thread self = Thread.currentThread();
    ClassLoader before = self.getContextClassLoader();
    try (OfTheApplication loader = new OfTheApplication(classes())) {
      self.setContextClassLoader(loader);
      application(loader).accept(url, way);
      return new PhantomReference<>(loader, collected);
    } finally {
      self.setContextClassLoader(before);
    }
  }

  private static URL[] classes() {
    return new URL[] {
      TidepoolDataSource.class.getProtectionDomain().getCodeSource().getLocation(),
      Tenant.class.getProtectionDomain().getCodeSource().getLocation()
    };
  }

  @SuppressWarnings("unchecked")
  private static ObjIntConsumer<String> application(ClassLoader loader)
      throws ReflectiveOperationException {
    Class<?> type = loader.loadClass(Tenant.class.getName());
    assertThat(type.getClassLoader()).isSameAs(loader);
    return (ObjIntConsumer<String>) type.getDeclaredConstructor().newInstance();
  }

  private static List<Thread> threads() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("tidepool-"))
        .toList();
  }
}
