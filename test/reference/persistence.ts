/** Pairs of pixels; without a death it never ends. */
export interface Pair {
  readonly birth: number;
  readonly death?: number;
}

/** An image in its filtration: the pixels' levels, and where each stands from the largest to the least. */
export interface Filtration {
  readonly level: readonly number[];
  readonly place: readonly number[];
}

/** Equal pixels come in their order. */
export function filtration(level: readonly number[]): Filtration {
  const place = level.map(() => 0),
    order = level.map((_, i) => i).sort((a, b) => level[b] - level[a] || a - b);
  for (const [k, pixel] of order.entries()) place[pixel] = k;
  return { level, place };
}

interface Cell {
  readonly number: number;
  /** The pixels that touch it. */
  readonly pixels: readonly number[];
  /** Numbers of the cells on its border. */
  readonly border: readonly number[];
}

const complexes = new Map<string, readonly (readonly Cell[])[]>();

/** Corners, edges, squares and so on of an image's pixels. */
function complex(spatial: readonly number[]): readonly (readonly Cell[])[] {
  const key = spatial.join("x"),
    known = complexes.get(key);
  if (known) return known;
  const cells: Cell[][] = Array.from({ length: spatial.length + 1 }, () => []),
    sizes = spatial.map((size) => 2 * size + 1),
    strides = spatial.map((_, axis) => sizes.slice(axis + 1).reduce((a, b) => a * b, 1));
  const around = (at: number, size: number) =>
    (at % 2 ? [at] : [at - 1, at + 1]).filter((one) => one > 0 && one < 2 * size).map((one) => (one - 1) / 2);
  for (let number = 0; number < sizes[0] * strides[0]; number++) {
    const places = strides.map((stride, axis) => Math.floor(number / stride) % sizes[axis]),
      long = strides.filter((_, axis) => places[axis] % 2);
    const pixels = places.reduce(
      (found, at, axis) => found.flatMap((pixel) => around(at, spatial[axis]).map((i) => pixel * spatial[axis] + i)),
      [0],
    );
    cells[long.length].push({ number, pixels, border: long.flatMap((stride) => [number - stride, number + stride]) });
  }
  complexes.set(key, cells);
  return cells;
}

const ends = (x: Filtration, pixel: number | undefined) => (pixel === undefined ? 0 : x.level[pixel]);
/** The last row of a column, -1 of an empty one. */
const lowest = (column: bigint): number => {
  const digits = column.toString(16);
  return 4 * digits.length - 1 - (Math.clz32(Number.parseInt(digits[0], 16)) - 28);
};

/**
 * Barcodes of superlevel sets by reduction of the boundary matrix over GF(2). Pixels are the squares of a cubical
 * complex, voxels its cubes; corners and edges come with the first pixel that touches them. Rows are in the order of
 * `x`, columns in that of `y`: for two images of which `x` is nowhere larger that is the image persistence of x in y
 * (Bauer, Schmahl, "Efficient computation of image persistence", 2023).
 */
export function barcode(x: Filtration, y: Filtration, spatial: readonly number[], dimension: number): readonly Pair[] {
  const cells = complex(spatial);
  const sorted = ({ place }: Filtration, k: number) =>
    cells[k]
      .map((cell) => ({
        ...cell,
        pixel: cell.pixels.reduce((first, pixel) => (place[pixel] < place[first] ? pixel : first)),
      }))
      .sort((a, b) => place[a.pixel] - place[b.pixel] || a.number - b.number);
  const rows = sorted(x, dimension),
    rank: number[] = [],
    reduced = new Map<number, bigint>(),
    pairs: Pair[] = [];
  for (const [k, { number }] of rows.entries()) rank[number] = k;
  for (const { border, pixel } of sorted(y, dimension + 1)) {
    let column = border.reduce((sum, cell) => sum ^ (1n << BigInt(rank[cell])), 0n);
    for (let other = reduced.get(lowest(column)); other; other = reduced.get(lowest(column))) column ^= other;
    if (column === 0n) continue;
    reduced.set(lowest(column), column);
    pairs.push({ birth: rows[lowest(column)].pixel, death: pixel });
  }
  if (dimension === 0) pairs.push({ birth: rows.find((_, k) => !reduced.has(k))?.pixel as number });
  return pairs.filter(({ birth, death }) => ends(x, birth) > ends(y, death));
}

/** The pairs of one side that are matched with pairs of the other, in those of their union (Bauer, Lesnick 2015). */
export function inducedMatching(
  x: Filtration,
  y: Filtration,
  spatial: readonly number[],
  dimension: number,
): { readonly own: readonly Pair[]; readonly other: readonly Pair[]; readonly matched: ReadonlyMap<Pair, Pair> } {
  const union = filtration(x.level.map((level, i) => Math.max(level, y.level[i]))),
    whole = barcode(union, union, spatial, dimension);
  const age = ({ place }: Filtration, pixel: number | undefined) => (pixel === undefined ? Infinity : place[pixel]);
  /** Each pair with that of the union; equals are taken the longest first. */
  const inUnion = (of: Filtration, own: readonly Pair[]) => {
    const image = barcode(of, union, spatial, dimension),
      found = new Map<Pair, Pair>();
    for (const pair of image) {
      const born = (all: readonly Pair[], deaths: Filtration) =>
        all.filter(({ birth }) => birth === pair.birth).sort((a, b) => age(deaths, b.death) - age(deaths, a.death));
      const died = (all: readonly Pair[], births: Filtration) =>
        all.filter(({ death }) => death === pair.death).sort((a, b) => age(births, a.birth) - age(births, b.birth));
      const mine = born(own, of)[born(image, union).indexOf(pair)],
        common = died(whole, union)[died(image, of).indexOf(pair)];
      if (!mine || !common) throw new Error("an image without a pair: this is no induced matching");
      found.set(common, mine);
    }
    return found;
  };
  const own = barcode(x, x, spatial, dimension),
    other = barcode(y, y, spatial, dimension),
    theirs = inUnion(y, other),
    matched = new Map<Pair, Pair>();
  for (const [common, mine] of inUnion(x, own)) {
    const partner = theirs.get(common);
    if (partner) matched.set(mine, partner);
  }
  return { own, other, matched };
}
