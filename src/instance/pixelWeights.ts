import type { Kernels } from "../bindings/kernels.js";
import { padTo, SUMS, tilePixels } from "../bindings/tile.js";
import type { Declaration } from "../catalog/declaration.js";
import { catalog } from "../catalog/index.js";
import { counting } from "../engine/counting.js";
import { SegLossError } from "../errors.js";
import { firstLabel, type TargetStatistics } from "../tensors/conventions.js";
import { type ExtraInput, readFloats } from "../tensors/extras.js";
import type { Geometry, LabelArray, NumberTensor } from "../tensors/shape.js";
import { WEIGHTS } from "./checks.js";
import { encodingOf } from "./contexts.js";
import type { ReadPart } from "./groups.js";
import { type Inputs, type LiveExtra, PreparedTarget, readInputs } from "./inputs.js";
import { leaveOut, newMarks, once, VOID, voidLabels } from "./weightless.js";

/** A weight of each pixel, [B, pixels]. */
export type PixelWeights = () => Float32Array;

/**
 * The extra input pixelWeights: [B, ...spatial], [B, 1, ...spatial], or beside channels that come last [B, ...spatial,
 * 1]; without B where pred has none.
 */
export function readPixelWeights(
  loss: string,
  given: () => ExtraInput,
  { batch, spatial, batched, channelsLast }: Geometry,
  { memory }: Kernels,
): PixelWeights {
  const own = [...(batched === false ? [] : [batch]), ...spatial],
    shape = (given() as { shape?: readonly number[] })?.shape,
    withAxis = [[batch, 1, ...spatial], ...(channelsLast ? [[...own, 1]] : [])],
    wanted = withAxis.find((each) => each.join() === shape?.join()) ?? own,
    { data } = readFloats(`${loss}: pixelWeights`, given(), wanted);
  return memory.pin(data);
}

function refuseWeights(loss: string, weights: Float32Array): never {
  const i = weights.findIndex((weight) => !(weight >= 0 && weight < Number.POSITIVE_INFINITY)),
    what = `${loss}: pixelWeights has ${weights[i]} at index ${i}`;
  throw new SegLossError("INVALID_TARGET", `${what}, expected finite numbers >= 0`);
}

/** The least normal number of float32, and its inverse: outside, a sum or its inverse may be 0 or infinite. */
const [LEAST, MOST] = [2 ** -126, 2 ** 126];

/** What a look at a tile's weights tells. */
interface Look {
  readonly zeros: boolean;
  /** Whether some are above 1. */
  readonly beyond: boolean;
  /** Of the pixels that the staged labels count, those of a weight above 0. */
  readonly counted: number;
  readonly padded: number;
}

/** Has `work` find some pixels' weights once they have been checked; if not `all` pixels count, labels say which. */
function withWeights(
  loss: string,
  { tile, exports }: Kernels,
  weights: PixelWeights,
  { from, count, all }: { readonly from: number; readonly count: number; readonly all: boolean },
  work: (look: Look) => void,
): void {
  const padded = padTo(count);
  tile.withSource(weights().subarray(from, from + count), padded, all ? 0 : 1, () => {
    const found = all ? exports.checkAllWeights(count) : exports.checkWeights(padded);
    if (found >= 0) work({ zeros: (found & 1) > 0, beyond: (found & 2) > 0, counted: found >> 2, padded });
    else refuseWeights(loss, weights());
  });
}

/** Which weights are 0, if some are: those pixels do not count. */
function markZeros(loss: string, kernels: Kernels, geometry: Geometry, weights: PixelWeights): Uint8Array | undefined {
  const { batch, classes, pixels } = geometry,
    chunk = tilePixels(classes),
    marks = newMarks(geometry);
  let some = false;
  kernels.tile.layOut(classes);
  for (let b = 0; b < batch; b++) {
    for (let at = 0; at < pixels; at += chunk) {
      const run = { from: b * pixels + at, count: Math.min(chunk, pixels - at), all: true };
      withWeights(loss, kernels, weights, run, ({ zeros, padded }) => {
        some ||= zeros;
        marks.set(kernels.labels.marks(padded), (b * padTo(pixels) + at) / 8);
      });
    }
  }
  return some ? marks : undefined;
}

/** Sums of weights in place of counts, and where weights are 0, if some are. */
function weighedStatistics(
  loss: string,
  kernels: Kernels,
  inputs: Inputs,
  weights: PixelWeights,
): { readonly statistics: TargetStatistics; readonly weightless?: Uint8Array; readonly mask: boolean } {
  const { labels, soft, geometry, ignoreIndex, voids } = inputs,
    { batch, classes, pixels, channelsLast } = geometry,
    valid = new Float64Array(batch),
    counted = new Float64Array(batch),
    total = new Float64Array(soft ? batch * classes : 0),
    squared = new Float64Array(total.length),
    chunk = tilePixels(classes),
    marks = newMarks(geometry);
  let some = false,
    beyond = false;
  kernels.tile.layOut(classes);
  if (labels) kernels.labels.ignore(ignoreIndex ?? undefined, labels());
  for (let b = 0; b < batch; b++) {
    const all = labels !== undefined && inputs.statistics.valid[b] === pixels;
    for (let at = 0; at < pixels; at += chunk) {
      const from = b * pixels + at,
        count = Math.min(chunk, pixels - at),
        // Weights come last: staging the target may use their place.
        weigh = (work: () => void) =>
          withWeights(loss, kernels, weights, { from, count, all }, (look) => {
            some ||= look.zeros;
            beyond ||= look.beyond;
            counted[b] += look.counted;
            marks.set(kernels.labels.marks(look.padded), (b * padTo(pixels) + at) / 8);
            work();
          });
      if (labels) {
        kernels.tile.sums.fill(0);
        if (!all) kernels.labels.stage(labels(), from, count);
        weigh(() => {
          valid[b] += kernels.tile.sums[2];
        });
      } else if (soft) {
        const padded = kernels.labels.stageNone(count),
          sums = kernels.tile.sums.fill(0);
        kernels.tile.bringTarget(soft(), b * classes * pixels, pixels, at, count, channelsLast);
        if (voids) kernels.run(padded, kernels.step("labelRows"));
        weigh(() => kernels.run(padded, kernels.step("sumWeightedTarget")));
        valid[b] += sums[2];
        for (let c = 0; c < classes; c++) {
          total[b * classes + c] += sums[c * SUMS];
          squared[b * classes + c] += sums[c * SUMS + 1];
        }
      }
    }
  }
  const all = valid.reduce((sum, own) => sum + own, 0);
  if (all > 0 && !(all >= LEAST && all <= MOST)) {
    const what = `${loss}: pixelWeights add up to ${all.toPrecision(2)}, by which float32 cannot divide`;
    throw new SegLossError("INVALID_TARGET", `${what}; multiply them by a number, as means are the same then`);
  }
  const weightless = some ? marks : undefined,
    // None is above 1, and they add up to how many there are.
    mask = labels !== undefined && !beyond && valid.every((sum, b) => sum === counted[b]);
  if (!labels) return { statistics: { valid, counted, total, squared }, weightless, mask };
  const totals = once(() => weighedLabels(kernels, labels, inputs, weights));
  return {
    statistics: {
      valid,
      counted,
      get total() {
        return totals();
      },
      get squared() {
        return totals();
      },
    },
    weightless,
    mask,
  };
}

/** The weights of each label's pixels: a sweep for each, for losses whose own sums do not tell. */
function weighedLabels(
  kernels: Kernels,
  labels: () => LabelArray,
  { geometry: { batch, classes, pixels }, ignoreIndex }: Inputs,
  weights: PixelWeights,
): Float64Array {
  const total = new Float64Array(batch * classes),
    first = firstLabel(classes),
    range = classes + first,
    chunk = tilePixels(classes);
  kernels.tile.layOut(classes);
  kernels.labels.ignore(ignoreIndex ?? undefined, labels());
  for (let b = 0; b < batch; b++) {
    for (let at = 0; at < pixels; at += chunk) {
      const from = b * pixels + at,
        count = Math.min(chunk, pixels - at),
        padded = kernels.labels.stage(labels(), from, count),
        sums = kernels.tile.allSums(range).fill(0);
      kernels.tile.withSource(weights().subarray(from, from + count), padded, 0, () =>
        kernels.exports.sumWeights(range, padded),
      );
      for (let label = first; label < range; label++) total[b * classes + label - first] += sums[label];
    }
  }
  return total;
}

/**
 * Inputs as weights have them: pixels of weight 0 do not count, and statistics are sums of weights. The target without
 * those pixels is made where it is read: tiles mark them on their own.
 */
export function weighInputs(loss: string, kernels: Kernels, inputs: Inputs, weights: PixelWeights): WeighedInputs {
  const { statistics, weightless, mask } = weighedStatistics(loss, kernels, inputs, weights),
    { labels, soft, ignoreIndex } = inputs,
    own = { ...inputs, statistics, mask };
  if (!weightless) return mask ? { ...inputs, mask } : own;
  const made = leaveOut(inputs, weightless);
  return {
    ...own,
    labels: labels && (made.data as () => Int32Array),
    soft: soft && (made.data as () => Float32Array),
    ignoreIndex: labels ? VOID : ignoreIndex,
    prepared: made.target,
    unmarked: { labels, soft, ignoreIndex, weightless },
  };
}

/** Inputs with the target as it came, if pixels of weight 0 have been taken out of theirs. */
export interface WeighedInputs extends Inputs {
  /** Whether weights of labels are 0 and 1 only, and so do no more than leave pixels out. */
  readonly mask?: boolean;
  readonly unmarked?: Pick<Inputs, "labels" | "soft" | "ignoreIndex"> & { readonly weightless: Uint8Array };
}

/** What a call gives besides its inputs. */
interface Given {
  readonly pred: NumberTensor;
  readonly target: PreparedTarget;
  readonly extra: LiveExtra;
}

/** The weights of a call, if it has some and its losses take them, and its inputs as those have them. */
export function weigh(
  loss: string,
  kernels: Kernels,
  group: readonly ReadPart[],
  inputs: Inputs,
  { pred, target, extra }: Given,
): { readonly weights?: PixelWeights; readonly inputs: WeighedInputs } {
  if (extra(WEIGHTS) === undefined) return { inputs };
  for (const { declaration } of group) {
    const { name, unweighted: why } = declaration;
    if (why === undefined) continue;
    const without = (catalog as readonly Declaration[]).filter(({ unweighted }) => unweighted !== undefined);
    throw new SegLossError(
      "UNSUPPORTED",
      `${name}: pixelWeights cannot be taken: ${why}; ignoreIndex leaves pixels out ` +
        `(all take weights but ${without.map((each) => each.name).join(", ")})`,
    );
  }
  const { geometry } = inputs,
    weights = readPixelWeights(loss, () => extra(WEIGHTS) as ExtraInput, geometry, kernels),
    [first] = group;
  let own = inputs;
  // Labels that a loss encodes are encoded without the pixels of weight 0.
  const zeros = first.declaration.encode && !inputs.soft ? markZeros(loss, kernels, geometry, weights) : undefined;
  if (zeros) {
    const voids = { ...first, options: { ...first.options, ignoreIndex: VOID } },
      { data, shape } = target.tensor,
      voided = target.keepMarked(
        `labels ${first.ignored}`,
        zeros,
        () => new PreparedTarget({ data: voidLabels(data as LabelArray, zeros, geometry, first.ignored), shape }),
      );
    own = readInputs(kernels, loss, voids.options, pred, voided, {
      encoding: encodingOf(kernels, voids),
      ignored: [VOID],
    });
  }
  return { weights, inputs: weighInputs(loss, kernels, own, weights) };
}

/** Void rows of a soft target as pixels of weight 0, which losses of whole planes leave out, too. */
export function weighVoids(
  loss: string,
  kernels: Kernels,
  inputs: Inputs,
  given: PixelWeights | undefined,
): { readonly weights: PixelWeights; readonly inputs: WeighedInputs } {
  const { batch, pixels } = inputs.geometry,
    own = given?.().slice() ?? new Float32Array(batch * pixels).fill(1),
    counts = counting(inputs);
  for (let at = 0; at < own.length; at++) if (!counts(Math.floor(at / pixels), at % pixels)) own[at] = 0;
  const weights = kernels.memory.pin(own);
  return { weights, inputs: { ...weighInputs(loss, kernels, inputs, weights), voids: false } };
}

/** A part as it reads labels in which pixels of weight 0 are void. */
export const voided = (part: ReadPart, { ignoreIndex }: Inputs): ReadPart =>
  part.declaration.encode ? part : { ...part, options: { ...part.options, ignoreIndex } };
