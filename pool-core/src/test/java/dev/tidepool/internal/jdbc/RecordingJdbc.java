package dev.tidepool.internal.jdbc;

import java.io.InputStream;
import java.io.Reader;
import java.lang.reflect.Array;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.math.BigDecimal;
import java.net.URI;
import java.net.URL;
import java.sql.Connection;
import java.sql.Date;
import java.sql.ResultSet;
import java.sql.SQLWarning;
import java.sql.Time;
import java.sql.Timestamp;
import java.util.Arrays;
import java.util.Calendar;
import java.util.GregorianCalendar;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.NullUnmarked;

/**
 * A driver that notes every call and does nothing: any JDBC interface, each method answered with a
 * sample of its type unless told otherwise. Thread-safe.
 */
@NullUnmarked // drivers answer null
final class RecordingJdbc {
  /** A call as noted: the interface it was made on, the method, its arguments and the answer. */
  record Call(String type, Method method, List<Object> arguments, Object answer) {
    @Override
    public String toString() {
      String text = arguments.toString();
      return type + "." + method.getName() + "(" + text.substring(1, text.length() - 1) + ")";
    }
  }

  /** Runs in place of a call, after it was noted. */
  interface Answer {
    Object give() throws Throwable;
  }

  /** The same with the arguments of the call. */
  interface Function {
    Object give(List<Object> arguments) throws Throwable;
  }

  private static final String ASKED = "Connection.getAutoCommit()";

  private final List<Call> calls = new CopyOnWriteArrayList<>();
  private final Map<String, Function> answers = new ConcurrentHashMap<>();
  private volatile Throwable failure;
  private volatile boolean refuses;
  private volatile boolean autoCommit = true;

  /** The driver's connection. */
  Connection connection() {
    return make(Connection.class);
  }

  /** From now on {@code Type.method} answers this; null is an answer too. */
  void answer(String call, Object value) {
    answers.put(call, arguments -> value);
  }

  /** From now on {@code Type.method} runs this. */
  void answerWith(String call, Answer answer) {
    answers.put(call, arguments -> answer.give());
  }

  /** The same, with the arguments. */
  void answerWithArguments(String call, Function answer) {
    answers.put(call, answer);
  }

  /** From now on {@code Type.method} ends in this. */
  void fail(String call, Throwable error) {
    answers.put(
        call,
        arguments -> {
          throw error;
        });
  }

  /** From now on a SELECT of a number is answered by that, after this has run. */
  void answerSelects(Runnable first) {
    AtomicInteger answer = new AtomicInteger();
    answer("ResultSet.next", true);
    answerWith("ResultSet.getInt", answer::get);
    answerWithArguments(
        "Statement.executeQuery",
        given -> {
          String sql = given.get(0).toString();
          first.run();
          answer.set(sql.startsWith("SELECT ") ? Integer.parseInt(sql.substring(7)) : 0);
          return make(ResultSet.class);
        });
  }

  /** From now on the driver's {@code Type.method} itself throws this. */
  void refuse(String call, Throwable error) {
    String method = call.substring(call.indexOf('.') + 1);
    answerWith(
        call,
        () -> {
          throw Refusals.by(method, error);
        });
  }

  /** From now on every call ends in this; null ends it. */
  void failAll(Throwable error) {
    refuses = false;
    failure = error;
  }

  /** From now on every method of the driver throws this by itself. */
  void refuseAll(Throwable error) {
    refuses = true;
    failure = error;
  }

  void forgetCalls() {
    calls.clear();
  }

  List<Call> calls() {
    return List.copyOf(calls);
  }

  /**
   * The calls as text, such as {@code Connection.setReadOnly(true)}, without the one question that
   * each return of a used connection asks.
   */
  List<String> log() {
    return calls.stream().map(Call::toString).filter(call -> !call.equals(ASKED)).toList();
  }

  /** From now on auto-commit is on or off, as if a borrower's SQL had changed it. */
  void turnAutoCommit(boolean on) {
    autoCommit = on;
  }

  <T> T make(Class<T> type) {
    InvocationHandler handler =
        (proxy, method, arguments) -> answer(type, proxy, method, arguments);
    return type.cast(
        Proxy.newProxyInstance(
            RecordingJdbc.class.getClassLoader(), new Class<?>[] {type, Ours.class}, handler));
  }

  /**
   * Not public, so that the JDK makes the proxy in this package, as if it were a driver's class.
   */
  interface Ours {}

  @SuppressWarnings("ReferenceEquality") // that is what equals of a proxy means here
  private Object answer(Class<?> type, Object proxy, Method method, Object[] arguments)
      throws Throwable {
    if (method.getDeclaringClass() == Object.class) {
      return switch (method.getName()) {
        case "equals" -> proxy == arguments[0];
        case "hashCode" -> System.identityHashCode(proxy);
        default -> "recording " + type.getSimpleName();
      };
    }
    List<Object> given = arguments == null ? List.of() : Arrays.asList(arguments);
    boolean asked = method.getName().equals("getAutoCommit");
    Object sample = asked ? autoCommit : sample(method.getReturnType());
    Function special = answers.get(type.getSimpleName() + "." + method.getName());
    if (special == null && failure == null) {
      if (method.getName().equals("setAutoCommit")) {
        autoCommit = (Boolean) given.get(0);
      }
      calls.add(new Call(type.getSimpleName(), method, given, sample));
      return sample;
    }
    calls.add(new Call(type.getSimpleName(), method, given, null));
    if (special != null) {
      return special.give(given);
    }
    throw refuses ? Refusals.by(method.getName(), failure) : failure;
  }

  /** Some value for each type that JDBC methods take and return. */
  Object sample(Class<?> type) {
    if (type.isArray()) {
      return Array.newInstance(type.getComponentType(), 0);
    }
    if (type.isEnum()) {
      return type.getEnumConstants()[0];
    }
    Object value = SAMPLES.get(type);
    return value != null || type == void.class ? value : make(type);
  }

  private static final Map<Class<?>, Object> SAMPLES = samples();

  private static Map<Class<?>, Object> samples() {
    Map<Class<?>, Object> samples = new HashMap<>();
    samples.put(boolean.class, true);
    samples.put(byte.class, (byte) 1);
    samples.put(short.class, (short) 2);
    samples.put(int.class, 3);
    samples.put(long.class, 4L);
    samples.put(float.class, 5f);
    samples.put(double.class, 6d);
    samples.put(Object.class, "object");
    samples.put(String.class, "text");
    samples.put(Class.class, String.class);
    samples.put(BigDecimal.class, BigDecimal.TEN);
    samples.put(Date.class, new Date(0));
    samples.put(Time.class, new Time(0));
    samples.put(Timestamp.class, new Timestamp(0));
    samples.put(Calendar.class, new GregorianCalendar());
    samples.put(InputStream.class, InputStream.nullInputStream());
    samples.put(Reader.class, Reader.nullReader());
    samples.put(Map.class, Map.of("type", String.class));
    samples.put(Properties.class, properties());
    samples.put(Executor.class, (Executor) Runnable::run);
    samples.put(SQLWarning.class, new SQLWarning("warning"));
    samples.put(URL.class, url());
    return samples;
  }

  private static Properties properties() {
    Properties properties = new Properties();
    properties.setProperty("ApplicationName", "before");
    return properties;
  }

  private static URL url() {
    try {
      return URI.create("http://localhost/").toURL();
    } catch (java.net.MalformedURLException e) {
      throw new IllegalStateException(e);
    }
  }
}
