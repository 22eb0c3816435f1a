import { needs, Said } from "../protocol";
import { band, edges, line } from "./edgeRows";

/**
 * The way back: adds to a float32 plane of the channel's pixels, `edges.width` a row with those above and below, what
 * `slope` (by the map) means through the transposed filters. What falls beyond the image belongs to its outermost
 * pixels: signs at the rows' ends see to it.
 */
export function addEdgeSlopes(slope: usize, across: usize, down: usize, plane: usize): void {
  needs(Said.Edges);
  needs(Said.Band);
  const bytes = (<usize>edges.width) << 2,
    byX = edges.smooth,
    byY = edges.step,
    quarter = f32x4.splat(0.25);
  for (let y = 0; y < band.rows; y++) {
    const at = <usize>y * band.pitch;
    for (let x: usize = 0; x < bytes; x += 16) {
      const g = f32x4.mul(quarter, v128.load(slope + at + x));
      v128.store(byX + x, f32x4.mul(g, v128.load(across + at + x)));
      v128.store(byY + x, f32x4.mul(g, v128.load(down + at + x)));
    }
    store<f32>(byX - 4, -load<f32>(byX));
    store<f32>(byX + bytes, -load<f32>(byX + bytes - 4));
    store<f32>(byY - 4, load<f32>(byY));
    store<f32>(byY + bytes, load<f32>(byY + bytes - 4));
    spreadRow(bytes, line.up(plane, y, bytes), line.at(plane, y, bytes), line.down(plane, y, bytes));
  }
}

/** A row's slopes to it and its neighbours, horizontally first. */
function spreadRow(bytes: usize, up: usize, row: usize, down: usize): void {
  const byX = edges.smooth,
    byY = edges.step,
    sideways = edges.targetSmooth,
    along = edges.targetStep;
  for (let x: usize = 0; x < bytes; x += 16) {
    const middle = v128.load(byY + x);
    v128.store(sideways + x, f32x4.sub(v128.load(byX + x - 4), v128.load(byX + x + 4)));
    v128.store(
      along + x,
      f32x4.add(f32x4.add(v128.load(byY + x - 4), v128.load(byY + x + 4)), f32x4.add(middle, middle)),
    );
  }
  // The last vectors reach into the next row, to which they must add nothing.
  v128.store(sideways + bytes, f32x4.splat(0));
  v128.store(along + bytes, f32x4.splat(0));
  for (let x: usize = 0; x < bytes; x += 16) {
    const p = v128.load(sideways + x),
      q = v128.load(along + x);
    v128.store(up + x, f32x4.add(v128.load(up + x), f32x4.sub(p, q)));
    v128.store(row + x, f32x4.add(v128.load(row + x), f32x4.add(p, p)));
    v128.store(down + x, f32x4.add(v128.load(down + x), f32x4.add(p, q)));
  }
}
