// F(a, b) = W3 relu(W2 relu(W1 [a; b] + b1) + b2) + b3, and delta = F(pred, target) - F(target, pred): equal maps give
// exactly 0. Evaluated pair by pair in plain JavaScript. Edge maps are mostly 0, so the first layer's weights stand by
// pixel here, and pixels that are 0 cost nothing.

export const SIZE = 32;
export const H1 = 96,
  H2 = 32,
  OUT = 6,
  PIXELS = SIZE * SIZE;

/** Of the weights in a file, in its order. */
const shapes = { w1: [H1, 2 * PIXELS], b1: [H1], w2: [H2, H1], b2: [H2], w3: [OUT, H2], b3: [OUT] };
const count = (dims) => dims.reduce((a, b) => a * b);
export const parameters = Object.values(shapes).reduce((n, dims) => n + count(dims), 0);

/** A view of each weight of an array of all. */
export function views(data) {
  let at = 0;
  const found = Object.fromEntries(
    Object.entries(shapes).map(([name, dims]) => {
      at += count(dims);
      return [name, data.subarray(at - count(dims), at)];
    }),
  );
  return { data, ...found };
}

/**
 * The network of numbers that stand row by row, as they are trained and written: a unit's weights of all pixels.
 * @public
 */
export function fromRows(rows) {
  const net = views(rows.slice());
  for (let i = 0; i < net.w1.length; i++) net.w1[i] = rows[(i % H1) * 2 * PIXELS + Math.floor(i / H1)];
  return net;
}

/** What is so small changes nothing. */
const NOTHING = 1e-5;

/** The pixels of a map that are not 0, and their numbers. */
export function sparse(map) {
  const places = [];
  for (let i = 0; i < map.length; i++) if (map[i] > NOTHING) places.push(i);
  return { places: Int32Array.from(places), values: Float32Array.from(places, (i) => map[i]) };
}

/** W1 of a map's pixels, as the first of the two maps into `asFirst`, as the second into `asSecond`. */
function addPixels(w1, { places, values }, asFirst, asSecond) {
  for (let k = 0; k < places.length; k++) {
    const first = places[k] * H1,
      second = first + PIXELS * H1,
      e = values[k];
    for (let h = 0; h < H1; h++) {
      asFirst[h] += e * w1[first + h];
      asSecond[h] += e * w1[second + h];
    }
  }
}

function layer(weights, bias, inputs, out) {
  const n = inputs.length;
  for (let o = 0; o < out.length; o++) {
    let sum = bias[o];
    for (let i = 0; i < n; i++) sum += weights[o * n + i] * inputs[i];
    out[o] = sum;
  }
}

const relu = (x) => (x > 0 ? x : 0);

/** The layers above the first, whose sums become what its units answer. */
export function above(net, h1) {
  const h2 = new Float64Array(H2),
    out = new Float64Array(OUT);
  for (let h = 0; h < H1; h++) h1[h] = relu(h1[h]);
  layer(net.w2, net.b2, h1, h2);
  for (let h = 0; h < H2; h++) h2[h] = relu(h2[h]);
  layer(net.w3, net.b3, h2, out);
  return { h1, h2, out };
}

/** F(pred, target) and F(target, pred). */
function forward(net, pred, target) {
  const there = Float64Array.from(net.b1),
    back = Float64Array.from(net.b1);
  addPixels(net.w1, pred, there, back);
  addPixels(net.w1, target, back, there);
  return { there: above(net, there), back: above(net, back) };
}

export function delta(net, pred, target) {
  const { there, back } = forward(net, pred, target);
  return there.out.map((x, i) => x - back.out[i]);
}
