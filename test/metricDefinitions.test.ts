import { describe, expect, test } from "vitest";
import type { MetricName } from "../dist/index.js";
import { sum } from "./reference/brute";
import { type Defined, define, elsewhere } from "./reference/metrics";
import { averaged, classwise, disturbed, lesions, list, own, run, takes } from "./support/metrics";
import { blobs, product, Random, toChannelsLast } from "./support/random";
import { valueError } from "./support/vectors";

const cases = [
  { spatial: [31], classes: 2, more: { percentile: 90 } },
  { spatial: [11, 14], classes: 3, more: {} },
  { spatial: [11, 14], classes: 3, more: { spacing: [0.5, 2.25], percentile: 95, width: 2 } },
  { spatial: [12, 9], classes: 2, more: { percentile: 50, dilationRatio: 0.2 }, ignore: true },
  { spatial: [5, 6, 8], classes: 3, more: { spacing: [3, 1, 1.5], width: 1 } },
  { spatial: [6, 1, 9], classes: 2, more: { percentile: 0 }, ignore: true },
];

describe.each(cases)("$spatial, $classes classes, $more", ({ spatial, classes, more, ignore }) => {
  const pixels = product(spatial),
    random = new Random(51),
    target = blobs(random, 2, classes, spatial),
    pred = disturbed(random, target, classes),
    shape = [2, ...spatial];
  target.subarray(pixels).forEach((label, i) => {
    if (label === classes - 1) target[pixels + i] = 0; // the second sample lacks a class
  });
  if (ignore) for (let i = 0; i < target.length; i++) if (random.next() < 0.15) target[i] = 255;
  const options: Record<string, unknown> = { ...more, numClasses: classes, ...(ignore ? { ignoreIndex: 255 } : {}) };
  // Every metric of every sample and class, once.
  const definitions = Array.from({ length: 2 * classes }, (_, k) => {
    const from = Math.floor(k / classes) * pixels,
      m = Array.from(target.subarray(from, from + pixels), (v) => (v === 255 ? 0 : 1));
    const mask = (labels: Uint8Array) => m.map((counts, i) => (counts && labels[from + i] === k % classes ? 1 : 0));
    return define({ p: mask(pred), t: mask(target), m, spatial }, more);
  });

  const defined = takes(spatial).filter((name): name is Defined => !elsewhere.includes(name as "bettiError"));
  test.each(defined)("%s is its definition", (name) => {
    const { value, perClass } = run(name, { data: pred, shape }, { data: target, shape }, own(name, options)),
      wanted = definitions.map((each) => each[name]),
      defined = wanted.filter((v) => !Number.isNaN(v));
    expect(perClass).toBeInstanceOf(Float64Array);
    expect(perClass).toHaveLength(wanted.length);
    for (const [i, e] of wanted.entries())
      expect(valueError(perClass[i], e), `${perClass[i]}, expected ${e}`).toBeLessThanOrEqual(1e-6);
    if (!averaged.includes(name)) expect(valueError(value, sum(defined) / defined.length)).toBeLessThanOrEqual(1e-6);
  });

  const scores = Float32Array.from({ length: 2 * classes * pixels }, (_, k) => {
    const b = Math.floor(k / (classes * pixels)),
      c = Math.floor(k / pixels) % classes;
    return pred[b * pixels + (k % pixels)] === c ? 2 : -1 - (c % 2);
  });

  test.each(takes(spatial))("%s: scores, layouts, soft targets and other types of labels come to the same", (name) => {
    const scored = (...args: Parameters<typeof run>) => classwise(name, run(...args));
    const wanted = scored(name, { data: pred, shape }, { data: target, shape }, own(name, options)),
      first = { data: scores, shape: [2, classes, ...spatial] },
      { numClasses: _, ...others } = own(name, options);
    for (const activation of ["softmax", "sigmoid"])
      expect(scored(name, first, { data: target, shape }, { ...others, activation })).toEqual(wanted);
    const probabilities = { ...first, data: scores.map((z) => (z + 2) / 4) };
    expect(scored(name, probabilities, { data: target, shape }, { ...others, activation: "none" })).toEqual(wanted);
    for (const activation of ["softmax", "sigmoid"])
      expect(
        scored(name, toChannelsLast(first), { data: target, shape }, { ...others, activation, layout: "channelsLast" }),
      ).toEqual(wanted);
    for (const Type of [Int8Array, Int16Array, Uint16Array, Int32Array, Uint32Array]) {
      // 255 does not fit int8: void becomes the label below the first.
      const convert = (data: Uint8Array) =>
        new Type(Array.from(data, (v) => (Type === Int8Array && v === 255 ? -1 : v)));
      const ignoreIndex = ignore && Type === Int8Array ? { ignoreIndex: -1 } : {};
      expect(
        scored(
          name,
          { data: convert(pred), shape },
          { data: convert(target), shape },
          { ...own(name, options), ...ignoreIndex },
        ),
      ).toEqual(wanted);
    }
    if (ignore) return;
    const soft = {
      data: scores.map((_, k) =>
        target[Math.floor(k / (classes * pixels)) * pixels + (k % pixels)] === Math.floor(k / pixels) % classes
          ? 0.7
          : 0.5,
      ),
      shape: first.shape,
    };
    expect(scored(name, first, soft, { ...others, activation: "sigmoid" })).toEqual(wanted);
    const competing = { ...soft, data: soft.data.map((t) => (t === 0.5 ? 0.3 / (classes - 1) : t)) };
    expect(scored(name, { data: pred, shape }, competing, own(name, options))).toEqual(wanted);
    expect(
      scored(name, { data: pred, shape }, toChannelsLast(competing), { ...own(name, options), layout: "channelsLast" }),
    ).toEqual(wanted);
    const multiple = { ...own(name, options), activation: "sigmoid" };
    expect(scored(name, { data: pred, shape }, soft, multiple)).toEqual(wanted);
    expect(scored(name, { data: pred, shape }, toChannelsLast(soft), { ...multiple, layout: "channelsLast" })).toEqual(
      wanted,
    );
  });

  test.each(takes(spatial))(
    "%s: without the background, samples and classes in another order, the image mirrored",
    (name) => {
      const all = own(name, options),
        wanted = list(run(name, { data: pred, shape }, { data: target, shape }, all)),
        call = (p: Uint8Array, t: Uint8Array, given: object = all) =>
          list(run(name, { data: p, shape }, { data: t, shape }, given));
      const same = (actual: readonly number[], values: readonly number[]) => {
        expect(actual.length).toBe(values.length);
        for (const [i, e] of values.entries()) expect(valueError(actual[i], e)).toBeLessThanOrEqual(1e-7);
      };
      same(
        call(pred, target, { ...all, includeBackground: false }),
        wanted.filter((_, i) => i % classes > 0),
      );
      const swap = (data: Uint8Array) => Uint8Array.from([...data.subarray(pixels), ...data.subarray(0, pixels)]);
      same(call(swap(pred), swap(target)), [...wanted.slice(classes), ...wanted.slice(0, classes)]);
      const turn = (data: Uint8Array) => data.map((v) => (v < classes ? (v + 1) % classes : v));
      same(
        call(turn(pred), turn(target)),
        wanted.map((_, i) => wanted[i - (i % classes) + (((i % classes) + classes - 1) % classes)]),
      );
      const mirror = (data: Uint8Array) =>
        Uint8Array.from([...data.subarray(0, pixels).reverse(), ...data.subarray(pixels).reverse()]);
      // Thinning takes one side before the other.
      if (name !== "centerlineDice") same(call(mirror(pred.slice()), mirror(target.slice())), wanted);
    },
  );

  test("symmetry, and Dice from IoU", () => {
    if (ignore) return;
    const call = (name: MetricName, p: Uint8Array, t: Uint8Array) =>
      list(run(name, { data: p, shape }, { data: t, shape }, own(name, options)));
    const directed: readonly string[] = [
      ...["sensitivity", "specificity", "precision", "negativePredictiveValue", "falsePositiveRate"],
      ...["balancedAccuracy", "confusionMatrix", "trimapIou", "volumeDifference", ...lesions],
    ];
    for (const name of takes(spatial).filter((each) => !directed.includes(each)))
      for (const [i, e] of call(name, target, pred).entries())
        expect(valueError(call(name, pred, target)[i], e), name).toBeLessThanOrEqual(1e-12);
    for (const [i, j] of call("iou", pred, target).entries())
      expect(valueError(call("dice", pred, target)[i], (2 * j) / (1 + j))).toBeLessThanOrEqual(1e-12);
  });
});
