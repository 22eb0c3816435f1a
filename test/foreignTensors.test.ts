import { describe, expect, test } from "vitest";
import { load, type TensorLike } from "../dist/index.js";
import { readTensor } from "../src/tensors/foreignTensors";
import {
  Float16,
  labelShape,
  labels,
  ort,
  patterns,
  pred,
  shape,
  soft,
  softPatterns,
  transformers,
} from "./support/foreign";
import { bits, firstSetting, losses, lossOf, seg } from "./support/library";
import { makeCase } from "./support/random";

const preds: readonly (readonly [string, TensorLike])[] = [
  ["ort float32", ort("float32", pred.data, shape)],
  ["ort float32, pinned", ort("float32", pred.data, shape, "cpu-pinned")],
  ["ort float16 as Uint16Array", ort("float16", patterns, shape)],
  ["ort float16 as Float16Array", ort("float16", Float16.from(pred.data), shape)],
  ["ort float64", ort("float64", Float64Array.from(pred.data), shape)],
  ["transformers.js float32", transformers("float32", pred.data, shape)],
  ["transformers.js float16", transformers("float16", patterns, shape)],
  ["ndarray", { data: pred.data, shape, stride: [60, 20, 5, 1], offset: 0 }],
  ["ndarray of float64", { data: Float64Array.from(pred.data), shape, stride: [60, 20, 5, 1], offset: 0 }],
  [
    "ndarray with an offset",
    { data: Float32Array.of(7, 7, 7, ...pred.data, 7), shape, stride: [60, 20, 5, 1], offset: 3 },
  ],
  ["ndarray from the end", { data: pred.data.slice().reverse(), shape, stride: [-60, -20, -5, -1], offset: 119 }],
  [
    "ndarray of every second number",
    {
      data: Float32Array.from({ length: 240 }, (_, i) => pred.data[i >> 1]),
      shape,
      stride: [120, 40, 10, 2],
      offset: 1,
    },
  ],
];
const targets: readonly (readonly [string, TensorLike])[] = [
  ["int64 labels", ort("int64", BigInt64Array.from(labels.data, BigInt), labelShape)],
  ["uint64 labels", transformers("uint64", BigUint64Array.from(labels.data, BigInt), labelShape)],
  ["uint8 labels", ort("uint8", labels.data, labelShape)],
  ["uint16 labels", ort("uint16", Uint16Array.from(labels.data), labelShape)],
  ["ndarray of labels", { data: Int16Array.of(9, ...labels.data), shape: labelShape, stride: [20, 5, 1], offset: 1 }],
];
const softTargets: readonly (readonly [string, TensorLike])[] = [
  ["float16", ort("float16", softPatterns, shape)],
  ["float64", { data: Float64Array.from(soft.data), shape }],
  ["float32 with dims", transformers("float32", soft.data, shape)],
];

describe("a loss gives the same bits", () => {
  const loss = seg.weightedSum([
      { weight: 1, loss: seg.dice({ activation: "sigmoid" }) },
      { weight: 0.5, loss: seg.crossEntropy({ activation: "sigmoid" }) },
    ]),
    expected = bits(loss.valueAndGrad(pred, labels)),
    expectedSoft = bits(loss.valueAndGrad(pred, soft));

  test.each(preds)("for a prediction: %s", (_, given) => {
    const result = loss.valueAndGrad(given, labels);
    expect(bits(result)).toEqual(expected);
    expect(result.grad).toBeInstanceOf(Float32Array);
    expect(loss.value(given, labels)).toBe(expected.value);
  });
  test.each(targets)("for a target: %s", (_, given) => {
    expect(bits(loss.valueAndGrad(pred, given))).toEqual(expected);
    expect(bits(loss.valueAndGrad(pred, loss.prepare(given)))).toEqual(expected);
  });
  test.each(softTargets)("for a soft target: %s", (_, given) => {
    expect(bits(loss.valueAndGrad(pred, given))).toEqual(expectedSoft);
    expect(bits(loss.valueAndGrad(pred, loss.prepare(given)))).toEqual(expectedSoft);
  });

  test.each(losses)("$name", (declaration) => {
    const inputs = makeCase(firstSetting(declaration), 92),
      made = lossOf(declaration.name, inputs),
      { data, shape: dims } = inputs.pred;
    const asOrt = made.valueAndGrad(
      ort("float32", data, dims),
      ort("int64", BigInt64Array.from(inputs.target.data, BigInt), inputs.target.shape),
    );
    expect(bits(asOrt)).toEqual(bits(made.valueAndGrad(inputs.pred, inputs.target)));
  });

  test("for extra inputs", () => {
    const distanceMap = { data: Float32Array.from(pred.data), shape },
      boundary = seg.boundary(),
      plain = bits(boundary.valueAndGrad(pred, labels, { distanceMap }));
    for (const [, given] of preds)
      expect(bits(boundary.valueAndGrad(pred, labels, { distanceMap: given }))).toEqual(plain);
  });

  test("for an image of one channel", () => {
    const given = { data: new Uint8ClampedArray(labels.data.subarray(0, 20)), width: 5, height: 4, channels: 1 },
      first = { data: pred.data.subarray(0, 60), shape: [1, 3, 4, 5] };
    expect(loss.value(first, given)).toBe(loss.value(first, { data: labels.data.subarray(0, 20), shape: [1, 4, 5] }));
  });
});

test("utilities and metrics take them", () => {
  const { dice, hausdorffDistance } = seg.metrics,
    expected = { dice: dice(pred, labels), hausdorff: hausdorffDistance(pred, labels) };
  const winners = seg.argmax(pred),
    distance = seg.distanceTransform(labels),
    map = seg.regionWiseMap(labels, { numClasses: 3 }),
    encoded = seg.boundaryAwareEncode(labels, { bins: 4 });
  for (const [name, given] of preds) {
    expect(seg.softmax(given), name).toEqual(seg.softmax(pred));
    expect(seg.argmax(given), name).toEqual(winners);
    expect(seg.boundaryAwareDecode(given), name).toEqual(seg.boundaryAwareDecode(pred));
    expect(dice(given, labels), name).toEqual(expected.dice);
  }
  for (const [name, given] of targets) {
    expect(seg.distanceTransform(given), name).toEqual(distance);
    expect(seg.regionWiseMap(given, { numClasses: 3 }), name).toEqual(map);
    expect(seg.boundaryAwareEncode(given, { bins: 4 }), name).toEqual(encoded);
    expect(hausdorffDistance(pred, given), name).toEqual(expected.hausdorff);
    // What a model's ArgMax gives is int64, too.
    expect(dice(given, labels, { numClasses: 3 }), name).toEqual(dice(labels, labels, { numClasses: 3 }));
  }
});

test("what is a tensor of plain numbers already is neither copied nor wrapped", () => {
  const resident = seg.tensor(shape);
  for (const tensor of [pred, labels, soft, resident, { ...pred, stride: [60, 20, 5, 1], offset: 0 }])
    expect(readTensor(tensor, "it")).toBe(tensor);
  expect(readTensor(ort("float32", pred.data, shape), "it").data).toBe(pred.data);
  resident.dispose();
});

test("views of the module's memory are taken through strides, and survive its growth", async () => {
  const own = await load(),
    resident = own.tensor(shape),
    marks = own.tensor(labelShape, "uint8");
  resident.data.set(pred.data);
  marks.data.set(labels.data);
  const loss = own.weightedSum([
    { weight: 1, loss: own.dice() },
    { weight: 1, loss: own.boundary() },
  ]);
  const expected = bits(loss.valueAndGrad(pred, labels));
  const again = await load(),
    tensor = again.tensor(shape),
    mask = again.tensor(labelShape, "uint8");
  tensor.data.set(pred.data);
  mask.data.set(labels.data);
  // The instance's first call, in which its memory grows.
  const fresh = again.weightedSum([
    { weight: 1, loss: again.dice() },
    { weight: 1, loss: again.boundary() },
  ]);
  const views = [
    { data: tensor.data, shape, stride: [60, 20, 5, 1], offset: 0 },
    { data: mask.data, dims: labelShape },
  ] as const;
  expect(bits(fresh.valueAndGrad(...views))).toEqual(expected);
  expect(bits(loss.valueAndGrad(resident, marks))).toEqual(expected);
});
