import { builtin } from "../bindings/builtin.js";
import { type ByteSource, fetchBytes } from "../bindings/source.js";
import { SegLossError } from "../errors.js";
import { float16ToFloat32 } from "../tensors/numberTypes.js";

/** Where inverseForm's network comes from. */
export type NetworkSource = ByteSource;

const FILE = "inverse-form.bin";
let numbers: Float32Array | undefined;

/** So many numbers of float16 or float32, little-endian; undefined where the bytes are fewer or more. */
function decode(bytes: Uint8Array, length: number): Float32Array | undefined {
  if (bytes.length === 4 * length) return new Float32Array(bytes.slice().buffer);
  if (bytes.length !== 2 * length) return undefined;
  return float16ToFloat32(new Uint16Array(bytes.slice().buffer));
}

/** The file beside the package's code, written so that bundlers take it along. */
const beside = () => new URL("./inverse-form.bin", import.meta.url);

/** Node reads it at once; elsewhere a file comes asynchronously. */
function readNow(): Uint8Array | undefined {
  try {
    return beside().protocol === "file:" ? builtin("node:fs")?.readFileSync(beside()) : undefined;
  } catch {
    return undefined;
  }
}

/** Loads the network that inverseForm ships with, or another of its sizes. */
export async function loadNetwork(length: number, source: NetworkSource = beside()): Promise<void> {
  const bytes = await fetchBytes(source),
    decoded = decode(bytes, length);
  if (!decoded) {
    const expected = `${2 * length} bytes (${length} numbers of float16) or ${4 * length} (float32)`;
    throw new SegLossError("SHAPE_MISMATCH", `loadInverseForm: ${FILE} must hold ${expected}, got ${bytes.length}`);
  }
  numbers = decoded;
}

/** Loads it where it is not there yet. */
export async function ensureNetwork(length: number): Promise<void> {
  if (!numbers) await loadNetwork(length);
}

/** Its numbers; where they have not been loaded and cannot be read at once, an error says what to do. */
export function shippedNetwork(length: number): Float32Array {
  numbers ??= decode(readNow() ?? new Uint8Array(0), length);
  if (numbers) return numbers;
  throw new SegLossError(
    "UNSUPPORTED",
    "inverseForm: its network is not loaded; call await seg.loadInverseForm() once before (it fetches " +
      `${FILE}, which lies beside the package's code), or pass own weights w1, b1, w2, b2, w3, b3`,
  );
}
