import { describe, expect, test } from "vitest";
import { load } from "../dist/index.js";
import { create, errorOf, seg, setting } from "./support/library";
import { makeCase } from "./support/random";

describe("after dispose", () => {
  test("everything says so", async () => {
    const own = await load(),
      { pred, target } = makeCase(setting("softmax, labels"), 55),
      loss = own.dice(),
      tensor = own.tensor([2, 3]),
      prepared = loss.prepare(target),
      sum = own.weightedSum([{ weight: 1, loss }]);
    const before = loss.value(pred, target);
    own.dispose();
    const uses = [
      () => own.dice(),
      () => own.create("dice"),
      () => own.weightedSum([]),
      () => own.tensor([1]),
      () => own.softmax(pred),
      () => own.argmax(pred),
      () => own.distanceTransform(target),
      () => tensor.data,
      () => loss.value(pred, target),
      () => loss.valueAndGrad(pred, target),
      () => loss.value(pred, prepared),
      () => loss.prepare(target),
      () => sum.value(pred, target),
      () => own.dice({ smoth: 1 } as object),
    ];
    for (const use of uses) {
      const error = errorOf(use);
      expect(error.code, String(use)).toBe("DISPOSED");
    }
    own.dispose();
    tensor.dispose();
    expect(seg.dice().value(pred, target)).toBe(before);
    expect((await load()).dice().value(pred, target)).toBe(before);
  });

  test("a tensor on its own", () => {
    const tensor = seg.tensor([4]);
    tensor.dispose();
    tensor.dispose();
    expect(errorOf(() => tensor.data).code).toBe("DISPOSED");
    expect(errorOf(() => create("dice").value(tensor, tensor)).code).toBe("DISPOSED");
  });
});
