import { lanes } from "../math/lanes";
import { transpose } from "../math/transpose";
import { frame } from "./frame";

/**
 * Class numbers of four labels. Only the ignored label may be -1: one that comes as -1 becomes -2, which the count
 * refuses.
 */
@final
class staged {
  /** Sixteen bytes, where `out` has all bits of those set that do not count. */
  @inline static putBytes(at: usize, bytes: v128, out: v128): void {
    const low = v128.or(i16x8.extend_low_i8x16_u(bytes), i16x8.extend_low_i8x16_s(out)),
      high = v128.or(i16x8.extend_high_i8x16_u(bytes), i16x8.extend_high_i8x16_s(out));
    v128.store(at, i32x4.extend_low_i16x8_s(low));
    v128.store(at, i32x4.extend_high_i16x8_s(low), 16);
    v128.store(at, i32x4.extend_low_i16x8_s(high), 32);
    v128.store(at, i32x4.extend_high_i16x8_s(high), 48);
  }
  /** A byte for each of sixteen bits. */
  @inline static bytes(bits: usize): v128 {
    const each = i64x2.splat(0x8040201008040201),
      both = v128.load16_splat(bits);
    return i8x16.eq(v128.and(v128.shuffle<i8>(both, both, 0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1), each), each);
  }
  /** Labels of pixels whose byte is set become -1. */
  @inline static mark(at: usize, bytes: v128): void {
    const low = i16x8.extend_low_i8x16_s(bytes),
      high = i16x8.extend_high_i8x16_s(bytes);
    v128.store(at, v128.or(v128.load(at), i32x4.extend_low_i16x8_s(low)));
    v128.store(at, v128.or(v128.load(at, 16), i32x4.extend_high_i16x8_s(low)), 16);
    v128.store(at, v128.or(v128.load(at, 32), i32x4.extend_low_i16x8_s(high)), 32);
    v128.store(at, v128.or(v128.load(at, 48), i32x4.extend_high_i16x8_s(high)), 48);
  }
  /** `wanted` has all bits set, which is -1, if there is an ignored label. */
  @inline static put(at: usize, label: v128, ignored: v128, wanted: v128): void {
    const other = i32x4.add(label, i32x4.eq(label, i32x4.splat(-1)));
    v128.store(at, v128.or(other, v128.and(i32x4.eq(label, ignored), wanted)));
  }
}

/**
 * Labels as they lie in the caller's array (1, 2 or 4 bytes each, at frame.source) become int32 class numbers;
 * the ignored label becomes -1, and so do the padding up to the next multiple of 16 pixels and, if there are `marks` of
 * them at frame.rows, pixels of weight 0.
 */
export function stageLabels(bytes: i32, signed: i32, count: i32, padded: i32, marks: bool): void {
  const labels = frame.labels,
    end = labels + ((<usize>padded) << 2),
    ignored = i32x4.splat(frame.ignoreIndex),
    wanted = i32x4.splat(-frame.hasIgnoreIndex);
  if (bytes == 1 && !signed) {
    const byte = i8x16.splat(<i8>frame.ignoreIndex); // one that labels can hold, if there is one
    for (let at = labels, from = frame.source, bits = frame.rows; at < end; at += 64, from += 16, bits += 2) {
      const raw = v128.load(from);
      let out = v128.and(i8x16.eq(raw, byte), wanted);
      if (marks) out = v128.or(out, staged.bytes(bits));
      staged.putBytes(at, raw, out);
    }
    marks = false; // they are in
  } else if (bytes == 4) {
    for (let at = labels, from = frame.source; at < end; at += 16, from += 16)
      staged.put(at, v128.load(from), ignored, wanted);
  } else {
    for (let at = labels, from = frame.source; at < end; at += 32, from += (<usize>bytes) << 3) {
      const wide = bytes == 2 ? v128.load(from) : v128.load8x8_s(from);
      staged.put(at, signed ? i32x4.extend_low_i16x8_s(wide) : i32x4.extend_low_i16x8_u(wide), ignored, wanted);
      staged.put(at + 16, signed ? i32x4.extend_high_i16x8_s(wide) : i32x4.extend_high_i16x8_u(wide), ignored, wanted);
    }
  }
  if (marks) markFound(padded);
  for (let i = count; i < padded; i++) store<i32>(labels + ((<usize>i) << 2), -1);
}

/** Pixels of weight 0, as a look at them found (`checkWeights`), do not count. */
function markFound(padded: i32): void {
  for (let i: usize = 0; i < <usize>padded; i += 16)
    staged.mark(frame.labels + (i << 2), staged.bytes(frame.rows + (i >> 3)));
}

/** The same of the weights themselves. */
export function markWeightless(weights: usize, count: i32): void {
  const across = weights - frame.labels;
  for (let at = frame.labels, end = at + ((<usize>count) << 2); at < end; at += 16)
    v128.store(at, v128.or(v128.load(at), f32x4.eq(v128.load(at + across), f32x4.splat(0))));
}

/** Up to so many labels each is counted by itself, four pixels at a time. */
const FEW: i32 = 8;

/**
 * Adds the staged labels to the counts at `bins`: of label -1, of 0 to range - 1, and of whatever else there is. Many
 * labels are counted one by one, and four neighbours in arrays of their own, as runs of one label would wait for the
 * last increment each time (2 times faster).
 */
export function countLabels(bins: usize, range: i32, count: i32): void {
  const labels = frame.labels,
    stride = (<usize>(range + 2)) << 2,
    whole = range <= FEW ? count & ~3 : 0;
  let others = whole;
  for (let label = whole ? -1 : range; label < range; label++) {
    const wanted = i32x4.splat(label),
      at = bins + ((<usize>(label + 1)) << 2);
    let same = i32x4.splat(0);
    for (let i: usize = 0; i < (<usize>whole) << 2; i += 16)
      same = i32x4.sub(same, i32x4.eq(v128.load(labels + i), wanted));
    const found = lanes.total(same);
    store<i32>(at, load<i32>(at) + found);
    others -= found;
  }
  store<i32>(bins + stride - 4, load<i32>(bins + stride - 4) + others);
  for (let i = whole; i < count; i++) {
    const label = load<i32>(labels + ((<usize>i) << 2)) + 1,
      other = <u32>label > <u32>range;
    const at = bins + stride * (i & 3) + ((<usize>(other ? range + 1 : label)) << 2);
    store<i32>(at, load<i32>(at) + 1);
  }
}

/**
 * How many of `count` bytes at frame.source equal `value`, 16 at a time: 3 times faster than counting one by one while
 * there are few labels.
 */
export function countByte(value: i32, count: i32): i32 {
  const source = frame.source,
    wanted = i8x16.splat(<i8>value),
    whole = count & ~15;
  let total = 0;
  for (let from = 0; from < whole; from += 255 * 16) {
    const to = min(from + 255 * 16, whole); // a byte lane counts to 255
    let lanesOf = i8x16.splat(0);
    for (let i = from; i < to; i += 16) lanesOf = i8x16.sub(lanesOf, i8x16.eq(v128.load(source + <usize>i), wanted));
    const wide = i32x4.extadd_pairwise_i16x8_u(i16x8.extadd_pairwise_i8x16_u(lanesOf));
    total += lanes.total(wide);
  }
  for (let i = whole; i < count; i++) total += <i32>(load<u8>(source + <usize>i) == <u8>value);
  return total;
}

/** One-hot planes of the labels, or the soft target, as t' = targetScale t + targetOffset; padding stays harmless. */
export function smoothTarget(from: i32, to: i32): void {
  const scale = f32x4.splat(frame.targetScale),
    offset = f32x4.splat(frame.targetOffset);
  for (let c = 0; c < frame.classes; c++) {
    const plane = frame.target + <usize>c * frame.pitch,
      label = i32x4.splat(c + frame.firstLabel);
    for (let i = (<usize>from) << 2, end = (<usize>to) << 2; i < end; i += 16) {
      const t = frame.soft ? v128.load(plane + i) : v128.and(i32x4.eq(v128.load(frame.labels + i), label), lanes.one());
      v128.store(plane + i, f32x4.add(f32x4.mul(scale, t), offset));
    }
  }
}

/** One number of each of `count` pixels from here to there, strides apart. */
function copyStrided(from: usize, stride: usize, to: usize, toStride: usize, count: i32): void {
  for (let i = 0; i < count; i++) {
    store<f32>(to, load<f32>(from));
    from += stride;
    to += toStride;
  }
}

/**
 * channelsLast pixels at frame.source to planes, or back: blocks of four channels of four pixels, and what is left
 * over.
 */
function turn(planes: usize, count: i32, back: bool): void {
  const classes = <usize>frame.classes,
    pitch = frame.pitch,
    source = frame.source,
    row = classes << 2,
    blocks = classes & ~3,
    whole = <usize>count & ~3;
  for (let i: usize = 0; i < whole; i += 4) {
    for (let c: usize = 0; c < blocks; c += 4) {
      const pixel = source + i * row + (c << 2),
        plane = planes + c * pitch + (i << 2);
      if (back) transpose(plane, pitch, pixel, row);
      else transpose(pixel, row, plane, pitch);
    }
  }
  for (let c: usize = 0; c < classes; c++) {
    const first = c < blocks ? whole : 0,
      pixel = source + first * row + (c << 2),
      plane = planes + c * pitch + (first << 2);
    if (back) copyStrided(plane, 4, pixel, row, count - <i32>first);
    else copyStrided(pixel, row, plane, 4, count - <i32>first);
  }
}

export function toPlanes(planes: usize, count: i32): void {
  turn(planes, count, false);
}

export function fromPlanes(planes: usize, count: i32): void {
  turn(planes, count, true);
}
