import { expect } from "vitest";
import {
  catalog,
  type Declaration,
  type Loss,
  type LossName,
  load,
  SegLossError,
  type ValueAndGrad,
} from "../../dist/index.js";
import { type Case, makeCase, type Setting, settings } from "./random";
import { gradientError, type VectorCase, valueError } from "./vectors";

export const seg = await load();
export const losses = catalog as unknown as readonly Declaration[];

export const create = (name: string, options: object = {}, library = seg): Loss =>
  library.create(name as LossName, options);

/** The loss of a case with the case's own options and more. */
export const lossOf = (name: string, { options }: Case, more: object = {}) => create(name, { ...options, ...more });

/** What the work throws; fails when it throws nothing, or anything but a SegLossError. */
export function errorOf(work: () => unknown): SegLossError {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(SegLossError);
    return error as SegLossError;
  }
  throw new Error("nothing was thrown");
}

const isBinary = ({ activation, classes }: Setting) =>
  activation === "sigmoid" || (activation === "none" && classes === 1);

/**
 * Whether a loss takes a setting. Its declared needs decide; a need that is not known here may refuse with UNSUPPORTED.
 */
export function supports({ name, needs }: Declaration, setting: Setting): boolean {
  const { labels, categorical, several, planar, ...others } = needs;
  if ((labels && setting.target === "soft") || (categorical && isBinary(setting)) || (several && setting.classes < 2))
    return false;
  if (Object.keys(others).length === 0) return true;
  try {
    const inputs = makeCase(setting, 1);
    lossOf(name, inputs).value(inputs.pred, inputs.target);
    return true;
  } catch (error) {
    if (error instanceof SegLossError && error.code === "UNSUPPORTED") return false;
    throw error;
  }
}

/**
 * A setting with images on which a loss shows something: what looks at neighbours in the plane finds little in the
 * smallest ones.
 */
const sized = ({ needs }: Declaration, setting: Setting): Setting =>
  needs.planar ? { ...setting, spatial: [15, 16] } : setting;

/** All settings that a loss takes. */
export const settingsFor = (declaration: Declaration): readonly Setting[] =>
  settings.filter((setting) => supports(declaration, setting)).map((setting) => sized(declaration, setting));

/** Every loss with every setting that it takes. */
export const supported = losses.flatMap((declaration) =>
  settingsFor(declaration).map((setting) => ({
    name: declaration.name,
    setting,
    label: `${declaration.name}, ${setting.name}`,
    declaration,
  })),
);

/** Losses whose value depends on where pixels are, not only on which there are. */
export const isSpatial = ({ spatial, category, prepares }: Declaration) =>
  spatial || prepares || category === "boundary";

/** Losses that one worker evaluates whole by default, as they look at all pixels together. */
export const isWhole = ({ options, splits }: Declaration) => {
  const defaults = Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.default]));
  return splits?.(defaults, { batch: 2, classes: 4, length: () => undefined }) === false;
};

/** Losses that draw the logits themselves to numbers, not their differences. */
export const drawsLogits = ({ name }: Declaration) => name === "nacl";

export const setting = (name: string) => settings.find((each) => each.name === name) as Setting;

/** The first setting that a loss takes. */
export const firstSetting = (declaration: Declaration) => settingsFor(declaration)[0];

export interface Tolerance {
  readonly value?: number;
  readonly grad?: number;
}

/** Both values and gradients agree to a relative tolerance; 0 asks for the same bits. */
export function expectSame(
  actual: { value: number; grad: ArrayLike<number> },
  expected: { value: number; grad: ArrayLike<number> },
  { value = 1e-6, grad = 1e-5 }: Tolerance = {},
): void {
  expect(
    valueError(actual.value, expected.value),
    `value ${actual.value}, expected ${expected.value}`,
  ).toBeLessThanOrEqual(value);
  expect(gradientError(actual.grad, expected.grad), "gradient").toBeLessThanOrEqual(grad);
}

/** A loss gives what a case of a vector file expects, within the conventions' tolerance. */
export function expectAnswers(
  loss: Loss,
  { inputs, value, expected, derivative }: Pick<VectorCase, "inputs" | "value" | "expected" | "derivative">,
): void {
  const { pred, target, ...extra } = inputs,
    result = loss.valueAndGrad(pred, target, extra);
  expect(valueError(result.value, value as number)).toBeLessThanOrEqual(1e-5);
  expect(valueError(loss.value(pred, target, extra), value as number)).toBeLessThanOrEqual(1e-5);
  if (derivative === false) return;
  expect(gradientError(result.grad, expected.grad)).toBeLessThanOrEqual(1e-5);
  for (const [key, gradient] of Object.entries(expected))
    if (key !== "grad") expect(gradientError(result.grads[key], gradient), key).toBeLessThanOrEqual(1e-5);
}

/** Whether arrays hold the same bytes; for many numbers, of which toEqual takes seconds. */
export const sameBytes = (a: ArrayBufferView, b: ArrayBufferView): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));

/** Copies of value, gradient and gradients of parameters, to be compared bit for bit. */
export const bits = ({ value, grad, grads }: ValueAndGrad) => ({
  value,
  grad: grad.slice(),
  grads: Object.fromEntries(Object.entries(grads).map(([name, numbers]) => [name, numbers.slice()])),
});
