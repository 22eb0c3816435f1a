import { SegLossError } from "../errors.js";
import type { Geometry } from "./shape.js";

/** As far as a number may be beyond [0, 1], for one that was rounded; counted from 1/2, in float32 as the kernels. */
const REACH = Math.fround(0.501);

/** Whether a number can be no probability. NaN and infinities are left to give NaN. */
function isImprobable(p: number): boolean {
  const far = Math.abs(Math.fround(p - 0.5));
  return far > REACH && far < Infinity;
}

/** Pixels [first, first + count) of sample b. */
interface Range {
  readonly b: number;
  readonly first: number;
  readonly count: number;
}

/** Refuses the first number of some pixels that can be no probability; `counts` says which of the pixels count. */
export function refuseImprobable(
  data: ArrayLike<number>,
  { classes, pixels, channelsLast }: Geometry,
  what: string,
  { b, first, count }: Range,
  counts: (i: number) => boolean = () => true,
): void {
  const [perClass, perPixel] = channelsLast ? [1, classes] : [pixels, 1],
    start = b * classes * pixels + first * perPixel;
  for (let i = 0; i < count; i++) {
    for (let c = 0; c < classes; c++) {
      const index = start + c * perClass + i * perPixel;
      if (!isImprobable(data[index]) || !counts(i)) continue;
      throw new SegLossError(
        "INVALID_PREDICTION",
        `${what}: pred has ${data[index]} at index ${index}, but activation "none" says that it holds ` +
          `probabilities, from 0 to 1; is it logits? Then set activation "softmax" or "sigmoid"`,
      );
    }
  }
}
