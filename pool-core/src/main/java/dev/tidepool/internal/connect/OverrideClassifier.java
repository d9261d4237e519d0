package dev.tidepool.internal.connect;

import dev.tidepool.api.FailureClassifier;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The user's say in which errors retire a connection: {@code exceptionOverrideClassName}.
 *
 * <p>Besides {@link FailureClassifier}, classes written for HikariCP's {@code SQLExceptionOverride}
 * are understood, by reflection: the pool does not depend on HikariCP.
 */
public final class OverrideClassifier implements FailureClassifier {
  private static final Logger log = LoggerFactory.getLogger(OverrideClassifier.class);

  /** As many errors of a chain as HikariCP asks about. */
  private static final int MOST = 10;

  private final String poolName;
  private final Object override;
  private final Method adjudicate;
  private final FailureClassifier standard;

  private OverrideClassifier(
      String poolName, Object override, Method adjudicate, FailureClassifier standard) {
    this.poolName = poolName;
    this.override = override;
    this.adjudicate = adjudicate;
    this.standard = standard;
  }

  /**
   * Creates what a class name stands for; call it in the user's thread.
   *
   * @throws IllegalArgumentException if the class cannot be loaded or created, or is of neither
   *     kind
   */
  public static FailureClassifier create(String poolName, String className) {
    Class<?> type = load(className);
    if (FailureClassifier.class.isAssignableFrom(type)) {
      return (FailureClassifier) instance(type);
    }
    // Before it is made: what is neither must not even be created.
    Method adjudicate = adjudicate(type);
    return new OverrideClassifier(
        poolName, instance(type), adjudicate, new DefaultFailureClassifier());
  }

  private static Class<?> load(String className) {
    try {
      return Classes.load(className);
    } catch (ClassNotFoundException | LinkageError e) {
      throw new IllegalArgumentException(
          "exceptionOverrideClassName="
              + className
              + " cannot be loaded: "
              + e
              + "; if it implements HikariCP's interface, HikariCP must be on the class path, or"
              + " implement "
              + FailureClassifier.class.getName(),
          SafeErrors.clean(e));
    }
  }

  private static Object instance(Class<?> type) {
    try {
      return type.getDeclaredConstructor().newInstance();
    } catch (ReflectiveOperationException | LinkageError e) {
      throw new IllegalArgumentException(
          "exceptionOverrideClassName="
              + type.getName()
              + " cannot be created; it needs to be public, with a public constructor without"
              + " parameters",
          SafeErrors.clean(e));
    }
  }

  private static Method adjudicate(Class<?> type) {
    try {
      Method method = type.getMethod("adjudicate", SQLException.class);
      if (method.getReturnType().isEnum()) {
        return method;
      }
      throw neither(type, null);
    } catch (NoSuchMethodException e) {
      throw neither(type, e);
    }
  }

  private static IllegalArgumentException neither(Class<?> type, @Nullable Throwable cause) {
    return new IllegalArgumentException(
        "exceptionOverrideClassName="
            + type.getName()
            + " implements neither "
            + FailureClassifier.class.getName()
            + " nor HikariCP's SQLExceptionOverride",
        cause);
  }

  /**
   * Asks about each exception of the chain, as HikariCP does: "do not evict" ends the walk, "must
   * evict" retires, and "continue" leaves the exception to the standard rules.
   */
  @Override
  public Verdict classify(SQLException error) {
    SQLException next = error;
    for (int depth = 0; next != null && depth < MOST; depth++) {
      String answer = ask(next);
      if (answer.equals("DO_NOT_EVICT")) {
        return Verdict.KEEP;
      }
      if (answer.equals("MUST_EVICT")) {
        return Verdict.RETIRE;
      }
      Verdict verdict = DefaultFailureClassifier.verdict(next);
      if (verdict != Verdict.KEEP) {
        return verdict;
      }
      next = next.getNextException();
    }
    // Nobody objected: what only the causes show counts as well.
    return standard.classify(error);
  }

  private String ask(SQLException error) {
    try {
      Object answer = adjudicate.invoke(override, error);
      return answer instanceof Enum<?> constant ? constant.name() : "CONTINUE_EVICT";
    } catch (InvocationTargetException | IllegalAccessException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      log.warn(
          "{}: {} failed to judge an error; the standard rules decide",
          poolName,
          override.getClass().getName(),
          SafeErrors.clean(cause));
      return "CONTINUE_EVICT";
    }
  }
}
