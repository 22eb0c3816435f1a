import { lanes } from "../math/lanes";
import { frame, ROW } from "../tile/frame";
import { LARGEST, SECOND } from "./units";

/**
 * Pixels of a block that a map does not leave out. They move to the front of the slope planes (which hold nothing while
 * a pixel loss runs), their labels and factors to rows that labels do not use, so that exponentials are computed for
 * them alone.
 */
// Their byte offsets in a plane, and room for what is left of a last vector.
const kept: usize = memory.data(<i32>ROW + 16, 16);

/** Lists them; returns how many there are. What is left of the last vector stands for the block's first pixel. */
export function listKept(from: usize, to: usize): i32 {
  const weights = frame.unitWeights,
    zero = f32x4.splat(0);
  let end = kept,
    offsets = i32x4.add(i32x4.splat(<i32>from), i32x4(0, 4, 8, 12));
  for (let i = from; i < to; i += 16) {
    end = lanes.compress(end, offsets, f32x4.ne(v128.load(weights + i), zero));
    offsets = i32x4.add(offsets, i32x4.splat(16));
  }
  v128.store(end, i32x4.splat(<i32>from));
  return <i32>((end - kept) >> 2);
}

/** Four listed pixels of a plane, from the i-th byte of the list on. */
@final
class listed {
  @inline static load(plane: usize, i: usize): v128 {
    let x = v128.load32_zero(plane + load<usize>(kept + i));
    x = v128.load_lane<f32>(plane + load<usize>(kept + i, 4), x, 1);
    x = v128.load_lane<f32>(plane + load<usize>(kept + i, 8), x, 2);
    return v128.load_lane<f32>(plane + load<usize>(kept + i, 12), x, 3);
  }
  @inline static store(plane: usize, i: usize, x: v128): void {
    v128.store_lane<f32>(plane + load<usize>(kept + i), x, 0);
    v128.store_lane<f32>(plane + load<usize>(kept + i, 4), x, 1);
    v128.store_lane<f32>(plane + load<usize>(kept + i, 8), x, 2);
    v128.store_lane<f32>(plane + load<usize>(kept + i, 12), x, 3);
  }
}

function move(from: usize, to: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 16) v128.store(to + i, listed.load(from, i));
}

/** Points the frame at the listed pixels alone; returns the padded bytes of a plane. */
export function moveIn(count: i32): usize {
  const bytes = (<usize>count) << 2,
    padded = (bytes + 63) & ~63,
    labels = frame.rows + LARGEST,
    weights = frame.rows + SECOND;
  move(frame.labels, labels, bytes);
  move(frame.unitWeights, weights, bytes);
  for (let c: usize = 0; c < <usize>frame.classes; c++)
    move(frame.pred + c * frame.predPitch, frame.slope + c * frame.pitch, bytes);
  for (let i = bytes; i < padded; i += 4) store<i32>(labels + i, -1);
  frame.labels = labels;
  frame.unitWeights = weights;
  frame.pred = frame.slope;
  frame.predPitch = frame.pitch;
  return padded;
}

/** Puts the gradients of the listed pixels, which stand in the slope planes, where they belong. */
export function moveOut(grad: usize, gradPitch: usize, count: i32, accumulate: i32): void {
  const bytes = (<usize>count) << 2,
    whole = bytes & ~15;
  for (let c: usize = 0; c < <usize>frame.classes; c++) {
    const from = frame.slope + c * frame.pitch,
      to = grad + c * gradPitch;
    for (let i: usize = 0; i < whole; i += 16) {
      const g = v128.load(from + i);
      listed.store(to, i, accumulate ? f32x4.add(g, listed.load(to, i)) : g);
    }
    for (let i = whole; i < bytes; i += 4) {
      const at = to + load<usize>(kept + i),
        g = load<f32>(from + i);
      store<f32>(at, accumulate ? load<f32>(at) + g : g);
    }
  }
}

export function clear(grad: usize, from: usize, to: usize): void {
  for (let c: usize = 0; c < <usize>frame.classes; c++) memory.fill(grad + c * frame.gradPitch + from, 0, to - from);
}
