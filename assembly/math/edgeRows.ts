import { Said, say } from "../protocol";

/** Where rows are filtered; all scratch is float64, the way back float32. */
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

export const edges = changetype<Edges>(memory.data(offsetof<Edges>(), 16));
export const EPSILON: f64 = 1e-3;
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
export function filterDown(up: usize, row: usize, down: usize, smooth: usize, step: usize): void {
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
export class sobel {
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

export const band = changetype<Band>(memory.data(offsetof<Band>(), 16));

export function setBand(rows: i32, above: i32, below: i32, pitch: usize): void {
  say(Said.Band, 0);
  band.rows = rows;
  band.above = above;
  band.below = below;
  band.pitch = pitch;
}

@final
export class line {
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
