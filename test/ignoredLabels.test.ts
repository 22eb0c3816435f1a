import { describe, expect, test } from "vitest";
import { create, errorOf, losses, seg, settingsFor } from "./support/library";
import { makeCase } from "./support/random";

const labelled = losses.flatMap((declaration) => {
  const setting = settingsFor(declaration).find(({ target }) => target !== "soft");
  return setting ? [{ name: declaration.name, declaration, setting }] : [];
});

/** Labels of one case, of which some are void: once as one label, once as two. */
function voided(data: ArrayLike<number>) {
  const mark = (labels: readonly number[]) =>
    Int32Array.from(data, (label, i) => (i % 11 === 3 ? labels[((i - 3) / 11) % labels.length] : label));
  return { one: mark([255]), two: mark([255, -7]) };
}

test("there are losses of labels", () => expect(labelled.length).toBeGreaterThan(20));

describe.each(labelled)("$name", ({ name, setting }) => {
  const { pred, target, options } = makeCase(setting, 91),
    { one, two } = voided(target.data),
    { shape } = target;

  test("a list of ignored labels is each of them, to the bit", () => {
    const wanted = create(name, { ...options, ignoreIndex: 255 }).valueAndGrad(pred, { data: one, shape }),
      loss = create(name, { ...options, ignoreIndex: [-7, 255] });
    expect(loss.options.ignoreIndex).toEqual([-7, 255]);
    expect(wanted.value).not.toBeNaN();
    for (const given of [{ data: two, shape }, loss.prepare({ data: two, shape })])
      expect(loss.valueAndGrad(pred, given)).toEqual(wanted);
    const list = create(name, { ...options, ignoreIndex: [255] });
    expect(list.valueAndGrad(pred, { data: one, shape })).toEqual(wanted);
  });

  test("none", () => {
    const wanted = create(name, options).value(pred, target);
    expect(create(name, { ...options, ignoreIndex: [] }).value(pred, target)).toBe(wanted);
  });
});

test("sums of losses with other lists", () => {
  const [{ setting }] = labelled,
    { pred, target } = makeCase(setting, 92),
    { two } = voided(target.data),
    data = { data: two, shape: target.shape };
  const [a, b] = [seg.crossEntropy({ ignoreIndex: [255, -7] }), seg.dice({ ignoreIndex: [-7, 255] })],
    sum = seg.weightedSum([
      { weight: 1, loss: a },
      { weight: 2, loss: b },
    ]);
  expect(sum.value(pred, data)).toBeCloseTo(a.value(pred, data) + 2 * b.value(pred, data), 6);
});

test("messages have the caller's labels", () => {
  const pred = { data: new Float32Array(8), shape: [1, 2, 2, 2] },
    target = { data: Uint8Array.of(0, 1, 255, 77), shape: [1, 2, 2] },
    { code, message } = errorOf(() => seg.dice({ ignoreIndex: [255, 254] }).value(pred, target));
  expect([code, message]).toEqual([
    "INVALID_TARGET",
    "dice: target has label 77 at index 3, expected 0 to 1 (ignoreIndex is 255, 254)",
  ]);
});

test("utilities take lists", () => {
  const { one, two } = voided(Array.from({ length: 80 }, (_, i) => (i % 11 < 5 ? 1 : 0))),
    shape = [1, 8, 10];
  expect(seg.regionWiseMap({ data: two, shape }, { numClasses: 2, ignoreIndex: [255, -7] })).toEqual(
    seg.regionWiseMap({ data: one, shape }, { numClasses: 2, ignoreIndex: 255 }),
  );
  expect(seg.boundaryAwareEncode({ data: two, shape }, { bins: 4, ignoreIndex: [255, -7] })).toEqual(
    seg.boundaryAwareEncode({ data: one, shape }, { bins: 4, ignoreIndex: 255 }),
  );
});
