import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { load } from "segloss";
import { toLoss, toMetric, trainStep } from "segloss/tfjs";

const seg = await load();
const loss = toLoss(tf, seg.dice({ layout: "channelsLast" }));
const dice = toMetric(tf, seg.metrics.dice, { includeBackground: false, oneHot: true });
const model: tfl.LayersModel = tfl.sequential();
model.compile({ optimizer: "adam", loss, metrics: [dice] });
const optimizer: tf.Optimizer = tf.train.adam(0.01);
const x = tf.zeros([1, 4, 4, 1]);
const cost: tf.Scalar | null = optimizer.minimize(() => loss(x, x), true);
const value: number = await trainStep(tf, {
  model,
  optimizer,
  loss: seg.dice(),
  xs: x,
  target: { data: new Uint8Array(4), shape: [1, 2, 2] },
});
await trainStep(tf, { model, optimizer, loss: seg.dice(), xs: [x, x], target: x });
await trainStep(tf, { model, optimizer: tf.train.sgd(0.1), loss: seg.dice(), xs: x, target: x });
await trainStep(tf, { model, optimizer: tf.train.momentum(0.1, 0.9), loss: seg.dice(), xs: x, target: x });
await trainStep(tf, { model, optimizer: tf.train.adagrad(0.1), loss: seg.dice(), xs: x, target: x });
await trainStep(tf, { model, optimizer: tf.train.adadelta(0.1), loss: seg.dice(), xs: x, target: x });
await trainStep(tf, { model, optimizer: tf.train.adam(0.1), loss: seg.dice(), xs: x, target: x });
await trainStep(tf, { model, optimizer: tf.train.adamax(0.1), loss: seg.dice(), xs: x, target: x });
await trainStep(tf, { model, optimizer: tf.train.rmsprop(0.1), loss: seg.dice(), xs: x, target: x });
await trainStep(tf, {
  model,
  optimizer,
  loss: seg.dice(),
  xs: [x, x],
  target: seg.dice().prepare({ data: new Uint8Array(4), shape: [1, 2, 2] }),
});
// @ts-expect-error
toMetric(tf, seg.metrics.dice, { percentile: 95 });
// @ts-expect-error
toLoss(tf, "dice");
// @ts-expect-error
toLoss({}, seg.dice());
// @ts-expect-error
trainStep(tf, { model, optimizer, loss: seg.dice(), xs: x });
console.log(cost, value);
