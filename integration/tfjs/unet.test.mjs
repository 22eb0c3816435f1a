import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import * as tf from "@tensorflow/tfjs-core";
import { decode } from "fast-png";
import { load } from "segloss";
import { toLoss, toMetric, trainStep } from "segloss/tfjs";
import { filterGradient, unet, useFastFilterGradient } from "./unet.mjs";

const SIZE = 128,
  CROP = 48,
  BATCH = 4,
  STEPS = 60;
const folder = new URL("../../data/nucleiHalved/", import.meta.url),
  seg = await load(),
  last = { layout: "channelsLast" };

/** Images in [0, 1] and labels of all files whose names begin alike, one after the other. */
function read(prefix) {
  const names = readdirSync(new URL("images", folder)).filter((name) => name.startsWith(prefix)),
    pixels = (kind) =>
      Buffer.concat(names.map((name) => decode(readFileSync(new URL(`${kind}/${name}`, folder))).data));
  return {
    count: names.length,
    images: Float32Array.from(pixels("images"), (x) => x / 255),
    labels: Uint8Array.from(pixels("masks"), (x) => x / 255),
  };
}

/** Crops at random places, half of them mirrored; the same in every run. */
function crops({ count, images, labels }, n) {
  let state = 7;
  const below = (limit) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * limit);
  };
  const area = CROP * CROP,
    out = { images: new Float32Array(n * area), labels: new Uint8Array(n * area) };
  for (let k = 0; k < n; k++) {
    const [item, top, left, mirrored] = [below(count), below(SIZE - CROP + 1), below(SIZE - CROP + 1), below(2)];
    for (let i = 0; i < area; i++) {
      const x = mirrored ? CROP - 1 - (i % CROP) : i % CROP,
        from = (item * SIZE + top + Math.floor(i / CROP)) * SIZE + left + x;
      out.images[k * area + i] = images[from];
      out.labels[k * area + i] = labels[from];
    }
  }
  return out;
}

const validation = read("test"),
  training = crops(read("train"), BATCH * STEPS),
  validationImages = tf.tensor(validation.images, [validation.count, SIZE, SIZE, 1]),
  validationLabels = tf.tensor(validation.labels, [validation.count, SIZE, SIZE], "int32");
const nuclei = toMetric(tf, seg.metrics.dice, { includeBackground: false });
const score = (m) =>
  tf.tidy(() => nuclei(validationLabels, m.predict(validationImages, { batchSize: 2 })).dataSync()[0]);

async function fit(m, loss) {
  const xs = tf.tensor(training.images, [BATCH * STEPS, CROP, CROP, 1]),
    ys = tf.oneHot(tf.tensor(training.labels, [BATCH * STEPS, CROP, CROP], "int32"), 2);
  m.compile({ optimizer: tf.train.adam(0.005), loss: toLoss(tf, loss) });
  await m.fit(xs, ys, { batchSize: BATCH, epochs: 1, shuffle: false, verbose: 0 });
  tf.dispose([xs, ys]);
}

async function step(m, loss) {
  const optimizer = tf.train.adam(0.005),
    batch = BATCH * CROP * CROP;
  for (let i = 0; i < STEPS; i++) {
    const xs = tf.tensor(training.images.subarray(i * batch, (i + 1) * batch), [BATCH, CROP, CROP, 1]),
      target = { data: training.labels.subarray(i * batch, (i + 1) * batch), shape: [BATCH, CROP, CROP] };
    await trainStep(tf, { model: m, optimizer, loss, xs, target });
    xs.dispose();
  }
}

test("the quick filter gradient is the backend's", () => {
  const { kernelFunc } = tf.getKernel("Conv2DBackpropFilter", "cpu"),
    backend = tf.backend();
  for (const [strides, pad] of [
    [1, "same"],
    [[2, 1], "valid"],
    [2, "same"],
  ]) {
    const filterShape = [3, 2, 3, 4],
      x = tf.randomNormal([2, 7, 6, 3]),
      y = tf.conv2d(x, tf.zeros(filterShape), strides, pad),
      call = {
        inputs: { x, dy: tf.randomNormal(y.shape) },
        backend,
        attrs: { strides, pad, filterShape, dataFormat: "NHWC" },
      };
    const [a, b] = [kernelFunc, filterGradient].map((kernel) => backend.readSync(kernel(call).dataId));
    assert.equal(a.length, 72);
    a.forEach((value, i) => {
      assert.ok(Math.abs(value - b[i]) < 1e-4, `${value} and ${b[i]}`);
    });
  }
  useFastFilterGradient();
});

// A training takes minutes on few cores: one by default, all with SEGLOSS_TRAIN=all.
const all = process.env.SEGLOSS_TRAIN === "all";
for (const [name, loss, train] of [
  ["dice", seg.dice(last), fit],
  ["crossEntropy", seg.crossEntropy(last), fit],
  ["focal", seg.focal(last), step],
  ["lovaszSoftmax", seg.lovaszSoftmax(last), step],
  ["unifiedFocal", seg.unifiedFocal(last), step],
  [
    "dice and boundary",
    seg.weightedSum([
      { weight: 1, loss: seg.dice(last) },
      { weight: 0.01, loss: seg.boundary(last) },
    ]),
    step,
  ],
].slice(0, all ? undefined : 1))
  test(`a small U-Net learns nuclei by ${name}`, async (t) => {
    const m = unet(),
      before = score(m),
      start = performance.now();
    await train(m, loss);
    const milliseconds = (performance.now() - start) / STEPS,
      after = score(m);
    t.diagnostic(
      `${name}: Dice of the validation images from ${before.toFixed(3)} to ${after.toFixed(3)}, ` +
        `${milliseconds.toFixed(0)} ms a step`,
    );
    assert.ok(before < 0.5, `started at ${before}`);
    assert.ok(after > 0.85, `reached ${after}`);
    m.dispose();
  });
