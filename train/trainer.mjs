// Gradient descent on batches of pairs of edge maps. The first layer, which is nearly all of the work, runs in the
// package's kernels.
import { readFileSync } from "node:fs";
import { above, H1, H2, OUT, PIXELS, parameters, views } from "./network.mjs";

const ROW = 4 * PIXELS;

/** The module's memory, handed out once. */
function kernels() {
  const { exports } = new WebAssembly.Instance(
    new WebAssembly.Module(readFileSync(new URL("../dist/segloss.wasm", import.meta.url))),
  );
  let top = exports.heap.value;
  const take = (Type, length) => {
    const at = Math.ceil(top / 64) * 64;
    top = at + length * Type.BYTES_PER_ELEMENT;
    const missing = Math.ceil((top - exports.memory.buffer.byteLength) / 65536);
    if (missing > 0) exports.memory.grow(missing);
    return { at, view: () => new Type(exports.memory.buffer, at, length) };
  };
  return { exports, take };
}

/**
 * Adds to `grads` what the derivative by one pass's output means for the layers above the first and for b1; returns
 * that by the first layer's sums.
 */
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

/** Adam (Kingma, Ba 2015). */
function adam(data, grads) {
  const m = new Float32Array(data.length),
    v = new Float32Array(data.length);
  let step = 0;
  return (rate) => {
    step++;
    const size = (rate * Math.sqrt(1 - 0.999 ** step)) / (1 - 0.9 ** step);
    for (let i = 0; i < data.length; i++) {
      const g = grads[i];
      m[i] += 0.1 * (g - m[i]);
      v[i] += 0.001 * (g * g - v[i]);
      data[i] -= (size * m[i]) / (Math.sqrt(v[i]) + 1e-8);
    }
  };
}

/** He's initialisation, the last layer small. */
function initialise(net, normal) {
  const fill = (weights, scale) => {
    for (let i = 0; i < weights.length; i++) weights[i] = scale * normal();
  };
  fill(net.w1, Math.sqrt(2 / 300)); // about 300 pixels of a pair are not 0
  fill(net.w2, Math.sqrt(2 / H1));
  fill(net.w3, 0.1 * Math.sqrt(1 / H2));
}

/** A trainer of batches of `batch` pairs; `data` holds the weights row by row. */
export function makeTrainer(batch, normal) {
  const { exports, take } = kernels(),
    rows = 2 * batch; // the predictions' maps, then the targets'
  const at = {
    weights: take(Float32Array, parameters),
    grads: take(Float32Array, parameters),
    maps: take(Float32Array, rows * PIXELS),
    exact: take(Float64Array, rows * PIXELS),
    a: take(Float64Array, rows * H1),
    b: take(Float64Array, rows * H1),
    byA: take(Float32Array, H1 * rows),
    byB: take(Float32Array, H1 * rows),
  };
  const [data, slopes, maps, exact, a, b, byA, byB] = Object.values(at).map(({ view }) => view()),
    net = views(data),
    grads = views(slopes),
    update = adam(data, slopes);
  initialise(net, normal);

  /** Both passes of a pair, and back; returns the squared error. */
  function evaluate(i, truth) {
    const pred = i * H1,
      target = (batch + i) * H1;
    const there = above(
        net,
        net.b1.map((bias, h) => bias + a[pred + h] + b[target + h]),
      ),
      back = above(
        net,
        net.b1.map((bias, h) => bias + a[target + h] + b[pred + h]),
      ),
      error = there.out.map((x, o) => x - back.out[o] - truth[o]);
    const slope = (sign) => error.map((e) => (sign * 2 * e) / batch);
    const byThere = backward(net, grads, there, slope(1)),
      byBack = backward(net, grads, back, slope(-1));
    for (let h = 0; h < H1; h++) {
      byA[h * rows + i] = byB[h * rows + batch + i] = byThere[h];
      byB[h * rows + i] = byA[h * rows + batch + i] = byBack[h];
    }
    return error.reduce((sum, e) => sum + e * e, 0);
  }

  return {
    data,
    /** One step on pairs { pred, target, delta }; returns the mean squared error before it. */
    step(pairs, rate) {
      for (const [i, { pred, target }] of pairs.entries()) {
        for (const each of [maps, exact]) {
          each.set(pred, i * PIXELS);
          each.set(target, (batch + i) * PIXELS);
        }
      }
      const w1 = at.weights.at,
        by1 = at.grads.at;
      for (const sums of [a, b]) sums.fill(0);
      exports.products(at.exact.at, rows, 2 * ROW, w1, H1, 2 * ROW, PIXELS, at.a.at, 8 * H1);
      exports.products(at.exact.at, rows, 2 * ROW, w1 + ROW, H1, 2 * ROW, PIXELS, at.b.at, 8 * H1);
      slopes.fill(0);
      const error = pairs.reduce((sum, { delta }, i) => sum + evaluate(i, delta) / batch, 0);
      exports.backProducts(at.byA.at, H1, 4 * rows, at.maps.at, rows, ROW, PIXELS, by1, 2 * ROW);
      exports.backProducts(at.byB.at, H1, 4 * rows, at.maps.at, rows, ROW, PIXELS, by1 + ROW, 2 * ROW);
      update(rate);
      return error;
    },
  };
}
