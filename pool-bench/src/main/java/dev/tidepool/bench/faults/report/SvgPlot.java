package dev.tidepool.bench.faults.report;

import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Figure;
import dev.tidepool.bench.faults.pools.LabPool;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * First success and all clear of each pool in each scene, on a logarithmic axis of time. Drawn by
 * hand, legible on light and dark ground.
 */
public final class SvgPlot {
  private static final double LEAST_MILLIS = 1;
  private static final double MOST_MILLIS = 100_000;
  private static final int LEFT = 170;
  private static final int WIDTH = 640;
  private static final int RIGHT = 90;
  private static final int TOP = 58;
  private static final int LINE = 18;
  private static final int GAP = 34;

  private static final String STYLE =
      """
      <style>
        svg { font: 12px system-ui, sans-serif; }
        .ground { fill: #ffffff; } text { fill: #1f2328; } text.quiet { fill: #59636e; }
        .grid { stroke: #d0d7de; } .scene { font-weight: 600; }
        .ours { stroke: #0969da; fill: #0969da; } .theirs { stroke: #bc4c00; fill: #bc4c00; }
        .span { stroke-width: 3; stroke-linecap: round; opacity: .45; }
        .first { fill: #ffffff; stroke-width: 2; } .never { fill: none; stroke-width: 2; }
        @media (prefers-color-scheme: dark) {
          .ground { fill: #0d1117; } text { fill: #f0f6fc; } text.quiet { fill: #9198a1; }
          .grid { stroke: #3d444d; }
          .ours { stroke: #4493f8; fill: #4493f8; } .theirs { stroke: #f0883e; fill: #f0883e; }
          .first { fill: #0d1117; } .never { fill: none; }
        }
      </style>
      """;

  private final Map<String, List<Summary>> scenes;
  private final StringBuilder body = new StringBuilder();

  /** Of these results; idle killers have no times and are left out. */
  public SvgPlot(List<CellResult> results) {
    scenes =
        Summary.of(
            results.stream().filter(result -> result.cell().fault().measuresRecovery()).toList());
  }

  /** The text. */
  public String write() {
    int y = TOP;
    for (Map.Entry<String, List<Summary>> scene : scenes.entrySet()) {
      y += GAP;
      add("<text class=\"scene\" x=\"12\" y=\"%d\">%s</text>", y - 12, title(scene));
      for (Summary summary : scene.getValue()) {
        y += LINE;
        pool(summary, y - LINE / 2);
      }
    }
    int height = y + 24;
    int width = LEFT + WIDTH + RIGHT;
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">
    <title>Fault lab: first success and all callers recovered, after the fault</title>
    %s<rect class="ground" width="100%%" height="100%%"/>
    %s%s</svg>
    """
        .formatted(width, height, width, height, STYLE, axis(height), body);
  }

  private String axis(int height) {
    StringBuilder axis = new StringBuilder();
    axis.append(
        format(
            "<text x=\"12\" y=\"20\">time after the fault; hollow: first success, full: every caller"
                + " has recovered, cross: not within the bound</text>%n"));
    for (double millis = LEAST_MILLIS; millis <= MOST_MILLIS; millis *= 10) {
      double x = x(millis);
      axis.append(
          format(
              "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>%n",
              x, TOP - 10, x, height - 12));
      String label = millis < 1_000 ? format("%.0f ms", millis) : format("%.0f s", millis / 1_000);
      axis.append(
          format(
              "<text class=\"quiet\" text-anchor=\"middle\" x=\"%.1f\" y=\"%d\">%s</text>%n",
              x, TOP - 16, label));
    }
    return axis.toString();
  }

  private void pool(Summary summary, int y) {
    String colour = summary.pool().equals(LabPool.TIDEPOOL.name()) ? "ours" : "theirs";
    add(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
        LEFT - 14, y + 4, escape(LabPool.valueOf(summary.pool()).title()));
    Optional<Double> first = summary.median(Figure.FIRST);
    Optional<Double> all = summary.median(Figure.ALL);
    double end = all.map(SvgPlot::x).orElse((double) LEFT + WIDTH);
    first.ifPresent(
        millis ->
            add(
                "<line class=\"%s span\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>",
                colour, x(millis), y, end, y));
    if (all.isPresent()) {
      add("<circle class=\"%s\" cx=\"%.1f\" cy=\"%d\" r=\"4.5\"/>", colour, end, y);
    } else {
      add("<path class=\"%s never\" d=\"M%.1f %d l8 8 m0 -8 l-8 8\"/>", colour, end - 4, y - 4);
    }
    first.ifPresent(
        millis ->
            add(
                "<circle class=\"%s first\" cx=\"%.1f\"" + " cy=\"%d\" r=\"4\"/>",
                colour, x(millis), y));
    add(
        "<text class=\"quiet\" x=\"%d\" y=\"%d\">%s</text>",
        LEFT + WIDTH + 12, y + 4, all.map(SvgPlot::time).orElse("never"));
  }

  private static String title(Map.Entry<String, List<Summary>> scene) {
    Duration quiet = scene.getValue().get(0).rounds().get(0).cell().quiet();
    String asked = quiet.isZero() ? "" : ", first asked after " + time((double) quiet.toMillis());
    return escape(scene.getKey() + asked);
  }

  private static String time(double millis) {
    return millis < 1_000 ? format("%.0f ms", millis) : format("%.1f s", millis / 1_000);
  }

  /** From the left edge of the axis to the right, by orders of magnitude. */
  private static double x(double millis) {
    double bounded = Math.min(MOST_MILLIS, Math.max(LEAST_MILLIS, millis));
    double share = Math.log(bounded / LEAST_MILLIS) / Math.log(MOST_MILLIS / LEAST_MILLIS);
    return LEFT + share * WIDTH;
  }

  private void add(String format, Object... values) {
    body.append(format(format, values)).append('\n');
  }

  private static String format(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
