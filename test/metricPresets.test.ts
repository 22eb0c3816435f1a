import { describe, expect, test } from "vitest";
import { metricPresets, unreproducibleMetrics } from "../dist/index.js";
import { type Batch, confusionNames, type Formula, formulas } from "./reference/metricPresets";
import { errorOf, seg } from "./support/library";
import { Random } from "./support/random";

const size = [9, 11] as const,
  PIXELS = size[0] * size[1],
  C = 4;

/** Rectangles of labels; class 3 is missing from some sides. */
function makeBatch(seed: number, spacing: readonly [number, number]) {
  const random = new Random(seed);
  const draw = (labels: readonly number[]) => {
    const data = new Uint8Array(PIXELS);
    for (const label of labels) {
      const [y, x, h, w] = [random.below(6), random.below(7), 2 + random.below(4), 2 + random.below(5)];
      for (let v = y; v < Math.min(9, y + h); v++)
        for (let u = x; u < Math.min(11, x + w); u++) data[v * 11 + u] = label;
    }
    return data;
  };
  // Of class 3: missed, invented, and nowhere.
  const truths = [draw([1, 2, 3]), draw([2, 1]), draw([1, 2])],
    guesses = [draw([1, 2]), draw([1, 2, 3]), draw([2, 1])],
    mask = (labels: Uint8Array, c: number) => labels.map((label) => (label === c ? 1 : 0));
  const batch: Batch = {
    size,
    spacing,
    pairs: truths.map((t, b) => Array.from({ length: C }, (_, c) => ({ p: mask(guesses[b], c), t: mask(t, c) }))),
  };
  const tensor = (parts: readonly Uint8Array[]) => ({
    data: Uint8Array.from(parts.flatMap((part) => [...part])),
    shape: [parts.length, ...size],
  });
  return { batch, pred: tensor(guesses), target: tensor(truths) };
}

const variants: Readonly<Record<string, readonly object[]>> = {
  "monai.DiceMetric": [{ include_background: false }, { ignore_empty: false }],
  "monai.MeanIoU": [{ include_background: false }, { ignore_empty: false }],
  "monai.HausdorffDistanceMetric": [
    ...[{ percentile: 95 }, { percentile: 0 }, { directed: true }, { directed: true, percentile: 70 }],
    { include_background: true, percentile: 50 },
    ...[
      { distance_metric: "chessboard", percentile: 80 },
      { distance_metric: "taxicab", directed: true },
    ],
  ],
  "monai.SurfaceDistanceMetric": [
    ...[{ symmetric: true }, { include_background: true }, { distance_metric: "taxicab" }],
    { symmetric: true, distance_metric: "chessboard" },
  ],
  "monai.SurfaceDiceMetric": [
    { class_thresholds: [0.5, 1.5, 3] },
    { class_thresholds: [1, 1, 2], distance_metric: "taxicab" },
    { class_thresholds: [0, 1, 2, 4], include_background: true },
  ],
  "monai.ConfusionMatrixMetric": confusionNames.flatMap((metric_name) => [
    { metric_name },
    { metric_name, compute_sample: true, include_background: false },
  ]),
  "metricsreloaded.fbeta": [{ beta: 2 }],
  "metricsreloaded.nsd": [{ nsd: 2.5 }],
  "metricsreloaded.hd_perc": [{ hd_perc: 60 }],
  "torchmetrics.MulticlassAccuracy": [{ average: "micro" }, { average: "weighted" }],
  "torchmetrics.MulticlassJaccardIndex": [{ average: "micro" }, { average: "weighted" }],
  "torchmetrics.segmentation.DiceScore": [
    ...[{ average: "micro" }, { aggregation_level: "global" }, { include_background: false }],
    ...[
      { average: "micro", aggregation_level: "global" },
      { average: "weighted", aggregation_level: "global" },
    ],
  ],
};
/** Sizes of pixels under the names that each library has for them. */
const sizes = ["spacing", "voxelspacing", "pixdim"];

describe("metric presets are the library's formula", () => {
  const cases = metricPresets.flatMap(({ name, arguments: declared }) => {
    const formula = formulas[name];
    if (!formula) return [];
    const all = declared as Readonly<Record<string, { readonly default: unknown }>>,
      defaults = Object.fromEntries(Object.entries(all).map(([key, option]) => [key, option.default])),
      plain = name === "monai.SurfaceDiceMetric" ? [] : [{}];
    return [...plain, ...(variants[name] ?? [])].map((given) => ({
      ...{ name, formula, given, label: `${name} ${JSON.stringify(given)}` },
      wanted: { ...defaults, ...given } as Record<string, unknown>,
      sized: sizes.find((key) => key in all),
    }));
  });

  test.each(cases)("$label", ({ name, formula, given, wanted, sized }) => {
    for (const [seed, spacing] of [
      [1, [1, 1]],
      [2, [3, 1]],
      [3, [0.7, 1.6]],
    ] as const) {
      const { batch, pred, target } = makeBatch(seed, sized ? spacing : [1, 1]),
        classes = /^torchmetrics/.test(name) ? { num_classes: C } : {},
        tensors = /^torchmetrics/.test(name) ? {} : { numClasses: C },
        arguments_ = { ...given, ...classes, ...(sized ? { [sized]: spacing } : {}) };
      const { value } = seg.metrics.preset(name, pred, target, arguments_ as never, tensors),
        right = (formula as Formula)({ ...batch, metric: wanted.distance_metric }, wanted);
      if (Number.isFinite(right)) expect(Math.abs(value - right)).toBeLessThanOrEqual(2e-7 * Math.abs(right));
      else expect(value).toBe(right);
    }
  });

  test("every preset has a formula here, or its own test", () => {
    const elsewhere = [
      ...["monai.CalibrationErrorMetric", "torchmetrics.MulticlassCalibrationError", "metricsreloaded.cldsc"],
      ...["stardist.matching", "brats.LesionWise_Score_Dice", "davis.f_measure"],
      ...metricPresets.map(({ name }) => name).filter((name) => name.startsWith("panoptica.")),
    ];
    expect(metricPresets.map(({ name }) => name).sort()).toEqual([...Object.keys(formulas), ...elsewhere].sort());
  });
});

describe("presets of other metrics' vectors", () => {
  const { pred, target } = makeBatch(5, [1, 1]),
    tensors = { numClasses: C };
  test.each([
    ["panoptica.DSC", "dice", {}],
    ["panoptica.IOU", "iou", {}],
    ["panoptica.clDSC", "centerlineDice", {}],
    ["panoptica.HD", "hausdorffDistance", {}],
    ["panoptica.HD95", "hausdorffDistance", { percentile: 95, quantile: "pooled" }],
    ["panoptica.ASSD", "meanSurfaceDistance", {}],
    ["panoptica.RVD", "volumeDifference", { relative: true }],
    ["panoptica.RVAE", "volumeDifference", { relative: true, absolute: true }],
    ["metricsreloaded.cldsc", "centerlineDice", { empty: { target: Number.NaN, pred: Number.NaN } }],
    ["brats.LesionWise_Score_Dice", "lesionWiseDice", { dilation: 3, minVolume: 50, emptyScore: 1 }],
    ["davis.f_measure", "boundaryF", { boundary: "between", toleranceRatio: 0.008, emptyScore: 1 }],
  ] as const)("%s is %s", (name, metric, options) => {
    const ours = seg.metrics[metric](pred, target, { ...tensors, ...options } as never);
    expect(seg.metrics.preset(name, pred, target, {}, tensors)).toEqual(ours);
  });

  test("BraTS's challenges, DAVIS's tolerances in pixels, and ids", () => {
    const met = { dilation: 1, minVolume: 2, emptyScore: 1, ...tensors };
    expect(
      seg.metrics.preset("brats.LesionWise_Score_Dice", pred, target, { challenge_name: "BraTS-MET" }, tensors),
    ).toEqual(seg.metrics.lesionWiseDice(pred, target, met));
    const pixels = seg.metrics.preset("davis.f_measure", pred, target, { bound_th: 2 }, tensors);
    expect(pixels.value).toBe(
      seg.metrics.boundaryF(pred, target, { boundary: "between", tolerance: 2, emptyScore: 1, ...tensors }).value,
    );
    const ids = { data: Uint8Array.of(1, 1, 0, 2, 2, 2), shape: [1, 1, 6] },
      others = { data: Uint8Array.of(5, 5, 0, 0, 0, 9), shape: [1, 1, 6] };
    // One pair of IoU 1, one of 1/3: PQ 1 / (1 + 1/2 + 1/2).
    expect(seg.metrics.preset("stardist.matching", others, ids).value).toBe(0.5);
  });

  test.each([0.008, 0.05, 1, 3])("davis.f_measure counts boundaries between pixels within a disc: %d", (bound_th) => {
    const [height, width] = [37, 45],
      near = bound_th >= 1 ? bound_th : Math.ceil(bound_th * Math.hypot(height, width)),
      random = new Random(12);
    const blob = (x: number, y: number, r: number) =>
      Uint8Array.from({ length: height * width }, (_, i) =>
        Math.hypot((i % width) - x, Math.floor(i / width) - y) + 3 * random.next() < r ? 1 : 0,
      );
    /** Pixels that differ from their neighbour to the right, below, or both; nothing lies beyond the image. */
    const boundary = (mask: Uint8Array) =>
      mask.map((v, i) => {
        const [right, below] = [i % width < width - 1, i < (height - 1) * width];
        return (right && mask[i + 1] !== v) ||
          (below && mask[i + width] !== v) ||
          (right && below && mask[i + width + 1] !== v)
          ? 1
          : 0;
      });
    /** The share of the pixels of `a` that lie within the disc around some pixel of `b`. */
    const share = (a: Uint8Array, b: Uint8Array) => {
      let [all, found] = [0, 0];
      for (const [i, is] of a.entries()) {
        if (!is) continue;
        all++;
        found += b.some(
          (other, j) => other && Math.hypot((i % width) - (j % width), ((i / width) | 0) - ((j / width) | 0)) <= near,
        )
          ? 1
          : 0;
      }
      return all > 0 ? found / all : 0;
    };
    const [mask, truth] = [blob(20, 18, 12), blob(26, 20, 13)],
      [a, b] = [boundary(mask), boundary(truth)],
      [precision, recall] = [share(a, b), share(b, a)];
    const { perClass } = seg.metrics.preset(
      "davis.f_measure",
      { data: mask, shape: [1, height, width] },
      { data: truth, shape: [1, height, width] },
      { bound_th },
      { numClasses: 2 },
    );
    expect(perClass[1]).toBeCloseTo((2 * precision * recall) / (precision + recall), 12);
    if (bound_th !== 0.05) expect(perClass[1]).toBeLessThan(1);
  });

  test("calibration errors", () => {
    const random = new Random(8),
      scores = { data: random.normals(3 * 2 * PIXELS), shape: [2, 3, ...size] },
      labels = { data: Uint8Array.from({ length: 2 * PIXELS }, () => random.below(3)), shape: [2, ...size] };
    const monai = seg.metrics.preset("monai.CalibrationErrorMetric", scores, labels, { num_bins: 10 }),
      ours = seg.metrics.expectedCalibrationError(scores, labels, { bins: 10 }),
      [a, b] = [ours.perClass.slice(0, 3), ours.perClass.slice(3)].map((list) => list.reduce((x, y) => x + y) / 3);
    expect(monai.value).toBeCloseTo((a + b) / 2, 14);
    const torch = seg.metrics.preset("torchmetrics.MulticlassCalibrationError", scores, labels, { num_classes: 3 }),
      top = seg.metrics.expectedCalibrationError(scores, labels, { confidence: "topLabel", closed: "left" });
    expect(torch.value).toBe(top.pooledValue);
  });
});

describe("misuse", () => {
  const { pred, target } = makeBatch(9, [1, 1]),
    ask = (name: string, given?: object, tensors?: object) =>
      seg.metrics.preset(name as never, pred, target, given as never, tensors as never);
  test.each([
    [() => ask("medpy.hd59"), /no metric "medpy\.hd59"; did you mean medpy\.hd/],
    [() => ask("medpy.hd", { voxelspacng: 1 }), /medpy\.hd: unknown option "voxelspacng"; did you mean voxelspacing/],
    [() => ask("medpy.hd", { connectivity: 2 }), /medpy\.hd: connectivity 2: surfaces of corner neighbours/],
    [() => ask("medpy.dc", {}, { beta: 2 }), /medpy\.dc: beta says nothing of the tensors/],
    [() => ask("monai.DiceMetric", {}, { includeBackground: false }), /an argument of monai\.DiceMetric says/],
    [() => ask("monai.SurfaceDiceMetric"), /class_thresholds must be given/],
    [() => ask("monai.DiceMetric", { reduction: "sum" }), /option reduction must be "mean"/],
    [() => ask("torchmetrics.MulticlassAccuracy"), /num_classes must be given where pred holds labels/],
  ])("%#", (work, message) => {
    const error = errorOf(work);
    expect([error.code, error.message]).toEqual(["INVALID_OPTION", expect.stringMatching(message)]);
  });

  test.each(unreproducibleMetrics)("%s is refused with the reason", (name, why) => {
    const error = errorOf(() => ask(name));
    expect([error.code, error.message]).toEqual(["UNSUPPORTED", `${name} is not reproduced: ${why}`]);
    expect(errorOf(() => ask("surface-distance.compute_robust_hausdorff")).code).toBe("UNSUPPORTED");
  });

  test("a list takes names of other libraries beside ours, and tells them of the tensors", () => {
    const found = seg.metrics.evaluate(
      pred,
      target,
      ["hausdorffDistance", "medpy.assd", { name: "medpy.hd95", as: "own", options: { voxelspacing: 2 } }],
      { spacing: [3, 1], numClasses: C },
    );
    const alone = (name: "medpy.assd" | "medpy.hd95", voxelspacing: number | number[]) =>
      seg.metrics.preset(name, pred, target, { voxelspacing }, { numClasses: C });
    expect(found["medpy.assd"]).toEqual(alone("medpy.assd", [3, 1]));
    expect(found.own).toEqual(alone("medpy.hd95", 2));
  });
});
