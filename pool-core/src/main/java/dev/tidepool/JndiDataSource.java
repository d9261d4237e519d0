package dev.tidepool;

import dev.tidepool.config.Secrets;
import dev.tidepool.config.SqlValues;
import java.util.Properties;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/**
 * A pool that an application server made. Servers show the getters of what they bind in JMX, as
 * Tomcat does, so here none of them shows a secret; only code that asks {@link #getCredentials} for
 * the password gets it. It names {@link DataSource} itself because servers wrap it by the
 * interfaces of its very class.
 */
final class JndiDataSource extends TidepoolDataSource implements DataSource {
  JndiDataSource() {}

  @Override
  public @Nullable String getPassword() {
    return null;
  }

  @Override
  public @Nullable String getJdbcUrl() {
    return maskedUrl(super.getJdbcUrl());
  }

  @Override
  public @Nullable String getUrl() {
    return maskedUrl(super.getUrl());
  }

  @Override
  public Properties getDataSourceProperties() {
    return Secrets.maskValues(super.getDataSourceProperties());
  }

  @Override
  public @Nullable String getConnectionInitSql() {
    return masked(super.getConnectionInitSql());
  }

  @Override
  public @Nullable String getConnectionResetSql() {
    return masked(super.getConnectionResetSql());
  }

  @Override
  public @Nullable String getConnectionTestQuery() {
    return masked(super.getConnectionTestQuery());
  }

  @Override
  public @Nullable String getKeepaliveQuery() {
    return masked(super.getKeepaliveQuery());
  }

  private static @Nullable String maskedUrl(@Nullable String url) {
    return url == null ? null : Secrets.maskUrl(url);
  }

  private static @Nullable String masked(@Nullable String text) {
    return text == null ? null : SqlValues.mask(text);
  }
}
