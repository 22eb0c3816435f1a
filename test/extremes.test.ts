import { describe, expect, test } from "vitest";
import type { Declaration } from "../dist/index.js";
import { create, losses } from "./support/library";

// The largest logits of float32, whose differences it cannot hold: a loss may be infinite then, but never NaN.
const big = 3e38,
  rows = [
    [big, -big, 0, 1, -big, big, 1, 0],
    [big, big, 0, 1, -big, -big, 1, 0],
    [-big, -big, 0, 1, -big, -big, 1, 0],
  ];

/** The activations that a loss takes with two channels. */
const activations = ({ categorical, activation }: Declaration["needs"]) =>
  activation ? [activation] : categorical ? ["softmax"] : ["softmax", "sigmoid"];

describe.each(losses)("$name", ({ name, needs }) => {
  test.each(activations(needs))("logits of any finite size, %s", (activation) => {
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
});
