import { runInNewContext } from "node:vm";
import { describe, expect, test } from "vitest";
import { type PresetName, presets } from "../dist/index.js";
import { sum } from "./reference/brute";
import { sigmoid } from "./reference/presets";
import { create, errorOf, seg } from "./support/library";
import { makeInputs, type Option } from "./support/presets";

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
    [
      () => seg.preset("monai.DiceCELoss", { softmax: true, weight: [1, 2, 3], ce_weight: [1, 2, 3] }),
      /ce_weight is what older releases take for the one part/,
    ],
    [() => seg.preset("monai.DiceFocalLoss", { weight: 2, focal_weight: 2 }), /focal_weight is what older releases/],
    [() => seg.preset("kornia.dice_loss", { weight: [1, 2, 3] }), /average "macro" alone/],
    [
      () => seg.preset("DiceLoss" as never),
      /no preset "DiceLoss"; did you mean monai\.DiceLoss or smp\.DiceLoss or .*\? \(presets: torch/,
    ],
    [() => seg.preset("monai.losses.DiceLoss" as never), /"monai\.losses\.DiceLoss"; did you mean monai\.DiceLoss\?/],
    [() => seg.preset("monai.HausdorffERLoss" as never), /did you mean kornia\.HausdorffERLoss\?/],
    [() => seg.preset("smp.FocalTverskyLoss" as never), /did you mean abraham\.focal_tversky or yeung\.focal_tv/],
    [() => seg.preset("smp.BCE" as never), /no preset "smp\.BCE" \(presets/],
    [() => seg.preset("mcc" as never), /no preset "mcc"; did you mean monai\.MCCLoss or smp\.MCCLoss\?/],
    [
      () => seg.preset("monai.DiceLoss", { to_one_hot_y: true } as never),
      /unknown option "to_one_hot_y"; did you mean to_onehot_y\? \(options: .*, soft_label, to_onehot_y, other_act\)/,
    ],
    [
      () => {
        const { pred, target } = makeInputs(79, false);
        seg
          .preset("monai.DiceCELoss", { softmax: true, include_background: false, weight: [2, 3] })
          .value(pred, target);
      },
      /monai\.DiceCELoss: weight must hold 3 numbers, one per class, got 2/,
    ],
    [
      () => seg.preset("monai.DiceCELoss", { softmax: true, reduction: "none" as never }),
      /got "none"; perPixel, perClass or perSample has it$/,
    ],
    [
      () => seg.preset("monai.DeepSupervisionLoss", { loss: seg.preset("monai.FocalLoss", { gamma: 5 }) } as never),
      /option loss must be a preset by name with its arguments, no loss: \{ name: "monai/,
    ],
    [() => seg.componentWise({ lossOptions: seg.dice() as never }), /option lossOptions must be an object of options/],
    [
      () => seg.preset("monai.DiceLoss", { softmax: true }, { reduction: "sum" } as never),
      /tensors: unknown option "reduction"; did you mean the argument: seg\.preset\("monai\.DiceLoss", \{ reduction \}/,
    ],
    [
      () => seg.preset("monai.DiceLoss", { softmax: true }, { ignore_index: 255 } as never),
      /tensors: unknown option "ignore_index"; did you mean ignoreIndex\?/,
    ],
    [
      () => seg.preset("monai.DiceLoss", { softmax: true }, "channelsLast" as never),
      /monai\.DiceLoss: tensors: options must be an object such as/,
    ],
  ])("%#", (work, message) => {
    const error = errorOf(work);
    expect([error.code, error.message]).toEqual(["INVALID_OPTION", expect.stringMatching(message)]);
  });
});

test("NACLLoss takes the number of classes, and holds it against pred's", () => {
  const { pred, target } = makeInputs(75, false),
    classes = pred.shape[1];
  expect(seg.preset("monai.NACLLoss", { classes, dim: 2 }).value(pred, target)).toBe(seg.nacl().value(pred, target));
  const error = errorOf(() => seg.preset("monai.NACLLoss", { classes: classes + 1, dim: 2 }).value(pred, target));
  expect([error.code, error.message]).toEqual([
    "INVALID_OPTION",
    `monai.NACLLoss: classes is ${classes + 1}, but pred has ${classes} channels`,
  ]);
});

test("objects of options are taken from other realms, and without a prototype", () => {
  const { pred, target } = makeInputs(76, false),
    of = (loss: object) => seg.preset("monai.DeepSupervisionLoss", { loss: loss as never }).value(pred, target),
    loss = { name: "monai.DiceLoss", softmax: true };
  const others = [Object.assign(Object.create(null), loss), runInNewContext(`(${JSON.stringify(loss)})`)];
  for (const other of others) expect(of(other)).toBe(of(loss));
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

describe('MONAI\'s reduction "none" is refused, and what the message names has its numbers', () => {
  const { p, t, z, pred, target } = makeInputs(81, false),
    refused = (name: PresetName) => errorOf(() => seg.preset(name, { reduction: "none" } as never)).message;

  test("DiceLoss: perClass, a number of each sample and class", () => {
    expect(refused("monai.DiceLoss")).toMatch(/must be .* perClass, with reduction "sum", gives .*before a list/);
    const dice = (p: readonly number[], t: readonly number[]) =>
      1 - (2 * sum(p.map((x, i) => x * t[i])) + 1e-5) / (sum(p) + sum(t) + 1e-5);
    const table = seg.preset("monai.DiceLoss", { softmax: true }).perClass(pred, target),
      left = seg.preset("monai.DiceLoss", { softmax: true, include_background: false }).perClass(pred, target);
    for (const [b, sample] of p.entries())
      for (const [c, plane] of sample.entries()) {
        expect(table[3 * b + c]).toBeCloseTo(dice(plane, t[b][c]), 6);
        expect(left[3 * b + c]).toBe(c === 0 ? Number.NaN : table[3 * b + c]);
      }
    const weighted = { softmax: true, weight: [1, 2, 0.5], reduction: "sum" } as const;
    expect(seg.preset("monai.DiceLoss", weighted).perClass(pred, target)).toEqual(table);
    const pooled = seg.preset("monai.DiceLoss", { softmax: true, batch: true }).perClass(pred, target);
    for (const c of [0, 1, 2])
      expect(pooled[c]).toBeCloseTo(dice([...p[0][c], ...p[1][c]], [...t[0][c], ...t[1][c]]), 6);
  });

  test("FocalLoss: perPixel times the pixels of a sample, the sum of a pixel's channels", () => {
    expect(refused("monai.FocalLoss")).toMatch(/perPixel with reduction "sum", times the pixels of a sample/);
    const weight = [1, 2, 0.5],
      given = { alpha: 0.3, weight, reduction: "sum" } as const,
      entry = (z: number, t: number) => (t ? 0.3 : 0.7) * sigmoid(t ? -z : z) ** 2 * Math.log1p(Math.exp(t ? -z : z));
    const each = seg.preset("monai.FocalLoss", given).perPixel(pred, target),
      soft = seg.preset("monai.FocalLoss", { ...given, use_softmax: true }).perPixel(pred, target);
    for (let n = 0; n < each.length; n++) {
      const [b, i] = [Math.floor(n / 35), n % 35],
        label = target.data[n];
      const right = sum(weight.map((w, c) => w * entry(z[b][c][i], t[b][c][i])));
      expect(35 * each[n] - right).toBeCloseTo(0, 5);
      const q = 1 - p[b][label][i];
      expect(35 * soft[n] + (label ? 0.3 : 0.7) * weight[label] * q ** 2 * Math.log(1 - q)).toBeCloseTo(0, 5);
    }
    // Of one channel they are MONAI's own.
    const one = { data: pred.data.slice(0, 35), shape: [1, 1, 5, 7] },
      mask = { data: target.data.slice(0, 35).map((label) => Number(label > 0)), shape: [1, 5, 7] },
      alone = seg.focal({ activation: "sigmoid", alpha: 0.3, reduction: "sum" }).perPixel(one, mask);
    for (const [i, value] of alone.entries()) expect(value).toBeCloseTo(entry(one.data[i], mask.data[i]), 6);
  });

  test("GeneralizedDiceLoss: perSample", () => {
    expect(refused("monai.GeneralizedDiceLoss")).toMatch(/perSample gives the loss of each sample/);
  });
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
  "monai.MCCLoss": monaiRatio,
  "monai.DeepSupervisionLoss": ["loss", "weight_mode", "weights"],
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
