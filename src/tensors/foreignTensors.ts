import { SegLossError } from "../errors.js";
import { float16ToFloat32, int64ToInt32 } from "./numberTypes.js";
import { checkDimensions, checkTensor, type Numbers, type NumberTensor, typeOf } from "./shape.js";
import { gather, type NumberArray } from "./stridedViews.js";

/** Typed arrays; the types of ONNX Runtime's tensors also have lists of strings, which are refused. */
type TensorData = Numbers | (ArrayLike<bigint> & { readonly byteLength: number }) | readonly string[];

interface TensorTraits {
  readonly data: TensorData;
  /** "float16" says that a Uint16Array holds the bits of such numbers (ONNX Runtime, Transformers.js). */
  readonly type?: string;
  /** Where the data are; anything but "cpu" and "cpu-pinned" is refused (ONNX Runtime). */
  readonly location?: string;
}

/** Steps between neighbours along each axis, and where the first number stands (ndarray). */
interface StridedTraits {
  readonly stride?: readonly number[];
  readonly offset?: number;
}

/**
 * A typed array and its shape, as `{ data, shape }` or `{ data, dims }`; or an image of one channel, `{ data, width,
 * height, channels: 1 }`, which is labels [1, height, width]. Tensors of ONNX Runtime and Transformers.js, `RawImage`
 * and ndarrays are taken as they are.
 *
 * Float32Array holds scores and soft targets, integer typed arrays labels. Float64Array and float16 (a Float16Array, or
 * a Uint16Array with type "float16") are copied to float32, labels of 64 bits to int32, strided views to contiguous
 * arrays; everything else is read in place.
 */
export type TensorLike =
  | (TensorTraits & StridedTraits & { readonly shape: readonly number[] })
  | (TensorTraits & { readonly dims: readonly number[] })
  | { readonly data: Numbers; readonly width: number; readonly height: number; readonly channels: number };

/** Whatever may have come. */
type Given = Partial<
  Record<
    | "data"
    | "shape"
    | "dims"
    | "type"
    | "location"
    | "stride"
    | "offset"
    | "ort_tensor"
    | "width"
    | "height"
    | "channels",
    unknown
  >
>;

/** Before `data` is read, which throws an error of its own where the numbers are not at hand. */
function checkLocation({ location, ort_tensor: inner }: Given, what: string): void {
  if (typeof location !== "string" || location === "cpu" || location === "cpu-pinned") return;
  if (location === "none") throw new SegLossError("DISPOSED", `${what} is a tensor that was disposed of`);
  const call = inner === undefined ? "tensor.getData()" : "tensor.ort_tensor.getData()";
  throw new SegLossError(
    "UNSUPPORTED",
    `${what} must be a tensor on the CPU, got location "${location}"; call await ${call} first`,
  );
}

/** The shape that a tensor or an image says it has; not checked. */
function statedShape(given: Given, what: string): readonly number[] {
  if ("shape" in given) return given.shape as readonly number[];
  if ("dims" in given) return given.dims as readonly number[];
  const { width, height, channels } = given;
  // Whatever is no tensor has no shape; readShape refuses it with what it is.
  if (width === undefined || height === undefined) return undefined as unknown as readonly number[];
  if (channels === 1) return [1, height as number, width as number];
  const colours = channels === undefined ? "colours" : `${channels} channels`;
  throw new SegLossError(
    "SHAPE_MISMATCH",
    `${what} must be { data, shape } or an image of one channel, got an image of ${width} x ${height} pixels ` +
      `with ${colours}; labelsFromImage of "segloss/masks" makes labels of it`,
  );
}

const isFloat16Array = (data: unknown): data is Numbers =>
  Object.prototype.toString.call(data) === "[object Float16Array]";

/** The numbers in a type that the kernels' bindings take; the same array where it is of one. */
function asNumbers(data: unknown, type: unknown, what: string): Numbers {
  if (data instanceof Float32Array || data instanceof Uint8Array || data instanceof Int32Array) return data; // most are
  if (data instanceof Float64Array || isFloat16Array(data)) return new Float32Array(data);
  if (data instanceof Uint16Array && type === "float16") return float16ToFloat32(data);
  if (data instanceof BigInt64Array || data instanceof BigUint64Array) return int64ToInt32(data, what);
  return data as Numbers;
}

/**
 * A caller's tensor as a tensor of numbers: the very object if it is one already. Lengths are not checked
 * (`readShape`).
 */
export function readTensor(tensor: TensorLike, what: string): NumberTensor {
  checkTensor(tensor, what);
  const given: Given = tensor;
  checkLocation(given, what);
  const { data } = given;
  if (typeof data === "function")
    throw new SegLossError(
      "SHAPE_MISMATCH",
      `${what}.data must be a typed array, got a function; pass { data: await tensor.data(), shape: tensor.shape }`,
    );
  const shape = statedShape(given, what);
  let ordered = data;
  // Transformers.js' tensors have dims, and a method of this name.
  if ("shape" in given && given.stride !== undefined && ArrayBuffer.isView(data)) {
    checkDimensions(shape, what);
    ordered = gather(
      data as NumberArray,
      { shape, stride: given.stride as readonly number[], offset: (given.offset ?? 0) as number },
      what,
    );
  }
  const numbers = asNumbers(ordered, given.type, what);
  if (numbers === data && shape === given.shape) return tensor as NumberTensor;
  return numbers === ordered ? { data: numbers, shape } : { data: numbers, shape, came: typeOf(data) };
}
