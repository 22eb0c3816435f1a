import { Doubles, Integers, Metric } from "./metric";
import { line, searchBytes, setAxis, setScratch, solve, stripBytes } from "./search";
import { transpose } from "./transpose";

/**
 * Exact squared Euclidean distance transforms, one axis after another: the first counts steps to the nearest zero from both sides, the others
 * search (search.ts). Between the axes the volume holds four bytes a pixel, int32 or float32.
 */
@unmanaged
class Job {
  mask: usize;
  volume: usize; // rows of `pitch` bytes
  depth: i32;
  height: i32;
  width: i32;
  pitch: usize;
  room: usize; // bytes of one strip
  strips: usize;
}

const job = changetype<Job>(memory.data(offsetof<Job>(), 16));
const FAR: i32 = 1 << 30; // steps, where a column has no zero
const QUADS = 4; // groups of four lines along the last axis: a cache line of a plane

function pitchOf(width: i32): usize {
  return ((<usize>width + 3) & ~3) << 2;
}

/** Bytes that a transform needs beside the mask, which is read up to 8 bytes behind its end; a float64, as they may be more than an address. */
export function distanceBytes(depth: i32, height: i32, width: i32): f64 {
  const longest = max(depth, width);
  return <f64>pitchOf(width) * (<f64>depth * <f64>height + 3) + <f64>stripBytes(longest) * (2 * QUADS) + <f64>searchBytes(longest);
}

/** Bit 0: a zero is there, bit 1: something else is. */
export function maskKinds(mask: usize, bytes: usize): i32 {
  let kinds = 0,
    i: usize = 0;
  for (; i + 16 <= bytes; i += 16) {
    const v = v128.load(mask + i);
    kinds |= (i8x16.all_true(v) ? 0 : 1) | (v128.any_true(v) ? 2 : 0);
    if (kinds == 3) return 3;
  }
  for (; i < bytes; i++) kinds |= load<u8>(mask + i) ? 2 : 1;
  return kinds;
}

/** Steps to the nearest zero along the columns of every plane, squared. */
function columns<M extends Metric>(metric: M, spacing: f64): void {
  const pitch = job.pitch,
    plane = pitch * <usize>job.height,
    one = i32x4.splat(1);
  let mask = job.mask;
  for (let top = job.volume, end = top + plane * <usize>job.depth; top < end; top += plane) {
    for (let row = top; row < top + plane; row += pitch, mask += <usize>job.width) {
      for (let x: usize = 0; x < pitch; x += 16) {
        const above = row == top ? i32x4.splat(FAR) : i32x4.add(v128.load(row + x - pitch), one);
        const m = i32x4.extend_low_i16x8_u(v128.load8x8_u(mask + (x >> 2)));
        v128.store(row + x, v128.andnot(above, i32x4.eq(m, i32x4.splat(0))));
      }
    }
    const below = line.result; // counts of the row below, before they are squared
    for (let x: usize = 0; x < pitch; x += 16) v128.store(below + x, i32x4.splat(FAR));
    for (let row = top + plane - pitch; row >= top; row -= pitch) {
      for (let x: usize = 0; x < pitch; x += 16) {
        const counts = i32x4.min_s(v128.load(row + x), i32x4.add(v128.load(below + x), one));
        v128.store(below + x, counts);
        v128.store(row + x, metric.squared(counts, spacing));
      }
    }
  }
}

function solveQuad<M extends Metric>(metric: M, strip: usize, length: i32): void {
  solve<M>(metric, strip, length);
  if (metric.bytes() == 8) solve<M>(metric, strip + job.room, length);
}

/** Fills a row's padding with its last number. */
function extend(strip: usize, length: i32): void {
  const end = strip + ((<usize>length) << 4),
    last = v128.load(end - 16);
  for (let i: usize = 0; i < 48; i += 16) v128.store(end + i, last);
}

/**
 * Rows, four at a time, turned by 4 x 4 blocks on their way in and out. Rows and columns that fill up a group repeat their neighbour: lines of
 * other numbers, beside it, would make it search everywhere.
 */
function rows<M extends Metric>(metric: M, spacing: f64): void {
  const pitch = job.pitch,
    strip = job.strips;
  setAxis<M>(metric, job.width, spacing);
  const end = job.volume + pitch * <usize>(job.depth * job.height);
  for (let i: usize = 0; i < 3; i++) memory.copy(end + i * pitch, end - pitch, pitch);
  for (let row = job.volume; row < end; row += 4 * pitch) {
    for (let x: usize = 0; x < pitch; x += 16) {
      const to = strip + 4 * x,
        a = v128.load(row + x),
        b = v128.load(row + x + pitch),
        c = v128.load(row + x + 2 * pitch),
        d = v128.load(row + x + 3 * pitch);
      put4<M>(metric, to, transpose.first(a, b, c, d), transpose.second(a, b, c, d), transpose.third(a, b, c, d), transpose.fourth(a, b, c, d));
    }
    solveQuad<M>(metric, strip, job.width);
    extend(strip, job.width);
    if (metric.bytes() == 8) extend(strip + job.room, job.width);
    for (let x: usize = 0; x < pitch; x += 16) {
      const from = strip + 4 * x,
        next = from + job.room;
      const a = metric.take(from, next),
        b = metric.take(from + 16, next + 16),
        c = metric.take(from + 32, next + 32),
        d = metric.take(from + 48, next + 48);
      v128.store(row + x, transpose.first(a, b, c, d));
      v128.store(row + x + pitch, transpose.second(a, b, c, d));
      v128.store(row + x + 2 * pitch, transpose.third(a, b, c, d));
      v128.store(row + x + 3 * pitch, transpose.fourth(a, b, c, d));
    }
  }
}

function put4<M extends Metric>(metric: M, to: usize, a: v128, b: v128, c: v128, d: v128): void {
  const next = to + job.room;
  metric.put(to, next, a);
  metric.put(to + 16, next + 16, b);
  metric.put(to + 32, next + 32, c);
  metric.put(to + 48, next + 48, d);
}

/** Lines through the planes, a cache line of each at a time. */
function depths<M extends Metric>(metric: M, spacing: f64): void {
  const plane = job.pitch * <usize>job.height,
    room = job.room;
  setAxis<M>(metric, job.depth, spacing);
  for (let i: usize = 0; i < plane; i += 16 * QUADS) {
    const width = min(plane - i, 16 * QUADS),
      volume = job.volume + i;
    for (let z = 0; z < job.depth; z++) {
      const from = volume + <usize>z * plane;
      for (let q: usize = 0; q < width; q += 16) {
        const to = job.strips + (q >> 3) * room + ((<usize>z) << 4);
        metric.put(to, to + room, v128.load(from + q));
      }
    }
    for (let q: usize = 0; q < width; q += 16) solveQuad<M>(metric, job.strips + (q >> 3) * room, job.depth);
    for (let z = 0; z < job.depth; z++) {
      const to = volume + <usize>z * plane;
      for (let q: usize = 0; q < width; q += 16) {
        const from = job.strips + (q >> 3) * room + ((<usize>z) << 4);
        v128.store(to + q, metric.take(from, from + room));
      }
    }
  }
}

/** To float32 rows without gaps, times scale; the root of it is wanted or not. */
function finish<M extends Metric>(metric: M, scale: f64, root: bool): void {
  const pitch = job.pitch,
    factor = f64x2.splat(scale);
  let to = job.volume;
  for (let row = job.volume, end = row + pitch * <usize>(job.depth * job.height); row < end; row += pitch, to += (<usize>job.width) << 2) {
    for (let x: usize = 0; x < pitch; x += 16) {
      let d = metric.float(v128.load(row + x));
      if (scale != 1) {
        const high = i8x16.shuffle(d, d, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15);
        const a = f32x4.demote_f64x2_zero(f64x2.mul(f64x2.promote_low_f32x4(d), factor)),
          b = f32x4.demote_f64x2_zero(f64x2.mul(f64x2.promote_low_f32x4(high), factor));
        d = i8x16.shuffle(a, b, 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23);
      }
      v128.store(to + x, root ? f32x4.sqrt(d) : d);
    }
  }
}

function transform<M extends Metric>(metric: M, dz: f64, dy: f64, dx: f64, scale: f64, root: bool): void {
  columns<M>(metric, dy);
  if (job.width > 1 || job.depth > 1) rows<M>(metric, dx);
  if (job.depth > 1) depths<M>(metric, dz);
  finish<M>(metric, scale, root);
}

/**
 * Squared distances (distances, with `root`) of the pixels whose mask byte is not 0 to the nearest whose is, as float32 at `volume`, where
 * distanceBytes are free. At least one byte must be 0. With one spacing for all axes every number is an integer times its square, and exact
 * below 2^24; otherwise float64 decides and float32 is kept between the axes.
 */
export function squaredDistance(mask: usize, volume: usize, depth: i32, height: i32, width: i32, dz: f64, dy: f64, dx: f64, root: bool): void {
  const longest = max(depth, width),
    pitch = pitchOf(width);
  job.mask = mask;
  job.volume = volume;
  job.depth = depth;
  job.height = height;
  job.width = width;
  job.pitch = pitch;
  job.room = stripBytes(longest);
  const spare = volume + pitch * <usize>(depth * height); // the last group of four rows may reach beyond the volume
  job.strips = spare + 3 * pitch;
  setScratch(job.strips + 2 * QUADS * job.room, longest);
  const z = <f64>depth,
    y = <f64>height,
    x = <f64>width;
  if ((dz == dy || depth == 1) && (dx == dy || width == 1) && z * z + y * y + x * x < <f64>FAR)
    transform<Integers>(changetype<Integers>(0), 1, 1, 1, dy * dy, root);
  else transform<Doubles>(changetype<Doubles>(0), dz, dy, dx, 1, root);
}
