import { describe, expect, test } from "vitest";
import { catalog } from "../dist/index.js";
import { create } from "./support/library";

// The largest logits of float32, whose differences it cannot hold: a loss may be infinite then, but never NaN.
const big = 3e38,
  rows = [
    [big, -big, 0, 1, -big, big, 1, 0],
    [big, big, 0, 1, -big, -big, 1, 0],
    [-big, -big, 0, 1, -big, -big, 1, 0],
  ];

describe.each(catalog.map(({ name, needs }) => ({ name, categorical: "categorical" in needs })))(
  "$name",
  ({ name, categorical }) => {
    test.each(categorical ? ["softmax"] : ["softmax", "sigmoid"])("logits of any finite size, %s", (activation) => {
      for (const data of rows)
        for (const labels of [
          [0, 1, 0, 1],
          [1, 0, 1, 0],
        ]) {
          const pred = { data: Float32Array.from(data), shape: [1, 2, 2, 2] },
            { value, grad } = create(name, { activation }).valueAndGrad(pred, {
              data: Uint8Array.from(labels),
              shape: [1, 2, 2],
            });
          expect(value).not.toBeNaN();
          expect(grad.every(Number.isFinite), `${data}: ${grad}`).toBe(true);
        }
    });
  },
);
