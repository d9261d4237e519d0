package dev.tidepool.examples.tomcat;

import dev.tidepool.TidepoolDataSource;
import dev.tidepool.examples.tomcat.webapp.TidesServlet;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.apache.catalina.LifecycleException;
import org.apache.catalina.WebResourceSet;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.ContextConfig;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.webresources.DirResourceSet;
import org.apache.catalina.webresources.FileResourceSet;
import org.apache.catalina.webresources.StandardRoot;
import org.slf4j.LoggerFactory;
import org.slf4j.simple.SimpleServiceProvider;

/** A Tomcat on a free port of the loopback address, which runs the web application. */
final class DemoServer implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Where the jar of the pool lies; the jar of the driver always lies with the server. */
  enum PoolJar {
    /** In WEB-INF/lib: the pool's classes leave with the application. */
    IN_THE_APPLICATION,
    /** In the server's lib directory: the pool's classes stay. */
    IN_THE_SERVER
  }

  private final Tomcat tomcat = new Tomcat();
  private final Path directory;

  DemoServer() throws IOException, LifecycleException {
    directory = Files.createTempDirectory("tidepool-tomcat");
    tomcat.setBaseDir(directory.toString());
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    tomcat.enableNaming();
    // What the server itself knows; the default is what the JVM was started with.
    tomcat.getEngine().setParentClassLoader(DemoServer.class.getClassLoader());
    tomcat.getHost();
    tomcat.start();
  }

  /**
   * Starts the web application.
   *
   * @throws IllegalStateException if it does not start; Tomcat has logged why
   */
  StandardContext deploy(PoolJar where) throws IOException {
    Path webapp = pathOf("webapp", resource("/webapp"));
    StandardContext context = new StandardContext();
    context.setName("/tides");
    context.setPath("/tides");
    context.setDocBase(webapp.toString());
    context.setConfigFile(webapp.resolve("META-INF/context.xml").toUri().toURL());
    ContextConfig config = new ContextConfig();
    config.setDefaultWebXml(tomcat.noDefaultWebXmlPath());
    context.addLifecycleListener(config);
    context.setResources(resources(context, where));
    // Tomcat would complain that it may not look.
    boolean mayLook = Object.class.getModule().isOpen("java.lang", Tomcat.class.getModule());
    context.setClearReferencesThreadLocals(mayLook);
    context.setClearReferencesRmiTargets(mayLook);
    tomcat.getHost().addChild(context);
    if (!context.getState().isAvailable()) {
      undeploy(context);
      throw new IllegalStateException("the web application did not start");
    }
    return context;
  }

  /** Asks the web application; the answer, if it came with status 200. */
  String ask() throws IOException, InterruptedException {
    URI uri =
        URI.create(
            "http://127.0.0.1:" + tomcat.getConnector().getLocalPort() + "/tides/high-water");
    HttpResponse<String> response =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(uri).timeout(PATIENCE).build(),
                HttpResponse.BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException(uri + " answered " + response.statusCode() + ": " + response.body());
    }
    return response.body();
  }

  /** Stops and forgets the web application. */
  void undeploy(StandardContext context) {
    tomcat.getHost().removeChild(context);
  }

  @Override
  public void close() throws IOException, LifecycleException {
    tomcat.stop();
    tomcat.destroy();
    try (Stream<Path> files = Files.walk(directory)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** The application's classes and jars, put in their places instead of packed into an archive. */
  private static StandardRoot resources(StandardContext context, PoolJar where) throws IOException {
    StandardRoot root = new StandardRoot(context);
    String code = "/" + TidesServlet.class.getPackageName().replace('.', '/');
    root.addPreResources(directory(root, "/WEB-INF/classes" + code, resource(code)));
    if (where == PoolJar.IN_THE_APPLICATION) {
      for (Class<?> type :
          List.of(TidepoolDataSource.class, LoggerFactory.class, SimpleServiceProvider.class)) {
        root.addPreResources(library(root, type));
      }
    }
    return root;
  }

  private static WebResourceSet library(StandardRoot root, Class<?> type) throws IOException {
    URL place = type.getProtectionDomain().getCodeSource().getLocation();
    Path path = pathOf(type.getName(), place);
    return Files.isDirectory(path)
        ? directory(root, "/WEB-INF/classes", place)
        : new FileResourceSet(root, "/WEB-INF/lib/" + path.getFileName(), path.toString(), "/");
  }

  private static WebResourceSet directory(StandardRoot root, String mount, URL place)
      throws IOException {
    return new DirResourceSet(root, mount, pathOf(mount, place).toString(), "/");
  }

  private static URL resource(String name) {
    return Objects.requireNonNull(DemoServer.class.getResource(name), name);
  }

  private static Path pathOf(String what, URL place) throws IOException {
    try {
      return Path.of(place.toURI());
    } catch (URISyntaxException | IllegalArgumentException e) {
      throw new IOException(what + " is not a plain file or directory: " + place, e);
    }
  }
}
