import { frame } from "./frame";
import { BEHIND, LARGEST } from "./units";

/**
 * Pixels of a block that a map does not leave out. They move to the front of the slope planes (which hold nothing while a pixel loss runs),
 * their labels and factors to rows that labels do not use, so that exponentials are computed for them alone.
 */
const kept: usize = memory.data(256 * 4, 16); // their byte offsets in a plane

/** Lists them; returns how many there are. */
export function listKept(from: usize, to: usize): i32 {
  let end = kept;
  for (let i = from; i < to; i += 4) {
    store<usize>(end, i);
    end += (<usize>(load<f32>(frame.unitWeights + i) != 0)) << 2;
  }
  return <i32>((end - kept) >> 2);
}

function move(from: usize, to: usize, bytes: usize): void {
  for (let i: usize = 0; i < bytes; i += 4) store<u32>(to + i, load<u32>(from + load<usize>(kept + i)));
}

/** Points the frame at the listed pixels alone; returns the padded bytes of a plane. */
export function moveIn(count: i32): usize {
  const bytes = (<usize>count) << 2,
    padded = (bytes + 31) & ~31,
    labels = frame.rows + LARGEST,
    weights = frame.rows + BEHIND;
  move(frame.labels, labels, bytes);
  move(frame.unitWeights, weights, bytes);
  for (let c: usize = 0; c < <usize>frame.classes; c++) move(frame.pred + c * frame.pitch, frame.slope + c * frame.pitch, bytes);
  for (let i = bytes; i < padded; i += 4) store<i32>(labels + i, -1);
  frame.labels = labels;
  frame.unitWeights = weights;
  frame.pred = frame.slope;
  return padded;
}

/** Puts the gradients of the listed pixels, which stand in the slope planes, where they belong. */
export function moveOut(grad: usize, count: i32, accumulate: i32): void {
  for (let c: usize = 0; c < <usize>frame.classes; c++) {
    const plane = c * frame.pitch;
    for (let i: usize = 0; i < (<usize>count) << 2; i += 4) {
      const at = grad + plane + load<usize>(kept + i),
        g = load<f32>(frame.slope + plane + i);
      store<f32>(at, accumulate ? load<f32>(at) + g : g);
    }
  }
}

export function clear(grad: usize, from: usize, to: usize): void {
  for (let c: usize = 0; c < <usize>frame.classes; c++) memory.fill(grad + c * frame.pitch + from, 0, to - from);
}
