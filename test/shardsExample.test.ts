import { expect, test } from "vitest";
import { seg } from "./support/library";

const example = (name: string) => import(new URL(`../examples/shards/${name}`, import.meta.url).href);
const { trainStep } = await example("train.mjs"),
  { readWindows } = await example("windows.mjs");

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
