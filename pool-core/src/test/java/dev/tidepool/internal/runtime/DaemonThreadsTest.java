package dev.tidepool.internal.runtime;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidepool.testing.Await;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ref.WeakReference;
import java.security.CodeSource;
import java.security.ProtectionDomain;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ThreadFactory;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class DaemonThreadsTest {
  /** An application whose request is the first to need a thread. */
  public static final class Application implements Function<ThreadFactory, Thread> {
    @Override
    public Thread apply(ThreadFactory factory) {
      return factory.newThread(() -> {});
    }
  }

  /** Has a class loader, and a protection domain, of its own. */
  private static final class Deployment extends ClassLoader {
    Deployment() {
      super(DaemonThreadsTest.class.getClassLoader());
    }

    Class<?> application() throws IOException {
      String name = Application.class.getName();
      try (InputStream in = getResourceAsStream(name.replace('.', '/') + ".class")) {
        byte[] bytes = in.readAllBytes();
        CodeSource source = new CodeSource(null, (Certificate[]) null);
        ProtectionDomain domain = new ProtectionDomain(source, null, this, null);
        return defineClass(name, bytes, 0, bytes.length, domain);
      }
    }
  }

  @Test
  void applicationThatNeededTheThread_isNotKeptByIt() throws Exception {
    Thread[] made = new Thread[1];
    WeakReference<ClassLoader> loader = deploy(made);
    for (int i = 0; i < 50 && loader.get() != null; i++) {
      System.gc();
      Await.quiet(Duration.ofMillis(100));
    }
    ClassLoader left = loader.get();
    assertThat(left).isNull();
    assertThat(made[0].isDaemon()).isTrue();
    assertThat(made[0].getContextClassLoader()).isSameAs(DaemonThreads.class.getClassLoader());
  }

  /** In a method of its own, so that no local variable of the test holds anything. */
  @SuppressWarnings("unchecked")
  private static WeakReference<ClassLoader> deploy(Thread[] made) throws Exception {
    Deployment deployment = new Deployment();
    Function<ThreadFactory, Thread> application =
        (Function<ThreadFactory, Thread>)
            deployment.application().getDeclaredConstructor().newInstance();
    // The task would keep the application, too.
    CountDownLatch unused = new CountDownLatch(1);
    DaemonThreads threads = new DaemonThreads("test-");
    Thread self = Thread.currentThread();
    ClassLoader before = self.getContextClassLoader();
    self.setContextClassLoader(deployment); // as a server does for the time of a request
    try {
      made[0] = application.apply(task -> threads.newThread(unused::countDown));
    } finally {
      self.setContextClassLoader(before);
    }
    assertThat(application.getClass().getClassLoader()).isSameAs(deployment);
    return new WeakReference<>(deployment);
  }

  @Test
  void threadThatCannotBeStarted_isNotKeptByItsCrew() {
    Crew crew = new Crew(Thread::new);
    WeakReference<Thread> lost = new WeakReference<>(crew.newThread(() -> {}));
    crew.newThread(() -> {});
    for (int i = 0; i < 50 && lost.get() != null; i++) {
      System.gc();
      Await.quiet(Duration.ofMillis(100));
    }
    Thread left = lost.get();
    assertThat(left).isNull();
    assertThat(crew.join(Long.MAX_VALUE)).isTrue();
  }
}
