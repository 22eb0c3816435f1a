// The pixels of a file as planes of one size.

/** What files may be. */
export const roles = {
  truth: "labels: 0 is background, 255 counts for nothing; a mask may be 0 and 255",
  prediction: "labels, probabilities, or logits: one number a pixel, or one a class",
  image: "grey or colours, to look at",
} as const;
export type Role = keyof typeof roles;

/** What a reader found. */
export interface Read {
  readonly name: string;
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
  readonly spacing?: readonly number[];
  readonly top?: number;
  readonly indexed?: boolean;
  /** Whether the format itself says that three axes are a volume's. */
  readonly volume?: boolean;
}

/** [C, H, W] of a file. */
export interface Layer {
  readonly name: string;
  readonly data: ArrayLike<number>;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly depth: number;
  readonly top?: number;
  readonly indexed?: boolean;
}
interface Size {
  readonly width: number;
  readonly height: number;
}

const MANY = 8;
/** What the axes are: channels, slices, rows, columns, whichever there are. */
function axesOf({ name, shape, volume }: Read, sizes: readonly number[], role: Role): string {
  if (sizes.length === 2) return "HW";
  const [first, last] = [sizes[0], sizes.at(-1) as number];
  if (sizes.length === 3) {
    if (volume || role === "truth") return "DHW";
    if (first <= MANY && last > MANY) return "CHW";
    if (last <= MANY && first > MANY) return "HWC";
    if (Math.min(first, last) > MANY) return "DHW";
  }
  if (sizes.length === 4 && role !== "truth") {
    if (first <= MANY) return "CDHW";
    if (last <= MANY) return "DHWC";
  }
  throw new Error(
    `${name}: shape [${shape.join(", ")}] is none that this page takes as ${role}: [H, W], a volume [D, H, W]` +
      (role === "truth" ? "" : `, or with up to ${MANY} channels before or behind`),
  );
}

/** How many slices a file has. */
export function depthOf(read: Read, role: Role): number {
  const sizes = read.shape.filter((n) => n !== 1),
    at = axesOf(read, sizes, role).indexOf("D");
  return at < 0 ? 1 : sizes[at];
}

/** One slice of a file, its channels first. */
export function layerOf(read: Read, role: Role, slice: number): Layer {
  const sizes = read.shape.filter((n) => n !== 1),
    axes = axesOf(read, sizes, role),
    size = (axis: string) => (axes.includes(axis) ? sizes[axes.indexOf(axis)] : 1),
    step = (axis: string) =>
      axes.includes(axis) ? sizes.slice(axes.indexOf(axis) + 1).reduce((product, n) => product * n, 1) : 0,
    [channels, height, width, depth] = ["C", "H", "W", "D"].map(size),
    [toChannel, toRow, toColumn, toSlice] = ["C", "H", "W", "D"].map(step);
  const data = new Float64Array(channels * height * width);
  let at = 0;
  for (let c = 0; c < channels; c++)
    for (let y = 0; y < height; y++)
      for (let x = 0; x < width; x++) {
        const value = read.data[c * toChannel + y * toRow + x * toColumn + slice * toSlice];
        if (!Number.isFinite(value))
          throw new Error(`${read.name}: holds ${value} at row ${y}, column ${x}; numbers must be finite`);
        data[at++] = value;
      }
  return { name: read.name, data, channels, height, width, depth, top: read.top, indexed: read.indexed };
}

/** Index j of m takes that of n whose middle is nearest. */
export function nearest({ data, height, width }: Layer, to: Size): Uint8Array {
  const out = new Uint8Array(to.width * to.height);
  for (let y = 0; y < to.height; y++) {
    const row = Math.floor(((2 * y + 1) * height) / (2 * to.height)) * width;
    for (let x = 0; x < to.width; x++)
      out[y * to.width + x] = data[row + Math.floor(((2 * x + 1) * width) / (2 * to.width))];
  }
  return out;
}

/** Each pixel the mean of those that it covers. */
export function areaMeans({ data, channels, height, width }: Layer, to: Size): Float32Array {
  const out = new Float32Array(channels * to.width * to.height),
    from = (j: number, n: number, m: number) => Math.floor((j * n) / m);
  let at = 0;
  for (let c = 0; c < channels; c++)
    for (let j = 0; j < to.height; j++)
      for (let i = 0; i < to.width; i++) {
        const [top, left] = [from(j, height, to.height), from(i, width, to.width)],
          bottom = Math.max(top + 1, from(j + 1, height, to.height)),
          right = Math.max(left + 1, from(i + 1, width, to.width));
        let sum = 0;
        for (let y = top; y < bottom; y++) for (let x = left; x < right; x++) sum += data[(c * height + y) * width + x];
        out[at++] = sum / ((bottom - top) * (right - left));
      }
  return out;
}
