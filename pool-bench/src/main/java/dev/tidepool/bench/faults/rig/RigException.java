package dev.tidepool.bench.faults.rig;

/** The laboratory itself does not work: a program failed, a server did not start. */
public final class RigException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final String text;

  /** With the output of what failed. */
  public RigException(String message) {
    super(message);
    text = message;
  }

  /** What failed, without line ends. */
  public String oneLine() {
    return text.strip().replaceAll("\\s+", " ");
  }
}
