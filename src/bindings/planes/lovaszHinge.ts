import type { WholeContext } from "../context.js";
import { rankErrors } from "./lovaszSoftmax.js";
import { addToChannel, eachChannelTile } from "./planes.js";

/** A channel of a sample. */
export interface Plane {
  readonly b: number;
  readonly c: number;
}

/** Planes whose errors make one list. */
interface HingeRanking {
  readonly planes: readonly Plane[];
  /** Pixels of the class, or answers yes, among them. */
  readonly foreground: number;
  /** Factor of the derivative, which is by the logits. */
  readonly factor: number;
}

interface Logits extends WholeContext {
  readonly pred: () => Float32Array;
  readonly grad?: () => Float32Array;
}

/** The loss of one list of hinges (assembly/losses/lovaszSoftmax.ts); adds its derivative to the gradient. */
export function rankHinges(source: Logits, { planes, foreground, factor }: HingeRanking): number {
  const { kernels, geometry, pred, grad } = source,
    { pixels } = geometry,
    logits = { ...source, field: pred, isPred: true };
  return rankErrors(
    source,
    planes.map(({ b }) => b),
    (errors) => {
      for (const [i, { b, c }] of planes.entries())
        eachChannelTile(logits, b, c, (first, some) =>
          kernels.exports.pushHinges(errors + 4 * (i * pixels + first), some, c),
        );
    },
    (areas, weights = 0) =>
      kernels.calls.lovaszSoftmax({
        ...areas,
        weights,
        partial: true,
        gradient: grad !== undefined,
        factor,
        foreground,
      }),
    ({ errors }) => {
      if (!grad) return;
      const slopes = kernels.memory.f32.subarray(errors >>> 2);
      for (const [i, { b, c }] of planes.entries())
        addToChannel(grad(), slopes.subarray(i * pixels, (i + 1) * pixels), b, c, geometry);
    },
  );
}
