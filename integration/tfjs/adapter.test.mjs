import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import { layers, sequential } from "@tensorflow/tfjs-layers";
import { catalog, load, SegLossError } from "segloss";
import { toLoss, toMetric, trainStep } from "segloss/tfjs";

const seg = await load(),
  last = { layout: "channelsLast" };
const product = (shape) => shape.reduce((a, b) => a * b, 1);
/** Numbers in (-1, 1) that look random. */
const noise = (n, seed = 1) =>
  Float32Array.from({ length: n }, (_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * seed) ** 3);
const labelsOf = (n, classes, seed = 5) =>
  Int32Array.from(noise(n, seed), (x) => Math.floor(((x + 1) / 2) * classes * 0.999));
const oneHot = (labels, shape, classes) => tf.oneHot(tf.tensor(labels, shape, "int32"), classes);
const refuses = (work, code, ...words) =>
  assert.throws(work, (error) => {
    assert.ok(error instanceof SegLossError, String(error));
    assert.equal(error.code, code);
    for (const word of words) assert.ok(error.message.includes(word), `${error.message} lacks ${word}`);
    return true;
  });

const shapes = [
  [2, 9, 3],
  [2, 5, 4, 3],
  [1, 3, 4, 5, 2],
];

/** A convolution of one image channel to logits of some classes; seeded. */
const smallModel = (classes = 2) => {
  const kernelInitializer = { className: "RandomNormal", config: { stddev: 0.5, seed: 3 } };
  return sequential({
    layers: [
      layers.conv2d({ inputShape: [8, 8, 1], filters: classes, kernelSize: 3, padding: "same", kernelInitializer }),
    ],
  });
};
const images = (batch = 2) => tf.tensor(noise(batch * 64), [batch, 8, 8, 1]);

test("toLoss gives every loss's own value and gradient, times what comes from above", () => {
  const shape = [2, 16, 16, 3],
    block = (n, edge) => (n % 16 > edge ? 1 : 0) + ((n >> 4) % 16 > edge ? 1 : 0),
    pred = noise(product(shape)).map((x, i) => x + (block(Math.floor(i / 3), 5) === i % 3 ? 2 : 0)),
    target = { data: new Uint8Array(512).map((_, n) => block(n, 9)), shape: [2, 16, 16] };
  for (const { name } of catalog) {
    const loss = seg.create(name, last),
      { value, grad } = loss.valueAndGrad({ data: pred, shape }, target),
      yTrue = tf.tensor(target.data, target.shape, "int32"),
      inTf = toLoss(tf, loss);
    const { value: tripled, grad: slope } = tf.valueAndGrad((p) => tf.mul(inTf(yTrue, p), 3))(tf.tensor(pred, shape));
    assert.equal(tripled.dataSync()[0], Math.fround(3 * Math.fround(value)), name);
    assert.deepEqual(slope.shape, shape);
    assert.deepEqual(
      slope.dataSync(),
      grad.map((g) => g * 3),
      name,
    );
    assert.ok(
      grad.some((g) => g !== 0),
      name,
    );
  }
});

for (const shape of shapes)
  test(`its gradient is the finite difference in shape [${shape}]`, () => {
    const classes = shape[shape.length - 1],
      spatial = shape.slice(0, -1),
      yTrue = oneHot(labelsOf(product(spatial), classes), spatial, classes),
      pred = tf.tensor(noise(product(shape)), shape),
      direction = tf.tensor(noise(product(shape), 9), shape),
      h = 0.02;
    for (const name of ["dice", "crossEntropy", "focal", "tversky", "unifiedFocal"]) {
      const loss = toLoss(tf, seg.create(name, { ...last, spatialDims: shape.length - 2 })),
        at = (t) => loss(yTrue, tf.add(pred, tf.mul(direction, t))).dataSync()[0];
      const slope = tf.sum(tf.mul(tf.grad((p) => loss(yTrue, p))(pred), direction)).dataSync()[0],
        difference = (at(h) - at(-h)) / (2 * h);
      assert.ok(
        Math.abs(slope - difference) <= 2e-3 * Math.abs(slope) + 1e-5,
        `${name}: ${slope}, difference ${difference}`,
      );
      assert.ok(Math.abs(slope) > 1e-3, name);
    }
  });

test("targets may be labels with or without a channel, one-hot in any dtype, or soft", () => {
  const shape = [2, 5, 4, 3],
    spatial = [2, 5, 4],
    labels = labelsOf(40, 3),
    pred = tf.tensor(noise(120), shape),
    hot = oneHot(labels, spatial, 3);
  const loss = seg.dice(last),
    inTf = toLoss(tf, loss);
  const expected = Math.fround(loss.value({ data: noise(120), shape }, { data: labels, shape: spatial }));
  const same = [
    tf.tensor(labels, spatial, "int32"),
    tf.tensor(labels, [...spatial, 1], "int32"),
    hot,
    tf.cast(hot, "float32"),
    tf.cast(hot, "bool"),
  ];
  for (const yTrue of same)
    assert.ok(Math.abs(inTf(yTrue, pred).dataSync()[0] - expected) < 1e-6, `${yTrue.dtype} ${yTrue.shape}`);
  const soft = tf.softmax(tf.tensor(noise(120, 7), shape)).dataSync();
  assert.equal(
    inTf(tf.tensor(soft, shape), pred).dataSync()[0],
    Math.fround(loss.value({ data: noise(120), shape }, { data: soft, shape })),
  );
  const binary = seg.dice({ ...last, activation: "sigmoid", ignoreIndex: 255 }),
    one = { data: noise(40), shape: [2, 5, 4, 1] },
    mask = labels.map((label) => (label === 2 ? 255 : label));
  assert.equal(
    toLoss(tf, binary)(tf.tensor(mask, one.shape, "int32"), tf.tensor(one.data, one.shape)).dataSync()[0],
    Math.fround(binary.value(one, { data: mask, shape: spatial })),
  );
});

test("a list of labels to ignore means in toLoss what it means in the loss", () => {
  const spatial = [2, 5, 4],
    labels = labelsOf(40, 3).map((label, i) => (i % 5 ? label : i % 2 ? 255 : 254)),
    pred = tf.tensor(noise(120), [...spatial, 3]),
    loss = seg.dice({ ...last, ignoreIndex: [255, 254, 1] }),
    own = loss.valueAndGrad({ data: noise(120), shape: [...spatial, 3] }, { data: labels, shape: spatial });
  const ways = [
    [toLoss(tf, loss), tf.tensor(labels, spatial, "int32")],
    [toLoss(tf, loss), tf.tensor(labels, [...spatial, 1], "int32")],
    [toLoss(tf, loss, { oneHot: true }), oneHot(labels, spatial, 3)],
  ];
  for (const [inTf, yTrue] of ways) {
    const { value, grad } = tf.valueAndGrad((p) => inTf(yTrue, p))(pred);
    assert.equal(value.dataSync()[0], Math.fround(own.value));
    assert.deepEqual(grad.dataSync(), own.grad);
  }
  refuses(
    () => toLoss(tf, seg.dice({ ...last, ignoreIndex: [255] }))(tf.tensor(labels, spatial, "int32"), pred),
    "INVALID_TARGET",
    "254",
  );
});

test("ignoreIndex ignores void labels, with oneHot also rows of zeros", () => {
  const spatial = [2, 5, 4],
    labels = labelsOf(40, 3).map((label, i) => (i % 5 ? label : 255)),
    pred = tf.tensor(noise(120), [...spatial, 3]),
    loss = seg.weightedSum([{ weight: 2, loss: seg.crossEntropy({ ...last, ignoreIndex: 255 }) }]);
  const own = loss.valueAndGrad({ data: noise(120), shape: [...spatial, 3] }, { data: labels, shape: spatial });
  const ways = [
    [toLoss(tf, loss), tf.tensor(labels, spatial, "int32")],
    [toLoss(tf, loss, { oneHot: true }), oneHot(labels, spatial, 3)],
  ];
  for (const [inTf, yTrue] of ways) {
    const { value, grad } = tf.valueAndGrad((p) => inTf(yTrue, p))(pred);
    assert.equal(value.dataSync()[0], Math.fround(own.value));
    assert.deepEqual(grad.dataSync(), own.grad);
  }
  refuses(
    () => toLoss(tf, seg.dice(last), { oneHot: true })(oneHot(labels, spatial, 3), pred),
    "INVALID_TARGET",
    "dice: yTrue",
    "zeros only at pixel 0",
    "ignoreIndex",
  );
  const soft = tf.fill([...spatial, 3], 0.5);
  refuses(
    () => toLoss(tf, seg.dice(last), { oneHot: true })(soft, pred),
    "INVALID_TARGET",
    "one-hot",
    "0.5 in class 0 of pixel 0",
  );
});

test("compile and fit train with one-hot targets and report metrics", async () => {
  const m = smallModel(),
    xs = images(6),
    labels = Int32Array.from(xs.dataSync(), (x) => (x > 0.2 ? 1 : 0)),
    ys = oneHot(labels, [6, 8, 8], 2),
    dice = toMetric(tf, seg.metrics.dice, { includeBackground: false });
  m.compile({
    optimizer: tf.train.adam(0.05),
    loss: toLoss(tf, seg.dice(last)),
    metrics: [dice, toMetric(tf, seg.metrics.boundaryIou)],
  });
  const { history } = await m.fit(xs, ys, { epochs: 60, batchSize: 3, verbose: 0, validationData: [xs, ys] });
  assert.ok(
    history.loss[59] < 0.1 && history.loss[59] < history.loss[0] / 3,
    `loss from ${history.loss[0]} to ${history.loss[59]}`,
  );
  assert.ok(
    history.val_dice[59] > 0.95 && history.val_boundaryIou[59] > 0.9,
    JSON.stringify([history.val_dice[59], history.val_boundaryIou[59]]),
  );
  const scores = m.evaluate(xs, ys, { batchSize: 6 }).map((score) => score.dataSync()[0]),
    pred = m.predict(xs, { batchSize: 6 }),
    own = { data: pred.dataSync(), shape: pred.shape },
    target = { data: labels, shape: [6, 8, 8] };
  assert.ok(Math.abs(scores[0] - seg.dice(last).value(own, target)) < 1e-6);
  assert.ok(Math.abs(scores[1] - seg.metrics.dice(own, target, { ...last, includeBackground: false }).value) < 1e-6);
});

test("compile takes losses that need labels, by oneHot", async () => {
  const m = smallModel(3),
    xs = images(2);
  m.compile({
    optimizer: "adam",
    loss: toLoss(tf, seg.generalizedWassersteinDice({ ...last, ignoreIndex: 255 }), { oneHot: true }),
  });
  const { history } = await m.fit(xs, oneHot(labelsOf(128, 4), [2, 8, 8], 3), { epochs: 3, verbose: 0 });
  assert.ok(history.loss[2] < history.loss[0]);
});

test(
  "compile refuses integer labels of several classes, as it does for every loss that is not its own; it takes " +
    "those of one",
  async () => {
    const labels = tf.tensor(labelsOf(128, 2), [2, 8, 8, 1], "int32"),
      m = smallModel();
    m.compile({ optimizer: "sgd", loss: toLoss(tf, seg.dice(last)) });
    await assert.rejects(
      m.fit(images(), labels, { verbose: 0 }),
      /target expected .*shape \[\*,8,8,2\]\) but the target received .*shape \[2,8,8,1\]/,
    );
    const binary = smallModel(1);
    binary.compile({ optimizer: tf.train.sgd(1), loss: toLoss(tf, seg.dice({ ...last, activation: "sigmoid" })) });
    const { history } = await binary.fit(images(), labels, { epochs: 5, verbose: 0 });
    assert.ok(history.loss[4] < history.loss[0]);
  },
);

test("toMetric scores labels, one-hot and void", () => {
  const spatial = [2, 8, 8],
    labels = labelsOf(128, 4).map((label) => (label === 3 ? 255 : label)),
    pred = { data: noise(384), shape: [...spatial, 3] },
    options = { ignoreIndex: 255, includeBackground: false };
  const expected = Math.fround(seg.metrics.iou(pred, { data: labels, shape: spatial }, { ...last, ...options }).value),
    yPred = tf.tensor(pred.data, pred.shape);
  const score = (more, yTrue) => toMetric(tf, seg.metrics.iou, { ...options, ...more })(yTrue, yPred).dataSync()[0];
  assert.equal(score({}, tf.tensor(labels, [...spatial, 1], "int32")), expected);
  assert.equal(score({ oneHot: true }, oneHot(labels, spatial, 3)), expected);
  assert.equal(score({}, oneHot(labels, spatial, 3)), expected);
  assert.equal(toMetric(tf, seg.metrics.iou).name, "iou");
});

test("misuse says what was expected and what came", () => {
  const pred = tf.zeros([1, 4, 4, 2]),
    use = 'seg.dice({ layout: "channelsLast" })';
  refuses(() => toLoss(tf, seg.dice()), "INVALID_OPTION", "toLoss", use, "channelsFirst");
  refuses(() => toLoss(tf, seg.weightedSum([{ weight: 1, loss: seg.focal() }])), "INVALID_OPTION", "each of its terms");
  refuses(
    () => toLoss(tf, seg.preset("monai.DiceLoss", { softmax: true })),
    "INVALID_OPTION",
    'seg.preset("monai.DiceLoss", arguments, { layout',
  );
  assert.ok(toLoss(tf, seg.preset("monai.DiceLoss", { softmax: true }, last)));
  refuses(() => toLoss(tf, "dice"), "INVALID_OPTION", use, "dice");
  refuses(() => toLoss(tf), "INVALID_OPTION", "undefined");
  refuses(() => toMetric(tf, "dice"), "INVALID_OPTION", "seg.metrics.dice");
  refuses(() => toMetric(tf, seg.metrics.dice, { layout: "channelsFirst" }), "INVALID_OPTION", "channelsLast");
  refuses(() => toMetric(tf, seg.metrics.dice, { emptyscore: 1 })(pred, pred), "INVALID_OPTION", "emptyScore");
  const dice = toLoss(tf, seg.dice(last));
  refuses(() => dice(undefined, pred), "SHAPE_MISMATCH", "dice: yTrue must be a tensor", "undefined");
  refuses(() => dice(tf.zeros([1, 4, 5, 2]), pred), "SHAPE_MISMATCH", "[1, 4, 5, 2]", "[1, 4, 4, 2]");
  refuses(() => dice(tf.zeros([1, 4, 4]), pred), "SHAPE_MISMATCH", "integer");
  refuses(() => dice(tf.zeros([1, 4]), tf.zeros([1, 4])), "SHAPE_MISMATCH", "[B, H, W, C]");
  const shares = tf.softmax(tf.tensor(noise(32), [1, 4, 4, 2])),
    truth = tf.zeros([1, 4, 4], "int32");
  refuses(() => dice(truth, shares), "INVALID_PREDICTION", "toLoss", "dice takes logits", 'activation: "none"');
  assert.ok(toLoss(tf, seg.dice({ ...last, activation: "none" }))(truth, shares).dataSync()[0] > 0);
  refuses(() => dice(tf.fill([1, 4, 4], 2, "int32"), pred), "INVALID_TARGET", "label 2");
  const late = {
    ...seg.dice(last),
    name: "late",
    options: last,
    valueAndGrad: async () => ({ value: 1, grad: new Float32Array(32) }),
  };
  refuses(() => toLoss(tf, late)(pred, pred), "UNSUPPORTED", "late", "trainStep");
});

test("the example of docs/tensorflow.md runs", async () => {
  const page = readFileSync(new URL("../../docs/tensorflow.md", import.meta.url), "utf8"),
    [, code] = page.match(/```js\n(import \* as tf [\s\S]*?)```/);
  const run = new Function(
    "tf",
    "load",
    "toLoss",
    "toMetric",
    "trainStep",
    `return (async () => { ${code.replace(/^import .*$/gm, "")}; return value; })()`,
  );
  const value = await run({ ...tf, layers, sequential }, load, toLoss, toMetric, trainStep);
  assert.ok(value > 0 && value < 1, String(value));
});

test("its types fit those of TensorFlow.js", () => {
  execFileSync(process.execPath, ["../../node_modules/typescript/bin/tsc", "-p", "tsconfig.json"], {
    cwd: new URL(".", import.meta.url),
    encoding: "utf8",
  });
});
