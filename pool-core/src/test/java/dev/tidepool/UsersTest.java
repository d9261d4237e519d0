package dev.tidepool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidepool.api.Credentials;
import dev.tidepool.api.CredentialsProvider;
import dev.tidepool.api.RetireReason;
import dev.tidepool.testing.Await;
import dev.tidepool.testing.Call;
import dev.tidepool.testing.Law;
import dev.tidepool.testing.Texts;
import java.lang.reflect.Proxy;
import java.sql.Connection;
import java.sql.ConnectionBuilder;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.sql.SQLTransientConnectionException;
import java.sql.ShardingKey;
import java.sql.ShardingKeyBuilder;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** Who may borrow as whom, on a database that knows who is logged in. */
class UsersTest {
  private static final String URL = "jdbc:h2:mem:users";

  private final TidepoolDataSource pool = new TidepoolDataSource();
  private Connection admin;

  /** Of a class that the pool makes. */
  public static final class Provider implements CredentialsProvider {
    /** For the pool. */
    public Provider() {}

    @Override
    public Credentials credentials() {
      return new Credentials("later", "two");
    }
  }

  /** Of a driver that has sharding keys. */
  private static final ShardingKeyBuilder KEYS = proxy(ShardingKeyBuilder.class, null);

  private static <T> T proxy(Class<T> type, Object answer) {
    return type.cast(
        Proxy.newProxyInstance(
            UsersTest.class.getClassLoader(),
            new Class<?>[] {type},
            (self, method, args) ->
                method.getName().equals("createShardingKeyBuilder") ? answer : null));
  }

  @BeforeEach
  void start() throws SQLException {
    admin = DriverManager.getConnection(URL, "sa", "");
    tell("create user first password 'one'");
    pool.setPoolName("users");
    pool.setUrl(URL);
    pool.setCredentials(new Credentials("first", "one"));
    pool.setMaximumPoolSize(3);
    pool.setMinimumIdle(0);
  }

  @AfterEach
  void end() throws SQLException {
    pool.close();
    tell("shutdown");
  }

  private void tell(String sql) throws SQLException {
    try (Statement statement = admin.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String user(Connection connection) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select current_user")) {
      row.next();
      return row.getString(1);
    }
  }

  private void assertRefused(String username, String password) {
    assertThatThrownBy(() -> pool.getConnection(username, password))
        .isInstanceOf(SQLFeatureNotSupportedException.class)
        .hasMessageContaining("users lends connections of its own user only")
        .hasMessageContaining("another pool for another user");
  }

  @Test
  void theUserOfThePool_isLentAConnectionOfThePool() throws SQLException {
    try (Connection connection = pool.getConnection("first", "one")) {
      assertThat(user(connection)).isEqualTo("FIRST");
      assertThat(pool.stats().active()).isEqualTo(1);
    }
    assertThat(pool.stats().idle()).isEqualTo(1);
  }

  @Test
  void anybodyElse_isRefused_andNothingIsOpened() {
    assertRefused("sa", "");
    assertRefused("first", "two");
    assertRefused("first", null);
    assertRefused(null, "one");
    assertRefused(null, null);
    assertThat(pool.stats().opened()).isZero();
  }

  @Test
  void whereNoUserIsSet_nobodyIsTheUser() throws SQLException {
    JdbcDataSource target = new JdbcDataSource();
    target.setURL(URL);
    target.setUser("first");
    target.setPassword("one");
    try (TidepoolDataSource other = new TidepoolDataSource()) {
      other.setDataSource(target);
      other.getConnection(null, null).close();
      assertThatThrownBy(() -> other.getConnection("first", "one"))
          .isInstanceOf(SQLFeatureNotSupportedException.class);
    }
  }

  /** Whom a provider names is not known before it is asked, and may change with each connect. */
  @Test
  void withAProvider_everyUserIsRefused_evenTheOneThatIsSetBesides() throws Exception {
    tell("create user later password 'two'");
    pool.setCredentialsProvider(new Provider());
    assertRefused("first", "one");
    assertRefused("later", "two");
    assertThat(user(pool.getConnection())).isEqualTo("LATER");
    pool.setCredentialsProvider(null);
    pool.close();
    try (TidepoolDataSource other = new TidepoolDataSource()) {
      other.setUrl(URL);
      other.setCredentialsProviderClassName(Provider.class.getName());
      assertThatThrownBy(() -> other.getConnection(null, null))
          .isInstanceOf(SQLFeatureNotSupportedException.class)
          .hasMessageContaining("credentials provider");
    }
  }

  @Test
  void newPassword_countsAtOnce_forSessionsOfTheSameUserToo() throws SQLException {
    pool.getConnection().close();
    tell("alter user first set password 'three'");
    pool.setPassword("three");
    assertRefused("first", "one");
    try (Connection connection = pool.getConnection("first", "three")) {
      assertThat(user(connection)).isEqualTo("FIRST");
    }
  }

  @Test
  void passwordChangedWhileSomebodyWaits_isAskedForAgain() throws SQLException {
    pool.setMaximumPoolSize(1);
    Call waiting;
    try (Connection held = pool.getConnection()) {
      assertThat(user(held)).isEqualTo("FIRST");
      waiting = new Call(() -> pool.getConnection("first", "one"));
      waiting.awaitWaitingIn(TidepoolDataSource.class, "getConnection");
      tell("alter user first set password 'three'");
      pool.setPassword("three");
    }
    assertThat(waiting.await()).isInstanceOf(SQLFeatureNotSupportedException.class);
    assertThat(pool.stats().active()).isZero();
  }

  @Test
  void whileOneUserReplacesAnother_noSessionOfTheOtherIsLent() throws SQLException {
    pool.getConnection().close();
    // Nobody of this name can log in yet, so the session of before stays.
    pool.setCredentials(new Credentials("later", "two"));
    assertThatThrownBy(() -> pool.getConnection("later", "two"))
        .isInstanceOf(SQLTransientConnectionException.class)
        .hasMessageContaining("users is changing to another user");
    assertThat(pool.stats().active()).isZero();
    try (Connection anybody = pool.getConnection()) {
      assertThat(user(anybody)).isEqualTo("FIRST");
    }
    tell("create user later password 'two'");
    Await.until("the second is in", () -> isLent("later", "two"));
    Await.until(
        "and the first is out", () -> pool.stats().retired(RetireReason.CREDENTIALS_CHANGED) > 0);
    try (Connection connection = pool.getConnection("later", "two")) {
      assertThat(user(connection)).isEqualTo("LATER");
    }
    assertRefused("first", "one");
  }

  private boolean isLent(String username, String password) {
    try (Connection connection = pool.getConnection(username, password)) {
      return user(connection).equalsIgnoreCase(username);
    } catch (SQLTransientConnectionException e) {
      return false;
    } catch (SQLException e) {
      throw new AssertionError("refused", e);
    }
  }

  @Test
  void nobodyGetsInByTrying() {
    pool.setConnectionTimeout(Duration.ofSeconds(5));
    Law.of("no other credentials are lent a connection, nor told of", 5_000)
        .holdsFor(
            UsersTest::attempt,
            one -> {
              if (!one.equals(pool.getCredentials())) {
                assertRefused(one.username(), one.password());
              }
            });
  }

  private static Credentials attempt(Random random) {
    String username = random.nextBoolean() ? "first" : Texts.damaged(random, "first");
    return new Credentials(username, random.nextInt(5) == 0 ? null : Texts.damaged(random, "one"));
  }

  @Test
  void builderOfConnections_borrows_forThePoolsOwnUser() throws SQLException {
    try (Connection plain = pool.createConnectionBuilder().build();
        Connection own = pool.createConnectionBuilder().user("first").password("one").build();
        Connection half = pool.createConnectionBuilder().user("first").build()) {
      assertThat(user(plain)).isEqualTo("FIRST");
      assertThat(user(own)).isEqualTo("FIRST");
      assertThat(user(half)).isEqualTo("FIRST");
      assertThat(pool.stats().active()).isEqualTo(3);
    }
    assertThatThrownBy(() -> pool.createConnectionBuilder().password("two").build())
        .isInstanceOf(SQLFeatureNotSupportedException.class);
    assertThatThrownBy(() -> pool.createConnectionBuilder().user("sa").password("").build())
        .isInstanceOf(SQLFeatureNotSupportedException.class);
    assertThat(pool.stats().total()).isEqualTo(3);
  }

  @Test
  void shardingKey_theDriverHasNone_isItsRefusal_andCostsNoConnection() throws SQLException {
    ShardingKey key = new ShardingKey() {};
    for (int i = 0; i < 5; i++) {
      assertThatThrownBy(() -> pool.createConnectionBuilder().shardingKey(key).build())
          .isInstanceOf(SQLFeatureNotSupportedException.class);
    }
    assertThat(pool.stats().idle()).isEqualTo(1);
    assertThat(pool.stats().opened()).isEqualTo(1);
  }

  /** JDBC cannot take a key back. */
  @Test
  void shardingKey_isSetOnWhatIsBuilt_andTheNextBorrowerGetsAnother() throws SQLException {
    ShardingKey key = new ShardingKey() {};
    ShardingKey above = new ShardingKey() {};
    List<List<Object>> set = new ArrayList<>();
    try (TidepoolDataSource sharded = new TidepoolDataSource()) {
      sharded.setDataSource(sharded(set));
      sharded.setMaximumPoolSize(1);
      sharded.createConnectionBuilder().superShardingKey(above).shardingKey(key).build().close();
      assertThat(set).containsExactly(List.of(key, above, 5));
      Await.until("it is closed", () -> sharded.stats().retired(RetireReason.RESET_FAILED) == 1);
      try (Connection next = sharded.getConnection()) {
        assertThat(user(next)).isEqualTo("FIRST");
      }
      assertThat(sharded.stats().opened()).isEqualTo(2);
      assertThat(set).hasSize(1);
      ConnectionBuilder refused = sharded.createConnectionBuilder().superShardingKey(above);
      assertThatThrownBy(refused::build).hasMessageContaining("sharding key is not valid");
      Await.until("it is closed", () -> sharded.stats().retired(RetireReason.RESET_FAILED) == 2);
      assertThat(sharded.stats().active()).isZero();
    }
  }

  /** A driver that notes the keys it is given. */
  private static DataSource sharded(List<List<Object>> set) {
    return (DataSource)
        Proxy.newProxyInstance(
            UsersTest.class.getClassLoader(),
            new Class<?>[] {DataSource.class},
            (self, method, args) ->
                switch (method.getName()) {
                  case "getConnection" ->
                      sharded(DriverManager.getConnection(URL, "first", "one"), set);
                  case "getLoginTimeout" -> 0;
                  case "isWrapperFor" -> false;
                  default -> null;
                });
  }

  private static Connection sharded(Connection driver, List<List<Object>> set) {
    return (Connection)
        Proxy.newProxyInstance(
            UsersTest.class.getClassLoader(),
            new Class<?>[] {Connection.class},
            (self, method, args) -> {
              if (method.getName().equals("setShardingKeyIfValid")) {
                set.add(Arrays.asList(args));
                return args[0] != null;
              }
              return method.invoke(driver, args);
            });
  }

  @Test
  void shardingKeys_areTheDrivers_whereItsDataSourceIsGiven() throws SQLException {
    assertThatThrownBy(pool::createShardingKeyBuilder)
        .isInstanceOf(SQLFeatureNotSupportedException.class)
        .hasMessageContaining("give it the driver's DataSource");
    try (TidepoolDataSource other = new TidepoolDataSource()) {
      other.setDataSource(new JdbcDataSource());
      assertThatThrownBy(other::createShardingKeyBuilder)
          .isInstanceOf(SQLFeatureNotSupportedException.class);
    }
    try (TidepoolDataSource other = new TidepoolDataSource()) {
      other.setDataSource(proxy(DataSource.class, KEYS));
      assertThat(other.createShardingKeyBuilder()).isSameAs(KEYS);
    }
  }

  /** A driver's DataSource that is named by its class. */
  public static final class Sharded extends PGSimpleDataSource {
    private static final long serialVersionUID = 1L;

    @Override
    public Connection getConnection() throws SQLException {
      return DriverManager.getConnection("jdbc:h2:mem:");
    }

    @Override
    public ShardingKeyBuilder createShardingKeyBuilder() {
      return KEYS;
    }
  }

  @Test
  void driversDataSource_namedByItsClass_isThere_onceThePoolHasStarted() throws SQLException {
    try (TidepoolDataSource other = new TidepoolDataSource()) {
      other.setDataSourceClassName(Sharded.class.getName());
      other.addDataSourceProperty("applicationName", "shards");
      assertThat(other.isWrapperFor(Sharded.class)).isFalse();
      other.getConnection().close();
      assertThat(other.unwrap(Sharded.class).getApplicationName()).isEqualTo("shards");
      assertThat(other.unwrap(DataSource.class)).isSameAs(other);
      assertThat(other.createShardingKeyBuilder()).isSameAs(KEYS);
    }
  }
}
