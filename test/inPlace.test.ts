import { describe, expect, test } from "vitest";
import type { Loss } from "../dist/index.js";
import { bits, create, errorOf, losses, sameBytes, seg, settingsFor } from "./support/library";
import { asyncLoss, sharedPools } from "./support/pools";
import { type Case, makeCase, Random, type Setting } from "./support/random";

const many: Setting = { name: "labels", activation: "softmax", classes: 3, target: "labels" },
  mixed = () =>
    seg.weightedSum([
      { weight: 0.3, loss: seg.dice({ activation: "sigmoid" }) },
      { weight: 2, loss: seg.lovaszSoftmax() },
    ]);

/** A gradient in pred's place, of an array and of the module's memory, beside one in an array of its own. */
function expectInPlace(loss: Loss, { pred, target }: Case, label: string) {
  const expected = bits(loss.valueAndGrad(pred, target)),
    inside = seg.tensor(pred.shape);
  const outside = pred.data.slice();
  // The module's memory may have grown since.
  for (const array of [() => outside, () => inside.data]) {
    const data = array();
    data.set(pred.data);
    const { value } = loss.valueAndGrad({ data, shape: pred.shape }, target, { out: data });
    expect(value, label).toBe(expected.value);
    expect(sameBytes(array(), expected.grad), label).toBe(true);
  }
  inside.dispose();
}

describe("a gradient in the place of pred has the same bits", () => {
  test.each(losses)("$name", (declaration) => {
    for (const [i, setting] of settingsFor(declaration).entries()) {
      const inputs = makeCase(setting, 60 + i, [15, 17]);
      expectInPlace(create(declaration.name, inputs.options), inputs, setting.name);
    }
  });

  test("of several tiles, and of sums that read pred twice", () => {
    const inputs = makeCase(many, 71, [136, 122]);
    for (const name of ["crossEntropy", "dice", "topK", "deepSupervision", "componentWise"])
      expectInPlace(create(name), inputs, name);
    expectInPlace(mixed(), inputs, "sum");
  });

  const pools = sharedPools();
  test("by workers", async () => {
    const { pred, target } = makeCase(many, 72, [136, 122]);
    for (const name of ["crossEntropy", "dice", "lovaszSoftmax", "deepSupervision"]) {
      const data = new Float32Array(new SharedArrayBuffer(pred.data.byteLength)),
        expected = bits(create(name).valueAndGrad(pred, target));
      data.set(pred.data);
      const found = await asyncLoss(pools[2], name, {}).valueAndGrad({ data, shape: pred.shape }, target, {
        out: data,
      });
      expect(found.value, name).toBe(expected.value);
      expect(sameBytes(data, expected.grad), name).toBe(true);
    }
  });
});

describe("a gradient in the place of what is still read is refused", () => {
  const shape = [1, 2, 9, 9],
    pred = { data: new Random(73).normals(162), shape },
    labels = { data: new Uint8Array(81), shape: [1, 9, 9] },
    message = (what: string) =>
      `dice: out shares memory with ${what}: the gradient would overwrite what is still read; ` +
      "pass an array of its own";

  test.each(["an array", "the module's memory"])("in %s", (where) => {
    const whole = where === "an array" ? new Float32Array(300) : seg.tensor([300]).data,
      out = whole.subarray(0, 162),
      numbers = whole.subarray(30, 192),
      map = { data: numbers, shape },
      pixelWeights = { data: whole.subarray(161, 242), shape: [1, 9, 9] };
    whole.fill(1);
    const loss = seg.dice({ activation: "sigmoid" });
    expect(errorOf(() => loss.valueAndGrad(map, labels, { out }))).toMatchObject({
      code: "INVALID_OPTION",
      message: message("pred, but is not all of it"),
    });
    expect(errorOf(() => loss.valueAndGrad(pred, map, { out }))).toMatchObject({ message: message("target") });
    expect(errorOf(() => loss.valueAndGrad(pred, labels, { out, pixelWeights }))).toMatchObject({
      message: message("pixelWeights"),
    });
    // Neighbours in memory are no matter.
    const beside = { data: whole.subarray(162, 200), shape: [1, 2, 19] },
      near = seg.dice({ spatialDims: 1 });
    near.valueAndGrad(beside, { data: new Uint8Array(19), shape: [1, 19] }, { out: whole.subarray(0, 38) });
  });
});
