package dev.tidepool;

import dev.tidepool.config.PropertyTable;
import dev.tidepool.config.TidepoolConfig;
import dev.tidepool.config.TidepoolConfigException;
import dev.tidepool.config.Violation;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashSet;
import java.util.Hashtable;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import javax.naming.Context;
import javax.naming.Name;
import javax.naming.RefAddr;
import javax.naming.Reference;
import javax.naming.spi.ObjectFactory;
import org.jspecify.annotations.Nullable;

/**
 * Makes a pool from a JNDI reference, so that an application server can supply it. In Tomcat:
 *
 * <pre>{@code
 * <Resource name="jdbc/orders" type="javax.sql.DataSource" auth="Container"
 *     factory="dev.tidepool.TidepoolObjectFactory"
 *     url="jdbc:postgresql://localhost/orders" username="app" password="..."
 *     maximumPoolSize="20" keepaliveTime="45s"/>
 * }</pre>
 *
 * <p>Every attribute is a property of {@link TidepoolDataSource} by its name or alias, or one
 * {@code dataSource.NAME}. The attributes that the container adds for itself are passed over:
 * {@code auth}, {@code description}, {@code factory}, {@code scope} and {@code singleton}. Whatever
 * else is wrong, an unknown attribute included, is reported at once in a {@link
 * TidepoolConfigException}, which never shows a password.
 *
 * <p>The pool starts with the first connection asked for. A container that stops the application
 * should close it; Tomcat does by itself, for a singleton (the default).
 *
 * <h2>References from strangers</h2>
 *
 * <p>Whoever can make an application look up a name of his choice may have a JNDI provider hand a
 * reference of his to this class. So the factory itself connects to nothing, loads no class, looks
 * nothing up and starts no thread: an object that is looked up and then not used as a pool does
 * nothing. It accepts no {@code dataSourceJNDI}, nor properties of a data source that speak of
 * JNDI, a lookup or the name of a data source, for a reference could otherwise name another data
 * source of the application, and run its {@code connectionInitSql} there with rights that its
 * author does not have.
 *
 * <p>It does accept the names of classes, such as {@code driverClassName} or {@code
 * credentialsProviderClassName}. They are loaded when the application asks the pool for a
 * connection, from its own class path. Refusing them would protect nothing: by then the pool has a
 * URL to obey, and with some drivers a URL alone can run code (H2's {@code INIT=RUNSCRIPT}). A
 * server must not look up names that a stranger chose, nor ask such an object for connections.
 *
 * <p>{@code TidepoolDataSource} is not {@link javax.naming.Referenceable}: its reference would have
 * to put the password in clear text wherever it is bound.
 *
 * <p>Thread-safe, as it has no state.
 */
public final class TidepoolObjectFactory implements ObjectFactory {
  private static final Set<String> TYPES =
      Set.of("javax.sql.DataSource", "dev.tidepool.TidepoolDataSource");

  /** What Tomcat puts into each reference besides the attributes meant for the pool. */
  private static final Set<String> OF_THE_CONTAINER =
      Set.of("auth", "description", "factory", "scope", "singleton");

  private static final String OF_THE_TARGET = "dataSource.";

  /** In names of properties by which data sources look up others. */
  private static final List<String> WORDS_OF_LOOKUPS = List.of("jndi", "lookup", "datasourcename");

  /** Far more than there are properties; a reference from outside must not cost without limit. */
  private static final int MOST_ATTRIBUTES = 1_000;

  /** For the naming service, which creates it by name. */
  public TidepoolObjectFactory() {}

  /**
   * A pool with the attributes of a reference, not started.
   *
   * @param object taken if it is a {@link Reference} to {@code javax.sql.DataSource} or {@code
   *     dev.tidepool.TidepoolDataSource}
   * @param name not used
   * @param context not used
   * @param environment not used
   * @return a new {@link TidepoolDataSource}, whose getters show neither the password nor what is
   *     secret in the URL, as servers publish them; null if {@code object} is for another factory
   * @throws TidepoolConfigException if attributes are wrong or missing, with all of them
   */
  @Override
  public @Nullable Object getObjectInstance(
      @Nullable Object object,
      @Nullable Name name,
      @Nullable Context context,
      @Nullable Hashtable<?, ?> environment) {
    if (!(object instanceof Reference reference) || !isMeant(reference.getClassName())) {
      return null;
    }
    TidepoolDataSource pool = new JndiDataSource();
    pool.adopt(new Reading().read(reference));
    return pool;
  }

  private static boolean isMeant(@Nullable String className) {
    return className != null && TYPES.contains(className);
  }

  /** One reference on its way to a configuration. */
  private static final class Reading {
    private final TidepoolConfig.Builder builder = TidepoolConfig.builder();
    private final List<Violation> violations = new ArrayList<>();
    private final Set<String> seen = new HashSet<>();
    private int position;

    TidepoolConfig read(Reference reference) {
      int count = reference.size();
      if (count > MOST_ATTRIBUTES) {
        throw new TidepoolConfigException(
            List.of(
                new Violation(
                    "attributes",
                    Integer.toString(count),
                    "at most " + MOST_ATTRIBUTES + " are read",
                    "remove those that are no property")));
      }
      for (Enumeration<RefAddr> all = reference.getAll(); all.hasMoreElements(); ) {
        RefAddr attribute = all.nextElement();
        position++;
        if (attribute == null || attribute.getType() == null) {
          violations.add(
              new Violation("attribute " + position, "", "must have a name", "remove it"));
        } else if (!OF_THE_CONTAINER.contains(attribute.getType())) {
          take(attribute.getType(), attribute.getContent());
        }
      }
      return build();
    }

    private void take(String name, @Nullable Object content) {
      if (!(content instanceof String text)) {
        // What else it may be is not shown: its text could be anything.
        refuse(name, "must be a text", "write it as an attribute of the resource");
      } else if (!seen.add(name)) {
        refuse(name, "is given twice", "keep one");
      } else {
        if (namesAnother(name)) {
          refuse(
              name,
              "is not accepted from a JNDI reference, which could name any data source",
              "set jdbcUrl or dataSourceClassName");
        }
        builder.set(name, text);
      }
    }

    /** By itself, or as a property of a data source that is a pool, too, such as DBCP's. */
    private static boolean namesAnother(String name) {
      String plain = name.toLowerCase(Locale.ROOT);
      return plain.equalsIgnoreCase(PropertyTable.DATA_SOURCE_JNDI.name())
          || (name.startsWith(OF_THE_TARGET)
              && WORDS_OF_LOOKUPS.stream().anyMatch(plain::contains));
    }

    /** A name that is not in the table may hold anything, so its place is told instead. */
    private void refuse(String name, String rule, String fix) {
      String shown = PropertyTable.find(name) != null ? name : "attribute " + position;
      violations.add(new Violation(shown, "", rule, fix));
    }

    private TidepoolConfig build() {
      try {
        TidepoolConfig config = builder.build();
        if (violations.isEmpty()) {
          return config;
        }
      } catch (TidepoolConfigException e) {
        violations.addAll(e.violations());
      }
      throw new TidepoolConfigException(builder.get(PropertyTable.POOL_NAME), violations);
    }
  }
}
