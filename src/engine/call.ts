import type { Kernels, StepCall } from "../bindings/kernels.js";
import { isBinary } from "../tensors/conventions.js";
import type { Job } from "./job.js";
import { PixelRanking, type ScaledTerm, scaleTerm } from "./pixelwise.js";
import {
  type FieldTerm,
  isField,
  isOverlap,
  isPixel,
  type NeighbourhoodTerm,
  type OverlapTerm,
  type PixelTerm,
  type Term,
} from "./plan.js";
import { TiledJob } from "./tiles.js";

/** Names of steps; put together for every call, they would cost as much as running them on a small tile. */
const ACTIVATIONS = {
  softmax: { forward: "softmaxForward", backward: "softmaxBackward" },
  sigmoid: { forward: "sigmoidForward", backward: "sigmoidBackward" },
  none: { forward: "noneForward", backward: "noneBackward" },
} as const;
const LABELS = { gather: "GatherLabels", slope: "SlopeLabels" } as const;
const SOFT = { gather: "GatherSoft", slope: "SlopeSoft" } as const;
const BETWEEN = { gather: "GatherBetween", slope: "SlopeBetween" } as const;
/** Where labels give one of two answers: two classes that compete, of which the second says all, or channels. */
const PAIR = { forward: "secondForward", gather: "GatherPair", gradient: "PairGradient" } as const;
const ENTRIES = { forward: "sigmoidForward", gather: "GatherEntries", gradient: "EntryGradient" } as const;

function answers({ geometry, activation, soft }: Job, term?: OverlapTerm) {
  if (!term?.answers || soft || activation === "none") return undefined;
  return activation === "sigmoid" ? ENTRIES : geometry.classes === 2 ? PAIR : undefined;
}

/** Planes that were not read before are written where they are up to so many; of more, a copy is faster (64: 0.86). */
const WRITTEN = 32;

/**
 * Whether steps may write planes of the caller's tensors, however many there are: they write each number once a block,
 * and read no other plane for it again (sigmoids; of a softmax what labels make of what was left there or of pred).
 */
function planewise({ activation, soft, geometry }: Job, overlaps: readonly OverlapTerm[], sweeps: boolean): boolean {
  if (activation !== "softmax") return true;
  if (soft) return false;
  if (overlaps.length === 0 || sweeps) return geometry.classes <= WRITTEN;
  return overlaps.every((term) => term.answers !== undefined && !term.unitWeights);
}

/** One call: its terms by kind, their steps, and the tiles that they see. */
export interface Call {
  readonly kernels: Kernels;
  readonly job: Job;
  readonly binary: boolean;
  readonly overlaps: readonly OverlapTerm[];
  readonly ranked: readonly {
    readonly scaled: ScaledTerm;
    readonly by?: ScaledTerm;
    readonly ranking: PixelRanking;
  }[];
  /** Whether the pass that ranks leaves the gradients of all units, of which the second keeps those that are chosen. */
  readonly early: boolean;
  /** Each with the field that holds probabilities, and then slopes. */
  readonly fields: readonly { readonly term: FieldTerm; readonly field: () => Float32Array }[];
  /** Whether the only term that needs probabilities leaves the gradient by pred in their place. */
  readonly byPred: boolean;
  readonly neighbourhoods: readonly NeighbourhoodTerm[];
  readonly plain: readonly PixelTerm[];
  readonly tiles: TiledJob;
  readonly forward: StepCall;
  readonly backward: StepCall;
  /** Of each overlap term. */
  readonly gathers: readonly StepCall[];
  /** Forward and the only gather in one, where it is faster into planes that are far apart: the bits are the same. */
  readonly gatherFar?: StepCall;
  readonly slopes: readonly StepCall[];
  /** The one step from probabilities to the gradient, where there is one. */
  readonly gradient?: StepCall;
  /** Of how many planes it needs what the gather left there, and nothing else of the tile; 0 where it needs more. */
  readonly left: number;
  /** The one step of a call whose only tiled term but for pixel terms takes one. */
  readonly sweep?: StepCall;
}

function byKind(terms: readonly Term[]) {
  const plain: PixelTerm[] = [],
    ranked: PixelTerm[] = [],
    overlaps: OverlapTerm[] = [],
    fields: FieldTerm[] = [],
    neighbourhoods: NeighbourhoodTerm[] = [];
  for (const term of terms)
    if (isPixel(term)) (term.top ? ranked : plain).push(term);
    else if (isOverlap(term)) overlaps.push(term);
    else if (isField(term)) fields.push(term);
    else neighbourhoods.push(term);
  return { plain, ranked, overlaps, fields, neighbourhoods };
}

export function openCall(kernels: Kernels, job: Job): Call {
  const { geometry, activation, statistics, terms } = job,
    binary = isBinary(activation, geometry.classes),
    { plain, ranked, overlaps, fields, neighbourhoods } = byKind(terms),
    alone = overlaps.length === 1 && fields.length === 0 && !overlaps[0].unitWeights ? overlaps[0] : undefined,
    two = answers(job, alone),
    competing = !two && alone?.answers !== undefined && activation === "softmax" && !job.soft,
    { forward, backward } = ACTIVATIONS[activation],
    byPred =
      !geometry.channelsLast &&
      overlaps.length === 0 &&
      fields.length === 1 &&
      fields[0].byPred?.(job) === true &&
      job.out !== undefined,
    kind = (term: OverlapTerm) => (!job.soft ? LABELS : term.overlap === "l1" ? BETWEEN : SOFT),
    // A sweep adds up what it gives, of all classes.
    sweeps =
      !job.ofClass && overlaps.length === 1 && overlaps[0].sweeps === true && activation !== "none" && !fields.length;
  return {
    kernels,
    job,
    binary,
    overlaps,
    ranked: ranked.map((term) => ({
      scaled: scaleTerm(kernels, job, term, 1),
      by: term.top?.by && scaleTerm(kernels, job, term.top.by, 1),
      ranking: new PixelRanking(kernels, term, geometry, statistics, binary, job.pixelWeights),
    })),
    early: ranked.length === 1 && fields.length === 0 && job.out !== undefined && !job.perPixel,
    fields: fields.map((term, j) => {
      // The last pass reads a tile's slopes before it writes the tile's gradient, so one field may stand in the
      // gradient's array if that is planes, too.
      if (job.out && j === 0 && !geometry.channelsLast) return { term, field: job.out };
      const length = geometry.batch * geometry.classes * geometry.pixels,
        shared = job.share?.floats(length);
      return { term, field: shared ? () => shared : kernels.memory.pin(kernels.memory.scratch(length, "a field")) };
    }),
    byPred,
    neighbourhoods,
    plain,
    tiles: new TiledJob(kernels, job, fields.length === 0 && planewise(job, overlaps, sweeps)),
    forward: kernels.step(two?.forward ?? (byPred && activation === "softmax" ? PAIR.forward : forward)),
    backward: kernels.step(backward),
    gathers: overlaps.map((term) => kernels.step(term.kernel, (two ?? kind(term)).gather)),
    gatherFar: competing ? kernels.step(overlaps[0].kernel, "GatherFar") : undefined,
    slopes: overlaps.map((term) => kernels.step(term.kernel, kind(term).slope)),
    gradient: two
      ? kernels.step(overlaps[0].kernel, two.gradient)
      : competing
        ? kernels.step(overlaps[0].kernel, "LabelGradient")
        : undefined,
    left: two === undefined || overlaps[0].answers === "read" ? 0 : two === PAIR ? 1 : geometry.classes,
    sweep: sweeps ? kernels.step(overlaps[0].kernel, activation === "softmax" ? "Sweep" : "SweepEntries") : undefined,
  };
}
