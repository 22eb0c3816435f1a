import { describe, expect, test } from "vitest";
import { type PresetName, presets } from "../dist/index.js";
import { create, errorOf, seg } from "./support/library";
import { oneHot, Random, shares } from "./support/random";
import { valueError } from "./support/vectors";

/**
 * What the other libraries compute, written down from their documentation in float64: p, t as [B][C][pixels], z the
 * logits.
 */
interface Inputs {
  readonly z: readonly (readonly (readonly number[])[])[];
  readonly p: readonly (readonly (readonly number[])[])[];
  readonly t: readonly (readonly (readonly number[])[])[];
}
type Arguments = Record<string, unknown>;
type Formula = (inputs: Inputs, a: Arguments) => number;

const B = 2,
  PIXELS = 35;
const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0),
  mean = (list: readonly number[]) => sum(list) / list.length,
  dot = (a: readonly number[], b: readonly number[]) => sum(a.map((x, i) => x * b[i]));
const pooled = (values: Inputs["p"]) => [values[0].map((_, c) => values.flatMap((sample) => sample[c]))];
const entries = (inputs: Inputs, value: (z: number, t: number, c: number) => number) =>
  inputs.z.flatMap((sample, b) => sample.flatMap((plane, c) => plane.map((z, i) => value(z, inputs.t[b][c][i], c))));
const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
  sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

/** One ratio per sample and class, or per class of the whole batch. */
function ratios(
  { p, t }: Inputs,
  batch: boolean,
  background: boolean,
  ratio: (p: readonly number[], t: readonly number[]) => number,
): number[] {
  const [ps, ts] = batch ? [pooled(p), pooled(t)] : [p, t];
  return ps
    .flatMap((sample, b) => sample.map((plane, c) => ({ c, value: ratio(plane, ts[b][c]) })))
    .flatMap(({ c, value }) => (c > 0 || background ? [value] : []));
}

const reduce = (list: readonly number[], reduction: unknown) => (reduction === "sum" ? sum(list) : mean(list));
const classWeight = (a: Arguments, name: string, c: number) => (a[name] as number[] | null)?.[c] ?? 1;

/** torch.nn.functional.cross_entropy with weight and label_smoothing. */
function crossEntropy({ p, t }: Inputs, a: Arguments, weights = "weight"): number {
  const C = p[0].length,
    s = (a.label_smoothing ?? a.smooth_factor ?? 0) as number;
  let total = 0,
    divisor = 0;
  for (let b = 0; b < B; b++) {
    for (let i = 0; i < PIXELS; i++) {
      for (let c = 0; c < C; c++) {
        total -= classWeight(a, weights, c) * ((1 - s) * t[b][c][i] + s / C) * Math.log(p[b][c][i]);
        divisor += classWeight(a, weights, c) * t[b][c][i];
      }
    }
  }
  return a.reduction === "sum" ? total : total / divisor;
}

const monaiDice: Formula = (inputs, a) =>
  reduce(
    ratios(inputs, a.batch as boolean, a.include_background as boolean, (p, t) => {
      const i = dot(p, t),
        squares = a.squared_pred ? dot(p, p) + dot(t, t) : sum(p) + sum(t),
        denominator = a.jaccard ? 2 * (squares - i) : squares;
      return 1 - (2 * i + (a.smooth_nr as number)) / (denominator + (a.smooth_dr as number));
    }),
    a.reduction,
  );
/** Binary focal loss with logits, alpha for t = 1. */
const focal = (inputs: Inputs, gamma: number, alpha: number | null, weights?: readonly number[] | null) =>
  entries(inputs, (z, t, c) => {
    const q = t ? sigmoid(-z) : sigmoid(z);
    return (weights?.[c] ?? 1) * (alpha === null ? 1 : t ? alpha : 1 - alpha) * q ** gamma * softplus(t ? -z : z);
  });
/** Softmax focal loss of the true class's entries, alpha for the foreground; background 1 - alpha. */
const softmaxFocal = ({ p, t }: Inputs, gamma: number, alpha: number | null) =>
  p.flatMap((sample, b) =>
    sample.flatMap((plane, c) =>
      plane.map(
        (x, i) => -(alpha === null ? 1 : c > 0 ? alpha : 1 - alpha) * t[b][c][i] * (1 - x) ** gamma * Math.log(x),
      ),
    ),
  );
/** smp: pooled over the batch, classes that the target lacks count 0. */
const smpRatio = (inputs: Inputs, a: Arguments, alpha: number, beta: number, factor: number) =>
  pooled(inputs.p)[0].map((p, c) => {
    const t = pooled(inputs.t)[0][c],
      i = dot(p, t),
      smooth = a.smooth as number;
    if (sum(t) === 0) return 0;
    return 1 - (factor * (i + smooth)) / (factor * (i + alpha * (sum(p) - i) + beta * (sum(t) - i) + smooth));
  });
const weighted = (list: readonly number[], weights: unknown) =>
  weights ? sum(list.map((x, c) => x * (weights as number[])[c])) / sum(weights as number[]) : mean(list);
const tversky = (p: readonly number[], t: readonly number[], alpha: number, beta: number, smooth: number) => {
  const i = dot(p, t);
  return (i + smooth) / (i + alpha * (sum(p) - i) + beta * (sum(t) - i) + smooth);
};
const nnunetDice = (inputs: Inputs, a: Arguments) =>
  -mean(
    ratios(
      inputs,
      a.batch_dice as boolean,
      a.do_bg as boolean,
      (p, t) => (2 * dot(p, t) + (a.smooth as number)) / (sum(p) + sum(t) + (a.smooth as number)),
    ),
  );

/**
 * Formulas by preset; those of the authors' own losses are the specification's, and their presets are held against the
 * losses' options.
 */
const formulas: Partial<Record<PresetName, Formula>> = {
  "torch.CrossEntropyLoss": crossEntropy,
  "torch.BCEWithLogitsLoss": (inputs, a) => {
    const weight = (c: number) => (typeof a.pos_weight === "number" ? a.pos_weight : classWeight(a, "pos_weight", c));
    return reduce(
      entries(inputs, (z, t, c) => weight(c) * t * softplus(-z) + (1 - t) * softplus(z)),
      a.reduction,
    );
  },
  "monai.DiceLoss": monaiDice,
  "monai.TverskyLoss": (inputs, a) =>
    reduce(
      ratios(inputs, a.batch as boolean, a.include_background as boolean, (p, t) => {
        const i = dot(p, t),
          errors = (a.alpha as number) * (sum(p) - i) + (a.beta as number) * (sum(t) - i);
        return 1 - (i + (a.smooth_nr as number)) / (i + errors + (a.smooth_dr as number));
      }),
      a.reduction,
    ),
  "monai.FocalLoss": (inputs, a) =>
    mean((a.use_softmax ? softmaxFocal : focal)(inputs, a.gamma as number, a.alpha as number | null)),
  "monai.DiceCELoss": (inputs, a) =>
    (a.lambda_dice as number) * monaiDice(inputs, a) +
    (a.lambda_ce as number) * crossEntropy(inputs, { reduction: a.reduction }),
  "monai.DiceFocalLoss": (inputs, a) =>
    (a.lambda_dice as number) * monaiDice(inputs, a) +
    (a.lambda_focal as number) * mean(focal(inputs, a.gamma as number, null)),
  "nnunet.RobustCrossEntropyLoss": crossEntropy,
  "nnunet.TopKLoss": (inputs, a) => {
    const pixels = Array.from({ length: B * PIXELS }, (_, i) =>
      crossEntropyOf(inputs, Math.floor(i / PIXELS), i % PIXELS, a),
    );
    return mean(
      pixels.sort((x, y) => y - x).slice(0, Math.max(1, Math.floor((pixels.length * (a.k as number)) / 100))),
    );
  },
  "nnunet.SoftDiceLoss": nnunetDice,
  "nnunet.DC_and_CE_loss": (inputs, a) =>
    (a.weight_dice as number) * nnunetDice(inputs, a) + (a.weight_ce as number) * crossEntropy(inputs, {}),
  "smp.DiceLoss": (inputs, a) => weighted(smpRatio(inputs, a, 0.5, 0.5, 2), a.class_weights),
  "smp.JaccardLoss": (inputs, a) => mean(smpRatio(inputs, a, 1, 1, 1)),
  "smp.TverskyLoss": (inputs, a) => mean(smpRatio(inputs, a, a.alpha as number, a.beta as number, 1)),
  "smp.FocalLoss": (inputs, a) =>
    sum(focal(inputs, a.gamma as number, a.alpha as number | null, a.class_weights as number[])) /
    sum(entries(inputs, (_z, _t, c) => classWeight(a, "class_weights", c))),
  "smp.SoftCrossEntropyLoss": crossEntropy,
  "smp.SoftBCEWithLogitsLoss": (inputs, a) =>
    reduce(
      entries(inputs, (z, t) => {
        const soft = (1 - t) * (a.smooth_factor as number) + t * (1 - (a.smooth_factor as number));
        return soft * softplus(-z) + (1 - soft) * softplus(z);
      }),
      a.reduction,
    ),
  "kornia.focal_loss": (inputs, a) =>
    reduce(softmaxFocal(inputs, a.gamma as number, a.alpha as number | null), a.reduction),
  "kornia.binary_focal_loss_with_logits": (inputs, a) =>
    reduce(focal(inputs, a.gamma as number, a.alpha as number), a.reduction),
  "kornia.dice_loss": (inputs, a) => {
    const one = (p: readonly number[], t: readonly number[]) =>
      1 - (2 * dot(p, t)) / (sum(p) + sum(t) + (a.eps as number));
    if (a.average === "micro") return mean(inputs.p.map((sample, b) => one(sample.flat(), inputs.t[b].flat())));
    return mean(
      inputs.p.map((sample, b) =>
        weighted(
          sample.map((plane, c) => one(plane, inputs.t[b][c])),
          a.weight,
        ),
      ),
    );
  },
  "kornia.tversky_loss": (inputs, a) =>
    mean(
      inputs.p.map((sample, b) => {
        const [p, t] = [sample.flat(), inputs.t[b].flat()],
          i = dot(p, t);
        return 1 - i / (i + (a.alpha as number) * (sum(p) - i) + (a.beta as number) * (sum(t) - i) + (a.eps as number));
      }),
    ),
  "yeung.tversky_loss": (inputs, a) =>
    mean(
      ratios(
        inputs,
        false,
        true,
        (p, t) => 1 - tversky(p, t, 1 - (a.delta as number), a.delta as number, a.smooth as number),
      ),
    ),
  "yeung.focal_tversky_loss": (inputs, a) =>
    mean(
      ratios(
        inputs,
        false,
        true,
        (p, t) =>
          (1 - tversky(p, t, 1 - (a.delta as number), a.delta as number, a.smooth as number)) ** (a.gamma as number),
      ),
    ),
  "yeung.combo_loss": (inputs, a) => {
    const dice = mean(ratios(inputs, false, true, (p, t) => (2 * dot(p, t) + 2e-6) / (sum(p) + sum(t) + 2e-6)));
    return (a.alpha as number) * crossEntropy(inputs, {}) - (1 - (a.alpha as number)) * dice;
  },
  "abraham.dice_loss": (inputs) =>
    mean(ratios(inputs, true, true, (p, t) => 1 - (2 * dot(p, t) + 1) / (sum(p) + sum(t) + 1))),
};

function crossEntropyOf({ p, t }: Inputs, b: number, i: number, a: Arguments): number {
  const C = p[0].length,
    s = a.label_smoothing as number;
  return sum(
    Array.from(
      { length: C },
      (_, c) => -classWeight(a, "weight", c) * ((1 - s) * t[b][c][i] + s / C) * Math.log(p[b][c][i]),
    ),
  );
}

const sigmoids: readonly PresetName[] = ["abraham.dice_loss"];

function makeInputs(
  seed: number,
  binary: boolean,
): Inputs & { pred: { data: Float32Array; shape: number[] }; target: { data: Uint8Array; shape: number[] } } {
  const random = new Random(seed),
    labels = Uint8Array.from({ length: B * PIXELS }, () => random.below(3)),
    t = oneHot(labels, 3, PIXELS),
    z = random.normals(t.length, 1.5).map((x, i) => x + t[i]),
    p = binary ? z.map(sigmoid) : shares(z, 3, PIXELS);
  const nested = (data: Float32Array) =>
    Array.from({ length: B }, (_, b) =>
      Array.from({ length: 3 }, (_, c) => Array.from(data.subarray((3 * b + c) * PIXELS, (3 * b + c + 1) * PIXELS))),
    );
  return {
    z: nested(z),
    p: nested(p),
    t: nested(t),
    pred: { data: z, shape: [B, 3, 5, 7] },
    target: { data: labels, shape: [B, 5, 7] },
  };
}

type Option = { readonly type: string; readonly default: unknown; readonly values?: readonly string[] };
/** An argument away from its default. */
function away(name: string, { type, default: value, values }: Option): unknown {
  if (name === "k") return 25;
  if (type === "boolean") return !value;
  if (type === "choice") return values?.find((each) => each !== value);
  if (type === "numbers") return [0.5, 2, 1.25];
  return value === null ? 0.3 : (value as number) * 0.6 + 0.2;
}

describe("presets are the library's formula", () => {
  const cases = presets.flatMap((each) => {
    const declared = each.arguments as unknown as Record<string, Option>,
      formula = formulas[each.name];
    if (!formula) return [];
    const base: Arguments = {
      ...("softmax" in declared ? { softmax: true } : {}),
      ...("num_classes" in declared ? { num_classes: 3 } : {}),
    };
    const fixed = ["softmax", "sigmoid", "num_classes", "mode", "from_logits", "ignore_index", "ignore_label"];
    const changed = Object.entries(declared).filter(([name]) => !fixed.includes(name));
    const variants = [{}, ...changed.map(([name, option]) => ({ [name]: away(name, option) }))];
    return variants.map((variant) => ({
      name: each.name,
      formula,
      declared,
      given: { ...base, ...variant } as Arguments,
      label: `${each.name} ${JSON.stringify(variant)}`,
    }));
  });

  test.each(cases)("$label", ({ name, formula, declared, given }) => {
    const impossible =
      (name === "kornia.dice_loss" && given.weight) || (name === "monai.DiceFocalLoss" && given.reduction === "sum");
    const more = name === "kornia.dice_loss" && given.weight ? { average: "macro" } : {};
    if (impossible && name !== "kornia.dice_loss") return; // MONAI's focal part divides its sum by the pixels
    const inputs = makeInputs(71, sigmoids.includes(name)),
      all = {
        ...Object.fromEntries(Object.entries(declared).map(([key, option]) => [key, option.default])),
        ...given,
        ...more,
      };
    const loss = seg.preset(name, { ...given, ...more } as never);
    // The one-hot of the pixels that torch ignores is never there: no label is -100.
    expect(valueError(loss.value(inputs.pred, inputs.target), formula(inputs, all))).toBeLessThanOrEqual(2e-6);
    const { grad } = loss.valueAndGrad(inputs.pred, inputs.target),
      direction = new Random(72).normals(grad.length);
    const moved = (h: number) => {
      const data = inputs.pred.data.map((x, i) => x + h * direction[i]);
      return { data, value: loss.value({ ...inputs.pred, data }, inputs.target) };
    };
    const [ahead, behind] = [moved(1e-3), moved(-1e-3)],
      slope = grad.reduce((total, g, i) => total + g * (ahead.data[i] - behind.data[i]), 0);
    expect(Math.abs(ahead.value - behind.value - slope)).toBeLessThanOrEqual(
      1e-3 * Math.abs(slope) + 1e-6 * Math.abs(ahead.value),
    );
  });

  test("others are losses with other options", () => {
    const same: Partial<Record<PresetName, readonly [arguments_: Arguments, loss: string, options: object]>> = {
      "monai.HausdorffDTLoss": [{ sigmoid: true, alpha: 1 }, "hausdorffDistance", { activation: "sigmoid", alpha: 1 }],
      "monai.LogHausdorffDTLoss": [
        { softmax: true, include_background: false },
        "hausdorffDistance",
        { includeBackground: false, log: true },
      ],
      "kornia.HausdorffERLoss": [
        { k: 4 },
        "hausdorffDistance",
        { activation: "none", variant: "erosion", erosions: 4 },
      ],
      "berman.lovasz_softmax": [
        { per_image: true, classes: "all" },
        "lovaszSoftmax",
        { activation: "none", batch: false, classes: "all" },
      ],
      "smp.LovaszLoss": [{}, "lovaszSoftmax", {}],
      "kervadec.SurfaceLoss": [{}, "boundary", { activation: "none" }],
      "valverde.RWLoss": [{}, "regionWise", {}],
      "sun.BoundaryDoULoss": [{}, "boundaryDifferenceOverUnion", { batch: true }],
      "zhao.RMILoss": [{ rmi_pool_way: 1 }, "regionMutualInformation", { pool: "average", poolSize: 3 }],
      "abraham.focal_tversky": [{}, "focalTversky", { activation: "sigmoid", batch: true, smooth: 1 }],
      "abraham.tversky_loss": [{}, "tversky", { activation: "sigmoid", batch: true, smooth: 1 }],
      "monai.AsymmetricUnifiedFocalLoss": [
        { weight: 0.3 },
        "unifiedFocal",
        { activation: "none", lambda: 0.3, delta: 0.7 },
      ],
      "yeung.sym_unified_focal_loss": [{ weight: 0.3 }, "unifiedFocal", { variant: "symmetric", lambda: 0.7 }],
      "yeung.asym_unified_focal_loss": [{ delta: 0.8 }, "unifiedFocal", { delta: 0.8 }],
      "gonzalez.TLoss": [{ nu: 0.5 }, "robustT", { activation: "sigmoid", logNu: 0.5, logSigma: -0.5 }],
      "wang.ABL": [{ isdetach: false }, "activeBoundary", { distance: "truncated", detachNeighbors: false }],
      "monai.GeneralizedWassersteinDiceLoss": [
        { weighting_mode: "GDL" },
        "generalizedWassersteinDice",
        { weighting: "GDL" },
      ],
      "fidon.GeneralizedWassersteinDiceLoss": [{}, "generalizedWassersteinDice", { smooth: 2.220446049250313e-16 }],
    };
    const { pred, target } = makeInputs(73, false),
      probabilities = { ...pred, data: shares(pred.data, 3, PIXELS) };
    for (const [name, [given, loss, options]] of Object.entries(same) as [
      PresetName,
      readonly [Arguments, string, object],
    ][]) {
      const input = (options as { activation?: string }).activation === "none" ? probabilities : pred;
      expect(seg.preset(name, given as never).value(input, target), name).toBe(
        create(loss, options).value(input, target),
      );
    }
    expect(presets.map(({ name }) => name).filter((name) => !(name in formulas) && !(name in same))).toEqual([]);
  });
});

describe("misuse", () => {
  test.each([
    [() => seg.preset("monai.DyceLoss" as never), /no preset "monai\.DyceLoss"; did you mean monai\.DiceLoss\?/],
    [
      () => seg.preset("monai.DiceLoss", { softmx: true } as never),
      /monai\.DiceLoss: unknown option "softmx"; did you mean softmax\?/,
    ],
    [
      () => seg.preset("monai.DiceLoss", { softmax: 1 } as never),
      /monai\.DiceLoss: option softmax must be true or false, got 1/,
    ],
    [() => seg.preset("monai.DiceLoss", { softmax: true, sigmoid: true }), /exclude each other/],
    [() => seg.preset("monai.FocalLoss", { use_softmax: true }), /needs num_classes/],
    [() => seg.preset("kornia.dice_loss", { weight: [1, 2, 3] }), /average "macro" alone/],
  ])("%#", (work, message) => {
    const error = errorOf(work);
    expect([error.code, error.message]).toEqual(["INVALID_OPTION", expect.stringMatching(message)]);
  });
});

test("tensors' own options, names, and sums with presets", () => {
  const { pred, target } = makeInputs(74, false);
  const nnunet = seg.preset("nnunet.SoftDiceLoss", { smooth: 2 }, { ignoreIndex: 1 });
  expect([nnunet.name, nnunet.options]).toEqual([
    "nnunet.SoftDiceLoss",
    { batch_dice: false, do_bg: true, smooth: 2, layout: "channelsFirst", ignoreIndex: 1 },
  ]);
  const dice = create("dice", { smooth: 2, ignoreIndex: 1 }).value(pred, target);
  expect(nnunet.value(pred, target)).toBeCloseTo(dice - 1, 12);
  expect(seg.weightedSum([{ weight: 2, loss: nnunet }]).value(pred, target)).toBeCloseTo(2 * dice - 2, 12);
});
