package dev.tidepool.net;

import java.io.IOException;
import java.nio.channels.Selector;

/** Where selectors come from; replaceable, as descriptors do not run out on demand. */
@FunctionalInterface
interface SelectorSource {
  /**
   * A new selector.
   *
   * @throws IOException if there is none to be had: each takes two descriptors on Linux
   */
  Selector open() throws IOException;
}
