// Edge maps E = sqrt(gx^2 + gy^2 + e^2) - e with Sobel's filters over 4, of some rows of an image whose outermost
// pixels repeat beyond it. A target t and a prediction t + error are filtered side by side. What the prediction's
// map has more than the target's comes from the filtered error, (dx (gx + px) + dy (gy + py)) / (sum of both roots):
// subtracting nearly equal maps would leave rounding errors. Images are float64, as e turns a difference of 1e-7
// between neighbours into 1e-4 of a slope.

import { needs, Said } from "../protocol";
import { doubles } from "./doubles";
import { band, EPSILON, edges, filterDown, line, sobel } from "./edgeRows";

/** Adds a channel's edges to a float64 map, `edges.width` numbers a row. */
export function addTargetEdges(target: usize, map: usize): void {
  needs(Said.Edges);
  needs(Said.Band);
  const bytes = (<usize>edges.width) << 3;
  for (let y = 0; y < band.rows; y++, map += bytes) {
    filterDown(
      line.up(target, y, bytes),
      line.at(target, y, bytes),
      line.down(target, y, bytes),
      edges.targetSmooth,
      edges.targetStep,
    );
    for (let x: usize = 0; x < bytes; x += 16) {
      const root = f64x2.sqrt(sobel.squares(sobel.x(edges.targetSmooth + x), sobel.y(edges.targetStep + x)));
      const sum = f64x2.add(v128.load(map + x), f64x2.sub(root, f64x2.splat(EPSILON)));
      if (x + 16 <= bytes) v128.store(map + x, sum);
      else store<f64>(map + x, f64x2.extract_lane(sum, 0));
    }
  }
}

/**
 * Adds to the float64 map `more` what a channel of the prediction has more edges than the target's (`target` 0: it has
 * none), and leaves the direction of its slope, (px, py) / root, in the float32 planes `across` and `down` where these
 * are not 0: rows of `band.pitch` bytes, of `more` twice as many, in whole vectors.
 */
export function addEdgeDifferences(error: usize, target: usize, more: usize, across: usize, down: usize): void {
  needs(Said.Edges);
  needs(Said.Band);
  const bytes = (<usize>edges.width) << 3;
  for (let y = 0; y < band.rows; y++) {
    filterDown(
      line.up(error, y, bytes),
      line.at(error, y, bytes),
      line.down(error, y, bytes),
      edges.smooth,
      edges.step,
    );
    if (target)
      filterDown(
        line.up(target, y, bytes),
        line.at(target, y, bytes),
        line.down(target, y, bytes),
        edges.targetSmooth,
        edges.targetStep,
      );
    const at = <usize>y * band.pitch;
    if (target) differencesRow(bytes, more + 2 * at, across ? across + at : 0, down + at);
    else edgesRow(bytes, more + 2 * at, across ? across + at : 0, down + at);
  }
}

/** Float32 roots and quotients, which cost a third of float64's, after a step of Newton's method: within 1e-14. */
@final
class newton {
  /** sqrt(s), from `root` about it and `inverse` about 1 / root. */
  @inline static sqrt(s: v128, root: v128, inverse: v128): v128 {
    return f64x2.add(root, f64x2.mul(f64x2.mul(inverse, f64x2.splat(0.5)), f64x2.sub(s, f64x2.mul(root, root))));
  }
  /** a / b, from `inverse` about 1 / b. */
  @inline static divide(a: v128, b: v128, inverse: v128): v128 {
    const quotient = f64x2.mul(a, inverse);
    return f64x2.add(quotient, f64x2.mul(inverse, f64x2.sub(a, f64x2.mul(quotient, b))));
  }
  @inline static addTo(at: usize, x: v128): void {
    v128.store(at, f64x2.add(v128.load(at), x));
  }
}

function differencesRow(bytes: usize, more: usize, across: usize, down: usize): void {
  const one = f32x4.splat(1);
  for (let x: usize = 0; x < bytes; x += 32, more += 32) {
    const dx0 = sobel.x(edges.smooth + x),
      dy0 = sobel.y(edges.step + x),
      gx0 = sobel.x(edges.targetSmooth + x),
      gy0 = sobel.y(edges.targetStep + x),
      px0 = f64x2.add(gx0, dx0),
      py0 = f64x2.add(gy0, dy0);
    const dx1 = sobel.x(edges.smooth + x + 16),
      dy1 = sobel.y(edges.step + x + 16),
      gx1 = sobel.x(edges.targetSmooth + x + 16),
      gy1 = sobel.y(edges.targetStep + x + 16),
      px1 = f64x2.add(gx1, dx1),
      py1 = f64x2.add(gy1, dy1);
    const own0 = sobel.squares(gx0, gy0),
      own1 = sobel.squares(gx1, gy1),
      other0 = sobel.squares(px0, py0),
      other1 = sobel.squares(px1, py1);
    const own = f32x4.sqrt(doubles.narrow(own0, own1)),
      other = f32x4.sqrt(doubles.narrow(other0, other1)),
      byOwn = f32x4.div(one, own),
      byOther = f32x4.div(one, other),
      byBoth = f32x4.div(one, f32x4.add(own, other));
    const low = f64x2.add(f64x2.mul(dx0, f64x2.add(gx0, px0)), f64x2.mul(dy0, f64x2.add(gy0, py0))),
      high = f64x2.add(f64x2.mul(dx1, f64x2.add(gx1, px1)), f64x2.mul(dy1, f64x2.add(gy1, py1)));
    const both0 = f64x2.add(
        newton.sqrt(own0, f64x2.promote_low_f32x4(own), f64x2.promote_low_f32x4(byOwn)),
        newton.sqrt(other0, f64x2.promote_low_f32x4(other), f64x2.promote_low_f32x4(byOther)),
      ),
      both1 = f64x2.add(
        newton.sqrt(own1, doubles.high(own), doubles.high(byOwn)),
        newton.sqrt(other1, doubles.high(other), doubles.high(byOther)),
      );
    newton.addTo(more, newton.divide(low, both0, f64x2.promote_low_f32x4(byBoth)));
    newton.addTo(more + 16, newton.divide(high, both1, doubles.high(byBoth)));
    if (!across) continue;
    v128.store(across, f32x4.mul(byOther, doubles.narrow(sobel.flush(px0), sobel.flush(px1))));
    v128.store(down, f32x4.mul(byOther, doubles.narrow(sobel.flush(py0), sobel.flush(py1))));
    across += 16;
    down += 16;
  }
}

/** The same where the target has no edges: squares / (root + e). */
function edgesRow(bytes: usize, more: usize, across: usize, down: usize): void {
  const one = f32x4.splat(1),
    epsilon = f64x2.splat(EPSILON);
  for (let x: usize = 0; x < bytes; x += 32, more += 32) {
    const px0 = sobel.x(edges.smooth + x),
      py0 = sobel.y(edges.step + x),
      px1 = sobel.x(edges.smooth + x + 16),
      py1 = sobel.y(edges.step + x + 16);
    const low = sobel.squares(px0, py0),
      high = sobel.squares(px1, py1),
      root = f32x4.sqrt(doubles.narrow(low, high)),
      inverse = f32x4.div(one, root),
      byBoth = f32x4.div(one, f32x4.add(root, f32x4.splat(<f32>EPSILON)));
    const both0 = f64x2.add(epsilon, newton.sqrt(low, f64x2.promote_low_f32x4(root), f64x2.promote_low_f32x4(inverse))),
      both1 = f64x2.add(epsilon, newton.sqrt(high, doubles.high(root), doubles.high(inverse)));
    newton.addTo(
      more,
      newton.divide(f64x2.add(f64x2.mul(px0, px0), f64x2.mul(py0, py0)), both0, f64x2.promote_low_f32x4(byBoth)),
    );
    newton.addTo(
      more + 16,
      newton.divide(f64x2.add(f64x2.mul(px1, px1), f64x2.mul(py1, py1)), both1, doubles.high(byBoth)),
    );
    if (!across) continue;
    v128.store(across, f32x4.mul(inverse, doubles.narrow(sobel.flush(px0), sobel.flush(px1))));
    v128.store(down, f32x4.mul(inverse, doubles.narrow(sobel.flush(py0), sobel.flush(py1))));
    across += 16;
    down += 16;
  }
}
