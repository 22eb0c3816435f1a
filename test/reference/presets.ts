import type { PresetName } from "../../dist/index.js";
import { sum } from "./brute";

/**
 * What the other libraries compute, written down from their documentation in float64: p, t as [B][C][pixels], z the
 * logits.
 */
export interface Inputs {
  readonly z: readonly (readonly (readonly number[])[])[];
  readonly p: readonly (readonly (readonly number[])[])[];
  readonly t: readonly (readonly (readonly number[])[])[];
}
export type Arguments = Record<string, unknown>;
export type Formula = (inputs: Inputs, a: Arguments) => number;

/** The size of all inputs. */
export const B = 2,
  PIXELS = 35;
export const mean = (list: readonly number[]) => sum(list) / list.length;
const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((x, i) => x * b[i]));
const pooled = (values: Inputs["p"]) => [values[0].map((_, c) => values.flatMap((sample) => sample[c]))];
export const entries = (inputs: Inputs, value: (z: number, t: number, c: number) => number) =>
  inputs.z.flatMap((sample, b) => sample.flatMap((plane, c) => plane.map((z, i) => value(z, inputs.t[b][c][i], c))));
export const softplus = (x: number) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))),
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

export const monaiDice: Formula = ({ p, t }, a) => {
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
export const focal = (inputs: Inputs, gamma: number, alpha: number | null, weights?: readonly number[] | null) =>
  entries(inputs, (z, t, c) => {
    const q = t ? sigmoid(-z) : sigmoid(z);
    return (weights?.[c] ?? 1) * (alpha === null ? 1 : t ? alpha : 1 - alpha) * q ** gamma * softplus(t ? -z : z);
  });
/** Softmax focal loss of the true class's entries, alpha for the foreground; background 1 - alpha. */
export const softmaxFocal = ({ p, t }: Inputs, gamma: number, alpha: number | null) =>
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

/**
 * Formulas by preset; those of the authors' own losses are the specification's, and their presets are held against the
 * losses' options.
 */
export const formulas: Partial<Record<PresetName, Formula>> = {
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
      (a.lambda_ce as number) * crossEntropy({ ...inputs, p: logits }, { ...a, weight: a.ce_weight ?? weights })
    );
  },
  "monai.DiceFocalLoss": (inputs, a) =>
    (a.lambda_dice as number) * monaiDice(inputs, a) +
    (a.lambda_focal as number) * monaiFocal(inputs, { ...a, weight: a.focal_weight ?? a.weight }),
  "monai.MCCLoss": ({ p, t }, a) => {
    const [ps, ts] = a.batch ? [pooled(p), pooled(t)] : [p, t];
    const terms = ps.flatMap((sample, b) =>
      sample.map((plane, c) => {
        const truth = ts[b][c],
          [q, no] = [plane.map((x) => 1 - x), truth.map((x) => 1 - x)],
          [tp, tn, fp, fn] = [dot(plane, truth), dot(q, no), dot(plane, no), dot(q, truth)],
          product = (tp + fp) * (tp + fn) * (tn + fp) * (tn + fn),
          r = (tp * tn - fp * fn + (a.smooth_nr as number)) / Math.sqrt(product + (a.smooth_dr as number));
        return { c, value: fp === 0 && fn === 0 ? 0 : 1 - r };
      }),
    );
    return monaiReduce(terms, a, p[0].length);
  },
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
  "nnunet.DC_and_topk_loss": (inputs, a) =>
    (a.weight_dice as number) * nnunetDice(inputs, a) +
    (a.weight_ce as number) * (formulas["nnunet.TopKLoss"] as Formula)(inputs, { k: a.k, label_smoothing: 0 }),
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
    (a.lambda_focal as number) * monaiFocal(inputs, { ...a, alpha: null, weight: a.focal_weight ?? a.weight }),
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

export function crossEntropyOf({ p, t }: Inputs, b: number, i: number, a: Arguments): number {
  const C = p[0].length,
    s = a.label_smoothing as number;
  return sum(
    Array.from(
      { length: C },
      (_, c) => -classWeight(a, "weight", c) * ((1 - s) * t[b][c][i] + s / C) * Math.log(p[b][c][i]),
    ),
  );
}

const softmax = (sample: readonly (readonly number[])[]) =>
  sample.map((plane) => plane.map((z, i) => 1 / sum(sample.map((other) => Math.exp(other[i] - z)))));
