package dev.tidepool.bench.faults;

import dev.tidepool.bench.faults.rig.Rig;
import dev.tidepool.bench.faults.rig.RigException;
import java.util.ArrayList;
import java.util.List;

/** Laboratories that have nothing in common but the machine. */
final class Rigs implements AutoCloseable {
  private final List<Rig> all = new ArrayList<>();

  private Rigs() {}

  /**
   * Sets so many up.
   *
   * @throws RigException if this machine refuses; then none is left
   */
  static Rigs create(int count) {
    Rigs rigs = new Rigs();
    boolean done = false;
    try {
      while (rigs.all.size() < count) {
        rigs.all.add(Rig.create());
      }
      done = true;
      return rigs;
    } finally {
      if (!done) {
        rigs.close();
      }
    }
  }

  List<Rig> all() {
    return all;
  }

  @Override
  public void close() {
    RigException first = null;
    for (Rig rig : all) {
      try {
        rig.close();
      } catch (RigException e) {
        first = first == null ? e : first;
      }
    }
    if (first != null) {
      throw first;
    }
  }
}
