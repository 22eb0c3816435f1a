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

/** MONAI: terms of the channels that are left times their weights, then a mean over all, or a sum. */
function monaiReduce(
  terms: readonly { readonly c: number; readonly value: number }[],
  a: Arguments,
  C: number,
): number {
  const first = a.include_background === false && C > 1 ? 1 : 0,
    weights = a.weight as number | readonly number[] | null | undefined;
  const weight = (c: number) =>
    C - first === 1 || weights == null ? 1 : typeof weights === "number" ? weights : weights[c - first];
  return reduce(
    terms.flatMap(({ c, value }) => (c < first ? [] : [weight(c) * value])),
    a.reduction,
  );
}

const monaiDice: Formula = ({ p, t }, a) => {
  const [ps, ts] = a.batch ? [pooled(p), pooled(t)] : [p, t];
  const terms = ps.flatMap((sample, b) =>
    sample.map((plane, c) => {
      const truth = ts[b][c],
        i = dot(plane, truth),
        squares = a.squared_pred ? dot(plane, plane) + dot(truth, truth) : sum(plane) + sum(truth),
        denominator = a.jaccard ? 2 * (squares - i) : squares;
      return { c, value: 1 - (2 * i + (a.smooth_nr as number)) / (denominator + (a.smooth_dr as number)) };
    }),
  );
  return monaiReduce(terms, a, p[0].length);
};
/** MONAI's sigmoid focal loss: the sum is that of the planes' means. */
const monaiFocal: Formula = (inputs, a) => {
  const C = inputs.z[0].length,
    planes = inputs.z.flatMap((sample, b) =>
      sample.map((z, c) => ({
        c,
        value: mean(focal({ z: [[z]], p: [], t: [[inputs.t[b][c]]] }, a.gamma as number, a.alpha as number | null)),
      })),
    );
  return monaiReduce(planes, a, C);
};
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
/** MONAI's generalised Dice: weights of the classes that are left from their targets' sums. */
const generalizedDice: Formula = ({ p, t }, a) => {
  const first = a.include_background === false ? 1 : 0,
    weights = { square: (n: number) => 1 / n ** 2, simple: (n: number) => 1 / n, uniform: () => 1 },
    weigh = weights[a.w_type as keyof typeof weights],
    [ps, ts] = a.batch ? [pooled(p), pooled(t)] : [p, t];
  return reduce(
    ps.map((sample, b) => {
      const classes = sample.map((plane, c) => ({ plane, truth: ts[b][c] })).slice(first),
        total = (of: (plane: readonly number[], truth: readonly number[]) => number) =>
          sum(classes.map(({ plane, truth }) => weigh(sum(truth)) * of(plane, truth)));
      return (
        1 -
        (2 * total(dot) + (a.smooth_nr as number)) /
          (total((plane, truth) => sum(plane) + sum(truth)) + (a.smooth_dr as number))
      );
    }),
    a.reduction,
  );
};

const formulas: Partial<Record<PresetName, Formula>> = {
  "torch.CrossEntropyLoss": crossEntropy,
  "torch.BCEWithLogitsLoss": (inputs, a) => {
    const of = (name: string, c: number) => (typeof a[name] === "number" ? a[name] : classWeight(a, name, c));
    return reduce(
      entries(inputs, (z, t, c) => of("weight", c) * (of("pos_weight", c) * t * softplus(-z) + (1 - t) * softplus(z))),
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
  "monai.FocalLoss": (inputs, a) => {
    if (!a.use_softmax) return monaiFocal(inputs, a);
    const classes = Array.from({ length: 3 }, (_, c) =>
      sum(
        softmaxFocal(
          { ...inputs, t: inputs.t.map((sample) => sample.map((plane, k) => (k === c ? plane : plane.map(() => 0)))) },
          a.gamma as number,
          a.alpha as number | null,
        ),
      ),
    );
    const weights = classes.map((value, c) => ({ c, value: value / PIXELS })),
      total = monaiReduce(weights, { ...a, reduction: "sum" }, 3);
    return a.reduction === "sum" ? total : total / (B * 3);
  },
  "monai.DiceCELoss": (inputs, a) => {
    const weights = a.weight as readonly number[] | null,
      overlap = { ...a, weight: a.include_background || !weights ? weights : weights.slice(1) };
    const logits = inputs.z.map((sample) => softmax(sample));
    return (
      (a.lambda_dice as number) * monaiDice(inputs, overlap) +
      (a.lambda_ce as number) * crossEntropy({ ...inputs, p: logits }, a)
    );
  },
  "monai.DiceFocalLoss": (inputs, a) =>
    (a.lambda_dice as number) * monaiDice(inputs, a) + (a.lambda_focal as number) * monaiFocal(inputs, a),
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
  "smp.JaccardLoss": (inputs, a) => weighted(smpRatio(inputs, a, 1, 1, 1), a.class_weights),
  "smp.TverskyLoss": (inputs, a) =>
    weighted(smpRatio(inputs, a, a.alpha as number, a.beta as number, 1), a.class_weights),
  "smp.FocalLoss": (inputs, a) =>
    sum(focal(inputs, a.gamma as number, a.alpha as number | null, a.class_weights as number[])) /
    sum(entries(inputs, (_z, _t, c) => classWeight(a, "class_weights", c))),
  "smp.SoftCrossEntropyLoss": crossEntropy,
  "smp.SoftBCEWithLogitsLoss": (inputs, a) =>
    reduce(
      entries(inputs, (z, t, c) => {
        const soft = (1 - t) * (a.smooth_factor as number) + t * (1 - (a.smooth_factor as number)),
          yes = classWeight(a, "pos_weight", c) * soft * softplus(-z);
        return classWeight(a, "weight", c) * (yes + (1 - soft) * softplus(z));
      }),
      a.reduction,
    ),
  "kornia.focal_loss": (inputs, a) =>
    reduce(
      softmaxFocal(inputs, a.gamma as number, a.alpha as number | null).map(
        (value, i) => classWeight(a, "weight", Math.floor(i / PIXELS) % 3) * value,
      ),
      a.reduction,
    ),
  "kornia.binary_focal_loss_with_logits": (inputs, a) =>
    reduce(focal(inputs, a.gamma as number, a.alpha as number | null, a.weight as number[] | null), a.reduction),
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
  "monai.GeneralizedDiceLoss": generalizedDice,
  "monai.GeneralizedDiceFocalLoss": (inputs, a) =>
    (a.lambda_gdl as number) * generalizedDice(inputs, a) +
    (a.lambda_focal as number) * monaiFocal(inputs, { ...a, alpha: null }),
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

const softmax = (sample: readonly (readonly number[])[]) =>
  sample.map((plane) => plane.map((z, i) => 1 / sum(sample.map((other) => Math.exp(other[i] - z)))));

/** Arguments that act together. */
const foreground = { include_background: false };
const together: Partial<Record<PresetName, readonly Arguments[]>> = {
  "monai.DiceLoss": [
    { ...foreground, weight: [2, 0.5] },
    { ...foreground, reduction: "sum", weight: [2, 0.5] },
    { weight: 3 },
    { weight: 3, reduction: "sum" },
    { jaccard: true, weight: [1, 2, 0] },
    { batch: true, weight: [1, 2, 4] },
  ],
  "monai.FocalLoss": [
    { ...foreground, weight: [2, 0.5], alpha: 0.3 },
    { ...foreground, reduction: "sum" },
    { weight: 2, reduction: "sum" },
    { use_softmax: true, weight: [2, 0.5, 1], alpha: 0.3 },
    { use_softmax: true, weight: [2, 0.5, 1], reduction: "sum" },
  ],
  "monai.DiceCELoss": [
    { ...foreground, weight: [3, 2, 0.5] },
    { reduction: "sum", weight: [3, 2, 0.5], label_smoothing: 0.1 },
    { label_smoothing: 0.1, weight: [3, 2, 0.5] },
  ],
  "monai.DiceFocalLoss": [
    { ...foreground, reduction: "sum" },
    { ...foreground, weight: [2, 0.5], lambda_focal: 3 },
    { weight: 2, alpha: 0.3, reduction: "sum" },
  ],
  "torch.BCEWithLogitsLoss": [{ weight: 3 }, { weight: [1, 2, 4], reduction: "sum" }],
  "kornia.focal_loss": [{ weight: [1, 2, 4], reduction: "sum", alpha: 0.25 }],
  "kornia.binary_focal_loss_with_logits": [{ alpha: null }, { weight: [1, 2, 4], reduction: "sum" }],
  "smp.SoftBCEWithLogitsLoss": [{ weight: [1, 2, 4], pos_weight: [2, 1, 3], reduction: "sum" }],
};

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
    };
    const fixed = ["softmax", "sigmoid", "mode", "from_logits", "ignore_index", "ignore_label"];
    const changed = Object.entries(declared).filter(([name]) => !fixed.includes(name));
    const variants = [
      {},
      ...changed.map(([name, option]) => ({ [name]: away(name, option) })),
      ...(together[each.name] ?? []),
    ];
    return variants.map((variant) => ({
      name: each.name,
      formula,
      declared,
      given: { ...base, ...variant } as Arguments,
      label: `${each.name} ${JSON.stringify(variant)}`,
    }));
  });

  test.each(cases)("$label", ({ name, formula, declared, given }) => {
    const more = name === "kornia.dice_loss" && given.weight ? { average: "macro" } : {};
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

  test("MONAI's pixel parts take logits also where the Dice part takes pred as it is", () => {
    const { t, pred, target } = makeInputs(75, false),
      data = shares(pred.data, 3, PIXELS),
      z = Array.from({ length: B }, (_, b) =>
        Array.from({ length: 3 }, (_, c) => Array.from(data.subarray((3 * b + c) * PIXELS, (3 * b + c + 1) * PIXELS))),
      );
    for (const name of ["monai.DiceCELoss", "monai.DiceFocalLoss"] as const) {
      const declared = (presets.find((each) => each.name === name) as { arguments: object }).arguments,
        all = Object.fromEntries(Object.entries(declared).map(([key, option]) => [key, option.default]));
      const right = (formulas[name] as Formula)({ z, p: z, t }, all);
      expect(valueError(seg.preset(name).value({ ...pred, data }, target), right)).toBeLessThanOrEqual(2e-6);
    }
  });

  test("one channel: a sigmoid's cross entropy with pos_weight, and the background stays in", () => {
    const random = new Random(76),
      data = random.normals(2 * PIXELS),
      labels = Uint8Array.from(data, () => random.below(2)),
      planes = [0, 1].map((b) => [Array.from(data.subarray(b * PIXELS, (b + 1) * PIXELS))]),
      t = [0, 1].map((b) => [Array.from(labels.subarray(b * PIXELS, (b + 1) * PIXELS))]),
      p = planes.map((sample) => sample.map((plane) => plane.map(sigmoid)));
    const given = { sigmoid: true, include_background: false, weight: [3] },
      a = { ...given, reduction: "mean", smooth_nr: 1e-5, smooth_dr: 1e-5 };
    const ce = mean(planes.flatMap(([z], b) => z.map((x, i) => (t[b][0][i] ? 3 * softplus(-x) : softplus(x)))));
    const value = seg
      .preset("monai.DiceCELoss", given)
      .value({ data, shape: [2, 1, 5, 7] }, { data: labels, shape: [2, 5, 7] });
    expect(valueError(value, monaiDice({ z: planes, p, t }, a) + ce)).toBeLessThanOrEqual(2e-6);
  });

  test("MONAI leaves the background out of its Hausdorff losses by default, and sums the planes' means", () => {
    const pred = { data: Float32Array.of(1, -1, -1, 1, 1, -1, -1, 1), shape: [1, 2, 2, 2] },
      target = { data: Float32Array.of(1, 0, 1, 1, 1, 0, 0, 1), shape: [1, 2, 2, 2] };
    // The second channel: p and t agree, and each pixel lies 1 from the other side of both.
    const right = 2 * sigmoid(-1) ** 2,
      value = (name: PresetName, more = {}) =>
        seg.preset(name, { sigmoid: true, ...more } as never).value(pred, target);
    expect(right).toBeCloseTo(0.144659, 6);
    expect(valueError(value("monai.HausdorffDTLoss"), right)).toBeLessThanOrEqual(1e-6);
    expect(valueError(value("monai.LogHausdorffDTLoss"), Math.log1p(right))).toBeLessThanOrEqual(1e-6);
    const all = value("monai.HausdorffDTLoss", { include_background: true });
    expect(
      valueError(value("monai.HausdorffDTLoss", { include_background: true, reduction: "sum" }), 2 * all),
    ).toBeLessThan(1e-6);
  });

  test("means that count the pixels that are ignored", () => {
    const inputs = makeInputs(77, false),
      labels = inputs.target.data.map((label, i) => (i % 3 === 1 ? 255 : label)),
      target = { data: labels, shape: inputs.target.shape };
    const kept = (list: readonly number[], planes: number) =>
      list.filter((_, i) => labels[Math.floor(i / (planes * PIXELS)) * PIXELS + (i % PIXELS)] !== 255);
    const expected: Partial<Record<PresetName, number>> = {
      "kornia.focal_loss": sum(kept(softmaxFocal(inputs, 2, null), 3)) / (3 * B * PIXELS),
      "kornia.binary_focal_loss_with_logits": sum(kept(focal(inputs, 2, 0.25), 3)) / (3 * B * PIXELS),
      "smp.SoftBCEWithLogitsLoss":
        sum(
          kept(
            entries(inputs, (z, t) => softplus(t ? -z : z)),
            3,
          ),
        ) /
        (3 * B * PIXELS),
      "smp.SoftCrossEntropyLoss":
        sum(
          kept(
            inputs.p.flatMap((_, b) =>
              Array.from({ length: PIXELS }, (_, i) => crossEntropyOf(inputs, b, i, { label_smoothing: 0 })),
            ),
            1,
          ),
        ) /
        (B * PIXELS),
    };
    for (const [name, right] of Object.entries(expected)) {
      const [own, third] = [
        seg.preset(name as "kornia.focal_loss", { ignore_index: 255 }),
        seg.preset(name as PresetName, {}, { ignoreIndex: 255 }),
      ];
      expect(valueError(own.value(inputs.pred, target), right), name).toBeLessThanOrEqual(2e-6);
      expect(third.value(inputs.pred, target), name).toBe(own.value(inputs.pred, target));
    }
  });

  test("smp's ratios leave ignored pixels out of all sums", () => {
    const inputs = makeInputs(80, false),
      labels = inputs.target.data.map((label, i) => (i % 4 === 1 ? 255 : label)),
      kept = (values: Inputs["p"]) =>
        values.map((sample, b) => sample.map((plane) => plane.map((x, i) => (labels[b * PIXELS + i] === 255 ? 0 : x))));
    const left = { z: inputs.z, p: kept(inputs.p), t: kept(inputs.t) },
      a = { smooth: 0.7, alpha: 0.3, beta: 0.6, class_weights: null };
    for (const name of ["smp.DiceLoss", "smp.JaccardLoss", "smp.TverskyLoss"] as const) {
      const { alpha, beta, ...both } = { ...a, ignore_index: 255 },
        given = name === "smp.TverskyLoss" ? { ...both, alpha, beta } : both,
        value = seg.preset(name, given).value(inputs.pred, { data: labels, shape: inputs.target.shape });
      expect(valueError(value, (formulas[name] as Formula)(left, a)), name).toBeLessThanOrEqual(2e-6);
    }
  });

  test("soft targets that mean something else in the library are refused, hard ones as numbers taken", () => {
    const { pred, target } = makeInputs(78, false),
      hard = { data: oneHot(target.data, 3, PIXELS), shape: pred.shape },
      soft = { data: hard.data.map((t) => 0.9 * t + 0.1 / 3), shape: pred.shape };
    const refusing: readonly [PresetName, object?][] = [
      ["smp.FocalLoss"],
      ["monai.FocalLoss"],
      ["monai.DiceFocalLoss", { softmax: true }],
      ["monai.DiceCELoss", { softmax: true, weight: [1, 2, 3] }],
      ["torch.CrossEntropyLoss", { weight: [1, 2, 3] }],
    ];
    for (const [name, given] of refusing) {
      const loss = seg.preset(name, given as never);
      expect(valueError(loss.value(pred, hard), loss.value(pred, target)), name).toBeLessThanOrEqual(1e-6);
      const { code, message } = errorOf(() => loss.value(pred, soft));
      expect([code, message.startsWith(`${name}: target must be hard`)], name).toEqual(["UNSUPPORTED", true]);
    }
  });

  test("others are losses with other options", () => {
    const same: Partial<Record<PresetName, readonly [arguments_: Arguments, loss: string, options: object]>> = {
      "monai.HausdorffDTLoss": [
        { sigmoid: true, alpha: 1, include_background: true },
        "hausdorffDistance",
        { activation: "sigmoid", alpha: 1 },
      ],
      "monai.LogHausdorffDTLoss": [{ softmax: true }, "hausdorffDistance", { includeBackground: false, log: true }],
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
      "wang.JDTLoss": [{ alpha: 0.5 }, "tversky", { batch: true, alpha: 0.5, beta: 1, smooth: 1e-3 }],
      "berman.lovasz_hinge": [{}, "lovaszHinge", { batch: false }],
      "smp.MCCLoss": [{ eps: 0.01 }, "matthewsCorrelation", { activation: "none", batch: true, smooth: 0.01 }],
      "abhuse.Poly1CrossEntropyLoss": [{ epsilon: 2 }, "poly", { epsilon: 2 }],
      "abhuse.Poly1FocalLoss": [{ epsilon: 2 }, "poly", { activation: "sigmoid", epsilon: 2, gamma: 2 }],
      "hrnet.OhemCrossEntropy": [{ thres: 0.5, min_kept: 4 }, "ohem", { threshold: 0.5, minKept: 4 }],
      "monai.NACLLoss": [{ distance_type: "l2", alpha: 0.3 }, "nacl", { distance: "l2", alpha: 0.3 }],
      "monai.SoftclDiceLoss": [
        { iter_: 2 },
        "centerlineDice",
        { activation: "none", average: "micro", batch: true, iterations: 2 },
      ],
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
    const left = presets.map(({ name }) => name).filter((name) => !(name in formulas) && !(name in same));
    expect(left).toEqual(["monai.SoftDiceclDiceLoss", "kirchhoff.SoftSkeletonRecallLoss"]);
  });

  test("clDice beside Dice, and minus the recall of a tube", () => {
    const { pred, target } = makeInputs(74, false),
      probabilities = { ...pred, data: shares(pred.data, 3, PIXELS) },
      micro = { activation: "none", average: "micro", batch: true, includeBackground: false, smooth: 0.5 };
    const both = seg.preset("monai.SoftDiceclDiceLoss", { alpha: 0.3, iter_: 2, smooth: 0.5 }),
      [dice, lines] = [create("dice", micro), create("centerlineDice", { ...micro, iterations: 2 })].map((loss) =>
        loss.value(probabilities, target),
      );
    expect(both.value(probabilities, target)).toBeCloseTo(0.7 * dice + 0.3 * lines, 12);
    const recall = create("skeletonRecall", { batch: true, smooth: 1 }).value(pred, target);
    expect(seg.preset("kirchhoff.SoftSkeletonRecallLoss", { batch_dice: true }).value(pred, target)).toBeCloseTo(
      recall - 1,
      12,
    );
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
    [
      () => seg.preset("monai.FocalLoss", { use_softmax: true, include_background: false }),
      /softmax of the other channels; pass those alone/,
    ],
    [() => seg.preset("monai.DiceCELoss", { lambda_ce: -1 }), /lambda_ce must be a number of at least 0, got -1/],
    [() => seg.preset("monai.DiceFocalLoss", { lambda_dice: -1 }), /lambda_dice must be a number of at least 0/],
    [() => seg.preset("monai.DiceCELoss", { softmax: true, weight: 2 }), /weight must be a list/],
    [
      () => seg.preset("monai.LogHausdorffDTLoss", { reduction: "sum" }),
      /take Math\.log1p of the value of monai\.HausdorffDTLoss/,
    ],
    [
      () => {
        const { pred, target } = makeInputs(79, false);
        seg
          .preset("monai.DiceLoss", { softmax: true, include_background: false, weight: [1, 2, 3] })
          .value(pred, target);
      },
      /monai\.DiceLoss: weight must hold 2 numbers, one per class but the background, got 3/,
    ],
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
    { batch_dice: false, do_bg: true, smooth: 2, layout: "channelsFirst", ignoreIndex: 1, spatialDims: null },
  ]);
  const dice = create("dice", { smooth: 2, ignoreIndex: 1 }).value(pred, target);
  expect(nnunet.value(pred, target)).toBeCloseTo(dice - 1, 12);
  expect(seg.weightedSum([{ weight: 2, loss: nnunet }]).value(pred, target)).toBeCloseTo(2 * dice - 2, 12);
});

/** What each library's function takes (its constructor, as published). */
const torchReduction = ["size_average", "reduce", "reduction"],
  monaiCommon = ["include_background", "to_onehot_y", "sigmoid", "softmax", "other_act", "reduction"],
  monaiRatio = [...monaiCommon, "smooth_nr", "smooth_dr", "batch"],
  monaiDiceArguments = [...monaiRatio, "squared_pred", "jaccard", "weight"],
  smpRegion = ["mode", "classes", "log_loss", "from_logits", "smooth", "eps", "class_weights"];
const signatures: Partial<Record<PresetName, readonly string[]>> = {
  "torch.CrossEntropyLoss": ["weight", "ignore_index", "label_smoothing", ...torchReduction],
  "torch.BCEWithLogitsLoss": ["weight", "pos_weight", ...torchReduction],
  "monai.DiceLoss": [...monaiDiceArguments, "soft_label"],
  "monai.TverskyLoss": [...monaiRatio, "alpha", "beta", "soft_label"],
  "monai.FocalLoss": ["include_background", "to_onehot_y", "gamma", "alpha", "weight", "reduction", "use_softmax"],
  "monai.DiceCELoss": [...monaiDiceArguments, "ce_weight", "lambda_dice", "lambda_ce", "label_smoothing"],
  "monai.DiceFocalLoss": [...monaiDiceArguments, "gamma", "focal_weight", "lambda_dice", "lambda_focal", "alpha"],
  "monai.GeneralizedWassersteinDiceLoss": ["dist_matrix", "weighting_mode", "reduction", "smooth_nr", "smooth_dr"],
  "monai.HausdorffDTLoss": [...monaiCommon, "alpha", "batch"],
  "monai.LogHausdorffDTLoss": [...monaiCommon, "alpha", "batch"],
  "monai.AsymmetricUnifiedFocalLoss": ["to_onehot_y", "num_classes", "weight", "gamma", "delta", "reduction"],
  "smp.DiceLoss": [...smpRegion, "ignore_index"],
  "smp.JaccardLoss": [...smpRegion, "ignore_index"],
  "smp.TverskyLoss": [...smpRegion, "ignore_index", "alpha", "beta", "gamma"],
  "smp.FocalLoss": [
    ...["mode", "alpha", "gamma", "ignore_index", "reduction", "normalized", "reduced_threshold", "class_weights"],
  ],
  "smp.SoftCrossEntropyLoss": ["reduction", "smooth_factor", "ignore_index", "dim"],
  "smp.SoftBCEWithLogitsLoss": ["weight", "ignore_index", "reduction", "smooth_factor", "pos_weight"],
  "monai.GeneralizedDiceLoss": [...monaiRatio, "w_type", "soft_label"],
  "monai.GeneralizedDiceFocalLoss": [
    ...[...monaiRatio, "w_type", "gamma", "focal_weight", "weight", "lambda_gdl", "lambda_focal"],
  ],
  "monai.SoftclDiceLoss": ["iter_", "smooth"],
  "monai.SoftDiceclDiceLoss": ["iter_", "alpha", "smooth"],
  "monai.NACLLoss": ["classes", "dim", "kernel_size", "kernel_ops", "distance_type", "alpha", "sigma"],
  "smp.MCCLoss": ["eps"],
  "smp.LovaszLoss": ["mode", "per_image", "ignore_index", "from_logits"],
  "kornia.focal_loss": ["alpha", "gamma", "reduction", "weight", "ignore_index"],
  "kornia.binary_focal_loss_with_logits": ["alpha", "gamma", "reduction", "pos_weight", "weight", "ignore_index"],
  "kornia.dice_loss": ["average", "eps", "weight", "ignore_index"],
  "kornia.tversky_loss": ["alpha", "beta", "eps", "ignore_index"],
  "kornia.HausdorffERLoss": ["alpha", "k", "reduction"],
};

describe("every argument of a library's function is obeyed, or the message says what to do instead", () => {
  const entriesOf = Object.entries(signatures) as [PresetName, readonly string[]][];
  test("all functions of torch, MONAI, smp and kornia are there", () => {
    const libraries = /^(torch|monai|smp|kornia)\./;
    expect(
      presets
        .map(({ name }) => name)
        .filter((name) => libraries.test(name))
        .sort(),
    ).toEqual(entriesOf.map(([name]) => name).sort());
  });
  test.each(entriesOf)("%s", (name, known) => {
    const found = presets.find((each) => each.name === name) as unknown as {
      arguments: Record<string, Option>;
      elsewhere?: Record<string, { takes: readonly unknown[]; instead: string }>;
    };
    const { elsewhere = {} } = found;
    expect([...Object.keys(found.arguments), ...Object.keys(elsewhere)].sort()).toEqual([...known].sort());
    const base = "softmax" in found.arguments ? { softmax: true } : {};
    for (const [argument, { takes, instead }] of Object.entries(elsewhere)) {
      for (const value of takes)
        expect(seg.preset(name, { ...base, [argument]: value } as never).options).not.toHaveProperty(argument);
      const refused = errorOf(() => seg.preset(name, { ...base, [argument]: "no such value" } as never));
      expect([refused.code, refused.message]).toEqual([
        "INVALID_OPTION",
        `${name}: ${argument} "no such value": ${instead}`,
      ]);
    }
  });
});
