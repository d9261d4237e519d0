package dev.tidepool.bench.faults;

import dev.tidepool.bench.faults.rig.RigException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Lanes side by side, each with a place of its own to work in, take jobs from one queue. */
final class Lanes {
  /** Longer than anything in the lab is waited for; what is interrupted unwinds at once. */
  private static final long END_SECONDS = 120;

  private Lanes() {}

  /** What is done for each job. */
  interface Work<P, J> {
    void run(P place, J job) throws IOException;
  }

  /**
   * Does the work for each job, in the order of the jobs as lanes become free, one job at a time in
   * a place. Returns when all lanes have ended; once one has failed, none begins another job.
   *
   * @throws IOException what the work threw first
   */
  static <P, J> void run(List<P> places, List<J> jobs, Work<P, J> work) throws IOException {
    if (places.isEmpty()) {
      return;
    }
    Queue<J> waiting = new ConcurrentLinkedQueue<>(jobs);
    ExecutorService threads = Executors.newFixedThreadPool(places.size());
    try {
      List<Future<?>> lanes = new ArrayList<>();
      for (P place : places) {
        lanes.add(
            threads.submit(
                () -> {
                  lane(place, waiting, work);
                  return null;
                }));
      }
      awaitAll(lanes);
    } finally {
      end(threads);
    }
  }

  private static <P, J> void lane(P place, Queue<J> waiting, Work<P, J> work) throws IOException {
    boolean done = false;
    try {
      for (J job = waiting.poll(); job != null; job = waiting.poll()) {
        work.run(place, job);
      }
      done = true;
    } finally {
      if (!done) {
        waiting.clear();
      }
    }
  }

  private static void awaitAll(List<Future<?>> lanes) throws IOException {
    Throwable first = null;
    for (Future<?> lane : lanes) {
      try {
        lane.get();
      } catch (ExecutionException e) {
        first = first == null ? e.getCause() : first;
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new RigException("interrupted while waiting for the lanes");
      }
    }
    if (first instanceof IOException e) {
      throw e;
    } else if (first instanceof RuntimeException e) {
      throw e;
    } else if (first instanceof Error e) {
      throw e;
    }
  }

  /** All of them, before the places they work in are taken away. */
  private static void end(ExecutorService threads) {
    threads.shutdownNow();
    boolean interrupted = Thread.interrupted();
    try {
      if (!threads.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        throw new RigException("a lane does not end");
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }
}
