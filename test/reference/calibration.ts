/** Calibration from its definitions, pixel by pixel in float64; channels first, targets as one number per class. */

export interface CalibrationCase {
  readonly batch: number;
  readonly classes: number;
  readonly pixels: number;
  /** [B, C, pixels]. */
  readonly scores: ArrayLike<number>;
  /** [B, C, pixels]: 1 or 0, or soft. */
  readonly truth: ArrayLike<number>;
  /** [B, pixels]: whether a pixel counts. */
  readonly counted: readonly boolean[];
  readonly activation: "softmax" | "sigmoid" | "none";
  /** Channels that have a column. */
  readonly columns: readonly number[];
}

interface Pixel {
  /** Per class. */
  readonly p: readonly number[];
  readonly t: readonly number[];
  readonly logP: readonly number[];
  readonly logRest: readonly number[];
}

function probabilitiesOf(scores: readonly number[], activation: CalibrationCase["activation"]) {
  if (activation === "softmax") {
    const top = Math.max(...scores),
      all = top + Math.log(scores.reduce((sum, z) => sum + Math.exp(z - top), 0));
    return { p: scores.map((z) => Math.exp(z - all)), logP: scores.map((z) => z - all), logRest: scores };
  }
  if (activation === "sigmoid") {
    const log = (z: number) => (z > 0 ? -Math.log1p(Math.exp(-z)) : z - Math.log1p(Math.exp(z)));
    return { p: scores.map((z) => Math.exp(log(z))), logP: scores.map(log), logRest: scores.map((z) => log(-z)) };
  }
  const log = (p: number) => Math.log(Math.max(p, 1e-7));
  return { p: scores, logP: scores.map(log), logRest: scores.map((p) => log(1 - p)) };
}

/** The counted pixels of each sample. */
function pixelsOf(c: CalibrationCase): Pixel[][] {
  return Array.from({ length: c.batch }, (_, b) =>
    Array.from({ length: c.pixels }, (_, i) => i).flatMap((i) => {
      const row = (of: ArrayLike<number>) =>
        Array.from({ length: c.classes }, (_, k) => of[(b * c.classes + k) * c.pixels + i]);
      return c.counted[b * c.pixels + i] ? [{ ...probabilitiesOf(row(c.scores), c.activation), t: row(c.truth) }] : [];
    }),
  );
}

const mean = (values: readonly number[]) => values.reduce((sum, v) => sum + v, 0) / values.length;
const isNumber = (n: number) => !Number.isNaN(n);
const competes = ({ activation, classes }: CalibrationCase) => activation !== "sigmoid" && classes > 1;

type Answer = readonly [confidence: number, truth: number];

function answersOf(c: CalibrationCase, pixels: readonly Pixel[], column: number, isTop: boolean): Answer[] {
  return pixels.map(({ p, t }): Answer => {
    if (!isTop) return [p[column], t[column]];
    if (c.classes === 1) return [Math.max(p[0], 1 - p[0]), p[0] > 0.5 === t[0] > 0.5 ? 1 : 0];
    const top = (of: readonly number[]) => of.indexOf(Math.max(...of));
    return [Math.max(...p), top(p) === top(t) ? 1 : 0];
  });
}

function binsOf(answers: readonly Answer[], bins: number, closed: "left" | "right"): Answer[][] {
  const found: Answer[][] = Array.from({ length: bins }, () => []),
    all = Array.from({ length: bins }, (_, k) => k);
  for (const answer of answers) {
    const [p] = answer,
      k =
        closed === "right"
          ? (all.find((k) => p <= (k + 1) / bins + 1e-6) ?? bins - 1)
          : (all.findLast((k) => p >= k / bins - 1e-6) ?? 0);
    found[k].push(answer);
  }
  return found;
}

/** Of one row of bins: the three errors. */
function errorsOf(table: readonly Answer[][]): [expected: number, average: number, maximum: number] {
  const filled = table.filter((bin) => bin.length > 0);
  if (filled.length === 0) return [Number.NaN, Number.NaN, Number.NaN];
  const gaps = filled.map((bin) => Math.abs(mean(bin.map(([p]) => p)) - mean(bin.map(([, t]) => t)))),
    count = filled.reduce((sum, bin) => sum + bin.length, 0);
  return [gaps.reduce((sum, gap, k) => sum + gap * filled[k].length, 0) / count, mean(gaps), Math.max(...gaps)];
}

/** [expected, average, maximum] calibration errors. */
export function calibrationErrors(
  c: CalibrationCase,
  bins: number,
  closed: "left" | "right",
  confidence: "perClass" | "topLabel",
) {
  const isTop = confidence === "topLabel",
    columns = isTop ? [0] : c.columns,
    samples = pixelsOf(c);
  const tableOf = (pixels: readonly Pixel[], column: number) =>
    binsOf(answersOf(c, pixels, column, isTop), bins, closed);
  const tables = samples.flatMap((pixels) => columns.map((column) => tableOf(pixels, column)));
  return [0, 1, 2].map((kind) => {
    const perClass = tables.map((table) => errorsOf(table)[kind]),
      pooled = columns.map((column) => errorsOf(tableOf(samples.flat(), column))[kind]);
    return {
      ...{ value: mean(perClass.filter(isNumber)), perClass, pooled, pooledValue: mean(pooled.filter(isNumber)) },
      binCount: tables.flatMap((table) => table.map((bin) => bin.length)),
      binConfidence: tables.flatMap((table) => table.map((bin) => mean(bin.map(([p]) => p)))),
      binAccuracy: tables.flatMap((table) => table.map((bin) => mean(bin.map(([, t]) => t)))),
    };
  });
}

export function brier(c: CalibrationCase, multiclass: boolean) {
  const samples = pixelsOf(c),
    of = (pixels: readonly Pixel[], k: number) => mean(pixels.map(({ p, t }) => (p[k] - t[k]) ** 2)),
    perClass = samples.flatMap((pixels) => c.columns.map((k) => of(pixels, k))),
    perSample = samples.map((pixels) => c.classes * mean(Array.from({ length: c.classes }, (_, k) => of(pixels, k))));
  return { value: mean((multiclass ? perSample : perClass).filter(isNumber)), perClass, perSample };
}

export function likelihood(c: CalibrationCase) {
  const samples = pixelsOf(c),
    times = (t: number, log: number) => (t === 0 ? 0 : -t * log),
    answer = ({ t, logP, logRest }: Pixel, k: number) => times(t[k], logP[k]) + times(1 - t[k], logRest[k]),
    truth = ({ t, logP }: Pixel, k: number) => times(t[k], logP[k]),
    all = Array.from({ length: c.classes }, (_, k) => k);
  const perClass = samples.flatMap((pixels) =>
    c.columns.map((k) =>
      competes(c)
        ? mean(pixels.map((pixel) => truth(pixel, k))) / mean(pixels.map(({ t }) => t[k]))
        : mean(pixels.map((pixel) => answer(pixel, k))),
    ),
  );
  const perSample = samples.map((pixels) =>
    competes(c)
      ? mean(pixels.map((pixel) => all.reduce((sum, k) => sum + truth(pixel, k), 0)))
      : mean(all.map((k) => mean(pixels.map((pixel) => answer(pixel, k))))),
  );
  return { value: mean(perSample.filter(isNumber)), perClass, perSample };
}
