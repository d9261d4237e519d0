package dev.tidepool;

import dev.tidepool.api.Credentials;
import dev.tidepool.config.Property;
import dev.tidepool.config.PropertyTable;
import dev.tidepool.config.TidepoolConfig;
import dev.tidepool.config.TidepoolConfigException;
import dev.tidepool.internal.exchange.StackRoom;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.slf4j.event.Level;

/**
 * What every property of the bean goes through: a draft that takes anything until it is sealed, and
 * after that only changes that a running pool can follow. Extended through {@link
 * TidepoolProperties}.
 */
public abstract class PropertyBean {
  private final ReentrantLock lock = new ReentrantLock();

  // Both are guarded by lock.
  private TidepoolConfig.Builder draft = TidepoolConfig.builder();
  private @Nullable TidepoolConfig sealed;

  PropertyBean() {}

  /**
   * Sets a property by name and text, as a properties file does; also {@code dataSource.NAME}.
   *
   * @param name name or alias in Tidepool or HikariCP
   * @param value the text; null means the default
   * @throws TidepoolConfigException if the pool runs and the change breaks a rule; before that,
   *     violations are reported together when the pool starts
   * @throws IllegalStateException if the pool runs and the property is fixed, or the call comes
   *     from within another change
   */
  public void setProperty(String name, @Nullable String value) {
    Objects.requireNonNull(name, "name");
    Property<?> property = PropertyTable.find(name);
    // An unknown name is let through to the check that knows what was meant.
    boolean unknown = property == null && !name.startsWith("dataSource.");
    // As text an object is the name of its class, which another property holds.
    Property<?> byClass = property == null || value == null ? null : property.classNameProperty();
    Property<?> stored = byClass == null ? property : byClass;
    boolean changeable = unknown || (stored != null && stored.isRuntimeChangeable());
    edit(
        byClass == null ? name : byClass.name(),
        changeable,
        b -> {
          b.set(name, value);
          return true;
        });
  }

  /**
   * Adds one property for the driver or its data source.
   *
   * @param name name as the driver spells it
   * @param value its value, which goes to the driver as text: text, a number, a boolean, an enum or
   *     a Duration; null removes it
   * @throws IllegalStateException if the pool runs
   */
  public void addDataSourceProperty(String name, @Nullable Object value) {
    Objects.requireNonNull(name, "name");
    edit(
        "dataSource." + name,
        false,
        b -> {
          b.addDataSourceProperty(name, value);
          return true;
        });
  }

  /** User and password as one; null for the default of both. */
  public Credentials getCredentials() {
    lock();
    try {
      return new Credentials(draft.get(PropertyTable.USERNAME), draft.get(PropertyTable.PASSWORD));
    } finally {
      lock.unlock();
    }
  }

  /** Sets user and password as one. May be called while the pool runs. */
  public void setCredentials(Credentials value) {
    Objects.requireNonNull(value, "value");
    edit(
        "credentials",
        true,
        b -> {
          boolean same =
              Objects.equals(b.get(PropertyTable.USERNAME), value.username())
                  && Objects.equals(b.get(PropertyTable.PASSWORD), value.password());
          b.credentials(value);
          return !same;
        });
  }

  /** What was set, with secrets masked. */
  @Override
  public String toString() {
    lock();
    try {
      return getClass().getSimpleName() + "[" + draft + "]";
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes over every setting of {@code config}, for a pool that is created from one.
   *
   * @throws IllegalStateException if sealed
   */
  protected final void adopt(TidepoolConfig config) {
    Objects.requireNonNull(config, "config");
    lock();
    try {
      if (sealed != null) {
        throw new IllegalStateException(sealed.poolName() + " is running and keeps its settings");
      }
      draft = config.toBuilder();
    } finally {
      lock.unlock();
    }
  }

  /**
   * Checks the draft and seals it; if it is sealed already, just answers what is in force.
   *
   * @return the configuration in force
   * @throws TidepoolConfigException if any rule is broken; the draft stays open
   */
  protected final TidepoolConfig seal() {
    lock();
    try {
      TidepoolConfig config = sealed;
      if (config == null) {
        config = draft.build();
        draft = config.toBuilder();
        sealed = config;
      }
      return config;
    } finally {
      lock.unlock();
    }
  }

  /** Opens the draft again, after a start that failed. */
  protected final void unseal() {
    lock();
    try {
      sealed = null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Applies what is in force once more unless it is {@code known}; in order with the changes, so
   * that none is undone.
   */
  protected final void reapplyUnless(TidepoolConfig known) {
    lock();
    try {
      TidepoolConfig config = sealed;
      if (config != null && config != known) {
        apply(config);
      }
    } finally {
      lock.unlock();
    }
  }

  /** Whether the draft is sealed. */
  protected final boolean isSealed() {
    lock();
    try {
      return sealed != null;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Makes a change take effect in the running pool. Called once for each change and in their order,
   * with the bean's lock held, so it must not block. If it throws, the change has not happened.
   *
   * @param changed the whole configuration, checked; it differs in runtime-changeable properties
   *     only
   */
  protected abstract void apply(TidepoolConfig changed);

  /** A property has been set; called with the bean's lock held, so it must not block. */
  void changed() {}

  /** Looks for stack first, as a borrower asks, too: where it ends in the lock, that stays held. */
  private void lock() {
    StackRoom.forNote();
    lock.lock();
  }

  final <T> void set(Property<T> property, @Nullable T value) {
    edit(
        property.name(),
        property.isRuntimeChangeable(),
        b -> {
          T before = b.get(property);
          b.set(property, value);
          return !Objects.equals(before, value);
        });
  }

  final <T> @Nullable T get(Property<T> property) {
    lock();
    try {
      return draft.get(property);
    } finally {
      lock.unlock();
    }
  }

  /** The value of a property that always has one; for the pool's name this chooses it. */
  final <T> T require(Property<T> property) {
    lock();
    try {
      if (property == PropertyTable.POOL_NAME) {
        draft.reservePoolName();
      }
      T value = draft.get(property);
      if (value == null) {
        throw new IllegalStateException(property + " has no default");
      }
      return value;
    } finally {
      lock.unlock();
    }
  }

  /**
   * Applies a change. What has no effect from then on is told of as at the start, but after the
   * lock, as the log may take its time.
   *
   * @param change says whether it made a difference
   */
  private void edit(String name, boolean changeable, Predicate<TidepoolConfig.Builder> change) {
    TidepoolConfig running;
    TidepoolConfig config = null;
    lock();
    try {
      running = sealed;
      boolean differs = false;
      if (running == null) {
        differs = change.test(draft);
      } else if (!changeable) {
        throw fixed(running.poolName(), name);
      } else if (lock.getHoldCount() > 1) {
        throw nested(running.poolName(), name);
      } else {
        TidepoolConfig.Builder next = draft.copy();
        differs = change.test(next);
        config = next.build();
        apply(config);
        draft = next;
        sealed = config;
      }
      if (differs) {
        changed();
      }
    } finally {
      lock.unlock();
    }
    if (running != null && config != null) {
      Wiring.tell(config, running.notices(), Level.WARN);
    }
  }

  /** What it set would be undone, here or in the engine, by the rest of the change around it. */
  private static IllegalStateException nested(String poolName, String name) {
    return new IllegalStateException(
        poolName
            + ": "
            + name
            + " cannot be changed from within another change, as by a ThreadFactory that is asked"
            + " for a thread meanwhile; change it later, or in another thread");
  }

  private static IllegalStateException fixed(String poolName, String name) {
    List<String> changeable =
        PropertyTable.all().stream()
            .filter(Property::isRuntimeChangeable)
            .map(Property::name)
            .toList();
    return new IllegalStateException(
        poolName
            + ": "
            + name
            + " is fixed once the pool runs; set it before the first connection is taken, or close"
            + " this pool and create one with the new value. Changeable while it runs: "
            + String.join(", ", changeable));
  }
}
