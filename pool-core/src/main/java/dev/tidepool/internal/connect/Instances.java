package dev.tidepool.internal.connect;

/** Makes objects of classes that a configuration names. */
public final class Instances {
  private Instances() {}

  /**
   * A new object of the class that {@code property} names; call it in the user's thread.
   *
   * @throws IllegalArgumentException with property, value and remedy, if that is not possible
   */
  public static <T> T create(String property, String className, Class<T> type) {
    String setting = property + "=" + className;
    try {
      return Classes.load(className).asSubclass(type).getDeclaredConstructor().newInstance();
    } catch (ClassNotFoundException | LinkageError e) {
      throw new IllegalArgumentException(
          setting + " cannot be loaded; add its jar to the class path", SafeErrors.clean(e));
    } catch (ClassCastException e) {
      throw new IllegalArgumentException(setting + " does not implement " + type.getName(), e);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(
          setting + " cannot be created; it needs a public constructor without parameters",
          SafeErrors.clean(e));
    }
  }
}
