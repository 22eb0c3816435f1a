import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { version } from "../package.json";
import type { Contents } from "../src/files/contents";
import type { Settings } from "../src/files/settings";
import type { Chosen } from "./cases";
import { chartStyle } from "./charts";
import { confusionSection, distributions, reliabilitySection, volumesSection } from "./figures";
import { standIn } from "./metricPresets";
import { escapeHtml, htmlTable, number, page } from "./page";
import type { Results } from "./results";
import type { Asked, Failure } from "./scoring";
import type { Resampling } from "./statistics";
import type { Comparison, GroupRow, Summary, SummaryRow } from "./summary";
import type { Tally } from "./tally";
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
    sign = standIn(first).metric.best === "lowest" ? -1 : 1,
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
    `<svg viewBox="0 0 ${width} ${height}" preserveAspectRatio="none" role="img"
    style="aspect-ratio:${aspect.toFixed(4)}" aria-label="${escapeHtml(`${name}: ${alt}`)}">${inner}</svg>`;
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
  section figure { width: 222px; }
  section svg { width: 100%; height: auto; image-rendering: pixelated; border: 1px solid var(--line);
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
    distributions(summary, scores.asked),
    volumesSection(scores.tally),
    confusionSection(scores.tally),
    reliabilitySection(scores.tally),
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
