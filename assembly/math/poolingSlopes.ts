import { Axis, axis, CELL } from "./axis";
import { lanes } from "./lanes";

/**
 * Slopes of cells, vectors whose two halves add up, as those of pixels in the place of their probabilities p, which
 * may stand as p - 1. If `bent`, they are multiplied by p (1 - p), the derivative of a sigmoid.
 */
@final
class slope {
  @inline static of(byP: v128, s: v128, bent: bool): v128 {
    const small = f32x4.abs(s); // the one of p and 1 - p that stands there
    return bent ? f32x4.mul(byP, f32x4.mul(small, f32x4.sub(lanes.one(), small))) : byP;
  }
  /** One pixel's, of its own cell. */
  @inline static put(at: usize, slopes: usize, bent: bool): void {
    const byP = f32x4.splat(<f32>(load<f64>(slopes) + load<f64>(slopes, 8)));
    v128.store32_lane(at, slope.of(byP, v128.load32_zero(at), bent), 0);
  }
}

/** The slopes of a row of cells as those of the pixels of a line; 0 after the last cell. */
function spread(x: Axis, slopes: usize, share: f64, row: usize): void {
  let at = row;
  for (let k = 0; k < x.cells; k++, slopes += CELL) {
    const each = <f32>(share * (load<f64>(slopes) + load<f64>(slopes, 8)));
    for (const end = row + ((<usize>x.to(k)) << 2); at < end; at += 4) store<f32>(at, each);
  }
  for (const end = row + ((<usize>x.pixels) << 2); at < end; at += 4) store<f32>(at, 0);
}

/** Where cells are means. `row` takes one line. */
export function averageSlopes(axes: usize, slopes: usize, row: usize, plane: usize, bent: bool): void {
  const z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2),
    share = axis.share(axes),
    bytes = (<usize>x.pixels) << 2;
  for (let k = 0; k < z.pixels; k++) {
    const i = (k + z.padding) / z.stride;
    for (let l = 0; l < y.pixels; l++, plane += bytes) {
      const j = (l + y.padding) / y.stride;
      if (i >= z.cells || j >= y.cells) {
        memory.fill(plane, 0, bytes);
        continue;
      }
      if (l == y.from(j)) spread(x, slopes + <usize>((i * y.cells + j) * x.cells) * CELL, share, row);
      let at: usize = 0;
      for (const whole = bytes & ~15; at < whole; at += 16)
        v128.store(plane + at, slope.of(v128.load(row + at), v128.load(plane + at), bent));
      for (; at < bytes; at += 4)
        v128.store32_lane(plane + at, slope.of(v128.load32_zero(row + at), v128.load32_zero(plane + at), bent), 0);
    }
  }
}

/** Where a cell's number is that of one pixel. */
export function maxSlopes(axes: usize, slopes: usize, places: usize, plane: usize, bent: bool): void {
  const z = axis.of(axes, 0),
    y = axis.of(axes, 1),
    x = axis.of(axes, 2),
    cells = z.cells * y.cells * x.cells;
  for (let cell: usize = 0; cell < <usize>cells; cell++) {
    const at = plane + ((<usize>load<i32>(places + (cell << 2))) << 2);
    slope.put(at, slopes + cell * CELL, bent);
    store<f32>(slopes + cell * CELL, load<f32>(at));
  }
  memory.fill(plane, 0, (<usize>(z.pixels * y.pixels * x.pixels)) << 2);
  for (let cell: usize = 0; cell < <usize>cells; cell++)
    store<f32>(plane + ((<usize>load<i32>(places + (cell << 2))) << 2), load<f32>(slopes + cell * CELL));
}
