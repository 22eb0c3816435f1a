// What the shipped network must be able to do, on warps that it was not trained with.
import { delta, SIZE, sparse } from "./network.mjs";
import { affine, edges, hard, identity, pair, random, sample, shape } from "./shapes.mjs";

const norm = (list) => Math.sqrt(list.reduce((sum, x) => sum + x * x, 0));

/** Correlation of answers and truths. */
function correlation(a, b) {
  const mean = (list) => list.reduce((x, y) => x + y, 0) / list.length,
    [ma, mb] = [mean(a), mean(b)];
  const dot = (x, mx, y, my) => x.reduce((sum, each, i) => sum + (each - mx) * (y[i] - my), 0);
  return dot(a, ma, b, mb) / Math.sqrt(dot(a, ma, a, ma) * dot(b, mb, b, mb));
}

/** The mean distance between shapes and the same shapes seen through theta, both as hard masks. */
function meanDistance(net, seed, count, theta) {
  const next = random(seed);
  let sum = 0,
    shapes = 0;
  while (shapes < count) {
    const level = shape(next),
      target = edges(sample(level, identity, SIZE, hard), SIZE),
      pred = edges(sample(level, theta, SIZE, hard), SIZE);
    if (target.reduce((a, b) => a + b, 0) <= SIZE) continue;
    sum += norm(delta(net, sparse(pred), sparse(target)));
    shapes++;
  }
  return sum / count;
}

const grows = (list) => list.every((x, i) => i === 0 || x > list[i - 1]);
const steps = (by) => [0, 1, 2, 3, 4, 5].map((k) => k * by);

/**
 * Figures 1 to 4: error against always answering the identity, correlations of the six entries, growth with single
 * warps, and 0 for equal maps.
 */
export function acceptance(net, seed, { pairs = 4096, shapes = 2000 } = {}) {
  const next = random(seed),
    answers = [[], [], [], [], [], []],
    truths = [[], [], [], [], [], []];
  let error = 0,
    idle = 0;
  for (let i = 0; i < pairs; i++) {
    const { pred, target, delta: truth } = pair(next, SIZE),
      answer = delta(net, sparse(pred), sparse(target));
    error += norm(answer.map((x, k) => x - truth[k])) / pairs;
    idle += norm(truth) / pairs;
    for (let k = 0; k < 6; k++) {
      answers[k].push(answer[k]);
      truths[k].push(truth[k]);
    }
  }
  const { target } = pair(next, SIZE);
  const distances = (thetas) => thetas.map((theta) => meanDistance(net, seed + 1, shapes, theta));
  const shift = distances(steps(0.05).map((x) => affine(0, 0, 0, 0, x, 0))),
    rotation = distances(steps(0.06).map((x) => affine(x, 0, 0, 0, 0, 0))),
    scale = distances(steps(0.04).map((x) => affine(0, x, 0, 0, 0, 0)));
  return {
    error,
    identity: idle,
    ratio: error / idle,
    correlations: answers.map((list, k) => correlation(list, truths[k])),
    shift,
    rotation,
    scale,
    grows: grows(shift) && grows(rotation) && grows(scale),
    equal: norm(delta(net, sparse(target), sparse(target))),
  };
}
