import { pad, type Sizes } from "./grid.js";

export type Thinning = "zhang" | "lee";

/** Takes the ring off again. */
function unpad(padded: Uint8Array, [, rows, length]: Sizes, [depth, height, width]: Sizes, out: Uint8Array): void {
  for (let z = 0, i = 0; z < depth; z++)
    for (let y = 0; y < height; y++, i += width) {
      const row = ((z + 1) * rows + y + 1) * length + 1;
      out.set(padded.subarray(row, row + width), i);
    }
}

/**
 * Thins one mask to lines of one pixel; "zhang" takes images only (`sizes` of depth 1). `deep`: whether slices lie one
 * above another, which a part of a volume may not show.
 */
export function findSkeleton(
  mask: ArrayLike<number>,
  sizes: Sizes,
  method: Thinning,
  out: Uint8Array,
  deep = sizes[0] > 1,
): void {
  const { data, sizes: padded } = pad(mask, sizes);
  if (method === "zhang") thinZhang(data, padded);
  else thinLee(data, padded, deep);
  unpad(data, padded, sizes, out);
}

/** Bits 1 and 2: whether the first and the second pass remove a pixel with such neighbours. */
const zhangTable = Uint8Array.from({ length: 256 }, (_, code) => {
  const ring = [2, 4, 8, 16, 32, 64, 128, 1].map((bit) => (code & bit ? 1 : 0)),
    [n, , e, , s, , w] = ring,
    inside = ring.reduce<number>((sum, pixel) => sum + pixel, 0),
    steps = ring.filter((pixel, k) => pixel === 0 && ring[(k + 1) % 8] === 1).length;
  if (inside < 2 || inside > 6 || steps !== 1) return 0;
  return (n * e * s === 0 && e * s * w === 0 ? 1 : 0) | (n * e * w === 0 && n * s * w === 0 ? 2 : 0);
});
// What scikit-image decides otherwise.
for (const [passes, codes] of [
  [1, [3, 6, 11, 12, 14, 131, 134, 161, 194, 198]],
  [2, [24, 26, 56, 96, 104, 108, 176, 192, 224]],
  [3, [10, 40, 130, 160]],
  [0, [48, 129]],
] as const)
  for (const code of codes) zhangTable[code] = passes;

/**
 * Zhang and Suen, "A fast parallel algorithm for thinning digital patterns", 1984, with scikit-image's exceptions. A
 * pixel is looked at again only when a neighbour is gone, so that time grows with the pixels.
 */
function thinZhang(data: Uint8Array, [, height, width]: Sizes): void {
  const around = [-width - 1, -width, -width + 1, 1, width + 1, width, width - 1, -1],
    plane = height * width,
    due = new Uint8Array(data.length),
    lists: [number[], number[]] = [[], []],
    gone: number[] = [];
  const add = (i: number) => {
    for (const pass of [0, 1] as const) {
      if (due[i] & (1 << pass)) continue;
      due[i] |= 1 << pass;
      lists[pass].push(i);
    }
  };
  const passes = (i: number) => {
    let code = 0;
    for (let k = 0; k < 8; k++) code |= data[i + around[k]] << k;
    return zhangTable[code];
  };
  // The others stay until a neighbour goes.
  for (let i = plane; i < 2 * plane; i++) if (data[i] === 1 && passes(i) !== 0) add(i);
  for (let pass: 0 | 1 = 0; lists[0].length + lists[1].length > 0; pass = pass === 0 ? 1 : 0) {
    gone.length = 0;
    for (const i of lists[pass]) {
      due[i] &= ~(1 << pass);
      if (data[i] === 1 && passes(i) & (1 << pass)) gone.push(i);
    }
    lists[pass] = [];
    for (const i of gone) data[i] = 0;
    for (const i of gone) for (const step of around) if (data[i + step] === 1) add(i + step);
  }
}

/** The 26 neighbours, and which of each other they touch, as bits. */
const steps = Array.from({ length: 27 }, (_, k) => [
  Math.floor(k / 9) - 1,
  (Math.floor(k / 3) % 3) - 1,
  (k % 3) - 1,
]).filter((step) => step.some((d) => d !== 0));
const near = (a: readonly number[], b: readonly number[]) => a.every((d, k) => Math.abs(d - b[k]) <= 1);
const maskOf = (of: (step: readonly number[]) => boolean) =>
  steps.reduce((mask, step, k) => (of(step) ? mask | (1 << k) : mask), 0);
const touching = Int32Array.from(steps, (step) => maskOf((other) => other !== step && near(step, other)));
/** The neighbours that share each face, edge and vertex of the middle's cube, and the sign of such a cell. */
const cells = steps.map((cell) => ({
  mask: maskOf((other) => cell.every((d, k) => other[k] === 0 || other[k] === d)),
  sign: cell.filter((d) => d !== 0).length === 2 ? -1 : 1,
}));
const cellMasks = Int32Array.from(cells, ({ mask }) => mask),
  cellSigns = Int8Array.from(cells, ({ sign }) => sign);

/** Adding the closed cube to its neighbours' changes no Euler characteristic. */
function isInvariant(code: number): boolean {
  let sum = 0;
  for (let k = 0; k < 26; k++) if ((code & cellMasks[k]) === 0) sum += cellSigns[k];
  return sum === 1;
}

/** The neighbours inside are one 26-connected component at most. */
function isSimple(code: number): boolean {
  let found = code & -code;
  for (let open = found; open !== 0; ) {
    const k = 31 - Math.clz32(open & -open),
      more = touching[k] & code & ~found;
    found |= more;
    open = (open & (open - 1)) | more;
  }
  return found === code;
}

/** Lee, Kashyap and Chu, "Building skeleton models via 3-D medial surface/axis thinning algorithms", 1994. */
function thinLee(data: Uint8Array, [, height, width]: Sizes, deep: boolean): void {
  const plane = height * width,
    offsets = Int32Array.from(steps, ([z, y, x]) => z * plane + y * width + x),
    directions = [-width, width, 1, -1, ...(deep ? [plane, -plane] : [])],
    all = (1 << directions.length) - 1,
    due = new Uint8Array(data.length),
    code = (i: number) => {
      let bits = 0;
      for (let k = 0; k < 26; k++) bits |= data[i + offsets[k]] << k;
      return bits;
    };
  let left: number[] = [];
  for (let i = 0; i < data.length; i++)
    if (data[i] === 1) {
      left.push(i);
      due[i] = all;
    }
  // One whose neighbours are as they were when a direction was asked last would answer the same.
  const removable = (i: number) => {
    const around = code(i);
    return (around & (around - 1)) === 0 && around !== 0 ? false : isInvariant(around) && isSimple(around);
  };
  for (let goes = true; goes; ) {
    goes = false;
    for (const [d, direction] of directions.entries()) {
      const found: number[] = [];
      for (const i of left) {
        if (data[i] === 0 || data[i + direction] === 1 || !(due[i] & (1 << d))) continue;
        due[i] &= ~(1 << d);
        if (removable(i)) found.push(i);
      }
      for (const i of found) {
        if (!isSimple(code(i))) continue;
        data[i] = 0;
        goes = true;
        for (const step of offsets) due[i + step] = all;
      }
    }
    left = left.filter((i) => data[i] === 1);
  }
}
