import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/**
 * One case of a vector file: exact float32 inputs, and answers computed from them in float64 (test/vectors/README.md).
 */
export interface VectorCase {
  readonly name: string;
  readonly loss?: string;
  readonly utility?: string;
  readonly metric?: string;
  readonly options: Record<string, unknown>;
  readonly inputs: Record<string, Tensor>;
  readonly value?: number;
  readonly expected: Record<string, Float64Array>;
  readonly derivative?: boolean;
}

export interface Tensor {
  readonly data: Float32Array | Float64Array | Uint8Array | Int32Array;
  readonly shape: number[];
}

interface Stored {
  readonly dtype: "float32" | "float64" | "uint8" | "int32";
  readonly shape: number[];
  readonly offset: number;
  readonly length: number;
}

const views = { float32: Float32Array, float64: Float64Array, uint8: Uint8Array, int32: Int32Array };

/** One spatial axis, and a volume of one slice, which the vectors mean where their ranks say it, have to be said. */
function axes(inputs: Record<string, Tensor>): { spatialDims?: 1 | 3 } {
  const { pred, target, labels, mask, binMap } = inputs,
    pixels = labels ?? mask ?? binMap,
    isFlat = pixels ? pixels.shape.length === 2 : pred?.data instanceof Float32Array && pred.shape.length === 3;
  if (pixels?.shape.length === 4 && pixels.shape[1] === 1) return { spatialDims: 3 };
  return isFlat || target?.shape.length === 2 ? { spatialDims: 1 } : {};
}

/** Made before `overlap` was an option: with soft targets they are meant with the product (specification 2). */
const PRODUCTS = [
  "dice",
  "logCoshDice",
  "iou",
  "tversky",
  "focalTversky",
  "combo",
  "exponentialLogarithmic",
  "unifiedFocal",
];

function overlaps(folder: string, { pred, target }: Record<string, Tensor>): { overlap?: "product" } {
  const isSoft = target?.data instanceof Float32Array && target.data.length === pred?.data.length;
  return isSoft && PRODUCTS.includes(folder) ? { overlap: "product" } : {};
}

const shipped = fileURLToPath(new URL("../vectors", import.meta.url));

export function readVectors(name: string, folder = shipped): VectorCase[] {
  const base = join(folder, name, name);
  const bytes = readFileSync(`${base}.bin`),
    buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
  const read = ({ dtype, shape, offset, length }: Stored): Tensor => ({
    data: new views[dtype](buffer, offset, length),
    shape,
  });
  return JSON.parse(readFileSync(`${base}.json`, "utf8")).map((stored: Record<string, Record<string, Stored>>) => {
    const { value, ...arrays } = stored.expected as unknown as { value?: number | null | "Infinity" } & Record<
      string,
      Stored
    >;
    const inputs = Object.fromEntries(Object.entries(stored.inputs).map(([key, array]) => [key, read(array)]));
    return {
      ...stored,
      options: { ...axes(inputs), ...overlaps(name, inputs), ...stored.options },
      // JSON knows no NaN and no infinity.
      value: value === null ? Number.NaN : value === undefined ? undefined : Number(value),
      inputs,
      expected: Object.fromEntries(Object.entries(arrays).map(([key, array]) => [key, read(array).data])),
    };
  });
}

/** The conventions' tolerance for values: relative 1e-5, 0 to 1e-7. */
export function valueError(actual: number, expected: number): number {
  if (Object.is(actual, expected)) return 0;
  return expected === 0 ? Math.abs(actual) * 100 : Math.abs(actual - expected) / Math.abs(expected);
}

/** The larger of the two errors that gradients are held to: of the norm, and of any element against the largest. */
export function gradientError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let difference = 0,
    norm = 0,
    worst = 0,
    largest = 0;
  for (let i = 0; i < expected.length; i++) {
    const d = Math.abs(actual[i] - expected[i]);
    if (Number.isNaN(d)) return Number.POSITIVE_INFINITY;
    difference += d * d;
    norm += expected[i] * expected[i];
    worst = Math.max(worst, d);
    largest = Math.max(largest, Math.abs(expected[i]));
  }
  if (largest === 0) return worst === 0 ? 0 : Number.POSITIVE_INFINITY;
  return Math.max(Math.sqrt(difference / norm), worst / largest);
}
