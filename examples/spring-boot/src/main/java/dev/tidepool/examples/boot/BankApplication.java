package dev.tidepool.examples.boot;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** Starts the bank; {@code --spring.profiles.active=own-pool} shows the other way to set it up. */
@SpringBootApplication(proxyBeanMethods = false)
public class BankApplication {
  /** For Spring. */
  public BankApplication() {}

  /** Runs until it is stopped. */
  public static void main(String[] args) {
    SpringApplication.run(BankApplication.class, args);
  }
}
