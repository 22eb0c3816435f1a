import { B, type Inputs, PIXELS, sigmoid } from "../reference/presets";
import { oneHot, Random, shares } from "./random";

/** Logits or, of sigmoids, the like, in both forms. */
export function makeInputs(
  seed: number,
  binary: boolean,
): Inputs & { pred: { data: Float32Array; shape: number[] }; target: { data: Uint8Array; shape: number[] } } {
  const random = new Random(seed),
    labels = Uint8Array.from({ length: B * PIXELS }, () => random.below(3)),
    t = oneHot(labels, 3, PIXELS),
    z = random.normals(t.length, 1.5).map((x, i) => x + t[i]),
    p = binary ? z.map(sigmoid) : shares(z, 3, PIXELS);
  const nested = (data: Float32Array) =>
    Array.from({ length: B }, (_, b) =>
      Array.from({ length: 3 }, (_, c) => Array.from(data.subarray((3 * b + c) * PIXELS, (3 * b + c + 1) * PIXELS))),
    );
  return {
    z: nested(z),
    p: nested(p),
    t: nested(t),
    pred: { data: z, shape: [B, 3, 5, 7] },
    target: { data: labels, shape: [B, 5, 7] },
  };
}

/** How a preset declares an argument. */
export type Option = { readonly type: string; readonly default: unknown; readonly values?: readonly string[] };
