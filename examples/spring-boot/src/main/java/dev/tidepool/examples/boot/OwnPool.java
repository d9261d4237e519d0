package dev.tidepool.examples.boot;

import dev.tidepool.TidepoolDataSource;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Profile;

/** How to set every property of the pool: a bean of one's own, bound to a prefix of one's own. */
@Configuration(proxyBeanMethods = false)
@Profile("own-pool")
public class OwnPool {
  /** For Spring. */
  public OwnPool() {}

  /** Takes all that stands under "tidepool"; Spring closes it when the application ends. */
  @Bean
  @ConfigurationProperties("tidepool")
  public TidepoolDataSource dataSource() {
    return new TidepoolDataSource();
  }
}
