import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { version } from "../package.json";
import type { Chosen } from "./cases";
import { chartStyle, plot, rangeOf, strip } from "./charts";
import type { Contents } from "./contents";
import type { Results } from "./output";
import { escapeHtml, htmlTable, number, page } from "./page";
import { type Asked, declarationOf, type Failure } from "./scoring";
import type { Settings } from "./settings";
import { quantile, type Resampling } from "./statistics";
import type { Comparison, GroupRow, Series, Summary, SummaryRow } from "./summary";
import type { Tally, Volumes } from "./tally";
import { type Drawn, differenceLegend, drawCase } from "./worst";

export interface Scores {
  readonly asked: readonly Asked[];
  readonly cases: readonly Chosen[];
  readonly settings: Settings;
  readonly contents: Contents;
  readonly summary: Summary;
  /** The other model's. */
  readonly other: Summary;
  readonly tally: Tally;
  readonly resampling: Resampling;
  /** How many cases are drawn. */
  readonly worst: number;
  readonly results: Results;
}

const classOf = (label: string) => (label === "" ? "mean" : `class ${label}`);
const between = (low = Number.NaN, high = Number.NaN) =>
  Number.isNaN(low) ? "–" : `${number(low)} to ${number(high)}`;

function summaryTable(caption: string, rows: readonly (SummaryRow | GroupRow)[]): string {
  const grouped = rows.some((row) => "group" in row),
    pooled = rows.some((row) => row.pooled !== undefined);
  const head = ["metric", ...(grouped ? ["group"] : []), "class", "mean", "95 % interval", "median", "cases"];
  return htmlTable(
    caption,
    [...head, "infinite", "undefined", ...(pooled ? ["pooled"] : [])],
    rows.map((row) => [
      row.metric,
      ...("group" in row ? [row.group] : []),
      ...[classOf(row.class), number(row.mean), between(row.low, row.high), number(row.median)],
      ...[row.defined, row.infinite, row.undefined].map(String),
      ...(pooled ? [row.pooled === undefined ? "" : number(row.pooled)] : []),
    ]),
    grouped ? 3 : 2,
  );
}

function comparisonSection(rows: readonly Comparison[]): string {
  const table = htmlTable(
    "The difference of this model and the other, case by case",
    ["metric", "class", "this", "other", "difference", "95 % interval", "pairs", "p", "p (Holm)"],
    rows.map((row) => [
      ...[row.metric, classOf(row.class), number(row.mean), number(row.against), number(row.difference)],
      ...[between(row.low, row.high), String(row.pairs), number(row.p), number(row.adjusted)],
    ]),
    2,
  );
  return `<h2>Against the other model</h2><p>Cases where both scores are finite. p is that of the sign-flip permutation
    test of the paired differences, of both sides; Holm's adjusts it to the number of rows.</p>${table}`;
}

const titleOf = (asked: readonly Asked[], label: string) =>
  declarationOf(asked.find((each) => each.label === label)?.name ?? "")?.title ?? label;

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

function distributions({ summary, asked }: Scores): string {
  const metrics = [...new Set(summary.series.map(({ metric }) => metric))];
  const parts = metrics.map((metric) =>
    distribution(
      metric,
      summary.series.filter((series) => series.metric === metric),
      asked,
    ),
  );
  return `<h2>Distributions</h2><p>Each tick is a case; where there are more than 100, the ticks are 100 cases evenly
    spread by rank, the least and the largest among them. Boxes go from quartile to quartile, with a line at the median. Scores that are undefined or infinite are left out.</p>
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
  return `<figure>${figure}<figcaption>Class ${label}${left}; dashed: mean ± 1.96 standard deviations</figcaption></figure>`;
}

function volumesSection({ tally, settings, cases }: Scores): string {
  const { volumes } = tally,
    measured = tally.sized && (settings.spacing !== undefined || cases.length > 0);
  if (volumes.length === 0) return "";
  const unit = measured ? "units of the spacing" : "pixels",
    figures = volumes.slice(0, 24).map((each) => blandAltman(each, unit));
  const more = volumes.length > 24 ? `<p>${volumes.length - 24} more classes are left out.</p>` : "";
  return `<h2>Volumes (Bland–Altman)</h2><div class="charts">${figures.join("")}</div>${more}`;
}

/** The classes that a matrix shows at most: those of most pixels. */
const widest = 20;

function confusionSection({ tally }: Scores): string {
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

function reliabilitySection({ tally }: Scores): string {
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
    alt: `Share of pixels that is right over their probability, in ${bins.length} bins; calibration error ${number(error)}`,
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

interface Ranked {
  readonly name: string;
  readonly score: number;
  readonly sample: number;
}

/** Cases by the first metric that was asked for, the worst first; those without a score are told elsewhere. */
function rank({ summary, asked }: Scores): { metric: string; ranked: Ranked[] } | undefined {
  const [first] = asked.filter(({ label }) => summary.series.some(({ metric }) => metric === label));
  if (!first) return undefined;
  const { scores, samples } = summary.of(first.label, ""),
    sign = declarationOf(first.name)?.best === "lowest" ? -1 : 1,
    badness = (score: number) => sign * (sign < 0 ? Math.abs(score) : score);
  const ranked = Array.from(scores, (score, i) => ({
    name: summary.samples[samples[i]].name,
    score,
    sample: samples[i],
  }))
    .filter(({ score }) => !Number.isNaN(score))
    .sort((a, b) => badness(a.score) - badness(b.score) || a.sample - b.sample);
  return { metric: first.label, ranked };
}

/** The case of a name, and which of its samples it is. */
function caseOf(name: string, byItem: ReadonlyMap<string, Chosen>): { each: Chosen; sample: number } | undefined {
  const [, item = name, sample = "0"] = byItem.has(name) ? [] : (/^(.*)\[(\d+)\]$/s.exec(name) ?? []),
    each = byItem.get(item);
  return each && { each, sample: Number(sample) };
}

const legendOf = (entries: Drawn["legend"]) =>
  entries.map(({ colour, means }) => `<span><i style="background:${colour}"></i>${escapeHtml(means)}</span>`).join(" ");

function pictures(drawn: Drawn, name: string, id: string): string {
  const { width, height, aspect, image, truth, pred, difference, other } = drawn;
  const svg = (alt: string, inner: string) =>
    `<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img" style="aspect-ratio:${aspect.toFixed(4)}"
    aria-label="${escapeHtml(`${name}: ${alt}`)}">${inner}</svg>`;
  const layer = (uri: string, own = "") => `<image${own} href="${uri}" width="${width}" height="${height}"/>`,
    below = image ? `<use href="#${id}"/>` : "";
  const figure = (alt: string, inner: string) => `<figure>${svg(alt, inner)}<figcaption>${alt}</figcaption></figure>`;
  return [
    image ? figure("image", layer(image, ` id="${id}"`)) : "",
    figure("truth", below + layer(truth)),
    figure("prediction", below + layer(pred)),
    figure("difference", below + layer(difference)),
    other ? figure("difference of the other model", below + layer(other)) : "",
  ].join("");
}

async function worstSection(scores: Scores): Promise<string> {
  const { summary, other, cases, worst, contents, settings } = scores,
    found = rank(scores);
  if (!found || worst === 0) return "";
  const { metric, ranked } = found,
    byItem = new Map(cases.map((each) => [each.item, each])),
    theirs = other.of(metric, ""),
    others = new Map(Array.from(theirs.samples, (sample, i) => [other.samples[sample].name, theirs.scores[i]])),
    parts: string[] = [];
  for (const [n, { name, score, sample }] of ranked.slice(0, worst).entries()) {
    const at = caseOf(name, byItem),
      group = summary.samples[sample].group,
      theirScore = others.get(name);
    const told =
      `${escapeHtml(metric)} ${number(score)}` +
      `${theirScore === undefined ? "" : `, the other model ${number(theirScore)}`}` +
      `${group === undefined ? "" : `, group ${escapeHtml(group)}`}`;
    let shown = "";
    try {
      const drawn = at && (await drawCase(at.each, at.sample, contents, settings));
      if (drawn)
        shown = `<div class="row">${pictures(drawn, name, `image${n}`)}</div>
          <p class="legend">${legendOf(drawn.legend)}${drawn.where ? ` ${drawn.where}` : ""}</p>`;
    } catch (error) {
      shown = `<p class="failed">${escapeHtml((error as Error).message)}</p>`;
    }
    parts.push(`<section><h3>${n + 1}. ${escapeHtml(name)}</h3><p class="source">${told}</p>${shown}</section>`);
  }
  return `<h2>Worst cases</h2><p>By ${escapeHtml(metric)}, each case's mean over its classes. In the
    differences:</p>
    <p class="legend">${legendOf(differenceLegend)}</p>${parts.join("")}`;
}

function troubles(failures: readonly Failure[], missing: readonly string[]): string {
  const list = (texts: readonly string[]) =>
    `<ul>${texts
      .slice(0, 100)
      .map((text) => `<li>${escapeHtml(text)}</li>`)
      .join("")}</ul>${texts.length > 100 ? `<p>and ${texts.length - 100} more</p>` : ""}`;
  const failed =
    failures.length > 0 ? `<h2>Failures</h2><div class="failed">${list(failures.map((f) => f.message))}</div>` : "";
  return failed + (missing.length > 0 ? `<h2>Targets without a prediction</h2>${list(missing)}` : "");
}

const ownStyle = `${chartStyle}
  section figure { width: 222px; } section svg { width: 100%; max-width: 100%; height: auto; image-rendering: pixelated; border: 1px solid var(--line);
    display: block; background: #181820; }
  @media (max-width: 30rem) { section .row { gap: 0.6rem; } section figure { width: calc(50% - 0.3rem); } }
  .legend span { white-space: nowrap; } .legend i { margin-left: 0; }
  ul { overflow-wrap: anywhere; padding-left: 1.2rem; }`;

async function html(scores: Scores): Promise<string> {
  const { results, resampling, summary } = scores,
    { summary: rows, groups, comparison, failures, missing } = results,
    weighted = summary.samples.some(({ weight }) => weight !== 1);
  const about =
    `${summary.samples.length} cases. Intervals hold the mean at 95 %: bootstrap over cases, BCa, ` +
    `${resampling.resamples} draws, seed ${resampling.seed}; of defined scores, none where one is infinite. ` +
    `${weighted ? "Means are weighted by the manifest's weights; medians are not. " : ""}segloss ${version}`;
  const parts = [
    `<h1>Scores</h1><p>${about}</p>`,
    rows.length > 0 ? `<h2>Summary</h2>${summaryTable("Over all cases", rows)}` : "<p>No case was scored.</p>",
    groups ? `<h2>Groups</h2>${summaryTable("Of each group's cases", groups)}` : "",
    comparison ? comparisonSection(comparison) : "",
    await worstSection(scores),
    distributions(scores),
    volumesSection(scores),
    confusionSection(scores),
    reliabilitySection(scores),
    troubles(failures as readonly Failure[], missing),
  ];
  return page("segloss scores", parts.join("\n"), ownStyle);
}

/** One page that needs nothing else. */
export async function writeScoreReport(path: string, scores: Scores): Promise<void> {
  const text = await html(scores);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}
