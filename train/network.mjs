// F(a, b) = W3 relu(W2 relu(W1 [a; b] + b1) + b2) + b3, and delta = F(pred, target) - F(target, pred): equal maps give exactly 0.
// Edge maps are mostly 0, so the first layer's weights stand by pixel, and pixels that are 0 cost nothing.

export const SIZE = 32;
const H1 = 96,
  H2 = 32,
  OUT = 6,
  PIXELS = SIZE * SIZE;

const shapes = { w1: [2 * PIXELS, H1], b1: [H1], w2: [H2, H1], b2: [H2], w3: [OUT, H2], b3: [OUT] };
const count = (dims) => dims.reduce((a, b) => a * b);
export const parameters = Object.values(shapes).reduce((n, dims) => n + count(dims), 0);

/** One array for all parameters, and a view of each; w1 by pixel. */
export function network(data = new Float32Array(parameters)) {
  let at = 0;
  const views = Object.fromEntries(
    Object.entries(shapes).map(([name, dims]) => {
      at += count(dims);
      return [name, data.subarray(at - count(dims), at)];
    }),
  );
  return { data, ...views };
}

/** He's initialisation, the last layer small. */
export function initialise(net, normal) {
  const fill = (weights, scale) => {
    for (let i = 0; i < weights.length; i++) weights[i] = scale * normal();
  };
  fill(net.w1, Math.sqrt(2 / 300)); // about 300 pixels of a pair are not 0
  fill(net.w2, Math.sqrt(2 / H1));
  fill(net.w3, 0.1 * Math.sqrt(1 / H2));
  return net;
}

/** What is so small changes nothing in training. */
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
function above(net, h1) {
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

/** Adds to `grads` what the derivative by one pass's output means for the layers above the first; returns that by the first layer's sums. */
function backward(net, grads, { h1, h2 }, byOut) {
  const by2 = new Float64Array(H2),
    by1 = new Float64Array(H1);
  for (let o = 0; o < OUT; o++) {
    grads.b3[o] += byOut[o];
    for (let h = 0; h < H2; h++) {
      grads.w3[o * H2 + h] += byOut[o] * h2[h];
      by2[h] += byOut[o] * net.w3[o * H2 + h];
    }
  }
  for (let h = 0; h < H2; h++) {
    if (h2[h] === 0) continue;
    grads.b2[h] += by2[h];
    for (let i = 0; i < H1; i++) {
      grads.w2[h * H1 + i] += by2[h] * h1[i];
      by1[i] += by2[h] * net.w2[h * H1 + i];
    }
  }
  for (let i = 0; i < H1; i++) {
    if (h1[i] === 0) by1[i] = 0;
    grads.b1[i] += by1[i];
  }
  return by1;
}

function addGradients(w1, { places, values }, byFirst, bySecond) {
  for (let k = 0; k < places.length; k++) {
    const first = places[k] * H1,
      second = first + PIXELS * H1,
      e = values[k];
    for (let h = 0; h < H1; h++) {
      w1[first + h] += e * byFirst[h];
      w1[second + h] += e * bySecond[h];
    }
  }
}

/** The squared error of one pair; adds its gradient times `scale` to grads. */
export function train(net, grads, { pred, target, delta: truth }, scale) {
  const { there, back } = forward(net, pred, target),
    error = there.out.map((x, i) => x - back.out[i] - truth[i]);
  const byThere = backward(
      net,
      grads,
      there,
      error.map((e) => 2 * scale * e),
    ),
    byBack = backward(
      net,
      grads,
      back,
      error.map((e) => -2 * scale * e),
    );
  addGradients(grads.w1, pred, byThere, byBack);
  addGradients(grads.w1, target, byBack, byThere);
  return error.reduce((sum, e) => sum + e * e, 0);
}

/** Adam (Kingma, Ba 2015). */
export function adam(length) {
  const m = new Float32Array(length),
    v = new Float32Array(length);
  let step = 0;
  return (data, grads, rate) => {
    step++;
    const size = (rate * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
    for (let i = 0; i < length; i++) {
      const g = grads[i];
      m[i] += 0.1 * (g - m[i]);
      v[i] += 0.001 * (g * g - v[i]);
      data[i] -= (size * m[i]) / (Math.sqrt(v[i]) + 1e-8);
    }
  };
}
