/**
 * Least and largest values of neighbourhoods in planes of float32 [depth, height, width]; what lies outside takes no
 * part.
 */

/** Where a plane's axes are. */
@final
@unmanaged
export class Grid {
  depth: i32;
  height: i32;
  width: i32;

  @inline pixels(): usize {
    return <usize>this.depth * <usize>this.height * <usize>this.width;
  }
}

export const grid = changetype<Grid>(memory.data(offsetof<Grid>(), 16));

export function setGrid(depth: i32, height: i32, width: i32): void {
  grid.depth = depth;
  grid.height = height;
  grid.width = width;
}

/** out = the least (or largest) of a, b and c, of so many numbers. */
function choose(a: usize, b: usize, c: usize, out: usize, count: usize, largest: bool): void {
  const bytes = count << 2;
  let i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    const x = v128.load(a + i),
      y = v128.load(b + i),
      z = v128.load(c + i);
    v128.store(out + i, largest ? f32x4.max(f32x4.max(x, y), z) : f32x4.min(f32x4.min(x, y), z));
  }
  for (; i < bytes; i += 4) {
    const x = load<f32>(a + i),
      y = load<f32>(b + i),
      z = load<f32>(c + i);
    store<f32>(out + i, largest ? max(max(x, y), z) : min(min(x, y), z));
  }
}

/**
 * out = the least (or largest) of `into` and the two neighbours in `from` along an axis of n places, `stride` apart.
 */
function along(from: usize, into: usize, out: usize, n: usize, stride: usize, largest: bool): void {
  const bytes = stride << 2,
    whole = n * bytes;
  for (let first: usize = 0, end = grid.pixels() << 2; first < end; first += whole) {
    const last = first + whole - bytes;
    if (stride == 1 && n > 2) choose(from + first, from + first + 8, into + first + 4, out + first + 4, n - 2, largest);
    for (let i = first; i <= last; i += bytes) {
      if (stride == 1 && n > 2 && i > first) i = last;
      const before = i > first ? i - bytes : i,
        after = i < last ? i + bytes : i;
      choose(from + before, from + after, into + i, out + i, stride, largest);
    }
  }
}

/** The least of each pixel and its face neighbours. */
export function erode(x: usize, out: usize): void {
  const width = <usize>grid.width,
    slice = width * <usize>grid.height;
  along(x, x, out, width, 1, false);
  if (grid.height > 1) along(x, out, out, <usize>grid.height, width, false);
  if (grid.depth > 1) along(x, out, out, <usize>grid.depth, slice, false);
}

/** The largest in the box of three pixels along each axis; the result is in `out`, and `spare` is written, too. */
export function dilate(x: usize, out: usize, spare: usize): void {
  const width = <usize>grid.width,
    slice = width * <usize>grid.height,
    high = grid.height > 1,
    deep = grid.depth > 1;
  const first = high == deep ? out : spare;
  along(x, x, first, width, 1, true);
  if (high) along(first, first, deep ? spare : out, <usize>grid.height, width, true);
  if (deep) along(high ? spare : first, high ? spare : first, out, <usize>grid.depth, slice, true);
}

/** Whether a pixel is better, and then which: the first of equals, in the order of rows, stays. */
function better(x: usize, candidate: usize, best: usize, largest: bool): usize {
  const a = load<f32>(x + (candidate << 2)),
    b = load<f32>(x + (best << 2));
  return (largest ? a > b : a < b) ? candidate : best;
}

/** The first largest pixel in the box around (z, y, w). */
export function largestAt(x: usize, z: i32, y: i32, w: i32): usize {
  const z0 = max(z - 1, 0),
    z1 = min(z + 1, grid.depth - 1),
    y0 = max(y - 1, 0),
    y1 = min(y + 1, grid.height - 1),
    w0 = max(w - 1, 0),
    w1 = min(w + 1, grid.width - 1);
  let best = <usize>((z0 * grid.height + y0) * grid.width + w0);
  for (let i = z0; i <= z1; i++)
    for (let j = y0; j <= y1; j++)
      for (let k = w0; k <= w1; k++) best = better(x, <usize>((i * grid.height + j) * grid.width + k), best, true);
  return best;
}

/** The first least pixel among (z, y, w) and its face neighbours. */
export function leastAt(x: usize, z: i32, y: i32, w: i32): usize {
  const width = <usize>grid.width,
    slice = width * <usize>grid.height,
    own = <usize>z * slice + <usize>y * width + <usize>w;
  let best = z > 0 ? own - slice : y > 0 ? own - width : w > 0 ? own - 1 : own;
  if (y > 0) best = better(x, own - width, best, false);
  if (w > 0) best = better(x, own - 1, best, false);
  best = better(x, own, best, false);
  if (w + 1 < grid.width) best = better(x, own + 1, best, false);
  if (y + 1 < grid.height) best = better(x, own + width, best, false);
  if (z + 1 < grid.depth) best = better(x, own + slice, best, false);
  return best;
}
