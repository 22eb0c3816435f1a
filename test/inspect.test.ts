import { expect, test } from "vitest";
import { errorOf, seg } from "./support/library";

const codes = (...args: Parameters<typeof seg.inspect>) => seg.inspect(...args).findings.map(({ code }) => code);
const logits = { data: Float32Array.of(3, -2, 1.5, -4, -3, 2, -1.5, 4), shape: [1, 2, 2, 2] };
const labels = { data: Uint8Array.of(0, 1, 0, 1), shape: [1, 2, 2] };

test("tensors without anything odd: the gradient's shares alone, which add up to 1", () => {
  expect(codes(logits, labels)).toEqual([]);
  const { findings } = seg.inspect(logits, labels, seg.dice());
  expect(findings.map(({ code }) => code)).toEqual(["GRADIENT_SHARE"]);
  expect(findings[0].perClass?.reduce((a, b) => a + b)).toBeCloseTo(1, 6);
});

test("what is odd about pred", () => {
  const pred = (data: Float32Array) => ({ ...logits, data });
  expect(codes(pred(logits.data.map((z) => 1 / (1 + Math.exp(-z)))), labels, seg.dice())).toContain(
    "LOOKS_LIKE_PROBABILITIES",
  );
  expect(codes(pred(logits.data.map((z) => 100 * z)), labels)).toEqual(["SATURATED"]);
  const nan = pred(logits.data.map((z, i) => (i === 3 ? Number.NaN : z)));
  expect(seg.inspect(nan, labels).findings[0]).toMatchObject({ code: "NOT_FINITE", message: /index 3/ });
  const last = { data: new Float32Array(2 * 8 * 8).map((_, i) => Math.sin(i)), shape: [1, 8, 8, 2] };
  expect(codes(last, { data: new Uint8Array(64), shape: [1, 8, 8] })).toContain("LAYOUT_SWAPPED");
});

test("what is odd about the target, and what the loss refuses, in its words", () => {
  const target = { ...labels, data: Uint8Array.of(0, 0, 0, 255) },
    { findings } = seg.inspect(logits, target, seg.dice());
  expect(findings.map(({ code }) => code)).toEqual(["UNDECLARED_VOID", "EMPTY_CLASSES", "INVALID_TARGET"]);
  expect(findings[2].message).toBe(errorOf(() => seg.dice().value(logits, target)).message);
  expect(codes(logits, target, seg.dice({ ignoreIndex: 255 }))).toEqual(["EMPTY_CLASSES", "GRADIENT_SHARE"]);
  expect(codes({ ...logits, shape: [2, 2, 2] }, labels, seg.dice())).toEqual(["SHAPE_MISMATCH"]);
});

test("nonsense is refused", () => {
  expect(errorOf(() => seg.inspect(undefined as never, labels)).code).toBe("SHAPE_MISMATCH");
  expect(errorOf(() => seg.inspect(logits, labels, {} as never)).code).toBe("INVALID_OPTION");
});
