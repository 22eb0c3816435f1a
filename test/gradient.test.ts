import { describe, expect, test } from "vitest";
import type { Declaration, Extra, Loss } from "../dist/index.js";
import { losses, lossOf, settingsFor, supported } from "./support/library";
import {
  type Case,
  differentiable,
  makeCase,
  makersOf,
  optionSamples,
  product,
  Random,
  type Setting,
  varied,
} from "./support/random";
import { readVectors } from "./support/vectors";

/**
 * The error of a gradient along a direction, from central differences of the value at two steps (Richardson). Steps are
 * rounded to float32 and the gradient is applied to the difference that results, so rounding the inputs costs nothing.
 */
function errorAlong(
  input: Float32Array,
  grad: ArrayLike<number>,
  direction: ArrayLike<number>,
  step: number,
  value: (moved: Float32Array) => number,
) {
  const miss = (h: number) => {
    const ahead = input.map((x, i) => x + h * direction[i]),
      behind = input.map((x, i) => x - h * direction[i]);
    let predicted = 0;
    for (let i = 0; i < input.length; i++) predicted += grad[i] * (ahead[i] - behind[i]);
    return { error: value(ahead) - value(behind) - predicted, predicted };
  };
  const wide = miss(step),
    narrow = miss(step / 2);
  return { error: Math.abs(8 * narrow.error - wide.error) / 3, slope: Math.abs(wide.predicted) };
}

/** A random direction that leans along the gradient, so that the slope is never lost in cancellation. */
function leaning(random: Random, grad: ArrayLike<number>): Float32Array {
  return random.normals(grad.length).map((x, i) => x + 0.5 * Math.sign(grad[i]));
}

function expectGradient(
  loss: Loss,
  { pred, target, options }: Case,
  seed: number,
  extra: Extra = {},
  replaced = false,
): void {
  const { grad, grads, value } = loss.valueAndGrad(pred, target, extra),
    random = new Random(seed);
  expect(Number.isFinite(value)).toBe(true);
  const check = (
    what: string,
    input: Float32Array,
    gradient: Float32Array,
    steps: number[],
    moved: (data: Float32Array) => number,
  ) => {
    const direction = leaning(random, gradient),
      tried: ReturnType<typeof errorAlong>[] = [];
    // The values have float32 accuracy, hence the second term. Rankings swap and decisions change within long steps, so
    // one good step will do, and ends the search.
    const good = steps.some((step) => {
      const { error, slope } = errorAlong(input, gradient, direction, step, moved);
      tried.push({ error, slope });
      return error / (1e-3 * slope + 2e-7 * Math.abs(value)) <= 1;
    });
    expect(good, `${what}: ${JSON.stringify(tried)}`).toBe(true);
    expect(tried[0].slope).toBeGreaterThan(0);
  };
  const steps = options.activation === "none" ? [1e-3, 2.5e-4, 5e-5, 1e-5] : [4e-3, 1e-3, 2.5e-4, 5e-5];
  if (replaced) expect(grad.every((g) => g === 0)).toBe(true);
  else
    for (let repeat = 0; repeat < 2; repeat++)
      check("pred", pred.data, grad, steps, (data) => loss.value({ data, shape: pred.shape }, target, extra));
  for (const [name, gradient] of Object.entries(grads)) {
    const given = extra[name as keyof typeof extra];
    if (given instanceof Float32Array)
      check(name, given, gradient, [1e-2], (data) => loss.value(pred, target, { ...extra, [name]: data }));
  }
}

test.each(supported)("$label: the gradient is that of the value", ({ name, setting, declaration }) => {
  const options = differentiable(declaration);
  for (const seed of [1, 2]) {
    const inputs = makeCase(setting, seed);
    expectGradient(lossOf(name, inputs, options), inputs, seed);
    expectGradient(lossOf(name, inputs, { ...options, reduction: "sum" }), inputs, seed);
  }
});

describe("with every option away from its default", () => {
  const samples = losses.flatMap((declaration) =>
    Object.keys(declaration.options)
      .filter((option) => !varied.includes(option))
      .map((option) => ({ declaration, option })),
  );

  test.each(samples)("$declaration.name: $option", ({ declaration, option }) => {
    let checked = 0;
    for (const setting of settingsFor(declaration)) {
      for (const { value, also } of optionSamples(declaration, setting.classes).filter(
        (each) => each.option === option,
      )) {
        const options = { ...also, [option]: value, ...differentiable(declaration) };
        if (!allowed(declaration, setting, options)) continue;
        // Where ignored pixels hide everything there is nothing to check.
        const { pred, target, options: own } = makeCase(setting, 3),
          { value: found, grad } = lossOf(declaration.name, { pred, target, options: own }, options).valueAndGrad(
            pred,
            target,
          );
        if (setting.ignore && found === 0 && grad.every((g) => g === 0)) continue;
        for (const seed of [3, 4]) {
          const inputs = makeCase(setting, seed);
          expectGradient(lossOf(declaration.name, inputs, options), inputs, seed);
        }
        checked++;
      }
    }
    // What needs extra inputs, such as weights of its size, is looked at by the vectors.
    if (checked === 0) expect(readVectors(declaration.name).some(({ options }) => option in options)).toBe(true);
  });
});

/** Options that need a setting of their own say so with UNSUPPORTED; anything else is a failure of the test itself. */
function allowed({ name }: Declaration, setting: Setting, options: object): boolean {
  try {
    const inputs = makeCase(setting, 3);
    lossOf(name, inputs, options).value(inputs.pred, inputs.target);
    return true;
  } catch (error) {
    if ((error as { code?: string }).code === "UNSUPPORTED") return false;
    throw error;
  }
}

const learning = losses.flatMap((declaration) =>
  (declaration.extras.length > 0 ? settingsFor(declaration) : []).map((setting) => ({
    declaration,
    setting,
    label: `${declaration.name}, ${setting.name}`,
  })),
);

test.each(learning)("$label: gradients of extra inputs", ({ declaration, setting }) => {
  const inputs = makeCase(setting, 4),
    random = new Random(4);
  const [batch] = inputs.pred.shape,
    sizes = { batch, classes: setting.classes, pixels: product(inputs.pred.shape) / batch / setting.classes };
  for (const { options: needed, replaces, make } of makersOf(declaration)) {
    const options = { ...needed, ...differentiable(declaration) };
    for (const extra of make(random, sizes)) {
      expectGradient(lossOf(declaration.name, inputs, options), inputs, 4, extra, replaces);
      const background = "includeBackground" in declaration.options ? { includeBackground: false } : {};
      if (setting.classes > 1)
        expectGradient(
          lossOf(declaration.name, inputs, { ...options, ...background, reduction: "sum" }),
          inputs,
          5,
          extra,
          replaces,
        );
    }
  }
});
