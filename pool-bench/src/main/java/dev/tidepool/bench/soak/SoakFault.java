package dev.tidepool.bench.soak;

import dev.tidepool.bench.faults.rig.Site;
import java.util.function.Consumer;

/** What goes wrong while the pool is soaked; repaired after a random time. */
enum SoakFault {
  CRASH("crash, restart", Site::crash),
  KILL("all sessions killed", Site::killSessions),
  RESET("all connections reset", Site::resetConnections),
  OLD_FLOWS("old flows dropped", Site::dropPresentFlows),
  EVERYTHING("everything dropped", Site::dropAll),
  SLOW_CONNECT("every 2nd connect slow", Site::dropEverySecondConnect),
  FREEZE("server frozen", Site::freeze),
  READ_ONLY("writes refused", Site::refuseWrites),
  IDLE_LIMIT("idle sessions ended after 1 s", site -> site.limitIdle(1));

  private final String title;
  private final Consumer<Site> injection;

  SoakFault(String title, Consumer<Site> injection) {
    this.title = title;
    this.injection = injection;
  }

  String title() {
    return title;
  }

  void inject(Site site) {
    injection.accept(site);
  }
}
