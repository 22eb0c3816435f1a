import { doubles } from "./doubles";
import { Doubles, Integers } from "./metric";
import { line, searchBytes, setAxis, setScratch, solve, stripBytes } from "./search";
import { transpose } from "./transpose";

/**
 * Exact squared Euclidean distance transforms, one axis after another: the first counts steps to the nearest zero from
 * both sides, the others search (search.ts). Between the axes the volume holds int32 where they are exact, else
 * float32.
 */
@unmanaged
class Job {
  mask: usize;
  volume: usize; // rows of `pitch` bytes
  depth: i32;
  height: i32;
  width: i32;
  pitch: usize;
  strips: usize; // of QUADS groups of four lines
  room: usize; // bytes of one
  marks: usize; // bytes that are not 0 where distances are wanted, or 0: everywhere
  wide: usize; // two strips of float64, or 0: int32 will do
  scale: f64; // of what the last axis leaves
  root: bool;
  whole: bool; // it leaves int32
}

const job = changetype<Job>(memory.data(offsetof<Job>(), 16));
const FAR: i32 = 1 << 30; // steps, where a column has no zero
const QUADS: usize = 4; // groups of four lines along the last axis: a cache line of a plane

function pitchOf(width: i32): usize {
  return ((<usize>width + 3) & ~3) << 2;
}

/**
 * Bytes that a transform needs beside the mask, which is read up to 8 bytes behind its end; a float64, as they may be
 * more than an address.
 */
export function distanceBytes(depth: i32, height: i32, width: i32): f64 {
  const longest = max(depth, width);
  return (
    <f64>pitchOf(width) * (<f64>depth * <f64>height + 3) +
    <f64>stripBytes(longest) * <f64>(QUADS + 2) +
    <f64>searchBytes(longest)
  );
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

/** (count * spacing)^2 of four counts. */
function squared(counts: v128, spacing: f64): v128 {
  if (!job.wide) {
    const c = i32x4.min_s(counts, i32x4.splat(1 << 15));
    return i32x4.mul(c, c);
  }
  const s = f64x2.splat(spacing),
    low = f64x2.mul(f64x2.convert_low_i32x4_s(counts), s),
    high = f64x2.mul(
      f64x2.convert_low_i32x4_s(
        i8x16.shuffle(counts, counts, 8, 9, 10, 11, 12, 13, 14, 15, 8, 9, 10, 11, 12, 13, 14, 15),
      ),
      s,
    );
  return v128.bitselect(
    f32x4.splat(Infinity),
    doubles.narrow(f64x2.mul(low, low), f64x2.mul(high, high)),
    i32x4.ge_s(counts, i32x4.splat(FAR)),
  );
}

/** 1 where a byte is 0, and 0 elsewhere, in place, eight at a time: up to 7 bytes beyond. */
export function invertMask(mask: usize, bytes: usize): void {
  for (let at = mask, end = mask + bytes; at < end; at += 8) {
    v128.store64_lane(at, v128.and(i8x16.eq(v128.load64_zero(at), i8x16.splat(0)), i8x16.splat(1)), 0);
  }
}

/** Adds the second volume's numbers to the first's; one of the two is 0 everywhere. */
export function addDistances(volume: usize, other: usize, count: i32): void {
  for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 16)
    v128.store(volume + i, f32x4.add(v128.load(volume + i), v128.load(other + i)));
}

/** Steps to the nearest zero along the columns of every plane, squared. */
function columns(spacing: f64): void {
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
    for (let row = top + plane; row > top; ) {
      row -= pitch;
      for (let x: usize = 0; x < pitch; x += 16) {
        const counts = i32x4.min_s(v128.load(row + x), i32x4.add(v128.load(below + x), one));
        v128.store(below + x, counts);
        v128.store(row + x, squared(counts, spacing));
      }
    }
  }
}

function setSpacing(length: i32, spacing: f64): void {
  if (job.wide) setAxis<Doubles>(changetype<Doubles>(0), length, spacing);
  else setAxis<Integers>(changetype<Integers>(0), length, spacing);
}

/** Four lines side by side. */
function solveQuad(strip: usize, length: i32): void {
  const wide = job.wide,
    metric = changetype<Doubles>(0),
    next = wide + job.room,
    bytes = (<usize>length) << 4;
  if (!wide) {
    solve<Integers>(changetype<Integers>(0), strip, length);
    return;
  }
  for (let i: usize = 0; i < bytes; i += 16) {
    const v = v128.load(strip + i);
    v128.store(wide + i, f64x2.promote_low_f32x4(v));
    v128.store(next + i, doubles.high(v));
  }
  for (let half = wide; half <= next; half += job.room) solve<Doubles>(metric, half, length);
  for (let i: usize = 0; i < bytes; i += 16)
    v128.store(strip + i, doubles.narrow(v128.load(wide + i), v128.load(next + i)));
}

/**
 * Rows, four at a time, turned on their way in and out. Rows and columns that fill up a group repeat their neighbour:
 * lines of other numbers, beside it, would make it search everywhere.
 */
function rows(spacing: f64): void {
  const pitch = job.pitch,
    strip = job.strips,
    padding = strip + ((<usize>job.width) << 4),
    end = job.volume + pitch * <usize>(job.depth * job.height);
  setSpacing(job.width, spacing);
  for (let i: usize = 0; i < 3; i++) memory.copy(end + i * pitch, end - pitch, pitch);
  for (let row = job.volume; row < end; row += 4 * pitch) {
    for (let x: usize = 0; x < pitch; x += 16) transpose(row + x, pitch, strip + 4 * x, 16);
    solveQuad(strip, job.width);
    // While it is at hand, if this is the last axis.
    if (job.depth === 1 && !job.whole)
      for (let at = strip; at < padding; at += 16) v128.store(at, finished(v128.load(at)));
    for (let i: usize = 0; i < 48; i += 16) v128.store(padding + i, v128.load(padding - 16));
    for (let x: usize = 0; x < pitch; x += 16) transpose(strip + 4 * x, 16, row + x, pitch);
  }
}

/** Lines through the planes, a cache line of each at a time. */
function depths(spacing: f64): void {
  const plane = job.pitch * <usize>job.height;
  setSpacing(job.depth, spacing);
  for (let i: usize = 0; i < plane; i += 16 * QUADS) {
    const bytes = min(plane - i, 16 * QUADS);
    for (let z: usize = 0; z < <usize>job.depth; z++) {
      for (let q: usize = 0; q < bytes; q += 16) v128.store(quad(q, z), v128.load(job.volume + z * plane + i + q));
    }
    for (let q: usize = 0; q < bytes; q += 16)
      if (!job.marks || !solveMarked(quad(q, 0), i + q, spacing)) solveQuad(quad(q, 0), job.depth);
    for (let z: usize = 0; z < <usize>job.depth; z++) {
      for (let q: usize = 0; q < bytes; q += 16) v128.store(job.volume + z * plane + i + q, v128.load(quad(q, z)));
    }
  }
}

/**
 * Four lines through the planes, `at` bytes behind a plane's start, at marked pixels alone, each looking as far as it
 * must; false where these are so many that all together take less.
 */
function solveMarked(strip: usize, at: usize, spacing: f64): bool {
  const depth = job.depth,
    row = at / job.pitch,
    pixels = <usize>(job.height * job.width);
  let marks = job.marks + (at >> 2) - row * ((job.pitch >> 2) - <usize>job.width),
    marked = 0;
  for (let z = 0; z < depth; z++, marks += pixels) {
    if (load<u32>(marks) == 0) continue;
    if (++marked << 4 > depth) return false;
    for (let lane: usize = 0; lane < 4; lane++) {
      if (load<u8>(marks + lane) == 0) continue;
      const offset = ((<usize>z) << 4) + (lane << 2);
      let best = Infinity;
      for (let k = 0; k < depth; k = k > 0 ? -k : 1 - k) {
        const step = <f64>k * spacing * (<f64>k * spacing);
        if (step >= best) break;
        if (<u32>(z + k) >= <u32>depth) continue;
        const from = strip + offset + (k << 4);
        best = min(best, (job.wide ? <f64>load<f32>(from) : <f64>load<i32>(from)) + step);
      }
      if (job.wide) store<f32>(line.result + offset, <f32>best);
      else store<i32>(line.result + offset, <i32>best);
    }
  }
  memory.copy(strip, line.result, (<usize>depth) << 4);
  return true;
}

function quad(q: usize, z: usize): usize {
  return job.strips + (q >> 4) * job.room + (z << 4);
}

/** Four numbers as float32, times the scale; the root of them is wanted or not. */
function finished(d: v128): v128 {
  const factor = f64x2.splat(job.scale);
  if (!job.wide) d = f32x4.convert_i32x4_s(d);
  if (job.scale != 1)
    d = doubles.narrow(f64x2.mul(f64x2.promote_low_f32x4(d), factor), f64x2.mul(doubles.high(d), factor));
  return job.root ? f32x4.sqrt(d) : d;
}

/** To rows without gaps between them, of finished numbers. */
function pack(done: bool): void {
  const pitch = job.pitch;
  let to = job.volume;
  for (let row = to, end = row + pitch * <usize>(job.depth * job.height); row < end; row += pitch) {
    for (let x: usize = 0; x < pitch; x += 16) {
      const d = v128.load(row + x);
      v128.store(to + x, done ? d : finished(d));
    }
    to += (<usize>job.width) << 2;
  }
}

/**
 * Squared distances (distances, with `root`) of the pixels whose mask byte is not 0 to the nearest whose is, as float32
 * at `volume`, where distanceBytes are free. At least one byte must be 0. With one spacing for all axes every number is
 * an integer times its square, and exact below 2^24; otherwise float64 decides and float32 is kept between the axes.
 * With `steps`, for a spacing of 1, integers are left as int32 if rows have no gaps between them, and true is returned.
 * Unless `marks` is 0, only pixels whose byte there is not 0 are wanted; it is read up to 3 bytes behind its end.
 */
export function squaredDistance(
  mask: usize,
  volume: usize,
  depth: i32,
  height: i32,
  width: i32,
  dz: f64,
  dy: f64,
  dx: f64,
  root: bool,
  steps: bool,
  marks: usize,
): bool {
  const longest = max(depth, width),
    pitch = pitchOf(width),
    z = <f64>depth,
    y = <f64>height,
    x = <f64>width;
  const integers = (dz == dy || depth == 1) && (dx == dy || width == 1) && z * z + y * y + x * x < <f64>FAR;
  job.mask = mask;
  job.marks = marks;
  job.volume = volume;
  job.depth = depth;
  job.height = height;
  job.width = width;
  job.pitch = pitch;
  job.room = stripBytes(longest);
  job.strips = volume + pitch * <usize>(depth * height + 3); // the last group of four rows may reach beyond the volume
  const wide = job.strips + QUADS * job.room;
  job.wide = integers ? 0 : wide;
  job.scale = integers ? dy * dy : 1;
  job.root = root;
  job.whole = steps && integers && (width & 3) == 0;
  setScratch(wide + 2 * job.room, longest);
  columns(dy);
  if (width > 1 || depth > 1) rows(integers ? 1 : dx);
  if (depth > 1) depths(integers ? 1 : dz);
  const done = job.whole || (depth === 1 && width > 1);
  if (!done || width & 3) pack(done);
  return job.whole;
}
