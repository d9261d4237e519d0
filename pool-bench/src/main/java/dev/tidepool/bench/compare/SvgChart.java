package dev.tidepool.bench.compare;

import dev.tidepool.bench.Contender;
import java.util.Collection;
import java.util.Collections;
import java.util.Locale;
import java.util.OptionalDouble;

/**
 * The main figure of a scenario: a panel for each variant, a line for each contender, a dot for the
 * median and a bar from the lowest to the highest round, on a logarithmic axis. Legible on light
 * and dark ground.
 */
final class SvgChart {
  private static final int LEFT = 300;
  private static final int WIDTH = 460;
  private static final int RIGHT = 90;
  private static final int TOP = 40;
  private static final int LINE = 18;
  private static final int HEAD = 46;
  private static final int GAP = 12;

  private static final String STYLE =
      """
      <style>
        svg { font: 12px system-ui, sans-serif; }
        .ground { fill: #ffffff; } text { fill: #1f2328; } text.quiet { fill: #59636e; }
        .grid { stroke: #d0d7de; } .head { font-weight: 600; }
        .ours { stroke: #0969da; fill: #0969da; } .theirs { stroke: #bc4c00; fill: #bc4c00; }
        .span { stroke-width: 4; stroke-linecap: round; opacity: .45; }
        @media (prefers-color-scheme: dark) {
          .ground { fill: #0d1117; } text { fill: #f0f6fc; } text.quiet { fill: #9198a1; }
          .grid { stroke: #3d444d; }
          .ours { stroke: #4493f8; fill: #4493f8; } .theirs { stroke: #f0883e; fill: #f0883e; }
        }
      </style>
      """;

  private final Table table;
  private final Figure figure;
  private final StringBuilder body = new StringBuilder();
  private double least = 1;
  private double most = 10;

  SvgChart(Table table) {
    this.table = table;
    figure = table.part().scenario().main();
  }

  String write() {
    int y = TOP;
    for (String variant : table.variants()) {
      y = panel(variant, y);
    }
    int height = y + GAP;
    int width = LEFT + WIDTH + RIGHT;
    String title = escape(table.part().scenario().name() + ": " + figure.title());
    String better = figure == Figure.THROUGHPUT ? "more" : "less";
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">
    <title>%s</title>
    %s<rect class="ground" width="100%%" height="100%%"/>
    <text x="12" y="22">%s, %s is better; dot: median, bar: lowest to highest round</text>
    %s</svg>
    """
        .formatted(width, height, width, height, title, STYLE, title, better, body);
  }

  private int panel(String variant, int top) {
    scale(variant);
    int bottom = top + HEAD + LINE * table.contenders().size();
    add("<text class=\"head\" x=\"12\" y=\"%d\">%s</text>", top + 18, escape(variant));
    for (double tick = least; tick <= most * 1.001; tick *= 10) {
      add(
          "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>",
          x(tick), top + 40, x(tick), bottom);
      add(
          "<text class=\"quiet\" text-anchor=\"middle\" x=\"%.1f\" y=\"%d\">%s</text>",
          x(tick), top + 36, number(tick));
    }
    int y = top + HEAD + LINE / 2;
    for (Contender contender : table.contenders()) {
      line(variant, contender, y);
      y += LINE;
    }
    return bottom + GAP;
  }

  private void line(String variant, Contender contender, int y) {
    add(
        "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
        LEFT - 14, y + 4, escape(contender.title()));
    Collection<Double> values = table.values(variant, contender, figure).values();
    OptionalDouble median = table.median(variant, contender, figure);
    String label = "failed";
    if (median.isPresent()) {
      String colour = contender.isOurs() ? "ours" : "theirs";
      add(
          "<line class=\"%s span\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>",
          colour, x(Collections.min(values)), y, x(Collections.max(values)), y);
      add(
          "<circle class=\"%s\" cx=\"%.1f\" cy=\"%d\" r=\"4.5\"/>",
          colour, x(median.getAsDouble()), y);
      label = number(median.getAsDouble());
    }
    add("<text class=\"quiet\" x=\"%d\" y=\"%d\">%s</text>", LEFT + WIDTH + 12, y + 4, label);
  }

  /** Whole orders of magnitude around all values of a panel. */
  private void scale(String variant) {
    double[] values =
        table.contenders().stream()
            .flatMap(contender -> table.values(variant, contender, figure).values().stream())
            .mapToDouble(Double::doubleValue)
            .filter(value -> value > 0)
            .sorted()
            .toArray();
    if (values.length == 0) {
      values = new double[] {1};
    }
    least = Math.pow(10, Math.floor(Math.log10(values[0])));
    most = Math.max(least * 10, Math.pow(10, Math.ceil(Math.log10(values[values.length - 1]))));
  }

  private double x(double value) {
    double bounded = Math.min(most, Math.max(least, value));
    return LEFT + Math.log(bounded / least) / Math.log(most / least) * WIDTH;
  }

  /** Ticks below one need more digits than a table gives. */
  private static String number(double value) {
    return value > 0 && value < 0.1
        ? String.format(Locale.ROOT, "%.2g", value)
        : Markdown.number(value);
  }

  private void add(String format, Object... values) {
    body.append(String.format(Locale.ROOT, format, values)).append('\n');
  }

  private static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
