import { describe, expect, test } from "vitest";
import type { Loss } from "../dist/index.js";
import { bits, create, losses, sameBytes, seg, settingsFor } from "./support/library";
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

describe("a gradient in the place of what is still read has the same bits", () => {
  const shape = [1, 2, 9, 9],
    pred = { data: new Random(73).normals(162), shape },
    labels = { data: new Uint8Array(81), shape: [1, 9, 9] },
    loss = () => seg.dice({ activation: "sigmoid" }),
    // What is read stands in some of these, and so does the gradient.
    whole = (where: string) => {
      const numbers = where === "an array" ? new Float32Array(300) : seg.tensor([300]).data;
      return numbers.fill(1).fill(0.5, 100, 170);
    };

  test.each(["an array", "the module's memory"])("in %s", (where) => {
    const calls: ((out: (at: Float32Array) => Float32Array | undefined) => Float32Array)[] = [
      (out) => {
        const at = whole(where);
        return loss().valueAndGrad({ data: at.subarray(30, 192), shape }, labels, { out: out(at) }).grad;
      },
      (out) => {
        const at = whole(where);
        return loss().valueAndGrad(pred, { data: at.subarray(30, 192), shape }, { out: out(at) }).grad;
      },
      (out) => {
        const at = whole(where),
          pixelWeights = { data: at.subarray(90, 171), shape: [1, 9, 9] };
        return loss().valueAndGrad(pred, labels, { out: out(at), pixelWeights }).grad;
      },
    ];
    for (const call of calls) {
      const expected = call(() => undefined).slice();
      expect(sameBytes(call((at) => at.subarray(0, 162)).slice(), expected)).toBe(true);
    }
  });

  const pools = sharedPools();
  test("but is refused where workers share a call", async () => {
    const { pred, target } = makeCase(many, 74, [136, 122]),
      memory = new Float32Array(new SharedArrayBuffer(8 * pred.data.length)),
      data = memory.subarray(4, 4 + pred.data.length);
    data.set(pred.data);
    await expect(
      asyncLoss(pools[2], "dice", {}).valueAndGrad({ data, shape: pred.shape }, target, {
        out: memory.subarray(0, pred.data.length),
      }),
    ).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: "dice: out shares memory with pred, which other workers still read; pass an array of its own",
    });
  });
});
