package dev.tidepool.internal.exchange;

/**
 * Keeps what a subclass declares off the cache line of whatever lies before it in memory, and off
 * the neighbouring line, which processors fetch along. Two threads that write to one line, each to
 * a word of its own, wait for each other as if it were one word.
 */
@SuppressWarnings("unused")
abstract class Padding {
  // First of all an int: into the gap after the object's header a subclass's field would be put.
  private int p;
  private long p0, p1, p2, p3, p4, p5, p6, p7, p8, p9, pa, pb, pc, pd, pe;
}
