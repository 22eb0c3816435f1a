import { lanes } from "../math/lanes";
import { frame } from "../tile/frame";

/** The tile's labels become 1 where the soft target's first plane is above 1/2, 0 elsewhere, -1 in the padding. */
export function labelsAbove(count: i32, padded: i32): void {
  for (let i: usize = 0, end = (<usize>padded) << 2; i < end; i += 16)
    v128.store(frame.labels + i, v128.and(f32x4.gt(v128.load(frame.target + i), f32x4.splat(0.5)), i32x4.splat(1)));
  for (let i = count; i < padded; i++) store<i32>(frame.labels + ((<usize>i) << 2), -1);
}

@final
class four {
  @inline static are(label: v128, one: v128, two: v128): v128 {
    return v128.or(i32x4.eq(label, one), i32x4.eq(label, two));
  }
}

/**
 * Appends a tile to a plane of bytes: 1 where the label is one of two, 0 elsewhere; up to 15 bytes beyond the last
 * pixel. Returns how many are 1.
 */
export function pushClass(count: i32, label: i32, other: i32, mask: usize): i32 {
  const one = i32x4.splat(label),
    two = i32x4.splat(other);
  let size = i32x4.splat(0);
  for (let i: usize = 0, end = <usize>count; i < end; i += 16) {
    const at = frame.labels + (i << 2),
      a = four.are(v128.load(at), one, two),
      b = four.are(v128.load(at, 16), one, two),
      c = four.are(v128.load(at, 32), one, two),
      d = four.are(v128.load(at, 48), one, two);
    size = i32x4.sub(size, i32x4.add(i32x4.add(a, b), i32x4.add(c, d)));
    const bytes = i8x16.narrow_i16x8_s(i16x8.narrow_i32x4_s(a, b), i16x8.narrow_i32x4_s(c, d));
    v128.store(mask + i, v128.and(bytes, i8x16.splat(1)));
  }
  return lanes.total(size);
}

/** Appends a tile's labels to a plane of int32. */
export function pushLabels(count: i32, to: usize): void {
  memory.copy(to, frame.labels, (<usize>count) << 2);
}
