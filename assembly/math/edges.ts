import { needs, Said, say } from "../protocol";
import { doubles } from "./doubles";

/**
 * Edge maps E = sqrt(gx^2 + gy^2 + e^2) - e with Sobel's filters over 4, of some rows of an image whose outermost
 * pixels repeat beyond it. A target t and a prediction t + error are filtered side by side. What the prediction's map
 * has more than the target's comes from the filtered error, (dx (gx + px) + dy (gy + py)) / (sum of both roots):
 * subtracting nearly equal maps would leave rounding errors. Images are float64, as e turns a difference of 1e-7
 * between neighbours into 1e-4 of a slope.
 */
@unmanaged
class Edges {
  width: i32;
  /**
   * Rows with a margin of two numbers: smoothed downwards and differenced downwards, of the error and of the target.
   */
  smooth: usize;
  step: usize;
  targetSmooth: usize;
  targetStep: usize;
}

const edges = changetype<Edges>(memory.data(offsetof<Edges>(), 16));
const EPSILON: f64 = 1e-3;
const SQUARE: f64 = 1e-6;
const MARGIN: usize = 16;
/**
 * Adding it and taking it away rounds to multiples of 1e-33: products of what is smaller are subnormal in float32,
 * which costs 100 times more.
 */
const FLUSH: f64 = 1e-17;

/** Bytes of scratch for rows of so many pixels. */
export function edgeScratch(width: i32): usize {
  return 4 * rowBytes(width);
}

function rowBytes(width: i32): usize {
  return ((<usize>width) << 3) + 4 * MARGIN;
}

export function setEdges(width: i32, scratch: usize): void {
  say(Said.Edges, scratch);
  const bytes = rowBytes(width);
  edges.width = width;
  edges.smooth = scratch + MARGIN;
  edges.step = edges.smooth + bytes;
  edges.targetSmooth = edges.step + bytes;
  edges.targetStep = edges.targetSmooth + bytes;
}

/** Both filters' vertical halves at a row; `up` and `down` are its neighbours, or itself at the image's ends. */
function filterDown(up: usize, row: usize, down: usize, smooth: usize, step: usize): void {
  const bytes = (<usize>edges.width) << 3;
  for (let i: usize = 0; i < bytes; i += 16) {
    const a = v128.load(up + i),
      b = v128.load(row + i),
      c = v128.load(down + i);
    v128.store(smooth + i, f64x2.add(f64x2.add(a, c), f64x2.add(b, b)));
    v128.store(step + i, f64x2.sub(c, a));
  }
  repeatEnds(smooth, bytes);
  repeatEnds(step, bytes);
}

/** The outermost numbers go on: one to the left, and to the right what whole vectors read. */
function repeatEnds(row: usize, bytes: usize): void {
  store<f64>(row - 8, load<f64>(row));
  const last = load<f64>(row + bytes - 8);
  for (let i: usize = 0; i < 40; i += 8) store<f64>(row + bytes + i, last);
}

@final
class sobel {
  @inline static x(smooth: usize): v128 {
    return f64x2.mul(f64x2.sub(v128.load(smooth + 8), v128.load(smooth - 8)), f64x2.splat(0.25));
  }
  @inline static y(step: usize): v128 {
    const middle = v128.load(step);
    return f64x2.mul(
      f64x2.add(f64x2.add(v128.load(step - 8), v128.load(step + 8)), f64x2.add(middle, middle)),
      f64x2.splat(0.25),
    );
  }
  @inline static squares(x: v128, y: v128): v128 {
    return f64x2.add(f64x2.add(f64x2.mul(x, x), f64x2.mul(y, y)), f64x2.splat(SQUARE));
  }
  @inline static flush(x: v128): v128 {
    return f64x2.sub(f64x2.add(x, f64x2.splat(FLUSH)), f64x2.splat(FLUSH));
  }
}

/** Rows of one channel's planes: so many, and whether the plane has one above (at its start) and one below. */
@unmanaged
class Band {
  rows: i32;
  above: i32;
  below: i32;
  /** Bytes between rows of float32 maps. */
  pitch: usize;
}

const band = changetype<Band>(memory.data(offsetof<Band>(), 16));

export function setBand(rows: i32, above: i32, below: i32, pitch: usize): void {
  say(Said.Band, 0);
  band.rows = rows;
  band.above = above;
  band.below = below;
  band.pitch = pitch;
}

@final
class line {
  @inline static at(plane: usize, y: i32, bytes: usize): usize {
    return plane + <usize>(y + band.above) * bytes;
  }
  @inline static up(plane: usize, y: i32, bytes: usize): usize {
    return line.at(plane, y > 0 || band.above ? y - 1 : y, bytes);
  }
  @inline static down(plane: usize, y: i32, bytes: usize): usize {
    return line.at(plane, y + 1 < band.rows || band.below ? y + 1 : y, bytes);
  }
}

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
