/** A JDBC connection pool that keeps its connections alive. */
module dev.tidepool {
  requires transitive java.sql;
  requires org.slf4j;
  // Not transitive: users compile without it, and nobody has it at run time.
  requires static org.jspecify;
  requires static java.management;
  requires static transitive java.naming;
  // The mark of generated sources.
  requires static java.compiler;
  requires static jdk.net;

  exports dev.tidepool;
  exports dev.tidepool.api;
  exports dev.tidepool.config;
  // The driver creates the socket factory by its name.
  exports dev.tidepool.net;
}
