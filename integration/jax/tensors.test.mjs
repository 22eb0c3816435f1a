// Tensors of onnxruntime-web and ndarray as they are.
import assert from "node:assert/strict";
import test from "node:test";
import ndarray from "ndarray";
import * as ort from "onnxruntime-web";
import { load } from "segloss";
import { encodeRle } from "segloss/masks";
import { numbers } from "./model.mjs";

const seg = await load();
const shape = [2, 3, 4, 5],
  labelShape = [2, 4, 5],
  // Multiples of 1/64 below 4, which float16 holds.
  logits = numbers(120, 5).map((x) => Math.round(x * 200) / 64),
  labels = Uint8Array.from({ length: 40 }, (_, i) => (i * 7) % 3);
const loss = seg.weightedSum([
  { weight: 1, loss: seg.dice() },
  { weight: 1, loss: seg.crossEntropy() },
]);
const expected = loss.valueAndGrad({ data: logits, shape }, { data: labels, shape: labelShape });

/** Binary16 patterns of numbers that it holds, none of them subnormal. */
const float16 = (values) =>
  Uint16Array.from(values, (x) => {
    if (x === 0) return 0;
    const exponent = Math.floor(Math.log2(Math.abs(x)));
    return (x < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | ((Math.abs(x) / 2 ** exponent - 1) * 1024);
  });

const same = (pred, target, message) => assert.deepEqual(loss.valueAndGrad(pred, target), expected, message);
const int64 = new ort.Tensor("int64", BigInt64Array.from(labels, BigInt), labelShape);

test("ort.Tensor", () => {
  same(new ort.Tensor("float32", logits, shape), int64);
  same(new ort.Tensor("float16", float16(logits), shape), int64);
  same(new ort.Tensor("float64", Float64Array.from(logits), shape), int64);
  same(
    new ort.Tensor("float32", logits, [6, 20]).reshape(shape),
    new ort.Tensor("uint64", BigUint64Array.from(labels, BigInt), labelShape),
  );
  same(new ort.Tensor("float32", logits, shape), new ort.Tensor("uint8", labels, labelShape));
  const foreground = new ort.Tensor(
    "bool",
    Array.from(labels, (n) => n > 0),
    labelShape,
  );
  assert.deepEqual(seg.distanceTransform(foreground), seg.distanceTransform({ data: labels, shape: labelShape }));
  assert.deepEqual(
    seg.metrics.dice(new ort.Tensor("float16", float16(logits), shape), int64),
    seg.metrics.dice({ data: logits, shape }, int64),
  );
});

test("ort.Tensor elsewhere than on the CPU, and after its end", async () => {
  const onGpu = ort.Tensor.fromGpuBuffer({}, { dataType: "float32", dims: shape, download: async () => logits });
  assert.throws(() => loss.value(onGpu, int64), {
    name: "SegLossError",
    code: "UNSUPPORTED",
    message: /pred .*"gpu-buffer"; call await tensor\.getData\(\) first/,
  });
  await onGpu.getData();
  same(onGpu, int64);
  const gone = new ort.Tensor("float32", logits, shape);
  gone.dispose();
  assert.throws(() => loss.value(gone, int64), { code: "DISPOSED" });
  assert.throws(() => loss.value(new ort.Tensor("string", Array(120).fill("1"), shape), int64), {
    message: /pred must be a Float32Array, got Array/,
  });
});

test("ndarray", () => {
  const target = ndarray(labels, labelShape),
    plain = ndarray(logits, shape);
  same(plain, target);
  same(ndarray(Float64Array.from(logits), shape), target);

  // [B, H, W, C] seen as [B, C, H, W], and the other way round.
  const last = ndarray(new Float32Array(120), [2, 4, 5, 3]);
  for (let i = 0; i < 120; i++)
    last.set(Math.floor(i / 60), Math.floor(i / 5) % 4, i % 5, Math.floor(i / 20) % 3, logits[i]);
  same(last.transpose(0, 3, 1, 2), target);
  const byLayout = seg.dice({ layout: "channelsLast" });
  assert.equal(byLayout.value(last, target), byLayout.value(plain.transpose(0, 2, 3, 1), target));

  // A part of a larger one, every second column, backwards twice, one image of several.
  const large = ndarray(new Float32Array(3 * 3 * 6 * 12), [3, 3, 6, 12]);
  for (let i = 0; i < 120; i++)
    large.set(1 + Math.floor(i / 60), Math.floor(i / 20) % 3, 2 + (Math.floor(i / 5) % 4), 2 * (i % 5) + 1, logits[i]);
  const part = large.lo(1, 0, 2, 1).hi(2, 3, 4, 10).step(1, 1, 1, 2);
  same(part, target);
  const flipped = ndarray(logits.slice().reverse(), shape).step(-1, -1, -1, -1);
  same(flipped, target);
  const one = plain.pick(1, null, null, null);
  assert.deepEqual(
    seg.argmax({ data: one.data, shape: [1, ...one.shape], stride: [0, ...one.stride], offset: one.offset }).data,
    seg.argmax(plain).data.slice(20),
  );
  const mask = ndarray(Uint8Array.of(0, 1, 1, 0, 0, 0), [2, 3]);
  assert.deepEqual(
    encodeRle(mask.transpose(1, 0)),
    encodeRle({ data: Uint8Array.of(0, 0, 1, 0, 1, 0), shape: [3, 2] }),
  );
});
