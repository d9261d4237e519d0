package dev.tidepool.internal.pool;

import dev.tidepool.config.TidepoolConfig;
import java.util.Objects;

/** Whether a changed configuration logs in with other credentials. */
final class Logins {
  private Logins() {}

  /** A provider hides user and password; one that is given by class is never changed. */
  @SuppressWarnings("ReferenceEquality") // a provider may have any equals()
  static boolean differ(TidepoolConfig before, TidepoolConfig now) {
    if (now.credentialsProviderClassName() != null) {
      return false;
    }
    if (before.credentialsProvider() != null || now.credentialsProvider() != null) {
      return before.credentialsProvider() != now.credentialsProvider();
    }
    // A DataSource is asked with user and password or with neither.
    boolean usesPassword = now.username() != null || now.jdbcUrl() != null;
    return !Objects.equals(before.username(), now.username())
        || (usesPassword && !Objects.equals(before.password(), now.password()));
  }

  /** Whether that may be another user; of a provider only it knows. */
  static boolean differInUser(TidepoolConfig before, TidepoolConfig now) {
    return before.credentialsProvider() != null
        || now.credentialsProvider() != null
        || !Objects.equals(before.username(), now.username());
  }
}
