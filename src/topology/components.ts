import { type Connectivity, reachOf, type Sizes } from "./grid.js";

/** Numbers of components, and how many there are. */
export interface Components {
  /** 1, 2, … in the order of the first pixels, 0 where the label is 0. */
  readonly numbers: Int32Array;
  readonly count: number;
}

/** Runs of one label in the rows of an image; `rows` says where each row's begin. */
interface Runs {
  readonly from: Int32Array;
  /** Beyond the last pixel. */
  readonly to: Int32Array;
  readonly rows: Int32Array;
}

function countRuns(labels: ArrayLike<number>, width: number): number {
  let runs = 0;
  for (let i = 0; i < labels.length; i++)
    if (labels[i] !== 0 && (i % width === 0 || labels[i] !== labels[i - 1])) runs++;
  return runs;
}

function findRuns(labels: ArrayLike<number>, [depth, height, width]: Sizes): Runs {
  const most = width === 0 ? 0 : countRuns(labels, width),
    from = new Int32Array(most),
    to = new Int32Array(most),
    rows = new Int32Array(depth * height + 1);
  let runs = 0;
  for (let row = 0, at = 0; row < depth * height; row++, at += width) {
    rows[row] = runs;
    for (let x = 0; x < width; ) {
      const label = labels[at + x],
        first = x++;
      while (x < width && labels[at + x] === label) x++;
      if (label === 0) continue;
      from[runs] = first;
      to[runs++] = x;
    }
  }
  rows[depth * height] = runs;
  return { from, to, rows };
}

/** Earlier rows that a row touches, and how far beside a pixel. */
function earlierRows(connectivity: Connectivity): readonly { dz: 0 | 1; dy: -1 | 0 | 1; beside: 0 | 1 }[] {
  const reach = reachOf[connectivity],
    found: { dz: 0 | 1; dy: -1 | 0 | 1; beside: 0 | 1 }[] = [];
  for (const dz of [0, 1] as const)
    for (const dy of [-1, 0, 1] as const) {
      const steps = dz + Math.abs(dy);
      if ((dz === 0 && dy !== 1) || steps === 0 || steps > reach) continue;
      found.push({ dz, dy, beside: steps < reach ? 1 : 0 });
    }
  return found;
}

/**
 * The connected parts of equal labels other than 0, by runs of pixels in rows and a forest of runs (He, Chao, Suzuki,
 * "A run-based two-scan labeling algorithm", 2008): time grows with pixels and runs.
 */
export function findComponents(
  labels: ArrayLike<number>,
  sizes: Sizes,
  connectivity: Connectivity,
  numbers: Int32Array = new Int32Array(labels.length),
): Components {
  const [depth, height, width] = sizes,
    { from, to, rows } = findRuns(labels, sizes),
    parents = new Int32Array(from.length).map((_, i) => i),
    earlier = earlierRows(connectivity);
  const root = (run: number) => {
    let at = run;
    while (parents[at] !== at) {
      parents[at] = parents[parents[at]];
      at = parents[at];
    }
    return at;
  };
  const touch = (a: number, b: number, row: number, other: number, beside: number) => {
    if (from[a] >= to[b] + beside || from[b] >= to[a] + beside) return;
    if (labels[row * width + from[a]] !== labels[other * width + from[b]]) return;
    const [x, y] = [root(a), root(b)];
    if (x < y) parents[y] = x;
    else parents[x] = y;
  };
  const join = (row: number, other: number, beside: number) => {
    const end = rows[row + 1],
      last = rows[other + 1];
    let a = rows[row],
      b = rows[other];
    while (a < end && b < last) {
      touch(a, b, row, other, beside);
      if (to[a] < to[b]) a++;
      else if (to[a] > to[b]) b++;
      else {
        // Where both end, each may touch what follows the other.
        if (b + 1 < last) touch(a, b + 1, row, other, beside);
        if (a + 1 < end) touch(a + 1, b, row, other, beside);
        a++;
        b++;
      }
    }
  };
  for (let z = 0; z < depth; z++)
    for (let y = 0; y < height; y++)
      for (const { dz, dy, beside } of earlier)
        if (z >= dz && y + dy >= 0 && y + dy < height) join(z * height + y, (z - dz) * height + y + dy, beside);
  return { numbers, count: numberRuns({ from, to, rows }, root, width, numbers) };
}

/** Roots are the first of their runs. */
function numberRuns({ from, to, rows }: Runs, root: (run: number) => number, width: number, out: Int32Array): number {
  const own = new Int32Array(from.length);
  let count = 0;
  out.fill(0);
  for (let row = 0, run = 0; row + 1 < rows.length; row++)
    for (; run < rows[row + 1]; run++) {
      const first = root(run);
      if (first === run) own[run] = ++count;
      out.fill(own[first], row * width + from[run], row * width + to[run]);
      own[run] = own[first];
    }
  return count;
}
