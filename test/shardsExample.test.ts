import { expect, test } from "vitest";
import { trainStep } from "../examples/shards/train.mjs";
import { readWindows } from "../examples/shards/windows.mjs";
import { seg } from "./support/library";

test.each([1, 2, 3])("batch Dice of windows over %i processes has the bits of one call", async (workers) => {
  const { pred, target } = readWindows(0, 6),
    whole = seg.dice({ batch: true, includeBackground: false }).valueAndGrad(pred, target),
    { value, grads } = await trainStep(workers);
  expect(value).toBe(whole.value);
  expect(
    Buffer.compare(
      Buffer.concat(grads.map((grad: Float32Array) => new Uint8Array(grad.buffer, grad.byteOffset, grad.byteLength))),
      Buffer.from(whole.grad.buffer),
    ),
  ).toBe(0);
});
