import { frame, ROW } from "./frame";

/** Of each pixel of a block, where the number of its own label's plane is. */
const places: usize = memory.data(<i32>ROW, 16);

/** Four pixels' numbers in the planes of their own labels, once these have been found. */
@final
export class own {
  /** Finds them, in planes that are so far apart; pixels that do not count look at the first class. */
  static find(planes: usize, pitch: usize, from: usize, to: usize): void {
    const step = i32x4.splat(<i32>pitch),
      zero = i32x4.splat(0),
      labels = frame.labels;
    let first = i32x4.add(i32x4.splat(<i32>(planes + from)), i32x4(0, 4, 8, 12));
    for (let i = from, row: usize = 0; i < to; i += 16, row += 16) {
      v128.store(places + row, i32x4.add(i32x4.mul(i32x4.max_s(v128.load(labels + i), zero), step), first));
      first = i32x4.add(first, i32x4.splat(16));
    }
  }
  /** Finds them, and moves them to a row of a block; 0 stays in their planes. */
  static take(planes: usize, pitch: usize, from: usize, to: usize, out: usize): void {
    own.find(planes, pitch, from, to);
    for (let row: usize = 0, end = to - from; row < end; row += 16) {
      v128.store(out + row, own.load(row));
      own.clear(row);
    }
  }
  @inline static load(row: usize): v128 {
    const at = places + row,
      x = v128.load_lane<f32>(load<usize>(at, 4), v128.load32_zero(load<usize>(at)), 1);
    return v128.load_lane<f32>(load<usize>(at, 12), v128.load_lane<f32>(load<usize>(at, 8), x, 2), 3);
  }
  @inline static store(row: usize, x: v128): void {
    const at = places + row;
    v128.store_lane<f32>(load<usize>(at), x, 0);
    v128.store_lane<f32>(load<usize>(at, 4), x, 1);
    v128.store_lane<f32>(load<usize>(at, 8), x, 2);
    v128.store_lane<f32>(load<usize>(at, 12), x, 3);
  }
  @inline static clear(row: usize): void {
    const at = places + row;
    store<f32>(load<usize>(at), 0);
    store<f32>(load<usize>(at, 4), 0);
    store<f32>(load<usize>(at, 8), 0);
    store<f32>(load<usize>(at, 12), 0);
  }
}
