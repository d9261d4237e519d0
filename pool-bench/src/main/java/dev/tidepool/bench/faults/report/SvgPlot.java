package dev.tidepool.bench.faults.report;

import dev.tidepool.bench.faults.model.CellResult;
import dev.tidepool.bench.faults.model.Database;
import dev.tidepool.bench.faults.model.Fault;
import dev.tidepool.bench.faults.model.Load;
import dev.tidepool.bench.faults.pools.LabPool;
import java.util.List;
import java.util.Locale;

/**
 * How long each pool took under each fault until all callers were served, on a logarithmic axis of
 * time: a panel for each fault and database, in it a line for each pool and load. Drawn by hand,
 * legible on light and dark ground.
 */
public final class SvgPlot {
  private static final double LEAST_MILLIS = 1;
  private static final double MOST_MILLIS = 100_000;

  private static final int LEFT = 150;
  private static final int WIDTH = 330;

  /** Right of the axis, for {@code never} and the medians. */
  private static final int MARGIN = 100;

  private static final int NEVER = 14;
  private static final int TOP = 92;
  private static final int TITLE = 50;
  private static final int LANE = 13;
  private static final int BETWEEN = 5;

  private static final String STYLE =
      """
      <style>
        svg { font: 12px system-ui, sans-serif; }
        .ground { fill: #ffffff; } text { fill: #1f2328; } text.quiet { fill: #59636e; }
        .small { font-size: 10px; }
        .grid { stroke: #d0d7de; } .fault { font-weight: 600; font-size: 13px; }
        .ours { stroke: #0969da; fill: #0969da; } .theirs { stroke: #bc4c00; fill: #bc4c00; }
        .span { stroke-width: 1.5; opacity: .55; } .cell { stroke: none; opacity: .45; }
        .busy { fill: #ffffff; stroke-width: 2; } .never { fill: none; stroke-width: 2; }
        @media (prefers-color-scheme: dark) {
          .ground { fill: #0d1117; } text { fill: #f0f6fc; } text.quiet { fill: #9198a1; }
          .grid { stroke: #3d444d; }
          .ours { stroke: #4493f8; fill: #4493f8; } .theirs { stroke: #f0883e; fill: #f0883e; }
          .busy { fill: #0d1117; } .never { fill: none; }
        }
      </style>
      """;

  private final List<CellResult> results;
  private final List<Database> databases;
  private final List<LabPool> pools;
  private final StringBuilder body = new StringBuilder();

  /** Of these results; idle killers have no times and are left out. */
  public SvgPlot(List<CellResult> all) {
    results =
        Order.sorted(all).stream()
            .filter(CellResult::isMeasured)
            .filter(result -> result.cell().fault().measuresRecovery())
            .toList();
    databases =
        results.stream().map(result -> result.cell().database()).distinct().sorted().toList();
    pools =
        results.stream()
            .map(result -> LabPool.valueOf(result.cell().pool()))
            .distinct()
            .sorted()
            .toList();
  }

  /** The text. */
  public String write() {
    int y = TOP;
    for (Fault fault : Fault.values()) {
      if (results.stream().anyMatch(result -> result.cell().fault() == fault)) {
        row(fault, y);
        y += TITLE + pools.size() * (2 * LANE + BETWEEN);
      }
    }
    int height = y + 12;
    int width = LEFT + Math.max(1, databases.size()) * (WIDTH + MARGIN);
    return """
    <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %d %d" width="%d" height="%d" role="img">
    <title>Fault lab: time until all callers were served</title>
    %s<rect class="ground" width="100%%" height="100%%"/>
    %s%s</svg>
    """
        .formatted(width, height, width, height, STYLE, legend(), body);
  }

  private String legend() {
    StringBuilder legend = new StringBuilder();
    List<String> lines =
        List.of(
            "Time until all callers were served; from the repair where nothing helps before it (F1, F4, F5), else from the fault or the first call.",
            "Small dots: plain and TLS, each number of callers. Large: their median, full while idle, hollow while busy.",
            "A cross: in some case not all callers were served within the bound. Right: the medians, idle above busy.");
    for (int i = 0; i < lines.size(); i++) {
      legend.append(
          format("<text class=\"quiet\" x=\"12\" y=\"%d\">%s</text>%n", 20 + 18 * i, lines.get(i)));
    }
    for (int i = 0; i < databases.size(); i++) {
      legend.append(
          format(
              "<text class=\"fault\" x=\"%d\" y=\"%d\">%s</text>%n",
              left(i), TOP - 10, databases.get(i).title()));
    }
    return legend.toString();
  }

  private static int left(int column) {
    return LEFT + column * (WIDTH + MARGIN);
  }

  private void row(Fault fault, int top) {
    add("<text class=\"fault\" x=\"12\" y=\"%d\">%s</text>", top + 14, fault + " " + fault.title());
    int first = top + TITLE - 12;
    for (int i = 0; i < pools.size(); i++) {
      int y = first + i * (2 * LANE + BETWEEN) + LANE;
      add(
          "<text x=\"%d\" y=\"%d\" text-anchor=\"end\">%s</text>",
          LEFT - 12, y + 4, escape(pools.get(i).title()));
    }
    for (int column = 0; column < databases.size(); column++) {
      panel(fault, databases.get(column), left(column), first);
    }
  }

  private void panel(Fault fault, Database database, int left, int top) {
    List<CellResult> some =
        results.stream()
            .filter(result -> result.cell().fault() == fault)
            .filter(result -> result.cell().database() == database)
            .toList();
    if (some.isEmpty()) {
      add("<text class=\"quiet\" x=\"%d\" y=\"%d\">not measured</text>", left, top + LANE + 4);
      return;
    }
    int bottom = top + pools.size() * (2 * LANE + BETWEEN) - BETWEEN;
    for (double millis = LEAST_MILLIS; millis <= MOST_MILLIS; millis *= 10) {
      double x = left + offset(millis);
      add(
          "<line class=\"grid\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>",
          x, top - 4, x, bottom);
      add(
          "<text class=\"quiet small\" text-anchor=\"middle\" x=\"%.1f\" y=\"%d\">%s</text>",
          x,
          top - 8,
          millis < 1_000 ? format("%.0f ms", millis) : format("%.0f s", millis / 1_000));
    }
    for (int i = 0; i < pools.size(); i++) {
      for (Load load : Load.values()) {
        String pool = pools.get(i).name();
        Tally tally =
            Tally.of(
                some.stream()
                    .filter(result -> result.cell().pool().equals(pool))
                    .filter(result -> result.cell().load() == load)
                    .toList());
        int y = top + i * (2 * LANE + BETWEEN) + load.ordinal() * LANE + LANE / 2;
        lane(tally, load, pools.get(i) == LabPool.TIDEPOOL ? "ours" : "theirs", left, y);
      }
    }
  }

  private void lane(Tally tally, Load load, String colour, int left, int y) {
    if (tally.size() == 0) {
      return;
    }
    List<Double> all = tally.alls().stream().sorted().toList();
    double least = left + offset(all.get(0));
    double most = left + offset(all.get(all.size() - 1));
    add(
        "<line class=\"%s span\" x1=\"%.1f\" y1=\"%d\" x2=\"%.1f\" y2=\"%d\"/>",
        colour, least, y, most, y);
    for (double millis : all) {
      if (Double.isFinite(millis)) {
        double x = left + offset(millis);
        add("<circle class=\"%s cell\" cx=\"%.1f\" cy=\"%d\" r=\"2.5\"/>", colour, x, y);
      }
    }
    double median = left + offset(tally.all());
    if (Double.isFinite(tally.all())) {
      String kind = load == Load.BUSY ? colour + " busy" : colour;
      add("<circle class=\"%s\" cx=\"%.1f\" cy=\"%d\" r=\"4.5\"/>", kind, median, y);
    }
    if (tally.unrecovered() > 0) {
      int x = left + WIDTH + NEVER;
      add("<path class=\"%s never\" d=\"M%d %d l8 8 m0 -8 l-8 8\"/>", colour, x - 4, y - 4);
    }
    add(
        "<text class=\"quiet small\" x=\"%d\" y=\"%d\">%s</text>",
        left + WIDTH + NEVER + 12, y + 4, time(tally.all()));
  }

  private static String time(double millis) {
    return Double.isInfinite(millis)
        ? "never"
        : millis < 1_000 ? format("%.0f ms", millis) : format("%.1f s", millis / 1_000);
  }

  /** From the left edge of the axis, by orders of magnitude; never is right of its end. */
  private static double offset(double millis) {
    if (Double.isInfinite(millis)) {
      return (double) WIDTH + NEVER;
    }
    double bounded = Math.min(MOST_MILLIS, Math.max(LEAST_MILLIS, millis));
    return Math.log(bounded / LEAST_MILLIS) / Math.log(MOST_MILLIS / LEAST_MILLIS) * WIDTH;
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
