import { expect, test } from "vitest";
import { createPool } from "../dist/workers.js";
import { create, errorOf, seg, setting } from "./support/library";
import { makeCase } from "./support/random";

test("extra inputs are told by name, and weights in their place are refused", () => {
  const loss = create("dice"),
    { pred, target } = makeCase(setting("softmax, labels"), 55),
    weights = new Float32Array(target.data.length).fill(1);
  for (const [extra, came] of [
    [weights, "Float32Array"],
    [[1, 1], "Array"],
    [{ data: weights, shape: target.shape }, "a tensor"],
    [null, "null"],
  ])
    expect(errorOf(() => loss.value(pred, target, extra as never)).message).toMatch(
      new RegExp(`^dice: extra inputs must be .*pixelWeights.*, got ${came}$`),
    );
});

test("weights in place of a pool's extra inputs are refused", async () => {
  const { pred, target } = makeCase(setting("softmax, labels"), 55),
    pool = await createPool({ workers: 1 });
  const answer = pool.dice().value(pred, target, new Float32Array(2) as never);
  await expect(answer).rejects.toThrow(/pixelWeights.*, got Float32Array$/);
  await pool.dispose();
});

test('reduction "none" is told what stands for it', () => {
  const told = /reduction must be "mean", "sum", got "none"; per/;
  expect(() => create("dice", { reduction: "none" })).toThrow(told);
  expect(() => seg.preset("monai.DiceLoss", { reduction: "none" as never })).toThrow(told);
});

test("a skeleton that holds NaN is refused", () => {
  const { pred, target } = makeCase(setting("softmax, labels"), 56),
    skeleton = new Float32Array(target.data.length);
  skeleton[3] = Number.NaN;
  const error = errorOf(() => create("skeletonRecall").value(pred, target, { skeleton }));
  expect(error.code).toBe("INVALID_TARGET");
  expect(error.message).toBe("skeletonRecall: skeleton has NaN at index 3, expected numbers");
});
