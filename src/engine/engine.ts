import type { WholeContext } from "../bindings/context.js";
import type { Kernels } from "../bindings/kernels.js";
import { type Call, openCall } from "./call.js";
import { checkPred, counting } from "./counting.js";
import { gatheredTotals, gathersTotals, type SampleSums } from "./gathering.js";
import type { Job } from "./job.js";
import { alone, shareOut } from "./parts.js";
import { gatherPass, gradientPass, overlapSums, weigh } from "./passes.js";
import { normaliser, type ScaledTerm, scaleTerm } from "./pixelwise.js";
import type { FieldTerm, NeighbourhoodTerm, OverlapScore, OverlapTerm, PixelTerm, Term } from "./plan.js";
import { separate } from "./separate.js";

/**
 * Streams a prediction through the kernels tile by tile. Pixel terms take one pass. What must see all pixels first (the
 * sums of overlap terms, the ranking of top-k terms, the planes of field terms) takes a gathering pass before it. Where
 * there are only overlap terms, that pass leaves the probabilities in the gradient's array, so that the second need not
 * compute them again (1.4 times faster).
 */
export class Engine {
  constructor(readonly kernels: Kernels) {}

  /** A share of a job leaves the gradient of its own tiles, and returns the value of all. */
  run(job: Job): number {
    return run(openCall(this.kernels, separate(job)));
  }

  /** What the samples of a job add up to; its terms are functions of that. */
  gather(job: Job): SampleSums {
    const call = openCall(this.kernels, { ...job, out: undefined }),
      width = call.plain.length,
      tiles = new Float64Array(call.tiles.count * width),
      { valid, total, squared } = job.statistics;
    const { sums } = gatherPass(call, normalised(call), undefined, (tile, row) => tiles.set(row, tile * width));
    return { statistics: { valid, total, squared }, overlaps: sums, tiles };
  }

  /** What a batch comes to whose samples add up to this: its value, and what its gradient is made of. */
  judge(job: Job, whole: SampleSums): Judged {
    const call = openCall(this.kernels, { ...job, out: undefined }),
      { statistics } = whole,
      all = { ...call, job: { ...job, statistics, geometry: { ...job.geometry, batch: statistics.valid.length } } },
      plain = normalised(all),
      scores = call.overlaps.map((term, j) => scoreOf(all, term, whole.overlaps[j])),
      totals = new Float64Array(plain.length);
    let value = 0;
    for (const [j, term] of call.overlaps.entries()) value += told(call, term, scores[j].value);
    for (let at = 0; at < whole.tiles.length; at++) totals[at % totals.length] += whole.tiles[at];
    value += weigh(call, plain, totals);
    return { value, scores, scales: plain.map(({ scale }) => scale) };
  }

  /** Leaves the gradient of a job's samples. */
  differentiate(job: Job, { scores, scales }: Pick<Judged, "scores" | "scales">): void {
    const call = openCall(this.kernels, separate(job)),
      plain = call.plain.map((term, j) => scaledTerm(call, term, scales[j]));
    gradientPass(call, scores, plain, undefined, 0);
  }

  /**
   * The value of a whole batch from what its samples add up to, and the gradient of a job's samples, from `first` on.
   */
  runFrom(job: Job, whole: SampleSums, first: number): number {
    const { value, scores, scales } = this.judge(job, whole),
      { batch } = job.geometry,
      own = scores.map(({ tables, tableLength, ...rest }) => ({
        ...rest,
        tableLength,
        tables: tables.subarray(first * tableLength, (first + batch) * tableLength),
      }));
    if (job.out) this.differentiate(job, { scores: own, scales });
    return value;
  }
}

interface Judged {
  readonly value: number;
  /** Of each overlap term. */
  readonly scores: readonly OverlapScore[];
  /** Of each pixel term. */
  readonly scales: readonly number[];
}

/** The pixel terms with what their means divide by. */
const normalised = (call: Call): ScaledTerm[] =>
  call.plain.map((term) =>
    scaledTerm(
      call,
      term,
      normaliser(term, call.job.statistics, call.job.geometry, call.binary || term.independent === true),
    ),
  );

const scaledTerm = ({ kernels, job }: Pick<Call, "kernels" | "job">, term: PixelTerm, scale: number): ScaledTerm =>
  scaleTerm(kernels, job, term, scale);

function run(call: Call): number {
  const { job } = call,
    tiled = job.terms.length > call.neighbourhoods.length;
  if (!tiled) {
    checkPred(job);
    clear(job);
  }
  const value = tiled ? tiledTerms(call) : 0;
  if (call.neighbourhoods.length > 0) job.share?.meet(); // they add to what stands in other shares' tiles
  return call.neighbourhoods.reduce(
    (sum, term) =>
      sum + told(call, term, term.evaluate(Object.assign(wholeContext(call, term), { pred: job.pred, grad: job.out }))),
    value,
  );
}

/** Fills the gradient with zeros, or a share's part of it. */
function clear({ out, share }: Job): void {
  const grad = out?.(),
    part = grad && share?.part(grad.length);
  grad?.fill(0, part?.first, part?.end);
}

/** A term's value times its weight, of which the job is told. */
function told({ job }: Call, term: Term, value: number): number {
  job.tell?.(term, term.weight * value);
  return term.weight * value;
}

/** For more to be assigned to it: spread into another, it would take as long as a small call's kernels. */
function wholeContext({ kernels, job }: Call, { weight, mapped = false }: FieldTerm | NeighbourhoodTerm): WholeContext {
  const { activation, geometry, statistics, labels, soft, ignoreIndex, pixelWeights, ofClass, share } = job,
    parts = share ? shareOut(share, mapped) : alone;
  return { kernels, activation, geometry, statistics, labels, soft, ignoreIndex, pixelWeights, parts, ofClass, weight };
}

function tiledTerms(call: Call): number {
  const { job } = call,
    plain = normalised(call);
  if (call.overlaps.length + call.ranked.length + call.fields.length === 0)
    return gradientPass(call, [], plain, undefined);
  const known = call.overlaps.every((term) => term.slopes) && (call.sweep ?? job.out) !== undefined;
  if (known && call.ranked.length + call.fields.length === 0) return onePass(call, plain);
  const { ranked, kernels } = call,
    areas = ranked.flatMap(({ ranking }) => ranking.areas);
  if (ranked.length === 0) return twoPasses(call, plain);
  return kernels.memory.with(areas, "a ranking of pixels", (...at) => {
    for (const [i, { ranking }] of ranked.entries()) ranking.place(at[2 * i], at[2 * i + 1]);
    return twoPasses(call, plain);
  });
}

/** Whether the gathering pass leaves probabilities where the gradient will be; pixel terms read pred again besides. */
function parks({ job, overlaps, plain, tiles }: Call): boolean {
  return overlaps.length + plain.length === job.terms.length && (plain.length === 0 || tiles.parksBeside);
}

/** Numbers that a call may park in the module's memory, 16 MB of them: it streams what is larger. */
const MOST_PARKED = 2 ** 22;

/**
 * Where it leaves them: where the gradient will be, or, while that is an array, which steps cannot write to, in memory
 * that the call borrows: that saves two copies (0.90 to 0.96 of the time). Other shares of the call see the gradient's
 * place alone.
 */
function parking({
  kernels: { memory },
  job: { out, share, geometry },
  tiles,
}: Call): (() => Float32Array) | undefined {
  if (!out || share || !tiles.parksNear || out().buffer === memory.f32.buffer) return out;
  const spare = memory.spare(geometry.batch * geometry.classes * geometry.pixels, "probabilities", MOST_PARKED);
  return spare ? memory.pin(spare) : out;
}

function twoPasses(call: Call, plain: readonly ScaledTerm[]): number {
  const { job } = call,
    park = parks(call) ? parking(call) : undefined;
  const twice = job.out !== undefined || job.perPixel !== undefined,
    gathered = gatherPass(call, twice ? [] : plain, park);
  const scores = call.overlaps.map((term, j) => scoreOf(call, term, gathered.sums[j]));
  let value = gathered.value;
  for (const [j, term] of call.overlaps.entries()) value += told(call, term, scores[j].value);
  for (const { scaled, ranking } of call.ranked) value += told(call, scaled.term, ranking.select());
  for (const { term, field } of call.fields)
    value += told(
      call,
      term,
      term.evaluate(
        Object.assign(wholeContext(call, term), {
          field,
          gradient: job.out !== undefined,
          byPred: call.byPred,
          perPixel: job.perPixel,
        }),
      ),
    );
  if (!twice || (call.byPred && plain.length + call.ranked.length === 0)) return value;
  const chosen = (call.early ? [] : call.ranked).map(({ scaled, ranking }) =>
    scaledTerm(call, { ...scaled.term, unitWeights: ranking.chosen, top: undefined }, ranking.scale),
  );
  return value + gradientPass(call, scores, [...plain, ...chosen], park, plain.length);
}

/** Where all slopes are known beforehand, values and gradients come together. */
function onePass(call: Call, plain: readonly ScaledTerm[]): number {
  const { statistics, geometry } = call.job,
    sums = overlapSums(call);
  const slopes = call.overlaps.map((term) => ({
    value: 0,
    ...(term.slopes as NonNullable<OverlapTerm["slopes"]>)(statistics, geometry),
  }));
  const value = gradientPass(call, slopes, plain, undefined, plain.length, sums),
    merged = sums.map((each) => each.total());
  // A sweep's slopes have the term's weight in them, and so has its value.
  if (call.sweep) {
    const swept = merged[0].reduce((sum, each) => sum + each, 0);
    call.job.tell?.(call.overlaps[0], swept);
    return value + swept;
  }
  return call.overlaps.reduce((sum, term, j) => sum + told(call, term, scoreOf(call, term, merged[j]).value), value);
}

function scoreOf(call: Call, term: OverlapTerm, sums: Float64Array): OverlapScore {
  const { kernels, job } = call,
    { geometry } = job,
    { pixels } = geometry,
    statistics = gathersTotals(job, term) ? gatheredTotals(job, term, sums) : job.statistics;
  kernels.tile.writeOptions(term.options, true);
  const { pixelWeights, ofClass } = call.job,
    weighted = pixelWeights !== undefined,
    weightOf = (b: number, i: number) => pixelWeights?.()[b * pixels + i] ?? 1;
  const sumOverValid = (b: number, perPixel: Float64Array) => {
    const counts = counting(call.job);
    let sum = 0;
    for (let i = 0; i < pixels; i++) if (counts(b, i)) sum += weightOf(b, i) * perPixel[i];
    return sum;
  };
  const { kernel } = term,
    // Of fewer classes the kernels take differences of slopes, pair by pair (assembly/activation/rivals.ts).
    competing = term.answers === "left" && !term.unitWeights && geometry.classes > 4 && job.activation === "softmax";
  return term.score({
    kernels,
    kernel,
    sums,
    statistics,
    geometry,
    sumOverValid,
    weightOf,
    weighted,
    competing,
    ofClass,
  });
}
