import { describe, expect, test } from "vitest";
import { type Jax, type JaxArray, lossCotangent, valueAndGrad } from "../dist/jax.js";
import { create, errorOf, losses, seg, setting } from "./support/library";
import { makeCase } from "./support/random";
import { valueError } from "./support/vectors";

const OUTLOOK = [
  ...["generalizedDice", "lovaszHinge", "matthewsCorrelation", "poly", "ohem", "nacl", "marginCalibration"],
  ...["skeletonRecall", "centerlineDice", "topological", "diceFocal", "diceTopK", "componentWise", "deepSupervision"],
];

// The real @jax-js/jax runs in integration/jax; here its part is played by arrays that tell what was done to them.
class FakeArray implements JaxArray {
  constructor(
    readonly numbers: Float32Array,
    readonly shape: readonly number[],
    readonly device: string,
    readonly dtype = "float32",
  ) {}
  data = async () => this.numbers;
  astype = (dtype: string) => new FakeArray(this.numbers, this.shape, this.device, dtype);
}

/** A jax whose every model is linear with slope 3. */
function fakeJax() {
  const seen = { disposed: 0, cotangents: [] as FakeArray[] };
  const pull = (cotangent: FakeArray) => {
    seen.cotangents.push(cotangent);
    return [cotangent.numbers.map((x) => 3 * x)];
  };
  const dispose = () => {
    seen.disposed++;
  };
  const jax = {
    vjp: (model: (params: unknown) => FakeArray, [params]: [unknown]) => [
      model(params),
      Object.assign(pull, { dispose }),
    ],
    numpy: {
      array: (values: Float32Array, { shape, device }: { shape: number[]; device: string }) =>
        new FakeArray(values, shape, device),
    },
  };
  return { jax: jax as unknown as Jax, seen };
}

const { pred, target } = makeCase(setting("softmax, labels"), 121),
  loss = seg.dice(),
  expected = loss.valueAndGrad(pred, target);

describe("valueAndGrad", () => {
  test.each(["float32", "float16"])("pulls the loss's gradient back through a model in %s", async (dtype) => {
    const { jax, seen } = fakeJax(),
      model = (params: Float32Array) => new FakeArray(params, pred.shape, "webgpu", dtype),
      result = await valueAndGrad(jax, { model, params: pred.data, loss, target });
    expect(result).toEqual({ value: expected.value, grad: expected.grad.map((x) => 3 * x), grads: {}, pred });
    const [cotangent] = seen.cotangents;
    expect([cotangent.shape, cotangent.device, cotangent.dtype]).toEqual([pred.shape, "webgpu", dtype]);
    expect(seen.disposed).toBe(1);
  });

  test("lets go of the model when the loss throws", async () => {
    const { jax, seen } = fakeJax(),
      model = (params: Float32Array) => new FakeArray(params, [1], "wasm");
    await expect(valueAndGrad(jax, { model, params: pred.data, loss, target })).rejects.toThrow(
      /^dice: pred has shape \[1\]/,
    );
    await expect(valueAndGrad(jax, { model: () => [] as never, params: 1, loss, target })).rejects.toThrow(
      "dice: the model must give one jax array, got Array",
    );
    expect(seen.disposed).toBe(2);
  });
});

test("a list of labels to ignore is the loss's own", async () => {
  const ignoring = seg.dice({ ignoreIndex: [1, 255] }),
    own = ignoring.valueAndGrad(pred, target),
    { value, cotangent } = await lossCotangent(fakeJax().jax, new FakeArray(pred.data, pred.shape, "wasm"), {
      loss: ignoring,
      target,
    });
  expect(own.value).not.toBe(expected.value);
  expect([value, (cotangent as FakeArray).numbers]).toEqual([own.value, own.grad]);
});

test("lossCotangent passes extra inputs on", async () => {
  const out = new Float32Array(pred.data.length),
    { value, cotangent } = await lossCotangent(fakeJax().jax, new FakeArray(pred.data, pred.shape, "wasm"), {
      loss,
      target: loss.prepare(target),
      extra: { out },
    });
  expect(value).toBe(expected.value);
  expect(cotangent.numbers).toBe(out);
  expect(out).toEqual(expected.grad);
});

/** The losses that the survey has not, and take weights of pixels. */
const beyond = losses.filter(({ name, unweighted }) => OUTLOOK.includes(name) && unweighted === undefined);
test.each(beyond)("$name with weights of pixels, in a sum whose weights are set", async ({ name, needs }) => {
  const activation = needs.activation ?? "softmax",
    own = create(name, { activation, ...(name === "ohem" ? { minKept: 9 } : {}) }),
    other = create("crossEntropy", { activation }),
    sum = seg.weightedSum([
      { weight: 1, loss: own },
      { weight: 1, loss: other },
    ]),
    pixelWeights = Float32Array.from(target.data, (_, i) => (i % 4) / 2);
  sum.setWeights([2, 0.5]);
  const { value, cotangent } = await lossCotangent(fakeJax().jax, new FakeArray(pred.data, pred.shape, "wasm"), {
    loss: sum,
    target,
    extra: { pixelWeights },
  });
  const [a, b] = [own, other].map((loss) => loss.valueAndGrad(pred, target, { pixelWeights }));
  expect(valueError(value, 2 * a.value + 0.5 * b.value)).toBeLessThanOrEqual(1e-6);
  for (const [i, g] of (cotangent as FakeArray).numbers.entries())
    expect(g - 2 * a.grad[i] - 0.5 * b.grad[i]).toBeCloseTo(0, 6);
  expect(own.value(pred, target)).not.toBe(a.value);
});

test("a jax array itself is no tensor, and the error says what to do", () => {
  const array = new FakeArray(pred.data, pred.shape, "wasm");
  expect(errorOf(() => loss.value(array as never, target)).message).toMatch(
    /got a function; pass \{ data: await tensor\.data\(\), shape: tensor\.shape \}/,
  );
});
