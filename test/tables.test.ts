import { describe, expect, test } from "vitest";
import type { Declaration, SegLossError } from "../dist/index.js";
import { create, errorOf, lossOf, seg, setting, supported } from "./support/library";
import { type Case, IGNORED, makeCase, product, Random } from "./support/random";
import { valueError } from "./support/vectors";

/** Losses of classes that are averaged, and how much a sample counts. */
const BY_CLASS = [
  ...["dice", "iou", "tversky", "focalTversky", "sensitivitySpecificity", "matthewsCorrelation", "skeletonRecall"],
  ...["boundaryDifferenceOverUnion", "lovaszSoftmax", "lovaszHinge", "centerlineDice", "topological"],
  ...["regionMutualInformation", "boundary", "hausdorffDistance", "regionWise"],
];
/** Options with which they have a loss of each class of each sample. */
const OF_CLASSES: Record<string, object> = {
  lovaszSoftmax: { batch: false },
  lovaszHinge: { batch: false },
  regionMutualInformation: { crossEntropyWeight: 0 },
  diceTopK: { batchTopK: false },
};
/** Of pixels that each sample selects, or functions of a mean: a sample alone is another thing than its part. */
const SELECTS = ["ohem", "activeBoundary", "conditionalBoundary", "logCoshDice"];
const MEANS_OF_PIXELS = ["boundary", "hausdorffDistance", "regionWise"];

/** Every combination of an option's values, of those that the loss has. */
function variants(
  options: Declaration["options"] & { classes?: { values?: readonly unknown[] } },
  classes: number,
): Record<string, unknown>[] {
  const weights = Array.from({ length: classes }, (_, c) => 0.5 + c),
    all: [string, unknown[]][] = [
      ["reduction", ["mean", "sum"]],
      ["classWeights", [null, weights, weights.map((w, c) => (c === 1 ? 0 : w))]],
      ["includeBackground", classes > 1 ? [true, false] : [true]],
      ["batch", [false, true]],
      ["crossEntropyWeight", [0]],
      ["classes", [...(options.classes?.values ?? [])]],
    ];
  return all
    .filter(([name]) => name in options)
    .reduce<Record<string, unknown>[]>(
      (found, [name, values]) => found.flatMap((some) => values.map((value) => ({ ...some, [name]: value }))),
      [{}],
    );
}

/** What the table of a loss adds up to. */
function together(
  name: string,
  table: Float64Array,
  options: Record<string, unknown>,
  classes: number,
  pixels: number[],
) {
  const weights = (options.classWeights as number[] | null) ?? Array(classes).fill(1),
    mean = options.reduction !== "sum",
    of = (i: number) =>
      weights[i % classes] * (mean && MEANS_OF_PIXELS.includes(name) ? pixels[Math.floor(i / classes)] : 1),
    rows = new Set<number>();
  let [value, total] = [0, 0];
  for (const [i, loss] of table.entries()) {
    if (Number.isNaN(loss)) continue;
    rows.add(Math.floor(i / classes));
    value += of(i) * loss;
    total += of(i);
  }
  if (!mean) return value;
  return total === 0 ? 0 : value / (name === "regionMutualInformation" ? rows.size : total);
}

/** One class is absent in the first sample, and in all but one case a pixel of each other is there. */
function withAbsent(
  inputs: Case,
  { target: kind, channelsLast, classes }: { target: string; channelsLast?: boolean; classes: number },
): Case {
  if (kind === "soft" || channelsLast || classes < 3) return inputs;
  const data = inputs.target.data.slice() as Uint8Array;
  for (let i = 0; i < data.length / 2; i++) if (data[i] === 2) data[i] = 0;
  return { ...inputs, target: { ...inputs.target, data } };
}

const countsOf = ({ target }: Case, soft: boolean, classes: number) => {
  const pixels = product(target.shape) / 2 / (soft ? classes : 1);
  return [0, 1].map((b) =>
    soft ? pixels : [...target.data.slice(b * pixels, (b + 1) * pixels)].filter((label) => label !== IGNORED).length,
  );
};

describe("losses of classes average to the value", () => {
  test.each(supported)("$label", ({ name, setting: each, declaration }) => {
    const { classes } = each,
      inputs = withAbsent(makeCase({ ...each, spatial: [15, 16] }, 110), each),
      pixels = countsOf(inputs, each.target === "soft", classes);
    for (const options of variants(declaration.options, classes)) {
      const loss = lossOf(name, inputs, options);
      let table: Float64Array;
      try {
        table = loss.perClass(inputs.pred, inputs.target);
      } catch (error) {
        expect([(error as SegLossError).code, BY_CLASS.includes(name)]).toEqual(["UNSUPPORTED", false]);
        continue;
      }
      expect(BY_CLASS).toContain(name);
      expect(table.length).toBe((options.batch ? 1 : 2) * classes);
      const value = loss.value(inputs.pred, inputs.target);
      expect(
        valueError(together(name, table, options, classes, pixels), value),
        `${JSON.stringify(options)}: [${table}] for ${value}`,
      ).toBeLessThan(1e-6);
    }
  });

  test.each(BY_CLASS)("%s: each class is what the loss is of it alone", (name) => {
    const inputs = makeCase(
        {
          ...setting(name === "lovaszHinge" ? "sigmoid, several channels, labels" : "softmax, labels"),
          spatial: [15, 16],
        },
        111,
      ),
      table = lossOf(name, inputs, OF_CLASSES[name] ?? {}).perClass(inputs.pred, inputs.target);
    let told = 0;
    for (const [i, loss] of table.entries()) {
      if (Number.isNaN(loss)) continue;
      told++;
      const b = Math.floor(i / 3),
        only = [0, 1, 2].map((c) => (c === i % 3 ? 1 : 0)),
        pixels = 15 * 16,
        alone = lossOf(name, inputs, { ...OF_CLASSES[name], classWeights: only }).value(
          { data: inputs.pred.data.slice(b * 3 * pixels, (b + 1) * 3 * pixels), shape: [1, 3, 15, 16] },
          { data: inputs.target.data.slice(b * pixels, (b + 1) * pixels) as Uint8Array, shape: [1, 15, 16] },
        );
      expect(valueError(loss, alone), `${i}`).toBeLessThan(1e-6);
    }
    expect(told).toBeGreaterThan(3);
  });
});

describe("losses of samples", () => {
  test.each(supported)(
    "$label: add up to the sum, and mean what the mean does",
    ({ name, setting: each, declaration }) => {
      const inputs = makeCase({ ...each, spatial: [15, 16] }, 112),
        counts = "batch" in declaration.options ? { batch: false } : {},
        pixelWeights = new Random(112).normals(2 * 15 * 16).map((w) => Math.abs(w));
      for (const reduction of ["reduction" in declaration.options ? "sum" : undefined, "mean"])
        for (const extra of declaration.unweighted ? [{}] : [{}, { pixelWeights }]) {
          if (reduction === undefined) continue;
          const loss = lossOf(name, inputs, { ...counts, ...OF_CLASSES[name], reduction }),
            table = loss.perSample(inputs.pred, inputs.target, extra),
            alone = [0, 1].map((b) => oneSample(inputs, b, extra)).map(([p, t, e]) => loss.value(p, t, e));
          expect([...table]).toEqual(alone);
          if (SELECTS.includes(name)) continue;
          if (reduction === "sum")
            expect(
              valueError(table[0] + table[1], loss.value(inputs.pred, inputs.target, extra)),
              reduction,
            ).toBeLessThan(2e-6);
          else if (!each.ignore && !("pixelWeights" in extra))
            expect(
              valueError((table[0] + table[1]) / 2, loss.value(inputs.pred, inputs.target)),
              reduction,
            ).toBeLessThan(2e-6);
        }
    },
  );
});

function oneSample({ pred, target }: Case, b: number, extra: object) {
  const part = <T extends { data: ArrayLike<number>; shape: readonly number[] }>({ data, shape }: T) => ({
    data: (data as Float32Array).slice((b * data.length) / 2, ((b + 1) * data.length) / 2),
    shape: [1, ...shape.slice(1)],
  });
  const weights = (extra as { pixelWeights?: Float32Array }).pixelWeights;
  return [
    part(pred),
    part(target),
    weights ? { pixelWeights: weights.slice((b * weights.length) / 2, ((b + 1) * weights.length) / 2) } : {},
  ] as const;
}

describe("of presets, prepared targets, void samples", () => {
  const inputs = makeCase(setting("softmax, labels"), 113),
    { pred, target } = inputs;

  test("an offset is in each class", () => {
    const table = seg.preset("nnunet.SoftDiceLoss").perClass(pred, target),
      dice = seg.dice({ smooth: 1 }).perClass(pred, target);
    for (const [i, loss] of dice.entries()) expect(table[i]).toBeCloseTo(loss - 1, 12);
  });

  test("a prepared target", () => {
    for (const name of ["boundary", "dice"]) {
      const loss = create(name),
        prepared = loss.prepare(target);
      expect(loss.perClass(pred, prepared)).toEqual(loss.perClass(pred, target));
      expect(loss.perSample(pred, prepared)).toEqual(loss.perSample(pred, target));
    }
  });

  test("a sample without pixels has none", () => {
    const data = target.data.slice() as Uint8Array;
    data.fill(IGNORED, 0, data.length / 2);
    const voids = { ...target, data };
    for (const name of ["dice", "boundary", "lovaszSoftmax", "crossEntropy", "componentWise", "combo"]) {
      const loss = create(name, { ...OF_CLASSES[name], ignoreIndex: IGNORED }),
        [first, second] = loss.perSample(pred, voids);
      expect([first, Number.isFinite(second)], name).toEqual([Number.NaN, true]);
      if (!BY_CLASS.includes(name)) continue;
      const table = loss.perClass(pred, voids);
      expect([...table].map(Number.isNaN), name).toEqual([true, true, true, false, false, false]);
    }
  });

  test("a tensor without its batch axis is one sample", () => {
    const loss = seg.crossEntropy({ spatialDims: 2 }),
      one = { data: pred.data.slice(0, 105), shape: [3, 5, 7] },
      labels = { data: target.data.slice(0, 35) as Uint8Array, shape: [5, 7] };
    expect([...loss.perSample(one, labels)]).toEqual([loss.value(one, labels)]);
  });
});

describe("refuses", () => {
  const { pred, target } = makeCase(setting("softmax, labels"), 114);
  test.each([
    ["crossEntropy", {}, "perPixel that of each pixel"],
    ["combo", {}, "perSample has the loss of each sample, and perPixel that of each pixel"],
    ["ohem", { batch: true }, "here, so there is no loss of each; perPixel has that of each pixel"],
    ["logCoshDice", {}, "perSample"],
    ["generalizedDice", {}, "perSample"],
    ["dice", { average: "micro" }, '"macro" has a loss of each'],
    ["hausdorffDistance", { log: true }, "perSample"],
    ["componentWise", {}, "perSample"],
    ["deepSupervision", {}, "perSample"],
  ])("classes of %s %j", (name, options, cure) => {
    const error = errorOf(() => create(name, options).perClass(pred, target));
    expect([error.code, error.message]).toEqual(["UNSUPPORTED", expect.stringContaining(cure)]);
  });

  test("classes of sums, samples that are pooled, out", () => {
    const both = seg.weightedSum([
      { weight: 1, loss: seg.dice() },
      { weight: 1, loss: seg.iou() },
    ]);
    expect(errorOf(() => both.perClass(pred, target)).message).toMatch(/a sum of 2 losses .* perClass of each/);
    expect(both.perSample(pred, target).length).toBe(2);
    expect(errorOf(() => seg.dice({ batch: true }).perSample(pred, target)).message).toMatch(
      /^dice: pools .* batch: false/,
    );
    expect(errorOf(() => seg.componentWise({ lossOptions: { batch: true } }).perSample(pred, target)).message).toMatch(
      /pools/,
    );
    for (const method of ["perClass", "perSample"] as const)
      expect(errorOf(() => seg.dice()[method](pred, target, { out: new Float32Array(210) })).message).toMatch(
        new RegExp(`^dice: ${method} gives losses`),
      );
  });

  test("a target of another batch", () => {
    const more = { data: new Uint8Array(105), shape: [3, 5, 7] };
    expect(errorOf(() => seg.dice().perSample(pred, more)).code).toBe("SHAPE_MISMATCH");
  });
});
