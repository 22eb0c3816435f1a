import { SegLossError } from "../errors.js";
import { count, type NumberTensor } from "./shape.js";

type Sliceable = NumberTensor["data"] & { subarray(from: number, end: number): NumberTensor["data"] };

/** Sample n of a tensor, as a batch of one. */
function sampleOf({ data, shape: [, ...rest], came }: NumberTensor, n: number): NumberTensor {
  const length = count(rest);
  return { data: (data as Sliceable).subarray(n * length, (n + 1) * length), shape: [1, ...rest], came };
}

/** The samples of a prediction and its target, of which there must be so many; one is taken as it is. */
export function samplesOf(
  what: string,
  pred: NumberTensor,
  target: NumberTensor,
  samples: number,
): { readonly pred: NumberTensor; readonly target: NumberTensor }[] {
  if (samples === 1) return [{ pred, target }];
  for (const [name, { shape, data }] of Object.entries({ pred, target }))
    if (shape?.[0] !== samples || data.length !== count(shape))
      throw new SegLossError(
        "SHAPE_MISMATCH",
        `${what}: ids has ${samples} names, one for each sample, but ${name} has shape [${shape?.join(", ")}]`,
      );
  return Array.from({ length: samples }, (_, n) => ({ pred: sampleOf(pred, n), target: sampleOf(target, n) }));
}
