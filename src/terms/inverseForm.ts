import { EdgeTiles, type Network, type TargetTiles } from "../bindings/edges/inverseForm.js";
import type { NeighbourhoodContext } from "../engine/plan.js";
import { SegLossError } from "../errors.js";
import { type ExtraInput, readFloats } from "../tensors/extras.js";
import { ensureNetwork, loadNetwork, type NetworkSource, shippedNetwork } from "./shippedNetwork.js";

/** A network of weights row by row. */
function makeNetwork(
  weights: Readonly<Record<"w1" | "b1" | "w2" | "b2" | "w3", Float32Array>>,
  size: number,
  kept: boolean,
): Network {
  const { w1, b1, w2, b2, w3 } = weights,
    [units, upper] = [b1.length, b2.length],
    first = Math.ceil(units / 4) * 4,
    second = Math.ceil(upper / 2) * 2;
  const pad = (data: Float32Array, rows: number, columns: number, toRows: number, toColumns: number) => {
    const padded = new Float32Array(toRows * toColumns);
    for (let row = 0; row < rows; row++) padded.set(data.subarray(row * columns, (row + 1) * columns), row * toColumns);
    return padded;
  };
  return {
    size,
    units,
    first,
    second,
    w1,
    b1: pad(b1, 1, units, 1, first),
    w2: pad(w2, upper, units, second, first),
    b2: pad(b2, 1, upper, 1, second),
    w3: pad(w3, 6, upper, 6, second),
    kept,
  };
}

const names = ["w1", "b1", "w2", "b2", "w3", "b3"] as const;

/** The caller's network, if weights are passed: all six, of shapes that fit each other and the tiles. */
export function readNetwork(size: number, extra: (name: string) => ExtraInput | undefined): Network | undefined {
  const given = names.map((name) => [name, extra(name)] as const).filter(([, tensor]) => tensor !== undefined);
  if (given.length === 0) return undefined;
  const missing = names.filter((name) => !given.some(([each]) => each === name));
  if (missing.length > 0)
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `inverseForm: own weights need all of ${names.join(", ")}; ${missing.join(", ")} missing`,
    );
  const tensors = Object.fromEntries(given) as Record<(typeof names)[number], ExtraInput>,
    read = (name: (typeof names)[number], ...shape: readonly (number | string)[]) =>
      readFloats(`inverseForm: ${name}`, tensors[name], shape, { why: ` for tileSize ${size}` }).data;
  const b1 = read("b1", "units"),
    b2 = read("b2", "units"),
    w1 = read("w1", b1.length, 2 * size * size),
    w2 = read("w2", b2.length, b1.length),
    w3 = read("w3", 6, b2.length);
  read("b3", 6);
  // A copy, as views of the module's memory are cut off when it grows.
  return makeNetwork({ w1: w1.slice(), b1, w2, b2, w3 }, size, false);
}

/** The network that ships: tiles of 32 x 32 pixels, 96 and 32 units; its numbers stand in this order, row by row. */
const SHIPPED = { size: 32, first: 96, second: 32 };
const sizes = { w1: 96 * 2 * 32 * 32, b1: 96, w2: 32 * 96, b2: 32, w3: 6 * 32, b3: 6 };
const LENGTH = Object.values(sizes).reduce((a, b) => a + b, 0);
let shipped: { readonly numbers: Float32Array; readonly network: Network } | undefined;

export const loadShipped = (source?: NetworkSource): Promise<void> => loadNetwork(LENGTH, source);
export const ensureShipped = (): Promise<void> => ensureNetwork(LENGTH);

/** It is for its own tiles only. */
export function shippedFor(size: number): Network {
  if (size !== SHIPPED.size)
    throw new SegLossError(
      "UNSUPPORTED",
      `inverseForm: its network compares tiles of ${SHIPPED.size} x ${SHIPPED.size} pixels; tileSize ${size} ` +
        "needs own weights",
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

/** What a prepared target keeps of a sample: its tiles, as a network sees them. */
interface KeptTiles {
  network?: Network;
  tiles?: TargetTiles;
}

export interface InverseForm {
  readonly downsample: number;
  readonly distance: "euclidean" | "geodesic";
  readonly reduction: "mean" | "sum";
}

/**
 * The mean (or sum) over the tiles of the batch whose target has an edge. What the caller's weights make of a target is
 * not kept: others may come with the next call.
 */
export function evaluateInverseForm(
  network: Network,
  options: InverseForm,
  keep: (sample: number) => KeptTiles,
  context: NeighbourhoodContext,
): number {
  const { geometry, weight } = context,
    { batch, pixels } = geometry;
  if (batch * pixels === 0) return 0;
  return EdgeTiles.with(context, network, options, (edges) => {
    const samples = Array.from({ length: batch }, (_, b) => {
      if (!network.kept) return edges.target(b);
      const kept = keep(b);
      if (kept.network !== network || !kept.tiles) Object.assign(kept, { network, tiles: edges.target(b) });
      return kept.tiles as TargetTiles;
    });
    const tiles = samples.reduce((n, { bands }) => n + bands.reduce((m, columns) => m + columns.length, 0), 0),
      factor = options.reduction === "sum" ? 1 : 1 / Math.max(1, tiles);
    return (
      factor *
      samples.reduce(
        (sum, tiles, b) => sum + edges.compare(b, tiles, options.distance === "geodesic", factor * weight),
        0,
      )
    );
  });
}
