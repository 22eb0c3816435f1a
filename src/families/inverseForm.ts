import { EdgeTiles, type Network, type TargetTiles, type TileSettings } from "../bindings/inverseForm.js";
import { loadNetwork, type NetworkSource, shippedNetwork } from "../bindings/shippedNetwork.js";
import { SegLossError } from "../errors.js";
import type { FieldContext } from "../plan.js";
import { readShape, type TensorLike } from "../shape.js";

/** Rows of even length: the module reads two numbers at a time. */
function padRows(data: ArrayLike<number>, rows: number, columns: number): Float32Array {
  const even = columns + (columns % 2),
    padded = new Float32Array(rows * even);
  for (let i = 0; i < rows * columns; i++) padded[Math.floor(i / columns) * even + (i % columns)] = data[i];
  return padded;
}

function transpose(data: ArrayLike<number>, rows: number, columns: number): Float32Array {
  return Float32Array.from({ length: rows * columns }, (_, i) => data[(i % rows) * columns + Math.floor(i / rows)]);
}

/** A network of weights row by row; `byPixel`: w1 as it is trained, a row for each pixel. */
function makeNetwork(weights: Readonly<Record<"w1" | "b1" | "w2" | "b2" | "w3", ArrayLike<number>>>, size: number, byPixel: boolean): Network {
  const { w1, b1, w2, b2, w3 } = weights,
    [first, second] = [b1.length, b2.length],
    pixels = 2 * size * size;
  return {
    size,
    first: first + (first % 2),
    second: second + (second % 2),
    w1: padRows(byPixel ? w1 : transpose(w1, first, pixels), pixels, first),
    b1: padRows(b1, 1, first),
    w2: padRows(second % 2 ? [...Array.from(w2), ...Array<number>(first).fill(0)] : w2, second + (second % 2), first),
    b2: padRows(b2, 1, second),
    w3: padRows(w3, 6, second),
  };
}

const names = ["w1", "b1", "w2", "b2", "w3", "b3"] as const;

/** The caller's network, if weights are passed: all six, of shapes that fit each other and the tiles. */
export function readNetwork(size: number, extra: (name: string) => TensorLike | Float32Array | undefined): Network | undefined {
  const given = names.map((name) => [name, extra(name)] as const).filter(([, tensor]) => tensor !== undefined);
  if (given.length === 0) return undefined;
  const missing = names.filter((name) => !given.some(([each]) => each === name));
  if (missing.length > 0) throw new SegLossError("SHAPE_MISMATCH", `inverseForm: own weights need all of ${names.join(", ")}; ${missing.join(", ")} missing`);
  const tensors = Object.fromEntries(given) as Record<(typeof names)[number], TensorLike | Float32Array>,
    data = (name: (typeof names)[number]) => (ArrayBuffer.isView(tensors[name]) ? tensors[name] : tensors[name]?.data) as Float32Array,
    [first, second] = [data("b1")?.length, data("b2")?.length];
  const shapes = { w1: [first, 2 * size * size], b1: [first], w2: [second, first], b2: [second], w3: [6, second], b3: [6] };
  for (const name of names) {
    const tensor = tensors[name],
      shape = ArrayBuffer.isView(tensor) ? undefined : readShape(tensor, `inverseForm: ${name}`),
      length = shapes[name].reduce((a, b) => a * b, 1);
    if (data(name) instanceof Float32Array && length > 0 && data(name).length === length && (!shape || shape.join() === shapes[name].join())) continue;
    const got = `${data(name)?.constructor?.name} of shape [${(shape ?? [data(name)?.length]).join(", ")}]`;
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `inverseForm: ${name} must be a Float32Array of shape [${shapes[name].join(", ")}] for tileSize ${size}, got ${got}`,
    );
  }
  return makeNetwork({ w1: data("w1"), b1: data("b1"), w2: data("w2"), b2: data("b2"), w3: data("w3") }, size, false);
}

/** The network that ships: tiles of 32 x 32 pixels, 96 and 32 units; its numbers stand in this order, w1 by pixel. */
const SHIPPED = { size: 32, first: 96, second: 32 };
const sizes = { w1: 2 * 32 * 32 * 96, b1: 96, w2: 32 * 96, b2: 32, w3: 6 * 32, b3: 6 };
const LENGTH = Object.values(sizes).reduce((a, b) => a + b, 0);
let shipped: { readonly numbers: Float32Array; readonly network: Network } | undefined;

export const loadShipped = (source?: NetworkSource): Promise<void> => loadNetwork(LENGTH, source);

/** It is for its own tiles only. */
export function shippedFor(size: number): Network {
  if (size !== SHIPPED.size)
    throw new SegLossError(
      "UNSUPPORTED",
      `inverseForm: its network compares tiles of ${SHIPPED.size} x ${SHIPPED.size} pixels; tileSize ${size} needs own weights`,
    );
  const numbers = shippedNetwork(LENGTH);
  if (shipped?.numbers === numbers) return shipped.network;
  let at = 0;
  const parts = Object.fromEntries(
    Object.entries(sizes).map(([name, length]) => {
      at += length;
      return [name, numbers.subarray(at - length, at)];
    }),
  ) as Record<"w1" | "b1" | "w2" | "b2" | "w3", Float32Array>;
  shipped = { numbers, network: makeNetwork(parts, size, true) };
  return shipped.network;
}

/** The mean (or sum) over the tiles of the batch whose target has an edge. */
export function compareEdges(
  network: Network,
  settings: TileSettings,
  reduction: "mean" | "sum",
  keep: (sample: number, make: () => TargetTiles) => TargetTiles,
  context: FieldContext,
): number {
  const { geometry, field, gradient, weight } = context,
    edges = new EdgeTiles(context, network, settings);
  let sum = 0,
    tiles = 0;
  try {
    for (let b = 0; b < geometry.batch; b++) {
      const found = edges.sample(b, gradient, (make) => keep(b, make));
      sum += found.sum;
      tiles += found.tiles;
    }
  } finally {
    edges.dispose();
  }
  const factor = reduction === "sum" ? 1 : 1 / Math.max(1, tiles);
  if (gradient) {
    const slopes = field();
    for (let i = 0; i < slopes.length; i++) slopes[i] *= factor * weight;
  }
  return factor * sum;
}
