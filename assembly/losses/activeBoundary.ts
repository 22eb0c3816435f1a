import { markAbove } from "../math/bytes";
import { crossEntropy } from "../math/softmax64";
import { dilate, image } from "../neighbourhood/image";
import { divergence } from "../neighbourhood/records";
import { needs, Said } from "../protocol";

/**
 * Active boundary loss: each pixel of the predicted boundary is to differ most from the neighbour that lies nearest to
 * the target's boundary. Wang, Zhang, Cui, Ren, Yang, Xie, Hua, Bao, Xu, "Active Boundary Loss for Semantic
 * Segmentation", 2022, equations 4 to 7.
 */
/** Rows and columns of the eight directions, in the order that decides between equals. */
// biome-ignore format: pairs
const STEPS = memory.data<i32>([1, 0, -1, 0, 0, -1, 0, 1, -1, 1, 1, 1, -1, -1, 1, -1]);
/** A pixel that stays where it is, or is not on the predicted boundary. */
const STAY: u8 = 255;
/** The distance of what lies beyond the image. */
const OUTSIDE: f64 = 1e5;

@final
class TargetBoundary {
  /** The distance to the target's boundary from its square, which is -1 where a pixel does not count. */
  @inline static distance(squared: f32, truncated: bool): f64 {
    const distance = Math.sqrt(<f64>max<f32>(squared, 0));
    return truncated ? Math.max(0, Math.floor(distance) - 1) : distance;
  }

  /** What orders pixels as their distance does: exact distances by their squares, which are integers. */
  @inline static order(squares: usize, y: i32, x: i32, truncated: bool): f64 {
    if (<u32>y >= <u32>image.height || <u32>x >= <u32>image.width) return truncated ? OUTSIDE : OUTSIDE * OUTSIDE;
    const squared = load<f32>(squares + ((<usize>(y * image.width + x)) << 2));
    return truncated ? TargetBoundary.distance(squared, true) : <f64>max<f32>(squared, 0);
  }
}

/**
 * Where a pixel goes: to the first of its eight neighbours that is nearest to the boundary, or nowhere if it is nearer
 * itself.
 */
function choose(squares: usize, y: i32, x: i32, truncated: bool): u8 {
  let least = TargetBoundary.order(squares, y, x, truncated),
    direction = STAY;
  for (let j: usize = 0; j < 8; j++) {
    const order = TargetBoundary.order(
      squares,
      y + load<i32>(STEPS + (j << 3)),
      x + load<i32>(STEPS + (j << 3), 4),
      truncated,
    );
    if (order > least || (order == least && direction != STAY)) continue;
    least = order;
    direction = <u8>j;
  }
  return direction;
}

/**
 * From divergences (assembly/neighbourhood/divergence.ts) and squared distances, the direction of each pixel within one
 * step of a divergence above `limit`: 0 to 7, or 255 where there is none. Returns how many move; `spare` is that of
 * `dilate`.
 */
export function activeBoundaryDirections(
  divergences: usize,
  limit: f32,
  squares: usize,
  directions: usize,
  spare: usize,
  truncated: bool,
): i32 {
  needs(Said.Image);
  const pixels = <usize>(image.height * image.width);
  markAbove(directions, divergences, limit, <i32>pixels);
  dilate(directions, spare, image.height, image.width, 1);
  let moving = 0;
  for (let first: usize = 0; first < pixels; first += 16) {
    const near = v128.load(directions + first);
    v128.store(directions + first, i8x16.splat(<i8>STAY));
    if (!v128.any_true(near)) continue;
    v128.store(spare, near);
    for (let i = first, end = min(first + 16, pixels); i < end; i++) {
      if (!load<u8>(spare + i - first) || load<f32>(squares + (i << 2)) < 0) continue;
      const direction = choose(squares, <i32>i / image.width, <i32>i % image.width, truncated);
      store<u8>(directions + i, direction);
      moving += i32(direction != STAY);
    }
  }
  return moving;
}

/** Whether a moving pixel counts for more than nothing: some distance from the boundary. */
function matters(squares: usize, directions: usize, i: usize, truncated: bool): bool {
  return load<u8>(directions + i) != STAY && TargetBoundary.distance(load<f32>(squares + (i << 2)), truncated) > 0;
}

/**
 * The pixels whose distributions matter: those that move and do not lie on the boundary, and their neighbours that
 * count.
 */
export function activeBoundaryNeeded(
  squares: usize,
  directions: usize,
  needed: usize,
  spare: usize,
  truncated: bool,
): void {
  needs(Said.Image);
  const pixels = <usize>(image.height * image.width);
  memory.fill(needed, 0, pixels);
  for (let first: usize = 0; first < pixels; first += 16) {
    if (i8x16.all_true(i8x16.eq(v128.load(directions + first), i8x16.splat(<i8>STAY)))) continue;
    for (let i = first, end = min(first + 16, pixels); i < end; i++)
      store<u8>(needed + i, u8(matters(squares, directions, i, truncated)));
  }
  dilate(needed, spare, image.height, image.width, 1);
  for (let i: usize = 0; i < pixels; i++) {
    if (load<f32>(squares + (i << 2)) < 0) store<u8>(needed + i, 0);
  }
}

/** KL(P_j || P_i) of the eight neighbours j, and where their records are (0: the neighbour does not count). */
const scores: usize = memory.data(8 * 8, 16);
const neighbours: usize = memory.data(8 * 4, 16);

/** Fills both for the pixel of `record`; coordinates beyond the image are those of its border. */
function look(y: i32, x: i32, record: usize, squares: usize): void {
  for (let j: usize = 0; j < 8; j++) {
    const v = max(0, min(image.height - 1, y + load<i32>(STEPS + (j << 3)))),
      u = max(0, min(image.width - 1, x + load<i32>(STEPS + (j << 3), 4)));
    const counts = load<f32>(squares + ((<usize>(v * image.width + u)) << 2)) >= 0,
      neighbour = counts ? image.row(v) + <usize>u * image.record : 0;
    store<usize>(neighbours + (j << 2), neighbour);
    store<f64>(scores + (j << 3), counts ? divergence(neighbour, record, image.record >> 2) : 0);
  }
}

/**
 * The derivatives of `scale` times the cross entropy, by the pixel's log P and, unless `detached`, by its neighbours'.
 */
function addSlopes(record: usize, scale: f64, detached: bool): void {
  const size = image.record >> 2;
  for (let j: usize = 0; j < 8; j++) {
    const neighbour = load<usize>(neighbours + (j << 2)),
      gamma = f64x2.splat(scale * load<f64>(scores + (j << 3)));
    if (neighbour == 0) continue;
    for (let d: usize = 0; d < size; d += 16) {
      const flow = f64x2.mul(gamma, v128.load(neighbour + size + d)),
        own = record + 2 * size + d;
      v128.store(own, f64x2.sub(v128.load(own), flow));
      if (detached) continue;
      const byLog = neighbour + 2 * size + d,
        byProb = byLog + size;
      const ratio = f64x2.sub(v128.load(neighbour + d), v128.load(record + d));
      v128.store(byLog, f64x2.add(v128.load(byLog), flow));
      v128.store(byProb, f64x2.add(v128.load(byProb), f64x2.mul(gamma, ratio)));
    }
  }
}

/**
 * The weighted cross entropies of a row's moving pixels; the derivatives of `scale` times that are added to the
 * records, if scale is not 0.
 */
export function activeBoundaryRow(
  y: i32,
  directions: usize,
  squares: usize,
  smoothing: f64,
  maxDistance: f64,
  truncated: bool,
  scale: f64,
  detached: bool,
): f64 {
  needs(Said.Image);
  const row = <usize>(y * image.width),
    width = <usize>image.width,
    share = smoothing / 8; // of the target, for each direction but the one that is taken
  let sum: f64 = 0;
  for (let first: usize = 0; first < width; first += 16) {
    if (i8x16.all_true(i8x16.eq(v128.load(directions + row + first), i8x16.splat(<i8>STAY)))) continue;
    for (let x = first, end = min(first + 16, width); x < end; x++) {
      const i = row + x;
      if (!matters(squares, directions, i, truncated)) continue;
      const record = image.row(y) + x * image.record,
        importance =
          Math.min(TargetBoundary.distance(load<f32>(squares + (i << 2)), truncated), maxDistance) / maxDistance;
      look(y, <i32>x, record, squares);
      sum += importance * crossEntropy(scores, 8 * 8, load<u8>(directions + i), 1 - share, share);
      if (scale != 0) addSlopes(record, scale * importance, detached);
    }
  }
  return sum;
}
