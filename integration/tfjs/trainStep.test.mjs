import assert from "node:assert/strict";
import { test } from "node:test";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { input, layers, model, regularizers } from "@tensorflow/tfjs-layers";
import { load } from "segloss";
import { toLoss, toMetric, trainStep } from "segloss/tfjs";

const seg = await load(),
  loss = seg.combo({ layout: "channelsLast" }),
  shape = [2, 6, 6],
  pixels = 72;
const noise = (n, seed = 1) =>
  Float32Array.from({ length: n }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * seed) ** 3);
const xs = tf.tensor(noise(pixels), [...shape, 1]),
  labels = Uint8Array.from(xs.dataSync(), (x) => (x > 0.1 ? 1 : 0)),
  target = { data: labels, shape };
const yTrue = tf.tensor(labels, shape, "int32");

/** What a U-Net may have that a second pass could disturb. */
function awkwardModel(between = []) {
  const image = input({ shape: [6, 6, 1] }),
    kernelInitializer = { className: "RandomNormal", config: { stddev: 0.5, seed: 3 } };
  const first = layers.conv2d({
      filters: 3,
      kernelSize: 3,
      padding: "same",
      kernelInitializer,
      kernelRegularizer: regularizers.l2({ l2: 0.1 }),
    }),
    chain = [
      first,
      layers.batchNormalization({ momentum: 0.5 }),
      ...between,
      layers.conv2d({ filters: 2, kernelSize: 1, kernelInitializer }),
    ];
  return model({ inputs: image, outputs: chain.reduce((x, layer) => layer.apply(x), image) });
}
const weights = (m) => m.getWeights().flatMap((w) => Array.from(w.dataSync()));
const distance = (a, b) => Math.max(...a.map((x, i) => Math.abs(x - b[i])));
const step = (m, optimizer, more = {}) => trainStep(tf, { model: m, optimizer, loss, xs, target, ...more });

test("takes the same steps as model.fit: batch normalisation, dropout, regularizers", async () => {
  const dropout = () => [layers.dropout({ rate: 0.4, seed: 7 })],
    [ours, theirs] = [awkwardModel(dropout()), awkwardModel(dropout())],
    optimizer = tf.train.adam(0.02);
  theirs.compile({ optimizer: tf.train.adam(0.02), loss: toLoss(tf, loss) });
  const start = weights(ours);
  for (let i = 0; i < 5; i++) {
    await step(ours, optimizer);
    await theirs.fit(xs, tf.oneHot(yTrue, 2), { epochs: 1, batchSize: 2, shuffle: false, verbose: 0 });
    assert.ok(
      distance(weights(ours), weights(theirs)) < 2e-5,
      `step ${i}: ${distance(weights(ours), weights(theirs))}`,
    );
  }
  assert.ok(distance(start, weights(ours)) > 0.05);
});

test("passes extra inputs on, arrays or tensors: pixels of weight 0 are void", async () => {
  const [weighed, tensor, voided] = [awkwardModel(), awkwardModel(), awkwardModel()],
    data = Float32Array.from({ length: pixels }, (_, i) => (i % 3 === 0 ? 0 : 1)),
    ignoring = seg.combo({ layout: "channelsLast", ignoreIndex: 255 });
  const value = await step(weighed, tf.train.sgd(0.1), { extra: { pixelWeights: { data, shape } } });
  assert.equal(await step(tensor, tf.train.sgd(0.1), { extra: { pixelWeights: tf.tensor(data, shape) } }), value);
  const masked = { data: labels.map((label, i) => (data[i] ? label : 255)), shape };
  assert.ok(Math.abs((await step(voided, tf.train.sgd(0.1), { loss: ignoring, target: masked })) - value) < 1e-6);
  assert.deepEqual(weights(tensor), weights(weighed));
  assert.ok(distance(weights(voided), weights(weighed)) < 1e-6);
  assert.notEqual(await step(awkwardModel(), tf.train.sgd(0.1)), value);
  for (const extra of [{ out: new Float32Array(1) }, null, "pixelWeights"])
    await assert.rejects(step(weighed, tf.train.sgd(0.1), { extra }), /trainStep: extra must be an object/);
  await assert.rejects(step(weighed, tf.train.sgd(0.1), { extra: { pixelWeigths: data } }), /pixelWeigths/);
});

test("refuses further predictions, whose gradients would go nowhere", async () => {
  const deep = seg.deepSupervision({ loss: "dice", layout: "channelsLast" }),
    pred1 = tf.zeros([2, 3, 3, 2]);
  await assert.rejects(step(awkwardModel(), tf.train.sgd(0.1), { loss: deep, extra: { pred1 } }), {
    code: "UNSUPPORTED",
    message: /pred1 would not reach the model.*weightedSum of one term/,
  });
  assert.ok((await step(awkwardModel(), tf.train.sgd(0.1), { loss: deep })) > 0);
});

test("takes every optimizer of TensorFlow.js", async () => {
  const { sgd, momentum, adagrad, adadelta, adam, adamax, rmsprop } = tf.train,
    optimizers = [sgd(0.1), momentum(0.1, 0.9), adagrad(0.1), adadelta(0.1), adam(0.1), adamax(0.1), rmsprop(0.1)];
  for (const optimizer of optimizers) {
    const m = awkwardModel(),
      start = weights(m);
    await step(m, optimizer);
    assert.ok(distance(start, weights(m)) > 0, optimizer.getClassName());
  }
});

test("draws one dropout for both passes, and another in the next step", async () => {
  const layer = layers.dropout({ rate: 0.5 }),
    m = awkwardModel([layer]),
    seen = [],
    optimizer = tf.train.sgd(0);
  const watched = {
    layers: m.layers,
    apply(...args) {
      const pred = m.apply(...args);
      seen.push(Array.from(pred.dataSync()));
      return pred;
    },
  };
  for (let i = 0; i < 2; i++) await step(watched, optimizer);
  assert.equal(seen.length, 4);
  assert.deepEqual(seen[0], seen[1]);
  assert.deepEqual(seen[2], seen[3]);
  assert.notDeepEqual(seen[0], seen[2]);
  assert.equal(layer.seed, undefined);
  await assert.rejects(
    step(awkwardModel([layers.gaussianNoise({ stddev: 1, name: "hiss" })]), optimizer),
    /hiss \(GaussianNoise\) draws anew.*use toLoss/,
  );
});

test("takes labels, tensors, prepared and soft targets, and losses that answer later", async () => {
  const late = { name: "late", options: loss.options, valueAndGrad: async (...args) => loss.valueAndGrad(...args) };
  const ways = [
    {},
    { target: { data: labels, shape: [...shape, 1] } },
    { target: yTrue },
    { target: tf.oneHot(yTrue, 2), oneHot: true },
    { target: loss.prepare(target) },
    { loss: late },
  ];
  const values = [];
  for (const way of ways) {
    const m = awkwardModel();
    values.push([await step(m, tf.train.sgd(0.1), way), ...weights(m)]);
  }
  for (const each of values) assert.deepEqual(each, values[0]);
  const soft = await step(awkwardModel(), tf.train.sgd(0.1), { target: tf.cast(tf.oneHot(yTrue, 2), "float32") });
  assert.ok(Math.abs(soft - values[0][0]) < 1e-6);
});

test("void labels do not train", async () => {
  const image = input({ shape: [6, 6, 1] }),
    plain = model({
      inputs: image,
      outputs: layers.conv2d({ filters: 2, kernelSize: 3, padding: "same" }).apply(image),
    }),
    before = weights(plain),
    ignoring = seg.crossEntropy({ layout: "channelsLast", ignoreIndex: 255 });
  const masked = (keep) => ({
    loss: ignoring,
    target: { data: labels.map((label, i) => (keep(i) ? label : 255)), shape },
  });
  assert.equal(
    await step(
      plain,
      tf.train.sgd(1),
      masked(() => false),
    ),
    0,
  );
  assert.deepEqual(weights(plain), before);
  await step(
    plain,
    tf.train.sgd(1),
    masked((i) => i > 60),
  );
  assert.ok(distance(weights(plain), before) > 1e-3);
});

test("refuses what it cannot do, and leaves nothing behind", async () => {
  const m = awkwardModel(),
    optimizer = tf.train.sgd(0.1);
  await step(m, optimizer);
  const before = [weights(m), tf.memory().numTensors];
  const bad = [
    [{ loss: seg.dice() }, "INVALID_OPTION", /trainStep: loss must have layout "channelsLast"/],
    [{ loss: undefined }, "INVALID_OPTION", /trainStep: loss must be a loss/],
    [{ target: { data: labels, shape: [72] } }, "SHAPE_MISMATCH", /must have shape \[2, 6, 6\]/],
    [{ target: { data: labels.map(() => 9), shape } }, "INVALID_TARGET", /label 9/],
    [{ target: undefined }, "SHAPE_MISMATCH", /combo: target must be .*undefined/],
    [{ model: undefined }, "INVALID_OPTION", /model must be .*apply.*undefined/],
    [{ optimizer: "adam" }, "INVALID_OPTION", /optimizer must be .*applyGradients.*adam/],
    [{ model: { apply: () => [xs, xs] } }, "UNSUPPORTED", /one output.*got 2/],
  ];
  for (const [way, code, message] of bad)
    await assert.rejects(step(m, optimizer, way), (error) => error.code === code && message.test(error.message));
  assert.deepEqual([weights(m), tf.memory().numTensors], before);
  await step(m, optimizer);
});

test("1,000 steps of either kind keep no tensor", async () => {
  const m = awkwardModel([layers.dropout({ rate: 0.2 })]),
    optimizer = tf.train.adam(0.01),
    inTf = toLoss(tf, loss),
    dice = toMetric(tf, seg.metrics.dice),
    oneHot = tf.oneHot(yTrue, 2);
  m.compile({ optimizer: "adam", loss: inTf, metrics: [dice] });
  const kinds = {
    trainStep: () => step(m, optimizer),
    minimize: () => optimizer.minimize(() => inTf(yTrue, m.apply(xs, { training: true }))),
    trainOnBatch: () => m.trainOnBatch(xs, oneHot),
    evaluate: () => m.evaluate(xs, oneHot, { batchSize: 2 }),
  };
  for (const [name, run] of Object.entries(kinds)) {
    let first;
    for (let i = 0; i < 1000; i++) {
      tf.dispose(await run());
      if (i === 9) first = tf.memory();
    }
    const { numTensors, numBytes } = tf.memory();
    assert.deepEqual([numTensors, numBytes], [first.numTensors, first.numBytes], name);
  }
});

test("a schedule of weights: setWeights in a callback of model.fit, and between trainSteps", async () => {
  const sum = seg.weightedSum([
      { weight: 1, loss: seg.dice({ layout: "channelsLast" }) },
      { weight: 0, loss: seg.crossEntropy({ layout: "channelsLast" }) },
    ]),
    schedule = (epoch) => [1, 0.5 * epoch],
    [fitted, stepped, fixed] = [awkwardModel(), awkwardModel(), awkwardModel()],
    optimizers = [0, 1].map(() => tf.train.sgd(0.1));
  fitted.compile({ optimizer: tf.train.sgd(0.1), loss: toLoss(tf, sum) });
  await fitted.fit(xs, tf.oneHot(yTrue, 2), {
    epochs: 4,
    batchSize: 2,
    shuffle: false,
    verbose: 0,
    callbacks: { onEpochBegin: (epoch) => sum.setWeights(schedule(epoch)) },
  });
  for (let epoch = 0; epoch < 4; epoch++) {
    sum.setWeights(schedule(epoch));
    await step(stepped, optimizers[0], { loss: sum });
    sum.setWeights(schedule(0));
    await step(fixed, optimizers[1], { loss: sum });
  }
  assert.ok(distance(weights(fitted), weights(stepped)) < 2e-5);
  assert.ok(distance(weights(fixed), weights(stepped)) > 1e-3);
});

/** Losses beyond the survey that take weights of pixels, as a model with two outputs per pixel takes them. */
const beyond = {
  generalizedDice: {},
  lovaszHinge: {},
  matthewsCorrelation: {},
  poly: {},
  ohem: { minKept: 20 },
  nacl: {},
  marginCalibration: { margin: 0.1 },
  skeletonRecall: {},
  centerlineDice: {},
  diceFocal: {},
  diceTopK: {},
  componentWise: {},
  deepSupervision: {},
};

for (const [name, options] of Object.entries(beyond))
  test(`${name} trains with weights of pixels in a sum whose weights are set`, async () => {
    // The hinge asks each channel for itself.
    const several = name === "lovaszHinge",
      target = several
        ? {
            data: Float32Array.from({ length: 2 * pixels }, (_, i) => Number(labels[i >> 1] === i % 2)),
            shape: [...shape, 2],
          }
        : { data: labels, shape };
    const own = seg[name]({ layout: "channelsLast", ...options }),
      other = seg.crossEntropy({ layout: "channelsLast", activation: several ? "sigmoid" : "softmax" }),
      sum = seg.weightedSum([
        { weight: 0, loss: own },
        { weight: 1, loss: other },
      ]),
      pixelWeights = { data: Float32Array.from({ length: pixels }, (_, i) => (i % 4) / 2), shape },
      trained = awkwardModel();
    // As it is while it trains: batch normalisation by the batch.
    const pred = tf.tidy(() => {
      const out = awkwardModel().apply(xs, { training: true });
      return { data: out.dataSync(), shape: out.shape };
    });
    sum.setWeights([2, 0.5]);
    const value = await step(trained, tf.train.sgd(0.1), { loss: sum, target, extra: { pixelWeights } }),
      right = [own, other].map((loss) => loss.value(pred, target, { pixelWeights }));
    assert.ok(Math.abs(value - (2 * right[0] + 0.5 * right[1])) < 1e-4, `${value}, ${right}`);
    assert.notEqual(own.value(pred, target), right[0]);
    assert.ok(distance(weights(trained), weights(awkwardModel())) > 1e-6);
    // Its gradient alone moves the model elsewhere than that of the other.
    const [first, second] = [awkwardModel(), awkwardModel()];
    for (const [model, list] of [
      [first, [1, 0]],
      [second, [0, 1]],
    ]) {
      sum.setWeights(list);
      await step(model, tf.train.sgd(0.1), { loss: sum, target, extra: { pixelWeights } });
    }
    assert.ok(distance(weights(first), weights(second)) > 1e-6);
  });
