import type { Call } from "./call.js";
import type { OverlapScore, OverlapTerm, Tile } from "./plan.js";

/** p of its signed number (assembly/activation/coding.ts): -0 is q of a p that is 1. */
const decode = (s: number) => (s < 0 || Object.is(s, -0) ? 1 + s : s);

/** Adds a map times p, of which the term is the sum, to the losses of a staged tile's pixels. */
export function addMapPixels(
  { kernels, job, forward }: Call,
  { weight, unitWeights }: OverlapTerm,
  { tables, tableLength }: OverlapScore,
  { b, first, count }: Tile,
  padded: number,
): void {
  const { perPixel, pixelWeights, activation, geometry } = job;
  if (!perPixel || !unitWeights) return;
  const { data, sampleStride, channelsLast } = unitWeights,
    { classes, pixels } = geometry,
    [perClass, step] = channelsLast ? [1, classes] : [pixels, 1],
    weights = pixelWeights?.(),
    labels = kernels.labels.read(count),
    from = b * pixels + first;
  kernels.tile.want("grad", false);
  kernels.run(padded, forward);
  for (let c = 0; c < classes; c++) {
    const factor = weight * tables[b * tableLength + c],
      shares = kernels.tile.plane("prob", c, count),
      at = b * sampleStride + c * perClass + first * step;
    for (let i = 0; i < count; i++)
      if (factor !== 0 && labels[i] >= 0) {
        const p = activation === "none" ? shares[i] : decode(shares[i]);
        perPixel[from + i] += factor * (weights?.[from + i] ?? 1) * data[at + i * step] * p;
      }
  }
}
