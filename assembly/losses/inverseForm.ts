import { addWeights, dotWeights } from "../math/dense";
import { doubles } from "../math/doubles";
import { needs, Said, say } from "../protocol";

/**
 * How far a tile of the prediction's edges is from the target's: delta = F(E_p, E_t) - F(E_t, E_p), F two maps in, an
 * affine map out, and its length. Borse, Wang, Zhang, Porikli, "InverseForm: A Loss Function for Structured
 * Boundary-Aware Segmentation", 2021, equations 2 to 5. delta cancels where the maps nearly agree, so what is computed
 * is the difference itself, layer by layer: with D = E_p - E_t and W1 = [A B] the first layer's sums are s + A D and s
 * + B D, s = (A + B) E_t + b1; two rectified numbers differ by their arguments' difference where both are above 0, else
 * by one of them. A D, B D and s come from products (math/dense.ts), many tiles at once, in float64: a unit whose sum
 * nearly vanishes may answer for the one map and not for the other.
 */
@final
@unmanaged
class Network {
  first: i32; // units of the first layer, a multiple of four
  second: i32; // units of the second layer, even
  b1: usize;
  w2: usize;
  b2: usize;
  w3: usize;
  there: usize; // float64: the first layer's sums of F(E_p, E_t), then what its units answer, then slopes
  back: usize; // those of F(E_t, E_p)
  apart: usize; // their differences
  over: usize; // the same of the second layer
  under: usize;
  between: usize;
  delta: usize; // six numbers, then the loss's derivative by them
}

const net = changetype<Network>(memory.data(offsetof<Network>(), 16));
const OUTPUTS = 6;

/** Bytes of scratch that a network of so many units needs. */
export function inverseFormScratch(first: i32, second: i32): usize {
  return (<usize>(3 * first + 3 * second + OUTPUTS)) << 3;
}

/** Weights as float32 above the first layer's, rows filled up with zeros. */
export function setInverseForm(
  first: i32,
  second: i32,
  b1: usize,
  w2: usize,
  b2: usize,
  w3: usize,
  scratch: usize,
): void {
  say(Said.InverseForm, scratch);
  net.first = first;
  net.second = second;
  net.b1 = b1;
  net.w2 = w2;
  net.b2 = b2;
  net.w3 = w3;
  net.there = scratch;
  net.back = net.there + ((<usize>first) << 3);
  net.apart = net.back + ((<usize>first) << 3);
  net.over = net.apart + ((<usize>first) << 3);
  net.under = net.over + ((<usize>second) << 3);
  net.between = net.under + ((<usize>second) << 3);
  net.delta = net.between + ((<usize>second) << 3);
}

/**
 * The first layer's biases to `count` tiles' sums, to which products adds A E_t and B E_t: s, which depends on the
 * target alone.
 */
export function startSums(sums: usize, count: i32): void {
  needs(Said.InverseForm);
  for (let i = 0; i < count * net.first; i++)
    store<f64>(sums + ((<usize>i) << 3), <f64>load<f32>(net.b1 + ((<usize>(i % net.first)) << 2)));
}

/** Rectifies two layers' sums in place; `apart` becomes the difference of what they answer. */
function rectify(there: usize, back: usize, apart: usize, count: i32): void {
  for (let i: usize = 0, end = (<usize>count) << 3; i < end; i += 8) {
    const a = Math.max(0, load<f64>(there + i)),
      b = Math.max(0, load<f64>(back + i));
    store<f64>(there + i, a);
    store<f64>(back + i, b);
    if (a == 0 || b == 0) store<f64>(apart + i, a - b);
  }
}

/** Both passes of a tile up to delta. */
function forward(a: usize, b: usize, sums: usize): void {
  for (let i: usize = 0, bytes = (<usize>net.first) << 3; i < bytes; i += 16) {
    const ours = v128.load(a + i),
      theirs = v128.load(b + i),
      s = v128.load(sums + i);
    v128.store(net.apart + i, f64x2.sub(ours, theirs));
    v128.store(net.there + i, f64x2.add(s, ours));
    v128.store(net.back + i, f64x2.add(s, theirs));
  }
  rectify(net.there, net.back, net.apart, net.first);
  for (let h = 0; h < net.second; h++) {
    const row = net.w2 + ((<usize>(h * net.first)) << 2),
      at = (<usize>h) << 3,
      over = <f64>load<f32>(net.b2 + ((<usize>h) << 2)) + dotWeights(row, net.there, net.first),
      between = dotWeights(row, net.apart, net.first);
    store<f64>(net.over + at, over);
    store<f64>(net.under + at, over - between);
    store<f64>(net.between + at, between);
  }
  rectify(net.over, net.under, net.between, net.second);
  for (let o = 0; o < OUTPUTS; o++)
    store<f64>(
      net.delta + ((<usize>o) << 3),
      dotWeights(net.w3 + ((<usize>(o * net.second)) << 2), net.between, net.second),
    );
}

function delta(i: i32): f64 {
  return load<f64>(net.delta + ((<usize>i) << 3));
}

function setSlope(i: i32, slope: f64): void {
  store<f64>(net.delta + ((<usize>i) << 3), slope);
}

/** |delta|, the Frobenius norm of the matrix less the identity. */
function euclidean(): f64 {
  let squares: f64 = 0;
  for (let i = 0; i < OUTPUTS; i++) squares += delta(i) * delta(i);
  const d = Math.sqrt(squares);
  for (let i = 0; i < OUTPUTS; i++) setSlope(i, d > 0 ? delta(i) / d : 0);
  return d;
}

/**
 * The length in the scaled rotations nearest to the matrix, and what is left over with the shift. With m = a - 1, a^2 +
 * b^2 - 1 = m (2 + m) + b^2.
 */
function geodesic(): f64 {
  const m = (delta(0) + delta(4)) / 2,
    a = 1 + m,
    b = (delta(3) - delta(1)) / 2,
    c = (delta(0) - delta(4)) / 2,
    e = (delta(3) + delta(1)) / 2,
    x = delta(2),
    y = delta(5);
  const norm = a * a + b * b,
    floored = norm < 1e-12,
    log = floored ? Math.log(1e-12) : norm > 0.5 ? doubles.log1p(m * (2 + m) + b * b) : Math.log(norm),
    angle = doubles.atan2(b, a);
  const d = Math.sqrt(0.5 * log * log + 2 * angle * angle + 2 * (c * c + e * e) + x * x + y * y);
  if (d == 0) {
    for (let i = 0; i < OUTPUTS; i++) setSlope(i, 0);
    return 0;
  }
  // d(d^2)/2 by a and b: of the logarithm log a / norm, of the angle -2 angle b / norm.
  const inverse = norm > 0 ? 1 / norm : 0,
    byLog = floored ? 0 : log,
    byA = (byLog * a - 2 * angle * b) * inverse,
    byB = (byLog * b + 2 * angle * a) * inverse;
  setSlope(0, (byA / 2 + c) / d);
  setSlope(4, (byA / 2 - c) / d);
  setSlope(3, (byB / 2 + e) / d);
  setSlope(1, (e - byB / 2) / d);
  setSlope(2, x / d);
  setSlope(5, y / d);
  return d;
}

/** A tile's distance from A D, B D and s; leaves the derivative by delta. */
export function tileDistance(a: usize, b: usize, sums: usize, curved: bool): f64 {
  needs(Said.InverseForm);
  forward(a, b, sums);
  return curved ? geodesic() : euclidean();
}

/** slopes = W^T of the layer above, where its units answered anything. */
function descend(
  w: usize,
  above: usize,
  aboveCount: i32,
  answers: usize,
  count: i32,
  slopes: usize,
  scratch: usize,
): void {
  memory.fill(scratch, 0, (<usize>count) << 3);
  for (let h = 0; h < aboveCount; h++) {
    const g = load<f64>(above + ((<usize>h) << 3));
    if (g != 0) addWeights(scratch, g, w + ((<usize>(h * count)) << 2), count);
  }
  for (let i: usize = 0, end = (<usize>count) << 3; i < end; i += 8)
    store<f64>(slopes + i, load<f64>(answers + i) > 0 ? load<f64>(scratch + i) : 0);
}

function scale(numbers: usize, count: i32, factor: f64): void {
  for (let at = numbers, end = numbers + ((<usize>count) << 3); at < end; at += 8)
    store<f64>(at, factor * load<f64>(at));
}

function narrow(numbers: usize, count: i32, to: usize): void {
  for (let i = 0; i < count; i++) store<f32>(to + ((<usize>i) << 2), <f32>load<f64>(numbers + ((<usize>i) << 3)));
}

/** After tileDistance: `factor` times its derivatives by A D and by B D, as float32. */
export function tileSlopes(factor: f64, byA: usize, byB: usize): void {
  needs(Said.InverseForm);
  scale(net.delta, OUTPUTS, factor);
  descend(net.w3, net.delta, OUTPUTS, net.over, net.second, net.over, net.between);
  scale(net.delta, OUTPUTS, -1);
  descend(net.w3, net.delta, OUTPUTS, net.under, net.second, net.under, net.between);
  descend(net.w2, net.over, net.second, net.there, net.first, net.there, net.apart);
  descend(net.w2, net.under, net.second, net.back, net.first, net.back, net.apart);
  narrow(net.there, net.first, byA);
  narrow(net.back, net.first, byB);
}
