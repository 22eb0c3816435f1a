import { plot, rangeOf, strip } from "./charts";
import { isPreset, standIn } from "./metricPresets";
import { escapeHtml, htmlTable, number } from "./page";
import type { Asked } from "./scoring";
import { quantile } from "./statistics";
import type { Series, Summary } from "./summary";
import type { Tally, Volumes } from "./tally";

/** Another library's metric keeps the name that it was asked for by. */
function titleOf(asked: readonly Asked[], label: string): string {
  const found = asked.find((each) => each.label === label);
  return found && !isPreset(found.name) ? standIn(found).metric.title : label;
}

/** All classes of one metric below each other, on one scale. */
function distribution(label: string, all: readonly Series[], asked: readonly Asked[]): string {
  const found = rangeOf(all.flatMap(({ scores }) => [...rangeEnds(scores)]));
  if (!found) return "";
  const shares = found.low >= 0 && found.high <= 1,
    range = shares ? { low: 0, high: 1 } : found;
  const rows = all.map(({ label: of, scores }) => {
    const finite = scores.filter(Number.isFinite).sort(),
      median = finite.length === 0 ? "–" : number(quantile(finite, 0.5)),
      alt =
        finite.length === 0
          ? "no finite score"
          : `from ${number(finite[0])} to ${number(finite[finite.length - 1])}, half of them between ` +
            `${number(quantile(finite, 0.25))} and ${number(quantile(finite, 0.75))}, median ${median}`;
    return [of === "" ? "mean" : of, median, { text: strip(scores, range, alt), html: true }];
  });
  const title = titleOf(asked, label),
    heading = title === label ? title : `${title} (${label})`;
  return `<h3>${escapeHtml(heading)}</h3><div class="strips">${htmlTable(
    `from ${number(range.low)}, left, to ${number(range.high)}, right`,
    ["class", "median", "cases"],
    rows,
  )}</div>`;
}

function* rangeEnds(scores: Float64Array) {
  const range = rangeOf(scores);
  // One value alone is its own range.
  if (range)
    yield* range.high - range.low === 1 && scores.every((s) => s === scores[0]) ? [scores[0]] : Object.values(range);
}

export function distributions(summary: Summary, asked: readonly Asked[]): string {
  const metrics = [...new Set(summary.series.map(({ metric }) => metric))];
  const parts = metrics.map((metric) =>
    distribution(
      metric,
      summary.series.filter((series) => series.metric === metric),
      asked,
    ),
  );
  return `<h2>Distributions</h2><p>Each tick is a case; where there are more than 100, the ticks are 100 cases evenly
    spread by rank, the least and the largest among them. Boxes go from quartile to quartile, with a line at the
    median. Scores that are undefined or infinite are left out.</p>
    ${parts.join("")}`;
}

/** Points that a plot may hold: the farthest from the middle, and of the others as many. */
const most = 400;

function blandAltman({ label, pred, target }: Volumes, unit: string): string {
  const means = pred.map((v, i) => (v + target[i]) / 2),
    differences = pred.map((v, i) => v - target[i]),
    n = differences.length,
    mean = differences.reduce((a, b) => a + b, 0) / n,
    deviation = Math.sqrt(differences.reduce((sum, d) => sum + (d - mean) ** 2, 0) / Math.max(1, n - 1)),
    limits = [mean - 1.96 * deviation, mean + 1.96 * deviation];
  const order = [...differences.keys()].sort(
      (a, b) => Math.abs(differences[b] - mean) - Math.abs(differences[a] - mean),
    ),
    far = order.slice(0, most / 2),
    rest = order.slice(most / 2),
    every = Math.max(1, Math.ceil(rest.length / (most / 2))),
    points = [...far, ...rest.filter((_, i) => i % every === 0)].map((i) => [means[i], differences[i]] as const);
  const [x, y] = [rangeOf(means), rangeOf([...differences, ...limits])];
  if (!x || !y) return "";
  const pad = 0.08 * (y.high - y.low),
    alt =
      `Class ${label}: predicted minus true volume in ${unit} over their mean, ${n} cases; mean difference ` +
      `${number(mean)}, limits of agreement ${number(limits[0])} and ${number(limits[1])}`;
  const figure = plot({
    ...{ alt, x, points, xLabel: `mean of both, ${unit}`, yLabel: `prediction − truth` },
    y: { low: y.low - pad, high: y.high + pad },
    lines: [{ y: mean, kind: "mean", text: "mean" }, ...limits.map((limit) => ({ y: limit, kind: "limit" as const }))],
  });
  const left = n > points.length ? `, ${points.length} of ${n} cases, the farthest among them` : `, ${n} cases`;
  return `<figure>${figure}
    <figcaption>Class ${label}${left}; dashed: mean ± 1.96 standard deviations</figcaption></figure>`;
}

export function volumesSection(tally: Tally): string {
  const { volumes } = tally;
  if (volumes.length === 0) return "";
  const unit = tally.sized ? "units of the spacing" : "pixels",
    figures = volumes.slice(0, 24).map((each) => blandAltman(each, unit));
  const more = volumes.length > 24 ? `<p>${volumes.length - 24} more classes are left out.</p>` : "";
  return `<h2>Volumes (Bland–Altman)</h2><div class="charts">${figures.join("")}</div>${more}`;
}

/** The classes that a matrix shows at most: those of most pixels. */
const widest = 20;

export function confusionSection(tally: Tally): string {
  const found = tally.confusion();
  if (!found) return "";
  const { counts } = found,
    sums = counts.map((row, i) => row.reduce((a, b) => a + b, 0) + counts.reduce((sum, each) => sum + each[i], 0)),
    shown = [...sums.keys()]
      .filter((i) => sums[i] > 0)
      .sort((a, b) => sums[b] - sums[a])
      .slice(0, widest)
      .sort((a, b) => a - b);
  const rows = shown.map((i) => {
    const total = counts[i].reduce((a, b) => a + b, 0);
    const cells = shown.map((j) => {
      const part = total > 0 ? counts[i][j] / total : 0,
        strength = Math.round(70 * Math.sqrt(part)),
        colour = i === j ? "var(--accent)" : "#e69f00";
      return {
        text: total > 0 ? `${(100 * part).toFixed(part > 0 && part < 0.001 ? 3 : 1)} %` : "–",
        style: `background:color-mix(in srgb, ${colour} ${strength}%, transparent)`,
      };
    });
    return [String(found.labels[i]), ...cells, String(total)];
  });
  const left =
    shown.length < sums.length
      ? `; ${sums.length - shown.length} classes without pixels, or of fewest, are left out`
      : "";
  return `<h2>Confusion matrix</h2>${htmlTable(
    `Rows: true class; columns: predicted class; shares of the row's pixels, over all cases${left}`,
    ["true", ...shown.map((i) => String(found.labels[i])), "pixels"],
    rows,
  )}`;
}

export function reliabilitySection(tally: Tally): string {
  const bins = tally.reliability();
  if (bins.length === 0) return "";
  const all = bins.reduce((sum, { pixels }) => sum + pixels, 0),
    error = bins.reduce((sum, { p, right, pixels }) => sum + (pixels / all) * Math.abs(p - right), 0);
  const table = htmlTable(
    "The bins as numbers",
    ["mean probability", "share that is right", "pixels"],
    bins.map(({ p, right, pixels }) => [number(p), number(right), String(pixels)]),
  );
  const figure = plot({
    alt:
      `Share of pixels that is right over their probability, in ${bins.length} bins; ` +
      `calibration error ${number(error)}`,
    ...{ x: { low: 0, high: 1 }, y: { low: 0, high: 1 }, diagonal: true },
    ...{ xLabel: "probability", yLabel: "share that is right" },
    points: bins.map(({ p, right }) => [p, right]),
    bars: bins.map(({ p, pixels }) => ({
      x: Math.min(0.97, Math.max(0, p - 0.015)),
      width: 0.03,
      height: pixels / all,
    })),
  });
  return `<h2>Reliability</h2><div class="charts"><figure>${figure}<figcaption>Points: share that is right; bars: share
    of all pixels. On the dashed line, probabilities are what they say. Expected calibration error of all pixels
    together: ${number(error)}. The probability is that of the predicted class, of one channel that of the
    foreground.</figcaption></figure>${table}</div>`;
}
