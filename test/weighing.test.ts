import { describe, expect, test } from "vitest";
import { catalog, type Declaration } from "../dist/index.js";
import { create } from "./support/library";

// What pages say of weights of pixels (`weighing`) is what they do.
const [B, C, SIDE] = [2, 3, 32],
  pixels = SIDE * SIDE;
const shape = [B, SIDE, SIDE],
  pred = {
    data: new Float32Array(B * C * pixels).map((_, i) => 2 * Math.sin(i * 1.3 + i * i * 1e-3)),
    shape: [B, C, 32, 32],
  },
  target = { data: new Uint8Array(B * pixels).map((_, i) => (i % 32 < 9 ? 0 : i % 32 < 22 ? 1 : 2)), shape },
  weights = new Float32Array(B * pixels).map((_, i) => 0.5 + Math.abs(Math.sin(i * 0.7)));

const smallest = (smooth?: Declaration["options"][string]) =>
  smooth?.type !== "number" ? {} : { smooth: smooth.aboveMin ? 1e-9 : 0 };

/** By what the value grows where weights are twice as large. */
function growth({ name, options }: Declaration, reduction: string): number {
  const loss = create(name as "dice", { reduction, ...smallest(options.smooth) }),
    value = (factor: number) => loss.value(pred, target, { pixelWeights: weights.map((w) => factor * w) });
  return value(2) / value(1);
}

const linear = ["mean", "ranked", "kept"],
  all = catalog as readonly Declaration[];
describe.each(all.filter(({ unweighted }) => !unweighted))("$name, $weighing", (loss) => {
  test("the mean is the same at twice the weights, unless nothing is divided", () => {
    expect(growth(loss, "mean")).toBeCloseTo(loss.weighing === "sum" ? 2 : 1, loss.weighing === "sum" ? 1 : 5);
  });

  test("the sum is twice as large where pixels are added, and the same of ratios", () => {
    const grown = growth(loss, "sum");
    if (loss.weighing === "parts") expect(grown).toBeGreaterThan(1.5);
    else if (loss.weighing === "sum") expect(grown).toBeCloseTo(2, 1);
    else expect(grown).toBeCloseTo(linear.includes(loss.weighing ?? "") ? 2 : 1, 5);
  });
});

test("the largest are ranked with their weights, mined pixels without; both divide by the kept weights", () => {
  const z = [3, 1, -1, -3],
    pred = { data: Float32Array.from([...z, 0, 0, 0, 0]), shape: [1, 2, 1, 4] },
    target = { data: new Uint8Array(4), shape: [1, 1, 4] },
    extra = { pixelWeights: Float32Array.of(100, 1, 1, 1) },
    [first, , third, fourth] = z.map((x) => Math.log1p(Math.exp(-x)));
  expect(create("topK", { k: 0.5 }).value(pred, target, extra)).toBeCloseTo((100 * first + fourth) / 101, 6);
  expect(create("ohem", { minKept: 2, threshold: 0.01 }).value(pred, target, extra)).toBeCloseTo(
    (third + fourth) / 2,
    6,
  );
});

test("losses that take weights say how they act, the others do not", () => {
  for (const { unweighted, weighing } of all) expect(weighing === undefined).toBe(unweighted !== undefined);
});
