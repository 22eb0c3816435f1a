// One training: a loss, a set, a seed. The same three give the same numbers.
import * as tf from "@tensorflow/tfjs-core";
import { random } from "../inputs.mjs";
import { crops, SIDE } from "./data.mjs";
import { unet } from "./network.mjs";
import { setting } from "./setting.mjs";

/** Steps between changes of a sum's weights. */
const MEMORY = 10;

/**
 * What a loss says of tensors, as a function that TensorFlow.js can go back through: `evaluate` takes them as plain
 * numbers and gives the value and a slope of each.
 */
function lossOf(tensors, evaluate) {
  const value = tf.customGrad(() => {
    const { value, slopes } = evaluate(tensors.map((t) => ({ data: t.dataSync(), shape: t.shape })));
    return { value: tf.scalar(value), gradFunc: () => slopes.map((data, i) => tf.tensor(data, tensors[i].shape)) };
  });
  return value(...tensors);
}

const norm = (tensors) => Math.sqrt(tensors.reduce((sum, t) => sum + t.dataSync().reduce((a, x) => a + x * x, 0), 0));
const mean = (rows) => rows[0].map((_, i) => rows.reduce((sum, row) => sum + row[i], 0) / rows.length);
const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
/** JSON has no NaN; four digits are more than the spread over seeds leaves. */
const short = (x) => (Number.isFinite(x) ? Number(x.toPrecision(5)) : null);

/** Labels that the network gives to images. */
function predict(seg, net, { count, images }, decode) {
  const area = SIDE * SIDE,
    labels = new Uint8Array(count * area);
  for (let k = 0; k < count; k++) {
    const scores = tf.tidy(() => {
      const { outputs } = net.apply(tf.tensor(images.subarray(k * area, (k + 1) * area), [1, SIDE, SIDE, 1]));
      return { data: outputs[0].dataSync(), shape: outputs[0].shape };
    });
    labels.set(decode(seg, scores), k * area);
  }
  return { data: labels, shape: [count, SIDE, SIDE] };
}
const likeliest = (seg, scores) => seg.argmax(scores, { layout: "channelsLast" }).data;

/** Of the foreground, means over held-out images. A prediction without any is as far off as the image is wide. */
function scores(metrics, pred, target) {
  const options = { numClasses: 2, includeBackground: false },
    far = { ...options, empty: { pred: "diagonal" } };
  return {
    dice: metrics.dice(pred, target, options).value,
    iou: metrics.iou(pred, target, options).value,
    hd95: metrics.hausdorffDistance(pred, target, { ...far, percentile: 95 }).value,
    nsd: metrics.normalizedSurfaceDice(pred, target, { ...options, tolerance: 1 }).value,
    boundaryIou: metrics.boundaryIou(pred, target, options).value,
    clDice: metrics.centerlineDice(pred, target, { ...options, emptyScore: 0 }).value,
  };
}

/**
 * Trains; `way` is one of `trainings`. Gives the held-out scores, the held-out Dice on the way there, and the norms of
 * the gradients; `failed` says what went wrong, if anything did.
 */
export function train(seg, way, data, seed, { steps, batch, side, rate, looks } = setting) {
  const start = performance.now(),
    loss = way.make(seg),
    net = unet({ seed, channels: way.channels, scales: way.scales }),
    learned = Object.entries(way.learned).map(([name, values]) => [name, tf.variable(tf.tensor1d(values))]),
    optimizer = tf.train.adam(rate),
    next = random(1000 + seed),
    target = { data: data.heldOut.labels, shape: [data.heldOut.count, SIDE, SIDE] },
    held = () => predict(seg, net, data.heldOut, way.decode ?? likeliest);
  const norms = [],
    curve = [],
    recent = [];
  let failed = null,
    weights = null,
    pred;
  const reweigh = (done, terms) => {
    weights = way.weights(done, terms);
    loss.setWeights(weights);
    recent.length = 0;
  };

  /** The gradients of one step, and the value they are of. */
  function slopes({ images, labels }) {
    const target = { data: labels, shape: [batch, side, side] };
    let seen;
    const evaluate = ([pred, ...more]) => {
      const extra = Object.fromEntries(
        learned.map(([name, variable]) => [name, { data: variable.dataSync(), shape: variable.shape }]),
      );
      if (way.features) {
        const { weight, bias } = net.classifier();
        extra.classifierWeight = { data: weight, shape: [way.channels, weight.length / way.channels] };
        extra.classifierBias = { data: bias, shape: [way.channels] };
      }
      const names = more.map((_, i) => (way.features ? "features" : `pred${i + 1}`));
      names.forEach((name, i) => {
        extra[name] = more[i];
      });
      // A sum starts with weights of 1.
      if (way.weights && weights === null) reweigh(0, loss.valueAndGrad(pred, target, extra).terms);
      seen = loss.valueAndGrad(pred, target, extra);
      return { value: seen.value, slopes: [seen.grad, ...names.map((name) => seen.grads[name])] };
    };
    const { grads } = tf.variableGrads(() => {
      const { outputs, features } = net.apply(tf.tensor(images, [batch, side, side, 1]));
      return lossOf(way.features ? [...outputs, features] : outputs, evaluate);
    }, net.weights);
    return { grads, seen };
  }

  for (let step = 0; step < steps && failed === null; step++) {
    if (way.weights && step > 0 && step % MEMORY === 0) reweigh(step / steps, mean(recent));
    tf.tidy(() => {
      const { grads, seen } = slopes(crops(data.training, { batch, side }, next)),
        length = norm(Object.values(grads));
      if (!Number.isFinite(length) || !Number.isFinite(seen.value)) {
        failed = `value ${seen.value}, gradient ${length} at step ${step + 1}`;
        return;
      }
      norms.push(length);
      if (way.weights) recent.push(seen.terms.map((term, i) => term / weights[i]));
      for (const [name, variable] of learned) grads[variable.name] = tf.tensor1d(seen.grads[name]);
      optimizer.applyGradients(grads);
    });
    if ((step + 1) % Math.ceil(steps / looks) === 0 || step + 1 === steps || failed !== null) {
      pred = held();
      curve.push(short(seg.metrics.dice(pred, target, { numClasses: 2, includeBackground: false }).value));
    }
  }
  const found = scores(seg.metrics, pred, target),
    marked = pred.data.reduce((sum, label) => sum + label, 0) / pred.data.length;
  if (failed === null && (marked === 0 || marked === 1)) failed = `every pixel is ${marked ? "object" : "background"}`;
  net.dispose();
  optimizer.dispose();
  tf.dispose(learned.map(([, variable]) => variable));
  return {
    failed,
    scores: Object.fromEntries(Object.entries(found).map(([name, value]) => [name, short(value)])),
    curve,
    gradient: { median: short(median(norms)), max: short(Math.max(...norms)) },
    steps: norms.length,
    seconds: Number(((performance.now() - start) / 1000).toFixed(1)),
  };
}
