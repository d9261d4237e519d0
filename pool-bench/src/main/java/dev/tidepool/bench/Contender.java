package dev.tidepool.bench;

import dev.tidepool.bench.contenders.Adapter;
import dev.tidepool.bench.contenders.AgroalAdapter;
import dev.tidepool.bench.contenders.C3p0Adapter;
import dev.tidepool.bench.contenders.DbcpAdapter;
import dev.tidepool.bench.contenders.DruidAdapter;
import dev.tidepool.bench.contenders.HikariAdapter;
import dev.tidepool.bench.contenders.TidepoolAdapter;
import dev.tidepool.bench.contenders.TomcatAdapter;
import dev.tidepool.bench.contenders.ViburAdapter;
import java.sql.SQLException;
import java.util.Map;

/**
 * The pools that are compared. A new one takes an adapter in {@code contenders} and a line here.
 */
public enum Contender {
  /** This project. */
  TIDEPOOL("Tidepool", new TidepoolAdapter(false)),
  /** This project with what the others have turned off. */
  TIDEPOOL_WATCHED("Tidepool, leak detection and listener on", new TidepoolAdapter(true)),
  /** The pool that is used most. */
  HIKARICP("HikariCP 7.1.0", new HikariAdapter()),
  /** Agroal, configured as its documentation says. */
  AGROAL("Agroal 3.2.1", new AgroalAdapter(true)),
  /** The floor: what a pool costs that checks nothing. */
  AGROAL_BARE("Agroal 3.2.1, all checks off", new AgroalAdapter(false)),
  /** Apache Commons DBCP. */
  DBCP2("DBCP 2.14.0", new DbcpAdapter()),
  /** Tomcat's JDBC pool. */
  TOMCAT("Tomcat JDBC 11.0.25", new TomcatAdapter()),
  /** c3p0. */
  C3P0("c3p0 0.14.1", new C3p0Adapter()),
  /** Vibur. */
  VIBUR("Vibur 26.0", new ViburAdapter()),
  /** Alibaba's Druid. */
  DRUID("Druid 1.2.28", new DruidAdapter());

  private final String title;
  private final Adapter adapter;

  Contender(String title, Adapter adapter) {
    this.title = title;
    this.adapter = adapter;
  }

  /** Name and version, for reports. */
  public String title() {
    return title;
  }

  /** As reports call it where there is little room. */
  public String shortTitle() {
    return title.replaceFirst(" [0-9.]+", "");
  }

  /** Whether reports compare the others with it: what is used most, and the floor. */
  public boolean isYardstick() {
    return this == HIKARICP || this == AGROAL_BARE;
  }

  /** Whether it is another contender with other settings, of interest where nanoseconds count. */
  public boolean isVariation() {
    return this == TIDEPOOL_WATCHED || this == AGROAL_BARE;
  }

  /** Whether it is this project's. */
  public boolean isOurs() {
    return adapter instanceof TidepoolAdapter;
  }

  /** Starts a pool. */
  public PooledSource open(Terms terms) throws SQLException {
    return adapter.open(terms);
  }

  /** How it keeps each promise, or that it does not. */
  public Map<Promise, String> settings() {
    return adapter.settings();
  }
}
