package dev.tidepool.testing;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.exception.NotFoundException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.JdbcDatabaseContainer;
import org.testcontainers.mariadb.MariaDBContainer;
import org.testcontainers.postgresql.PostgreSQLContainer;
import org.testcontainers.utility.DockerImageName;

/** Servers in containers, where a Docker engine answers; they end with this JVM. */
final class Containers {
  /** What does not answer must not hold up the tests, unless they wait for nothing else. */
  private static final Duration PROBE =
      Duration.ofSeconds(System.getProperty(ServerSource.REQUIRE) == null ? 2 : 30);

  private Containers() {}

  static String postgres() throws ServerSource.None {
    requireEngine();
    DockerImageName image = image("postgres", "postgres:17-alpine");
    return start(image, new PostgreSQLContainer(image));
  }

  static String mariaDb() throws ServerSource.None {
    requireEngine();
    DockerImageName image = image("mariadb", "mariadb:11.4");
    return start(image, new MariaDBContainer(image));
  }

  private static DockerImageName image(String product, String byDefault) {
    String name = System.getProperty("tidepool.test." + product + ".image", byDefault);
    return DockerImageName.parse(name).asCompatibleSubstituteFor(product);
  }

  private static void requireEngine() throws ServerSource.None {
    // Only looks for an engine; isDockerAvailable() pulls an image too and would need more time.
    FutureTask<Object> probe =
        new FutureTask<>(() -> DockerClientFactory.instance().getTransportConfig());
    Thread thread = new Thread(probe, "docker-probe");
    thread.setDaemon(true);
    thread.start();
    try {
      probe.get(PROBE.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      throw new ServerSource.None("no Docker engine answers within " + PROBE.toSeconds() + " s", e);
    } catch (ExecutionException e) {
      throw new ServerSource.None("no Docker engine answers", e);
    } catch (InterruptedException e) {
      throw new AssertionError("interrupted", e);
    }
  }

  private static String start(DockerImageName image, JdbcDatabaseContainer<?> container)
      throws ServerSource.None {
    // Not the container's own getDockerImageName(), which pulls.
    String name = image.asCanonicalNameString();
    try {
      pullIfMissing(name);
      container.start();
    } catch (RuntimeException e) {
      // An engine without the image and without a network is an ordinary thing to have.
      throw new ServerSource.None(name + " does not start: " + root(e).toString().strip(), e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(container::stop));
    String url = container.getJdbcUrl();
    return url
        + (url.indexOf('?') < 0 ? "?" : "&")
        + "user="
        + container.getUsername()
        + "&password="
        + container.getPassword();
  }

  /** Tries once: left to itself, a container repeats a pull that fails for two minutes. */
  private static void pullIfMissing(String image) {
    DockerClient client = DockerClientFactory.instance().client();
    try {
      client.inspectImageCmd(image).exec();
    } catch (NotFoundException missing) {
      try {
        if (!client.pullImageCmd(image).start().awaitCompletion(4, TimeUnit.MINUTES)) {
          throw new IllegalStateException("the image was not pulled within 4 minutes", missing);
        }
      } catch (InterruptedException e) {
        throw new AssertionError("interrupted", e);
      }
    }
  }

  private static Throwable root(Throwable error) {
    Throwable cause = error;
    while (cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause;
  }
}
