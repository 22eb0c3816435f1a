import { frame } from "../tile/frame";
import { dilate } from "./image";

/**
 * What losses of windows need to know of a pixel in one int32: 4 label + BOUNDARY + RIGHT, or -1 where it does not
 * count.
 */
export const RIGHT: i32 = 1;
export const BOUNDARY: i32 = 2;

/**
 * Marks the staged pixels, right where the largest of pred, the first of equals, is the label. Returns 1 if a number
 * that counts is NaN.
 */
export function markPixels(count: i32, marks: usize): i32 {
  const pitch = frame.pitch,
    classes = frame.classes;
  let unknown = i32x4.splat(0);
  for (let i: usize = 0, end = (<usize>count) << 2; i < end; i += 16) {
    let largest = v128.load(frame.pred + i),
      found = i32x4.splat(0),
      nan = f32x4.ne(largest, largest);
    for (let c = 1, z = frame.pred + pitch + i; c < classes; c++, z += pitch) {
      const x = v128.load(z),
        larger = f32x4.gt(x, largest);
      nan = v128.or(nan, f32x4.ne(x, x));
      largest = v128.bitselect(x, largest, larger);
      found = v128.bitselect(i32x4.splat(c), found, larger);
    }
    const label = v128.load(frame.labels + i),
      ignored = i32x4.shr_s(label, 31),
      right = v128.and(i32x4.eq(found, label), i32x4.splat(RIGHT));
    unknown = v128.or(unknown, v128.andnot(nan, ignored));
    v128.store(marks + i, v128.or(v128.or(i32x4.shl(label, 2), right), ignored));
  }
  return i32(v128.any_true(unknown));
}

/** All bits set where four neighbours have the same label. */
@final
class labels {
  @inline static same(own: v128, neighbours: usize): v128 {
    return i32x4.eq(own, i32x4.shr_s(v128.load(neighbours), 2));
  }
}

/** 1 where a pixel lies at the image's border, or one of its eight neighbours has another label. */
function edges(marks: usize, mask: usize, height: i32, width: i32): void {
  const row = (<usize>width) << 2;
  memory.fill(mask, 1, <usize>(height * width));
  for (let y = 1; y < height - 1; y++) {
    const first = <usize>(y * width);
    for (let x = 1; x < width - 1; x += 4) {
      const at = marks + ((first + <usize>x) << 2),
        own = i32x4.shr_s(v128.load(at), 2);
      const beside = v128.and(labels.same(own, at - 4), labels.same(own, at + 4)),
        above = v128.and(
          v128.and(labels.same(own, at - row - 4), labels.same(own, at - row)),
          labels.same(own, at - row + 4),
        ),
        below = v128.and(
          v128.and(labels.same(own, at + row - 4), labels.same(own, at + row)),
          labels.same(own, at + row + 4),
        );
      const inner = i32x4.bitmask(v128.and(beside, v128.and(above, below)));
      for (let k = 0, last = min(4, width - 1 - x); k < last; k++)
        store<u8>(mask + first + <usize>(x + k), <u8>(~(inner >> k) & 1));
    }
  }
}

/**
 * Sets the bytes of the pixels from which `steps` steps, also across corners, reach another label or leave the image.
 * That is: edges, and what is nearer to one than `steps`. `spare` is that of `dilate`.
 */
export function labelBoundaries(marks: usize, mask: usize, spare: usize, height: i32, width: i32, steps: i32): void {
  edges(marks, mask, height, width);
  dilate(mask, spare, height, width, steps - 1);
}

/** Marks the pixels that count and whose bytes are set; those of label 0 only if `background` is set. */
export function markBoundaries(marks: usize, mask: usize, pixels: usize, background: bool): void {
  for (let i: usize = 0; i < pixels; i++) {
    const at = marks + (i << 2),
      mark = load<i32>(at);
    if (load<u8>(mask + i) && mark >= (background ? 0 : 4)) store<i32>(at, mark | BOUNDARY);
  }
}
