package dev.tidepool;

import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.api.FailureClassifier;
import dev.tidepool.config.PropertyTable;
import java.time.Duration;
import java.util.Properties;
import java.util.concurrent.ThreadFactory;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * The part of the bean that says where to connect, as whom, and what a session looks like. Rules of
 * {@link TidepoolProperties} apply.
 */
public abstract class SourceProperties extends PropertyBean {
  SourceProperties() {}

  /** JDBC URL of the database. */
  public @Nullable String getJdbcUrl() {
    return get(PropertyTable.JDBC_URL);
  }

  /** Sets {@code jdbcUrl}; null for none. */
  public void setJdbcUrl(@Nullable String value) {
    set(PropertyTable.JDBC_URL, value);
  }

  /** The same as jdbcUrl. */
  public @Nullable String getUrl() {
    return get(PropertyTable.JDBC_URL);
  }

  /** Sets url; null for none. */
  public void setUrl(@Nullable String value) {
    set(PropertyTable.JDBC_URL, value);
  }

  /** Driver class for {@code jdbcUrl}; needed only if the driver does not register itself. */
  public @Nullable String getDriverClassName() {
    return get(PropertyTable.DRIVER_CLASS_NAME);
  }

  /** Sets {@code driverClassName}; null for none. */
  public void setDriverClassName(@Nullable String value) {
    set(PropertyTable.DRIVER_CLASS_NAME, value);
  }

  /** Class of the driver's data source, to be used in place of jdbcUrl. */
  public @Nullable String getDataSourceClassName() {
    return get(PropertyTable.DATA_SOURCE_CLASS_NAME);
  }

  /** Sets {@code dataSourceClassName}; null for none. */
  public void setDataSourceClassName(@Nullable String value) {
    set(PropertyTable.DATA_SOURCE_CLASS_NAME, value);
  }

  /** The driver's data source itself; in text, its class name, as in dataSourceClassName. */
  public @Nullable DataSource getDataSource() {
    return get(PropertyTable.DATA_SOURCE);
  }

  /**
   * Sets {@code dataSource}; null for none.
   *
   * @throws IllegalArgumentException if it is this pool itself
   */
  public void setDataSource(@Nullable DataSource value) {
    if (equals(value)) {
      throw new IllegalArgumentException("dataSource must be the driver's, not this pool itself");
    }
    set(PropertyTable.DATA_SOURCE, value);
  }

  /** JNDI name of the driver's data source. */
  public @Nullable String getDataSourceJNDI() {
    return get(PropertyTable.DATA_SOURCE_JNDI);
  }

  /** Sets {@code dataSourceJNDI}; null for none. */
  public void setDataSourceJNDI(@Nullable String value) {
    set(PropertyTable.DATA_SOURCE_JNDI, value);
  }

  /**
   * Properties for the driver or its data source; in text, one {@code dataSource.NAME} for each. A
   * copy.
   */
  public Properties getDataSourceProperties() {
    return require(PropertyTable.DATA_SOURCE_PROPERTIES);
  }

  /** Adds to the properties set before; null removes all. */
  public void setDataSourceProperties(@Nullable Properties value) {
    set(PropertyTable.DATA_SOURCE_PROPERTIES, value);
  }

  /** User to log in as; after a change all sessions are replaced, one by one. */
  public @Nullable String getUsername() {
    return get(PropertyTable.USERNAME);
  }

  /**
   * Sets username; null for none. May be called while the pool runs; to change user and password,
   * call {@link #setCredentials}, as a connect may come between two calls.
   */
  public void setUsername(@Nullable String value) {
    set(PropertyTable.USERNAME, value);
  }

  /** Password to log in with; after a change all sessions are replaced, one by one. */
  public @Nullable String getPassword() {
    return get(PropertyTable.PASSWORD);
  }

  /**
   * Sets password; null for none. May be called while the pool runs; to change user and password,
   * call {@link #setCredentials}, as a connect may come between two calls. A DataSource gets it
   * together with a username only.
   */
  public void setPassword(@Nullable String value) {
    set(PropertyTable.PASSWORD, value);
  }

  /** Class of a CredentialsProvider with a public no-argument constructor. */
  public @Nullable String getCredentialsProviderClassName() {
    return get(PropertyTable.CREDENTIALS_PROVIDER_CLASS_NAME);
  }

  /** Sets {@code credentialsProviderClassName}; null for none. */
  public void setCredentialsProviderClassName(@Nullable String value) {
    set(PropertyTable.CREDENTIALS_PROVIDER_CLASS_NAME, value);
  }

  /** Asked for user and password at each connect, in place of username and password. */
  public @Nullable CredentialsProvider getCredentialsProvider() {
    return get(PropertyTable.CREDENTIALS_PROVIDER);
  }

  /** Sets {@code credentialsProvider}; null for none. May be called while the pool runs. */
  public void setCredentialsProvider(@Nullable CredentialsProvider value) {
    set(PropertyTable.CREDENTIALS_PROVIDER, value);
  }

  /** Network timeout of the borrower's calls; 0 keeps the driver's own. */
  public Duration getNetworkTimeout() {
    return require(PropertyTable.NETWORK_TIMEOUT);
  }

  /** Sets {@code networkTimeout}; the default is 0. */
  public void setNetworkTimeout(Duration value) {
    set(PropertyTable.NETWORK_TIMEOUT, value);
  }

  /** Auto-commit mode of a connection when borrowed. */
  public boolean isAutoCommit() {
    return require(PropertyTable.AUTO_COMMIT);
  }

  /** Sets {@code autoCommit}; the default is true. */
  public void setAutoCommit(boolean value) {
    set(PropertyTable.AUTO_COMMIT, value);
  }

  /** Whether a connection is read-only when borrowed. */
  public boolean isReadOnly() {
    return require(PropertyTable.READ_ONLY);
  }

  /** Sets {@code readOnly}; the default is false. */
  public void setReadOnly(boolean value) {
    set(PropertyTable.READ_ONLY, value);
  }

  /** Isolation level when borrowed, such as READ_COMMITTED; unset keeps the driver's. */
  public @Nullable String getTransactionIsolation() {
    return get(PropertyTable.TRANSACTION_ISOLATION);
  }

  /** Sets {@code transactionIsolation}; null for none. */
  public void setTransactionIsolation(@Nullable String value) {
    set(PropertyTable.TRANSACTION_ISOLATION, value);
  }

  /** Catalog of a connection when borrowed; unset keeps the driver's. */
  public @Nullable String getCatalog() {
    return get(PropertyTable.CATALOG);
  }

  /** Sets catalog; null for none. */
  public void setCatalog(@Nullable String value) {
    set(PropertyTable.CATALOG, value);
  }

  /** Schema of a connection when borrowed; unset keeps the driver's. */
  public @Nullable String getSchema() {
    return get(PropertyTable.SCHEMA);
  }

  /** Sets schema; null for none. */
  public void setSchema(@Nullable String value) {
    set(PropertyTable.SCHEMA, value);
  }

  /** Statement run once on each new connection. */
  public @Nullable String getConnectionInitSql() {
    return get(PropertyTable.CONNECTION_INIT_SQL);
  }

  /** Sets {@code connectionInitSql}; null for none. */
  public void setConnectionInitSql(@Nullable String value) {
    set(PropertyTable.CONNECTION_INIT_SQL, value);
  }

  /**
   * Statement run when a used connection comes back, such as DISCARD ALL; what it undoes of {@code
   * connectionInitSql} it must do again. If it fails the connection is replaced, and the log warns.
   */
  public @Nullable String getConnectionResetSql() {
    return get(PropertyTable.CONNECTION_RESET_SQL);
  }

  /** Sets {@code connectionResetSql}; null for none. */
  public void setConnectionResetSql(@Nullable String value) {
    set(PropertyTable.CONNECTION_RESET_SQL, value);
  }

  /**
   * Statement to check connections with; unset uses Connection.isValid. The first connection tries
   * it, and is refused if it fails.
   */
  public @Nullable String getConnectionTestQuery() {
    return get(PropertyTable.CONNECTION_TEST_QUERY);
  }

  /** Sets {@code connectionTestQuery}; null for none. */
  public void setConnectionTestQuery(@Nullable String value) {
    set(PropertyTable.CONNECTION_TEST_QUERY, value);
  }

  /** With {@code autoCommit} off, end the transaction of the pool's own statements. */
  public boolean isIsolateInternalQueries() {
    return require(PropertyTable.ISOLATE_INTERNAL_QUERIES);
  }

  /** Sets {@code isolateInternalQueries}; the default is false. */
  public void setIsolateInternalQueries(boolean value) {
    set(PropertyTable.ISOLATE_INTERNAL_QUERIES, value);
  }

  /** Accepted for HikariCP's sake and without effect: a pool can always be suspended. */
  public boolean isAllowPoolSuspension() {
    return require(PropertyTable.ALLOW_POOL_SUSPENSION);
  }

  /** Sets {@code allowPoolSuspension}; the default is false. */
  public void setAllowPoolSuspension(boolean value) {
    set(PropertyTable.ALLOW_POOL_SUSPENSION, value);
  }

  /** Class of a ThreadFactory with a public no-argument constructor. */
  public @Nullable String getThreadFactoryClassName() {
    return get(PropertyTable.THREAD_FACTORY_CLASS_NAME);
  }

  /** Sets {@code threadFactoryClassName}; null for none. */
  public void setThreadFactoryClassName(@Nullable String value) {
    set(PropertyTable.THREAD_FACTORY_CLASS_NAME, value);
  }

  /**
   * Makes the pool's threads, which are then not shared with other pools; in text, its class name.
   */
  public @Nullable ThreadFactory getThreadFactory() {
    return get(PropertyTable.THREAD_FACTORY);
  }

  /** Sets {@code threadFactory}; null for none. */
  public void setThreadFactory(@Nullable ThreadFactory value) {
    set(PropertyTable.THREAD_FACTORY, value);
  }

  /** Class of a FailureClassifier with a public no-argument constructor. */
  public @Nullable String getExceptionOverrideClassName() {
    return get(PropertyTable.EXCEPTION_OVERRIDE_CLASS_NAME);
  }

  /** Sets {@code exceptionOverrideClassName}; null for none. */
  public void setExceptionOverrideClassName(@Nullable String value) {
    set(PropertyTable.EXCEPTION_OVERRIDE_CLASS_NAME, value);
  }

  /** Decides which errors of the driver retire their connection. */
  public @Nullable FailureClassifier getFailureClassifier() {
    return get(PropertyTable.FAILURE_CLASSIFIER);
  }

  /** Sets {@code failureClassifier}; null for none. */
  public void setFailureClassifier(@Nullable FailureClassifier value) {
    set(PropertyTable.FAILURE_CLASSIFIER, value);
  }
}
