package dev.tidepool.conformance;

import java.sql.Connection;
import java.util.Properties;
import org.jspecify.annotations.NullUnmarked;

/** Client info and request boundaries. */
@NullUnmarked // drivers answer null
final class ClientInfos {
  static final Area AREA =
      Area.of(
          "client info",
          Probe.of("one name", ClientInfos::one),
          Probe.of("several names", ClientInfos::several),
          Probe.of("misuse", ClientInfos::misuse),
          Probe.of("requests", ClientInfos::requests));

  private ClientInfos() {}

  private static void one(Subject on) {
    Connection c = on.connection;
    on.get("getClientInfo", () -> c.getClientInfo());
    for (String name : new String[] {"ApplicationName", "ClientUser", "ClientHostname"}) {
      on.get("getClientInfo " + name, () -> c.getClientInfo(name));
      on.run("setClientInfo " + name, () -> c.setClientInfo(name, "tide"));
      on.get("getClientInfo " + name, () -> c.getClientInfo(name));
      on.run("setClientInfo(null) " + name, () -> c.setClientInfo(name, null));
      on.get("getClientInfo " + name, () -> c.getClientInfo(name));
    }
    on.get("getClientInfo", () -> c.getClientInfo());
  }

  private static void several(Subject on) {
    Connection c = on.connection;
    Properties both = new Properties();
    both.setProperty("ApplicationName", "tide");
    both.setProperty("ClientUser", "pool");
    on.run("setClientInfo", () -> c.setClientInfo(both));
    on.get("getClientInfo", () -> c.getClientInfo());
    Properties unknown = new Properties();
    unknown.setProperty("nobody", "x");
    on.run("setClientInfo(unknown)", () -> c.setClientInfo(unknown));
    on.get("getClientInfo", () -> c.getClientInfo());
    on.run("setClientInfo(empty)", () -> c.setClientInfo(new Properties()));
    on.get("getClientInfo", () -> c.getClientInfo());
    // Changing what the driver handed out must not be a back door.
    on.get("put", () -> c.getClientInfo().setProperty("ApplicationName", "behind"));
    on.get("getClientInfo", () -> c.getClientInfo());
    on.kind("getClientInfoProperties", () -> c.getMetaData().getClientInfoProperties());
  }

  private static void misuse(Subject on) {
    Connection c = on.connection;
    on.run("setClientInfo(unknown)", () -> c.setClientInfo("nobody", "x"));
    on.get("getClientInfo(unknown)", () -> c.getClientInfo("nobody"));
    on.run("setClientInfo(null name)", () -> c.setClientInfo(null, "x"));
    on.get("getClientInfo(null)", () -> c.getClientInfo((String) null));
    on.run("setClientInfo(null)", () -> c.setClientInfo(null));
  }

  private static void requests(Subject on) {
    Connection c = on.connection;
    on.run("beginRequest", () -> c.beginRequest());
    on.query("inside", "select 1");
    on.run("endRequest", () -> c.endRequest());
    on.run("endRequest again", () -> c.endRequest());
    on.run("setShardingKey", () -> c.setShardingKey(null));
    on.get("setShardingKeyIfValid", () -> c.setShardingKeyIfValid(null, 1));
  }
}
