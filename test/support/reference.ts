import { oneHot, product, type Setting } from "./random";
import type { Tensor } from "./vectors";

/** What a reference computes with, all in float64: `[batch][class][pixel]`, and `m` as `[batch][pixel]`. */
export interface Planes {
  /** Logits, or probabilities where the activation is "none". */
  readonly z: readonly (readonly (readonly number[])[])[];
  /** Probabilities. */
  readonly p: readonly (readonly (readonly number[])[])[];
  readonly t: readonly (readonly (readonly number[])[])[];
  /** 1 where a pixel counts, 0 where it is ignored. */
  readonly m: readonly (readonly number[])[];
  readonly spatial: readonly number[];
  /** Whether every channel is a question of its own; otherwise the classes of a pixel compete. */
  readonly binary: boolean;
}

/** A loss in float64, as its paper has it, and options to try it with. */
export interface Reference<O extends object = Record<string, unknown>> {
  /** Options of the cases, in turns. They must suit every setting; the common ones are set by the settings. */
  readonly options: readonly O[];
  /** Names of the settings (test/support/random.ts) that the loss takes; default: all. */
  readonly settings?: readonly Setting["name"][];
  /** Sizes of the cases' images, in turns, where it does not take them with one axis and with three. */
  readonly spatial?: readonly (readonly number[])[];
  /** Of differences of pred; default 2e-3. Rankings of pixels want it small. */
  readonly step?: number;
  readonly value: (planes: Planes, options: O) => number;
}

interface Inputs {
  readonly pred: Tensor;
  readonly target: Tensor;
  readonly options: Readonly<Record<string, unknown>>;
}

function probabilities(z: readonly number[], activation: unknown): number[] {
  if (activation === "none") return [...z];
  if (activation === "sigmoid") return z.map((x) => 1 / (1 + Math.exp(-x)));
  const largest = Math.max(...z),
    e = z.map((x) => Math.exp(x - largest)),
    sum = e.reduce((a, b) => a + b);
  return e.map((x) => x / sum);
}

/** The inputs of a call as planes; `pred` may hold other numbers than the call's own. */
export function planesOf({ pred: { shape }, target, options }: Inputs, pred: ArrayLike<number>): Planes {
  const last = options.layout === "channelsLast",
    [batch] = shape,
    classes = last ? shape[shape.length - 1] : shape[1],
    spatial = last ? shape.slice(1, -1) : shape.slice(2),
    pixels = product(spatial),
    soft = target.data instanceof Float32Array;
  const at = (b: number, c: number, i: number) =>
    last ? (b * pixels + i) * classes + c : (b * classes + c) * pixels + i;
  const read = (value: (b: number, c: number, i: number) => number) =>
    Array.from({ length: batch }, (_, b) =>
      Array.from({ length: classes }, (_, c) => Array.from({ length: pixels }, (_, i) => value(b, c, i))),
    );
  const z = read((b, c, i) => pred[at(b, c, i)]),
    hot = soft ? [] : oneHot(target.data, classes, pixels),
    p = z.map((sample) => sample.map((plane) => [...plane]));
  for (const [b, sample] of z.entries())
    for (let i = 0; i < pixels; i++) {
      const own = probabilities(
        sample.map((plane) => plane[i]),
        options.activation ?? "softmax",
      );
      for (const [c, x] of own.entries()) p[b][c][i] = x;
    }
  return {
    z,
    p,
    t: read((b, c, i) => (soft ? target.data[at(b, c, i)] : hot[(b * classes + c) * pixels + i])),
    m: Array.from({ length: batch }, (_, b) =>
      Array.from({ length: pixels }, (_, i) => (!soft && target.data[b * pixels + i] === options.ignoreIndex ? 0 : 1)),
    ),
    spatial,
    binary: options.activation === "sigmoid" || (options.activation === "none" && classes === 1),
  };
}

/** The value of a reference, and how it changes with every number of pred. */
export function answers<O extends object>(
  reference: Reference<O>,
  inputs: Inputs,
): { value: number; grad: Float64Array } {
  const z = Float64Array.from(inputs.pred.data),
    evaluate = () => reference.value(planesOf(inputs, z), inputs.options as O),
    value = evaluate();
  if (!Number.isFinite(value)) throw new Error(`the reference gives ${value}`);
  /** Central differences, the error's first term removed (Richardson). */
  const slope = (i: number, step: number) => {
    const x = z[i];
    const [a, b, c, d] = [1, -1, 0.5, -0.5].map((share) => {
      z[i] = x + share * step;
      return evaluate();
    });
    z[i] = x;
    return (8 * (c - d) - (a - b)) / (6 * step);
  };
  const { step = 2e-3 } = reference,
    grad = z.map((_, i) => slope(i, step)),
    again = z.map((_, i) => slope(i, step / 2)),
    largest = Math.max(...grad.map(Math.abs));
  for (const [i, g] of grad.entries())
    if (Math.abs(g - again[i]) > 1e-7 * largest)
      throw new Error(
        `the reference has a kink near pred[${i}]: slopes ${g} and ${again[i]}; try other options or seeds`,
      );
  return { value, grad: again };
}
