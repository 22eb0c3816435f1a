import { needs, Said, say } from "../protocol";

/**
 * A volume [depth, height, width] of float64 with a line of zeros on both sides of each of its first `axes` axes (the
 * last of the three are the real ones), so that a filter has no case for the border.
 */
@final
@unmanaged
export class Padded {
  depth: i32;
  height: i32;
  width: i32;
  axes: i32;

  /** Bytes from one row to the next. */
  @inline row(): usize {
    return (<usize>(this.width + 3)) << 3;
  }
  @inline plane(): usize {
    return <usize>(this.height + (this.axes > 1 ? 2 : 0)) * this.row();
  }
  @inline bytes(): usize {
    return <usize>(this.depth + (this.axes > 2 ? 2 : 0)) * this.plane();
  }
  /** Where the first number of a row stands. */
  @inline at(z: i32, y: i32): usize {
    return <usize>(z + (this.axes > 2 ? 1 : 0)) * this.plane() + <usize>(y + (this.axes > 1 ? 1 : 0)) * this.row() + 8;
  }
}

/** The volume that the filters work on. */
export const padded = changetype<Padded>(memory.data(offsetof<Padded>(), 16));

/** Says what volumes are padded; returns the bytes of one. */
export function setPadded(depth: i32, height: i32, width: i32, axes: i32): usize {
  say(Said.Padded, 0);
  padded.depth = depth;
  padded.height = height;
  padded.width = width;
  padded.axes = axes;
  return padded.bytes();
}

/**
 * out = mean of each pixel and its face neighbours, what lies beyond the border being 0. Leaves out's padding 0, which
 * must be so before.
 */
export function crossMean(from: usize, out: usize): void {
  needs(Said.Padded);
  const row = padded.row(),
    plane = padded.plane(),
    axes = padded.axes,
    share = f64x2.splat(1 / <f64>(2 * axes + 1));
  for (let z = 0; z < padded.depth; z++) {
    for (let y = 0; y < padded.height; y++) {
      const start = padded.at(z, y),
        end = from + start + ((<usize>padded.width) << 3);
      for (let at = from + start; at < end; at += 16) {
        let sum = f64x2.add(f64x2.add(v128.load(at - 8), v128.load(at + 8)), v128.load(at));
        if (axes > 1) sum = f64x2.add(sum, f64x2.add(v128.load(at - row), v128.load(at + row)));
        if (axes > 2) sum = f64x2.add(sum, f64x2.add(v128.load(at - plane), v128.load(at + plane)));
        v128.store(at - from + out, f64x2.mul(share, sum));
      }
      store<f64>(out + start + ((<usize>padded.width) << 3), 0);
    }
  }
}
