import { escapeHtml, number } from "./page";
import { quantile } from "./statistics";

export const chartStyle = `
  .strip { width: 100%; min-width: 8rem; height: 1.4rem; display: block; overflow: visible; }
  .strip path, .strip line { vector-effect: non-scaling-stroke; }
  .tick { stroke: var(--accent); stroke-width: 1; opacity: 0.55; fill: none; }
  .box { fill: var(--ink); fill-opacity: 0.12; stroke: var(--ink); stroke-width: 1; vector-effect: non-scaling-stroke; }
  .middle { stroke: var(--ink); stroke-width: 2.5; }
  .strips td:last-child { width: 100%; padding-right: 0; }
  .plot { width: 360px; max-width: 100%; height: auto; display: block; }
  .plot text { font-size: 11px; fill: var(--soft); }
  .plot circle { fill: var(--accent); fill-opacity: 0.55; }
  .axis { stroke: var(--line); fill: none; } .mean { stroke: var(--ink); } 
  .limit { stroke: var(--ink); stroke-dasharray: 4 3; } .bars { fill: var(--accent); fill-opacity: 0.35; }
  .charts { display: flex; flex-wrap: wrap; gap: 1.5rem; } .charts figure { width: 360px; max-width: 100%; }`;

export interface Range {
  readonly low: number;
  readonly high: number;
}

/** From the least to the largest of finite numbers, made whole where the scores are shares. */
export function rangeOf(numbers: Iterable<number>): Range | undefined {
  let [low, high] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const n of numbers) {
    if (!Number.isFinite(n)) continue;
    if (n < low) low = n;
    if (n > high) high = n;
  }
  if (low > high) return undefined;
  if (low === high) return { low: low - 0.5, high: high + 0.5 };
  return { low, high };
}

const round = (x: number) => Number(x.toFixed(1));

/** So many ticks stand for all scores: more cannot be told apart. */
const ticks = 100;

/** One class's scores as ticks, with a box from quartile to quartile and a line at the median. */
export function strip(scores: Float64Array, range: Range, label: string): string {
  const sorted = scores.filter(Number.isFinite).sort(),
    at = (score: number) => round((1000 * (score - range.low)) / (range.high - range.low));
  if (sorted.length === 0) return "";
  const shown =
      sorted.length <= ticks
        ? [...sorted]
        : Array.from({ length: ticks }, (_, i) => sorted[Math.round((i / (ticks - 1)) * (sorted.length - 1))]),
    [left, middle, right] = [0.25, 0.5, 0.75].map((p) => at(quantile(sorted, p)));
  return `<svg class="strip" viewBox="0 0 1000 20" preserveAspectRatio="none" role="img"
    aria-label="${escapeHtml(label)}"><path class="tick" d="${shown.map((score) => `M${at(score)} 2v16`).join("")}"/>
    <rect class="box" x="${left}" y="5" width="${round(Math.max(right - left, 1))}" height="10"/>
    <line class="middle" x1="${middle}" x2="${middle}" y1="2" y2="18"/></svg>`;
}

/** Round numbers between two. */
function stepsOf({ low, high }: Range): number[] {
  const rough = (high - low) / 4,
    power = 10 ** Math.floor(Math.log10(rough)),
    step = ([1, 2, 5, 10].find((n) => n * power >= rough) ?? 10) * power;
  return Array.from({ length: 8 }, (_, i) => (Math.ceil(low / step) + i) * step).filter((n) => n <= high + step * 1e-9);
}

const short = (x: number) => {
  const size = Math.abs(x);
  if (size >= 1e6 || (size > 0 && size < 1e-3)) return x.toExponential(0);
  return size >= 1e3 ? `${Number((x / 1e3).toPrecision(3))}k` : String(Number(x.toPrecision(3)));
};

interface Line {
  readonly y: number;
  readonly kind: "mean" | "limit";
  readonly text?: string;
}

export interface Plot {
  readonly alt: string;
  readonly x: Range;
  readonly y: Range;
  readonly xLabel: string;
  readonly yLabel: string;
  readonly points?: readonly (readonly [number, number])[];
  readonly lines?: readonly Line[];
  /** From 0 up to each height, as wide as their share of the axis. */
  readonly bars?: readonly { readonly x: number; readonly width: number; readonly height: number }[];
  readonly diagonal?: boolean;
}

const [width, height, left, bottom, top, rightEdge] = [360, 260, 46, 38, 10, 8];

/** A plot of points, bars and lines with its axes. */
export function plot({ alt, x, y, xLabel, yLabel, points = [], lines = [], bars = [], diagonal }: Plot): string {
  const across = (v: number) => round(left + ((v - x.low) / (x.high - x.low)) * (width - left - rightEdge)),
    up = (v: number) => round(height - bottom - ((v - y.low) / (y.high - y.low)) * (height - bottom - top)),
    [floor, end] = [height - bottom, width - rightEdge];
  const parts = [
    `<path class="axis" d="M${left} ${top}V${floor}H${end}"/>`,
    ...stepsOf(x).map((v) => `<text x="${across(v)}" y="${floor + 14}" text-anchor="middle">${short(v)}</text>`),
    ...stepsOf(y).map((v) => `<text x="${left - 5}" y="${up(v) + 4}" text-anchor="end">${short(v)}</text>`),
    `<text x="${(left + end) / 2}" y="${height - 6}" text-anchor="middle">${escapeHtml(xLabel)}</text>`,
    `<text transform="translate(11 ${(floor + top) / 2}) rotate(-90)"
      text-anchor="middle">${escapeHtml(yLabel)}</text>`,
    ...bars.map((bar) => {
      const [from, to, high] = [across(bar.x), across(bar.x + bar.width), up(bar.height)];
      return `<rect class="bars" x="${from}" y="${high}" width="${round(to - from)}" height="${round(floor - high)}"/>`;
    }),
    ...points.map(([px, py]) => `<circle cx="${across(px)}" cy="${up(py)}" r="2.5"/>`),
    ...(diagonal ? [`<path class="limit" d="M${across(x.low)} ${up(y.low)}L${across(x.high)} ${up(y.high)}"/>`] : []),
    ...lines.map(
      ({ y: v, kind, text = "" }) =>
        `<line class="${kind}" x1="${left}" x2="${end}" y1="${up(v)}" y2="${up(v)}"/>
        <text x="${end}" y="${up(v) - 3}" text-anchor="end">${text} ${number(v)}</text>`,
    ),
  ];
  return `<svg class="plot" viewBox="0 0 ${width} ${height}" role="img" aria-label="${escapeHtml(alt)}">
    ${parts.join("\n")}</svg>`;
}
