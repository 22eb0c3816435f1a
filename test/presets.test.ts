import { describe, expect, test } from "vitest";
import { type PresetName, presets } from "../dist/index.js";
import { sum } from "./reference/brute";
import {
  type Arguments,
  B,
  crossEntropyOf,
  entries,
  type Formula,
  focal,
  formulas,
  mean,
  monaiDice,
  PIXELS,
  sigmoid,
  softmaxFocal,
  softplus,
} from "./reference/presets";
import { create, errorOf, seg } from "./support/library";
import { makeInputs, type Option } from "./support/presets";
import { oneHot, Random, shares } from "./support/random";
import { valueError } from "./support/vectors";

const sigmoids: readonly PresetName[] = ["abraham.dice_loss"];

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
    { ...foreground, ce_weight: [3, 2, 0.5] },
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
      kept = (values: typeof inputs.p) =>
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
      ["monai.DeepSupervisionLoss", { loss: { name: "smp.FocalLoss" } }],
    ];
    for (const [name, given] of refusing) {
      const loss = seg.preset(name, given as never);
      expect(valueError(loss.value(pred, hard), loss.value(pred, target)), name).toBeLessThanOrEqual(1e-6);
      const { code, message } = errorOf(() => loss.value(pred, soft));
      expect([code, message.startsWith(`${name}: target must be hard`)], name).toEqual(["UNSUPPORTED", true]);
    }
  });

  test("smp's binary losses take one channel, as smp makes one of several; reshaped to it they are its numbers", () => {
    const { pred, target } = makeInputs(81, true),
      hard = { data: oneHot(target.data, 3, PIXELS), shape: pred.shape },
      given = { mode: "binary", smooth: 0.5 } as const,
      [batch, classes, ...spatial] = pred.shape,
      flat = ({ data }: { data: Float32Array }) => ({ data, shape: [batch, 1, classes * spatial[0], spatial[1]] });
    const p = pred.data.map((z) => 1 / (1 + Math.exp(-z))),
      inside = sum([...p].map((x, i) => x * hard.data[i])),
      all = sum([...p, ...hard.data]);
    const dice = seg.preset("smp.DiceLoss", given);
    expect(valueError(dice.value(flat(pred), flat(hard)), 1 - (2 * inside + 1) / (all + 1))).toBeLessThanOrEqual(2e-6);
    expect(seg.preset("smp.DiceLoss", { ...given, mode: "multilabel" }).value(pred, hard)).toBeGreaterThan(0);
    const probabilities = { ...flat(pred), data: p },
      correlation = create("matthewsCorrelation", { activation: "none", batch: true, smooth: 0.01 });
    expect(seg.preset("smp.MCCLoss", { eps: 0.01 }).value(probabilities, flat(hard))).toBe(
      correlation.value(probabilities, flat(hard)),
    );
    const refusing: readonly (readonly [PresetName, object])[] = [
      ["smp.DiceLoss", given],
      ["smp.JaccardLoss", given],
      ["smp.TverskyLoss", given],
      ["smp.LovaszLoss", { mode: "binary" }],
      ["smp.MCCLoss", {}],
      ["monai.DeepSupervisionLoss", { loss: { name: "smp.DiceLoss", ...given } }],
    ];
    for (const [name, own] of refusing) {
      const { code, message } = errorOf(() => seg.preset(name, own as never).value({ ...pred, data: p }, hard));
      expect([code, message], name).toEqual([
        "UNSUPPORTED",
        expect.stringMatching(`^${name}: pred must have one channel, got C = 3: reshape pred and target to one`),
      ]);
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
    // presetsBeyond.test.ts has the others, and the test before this one what takes one channel.
    expect(left).toEqual([
      "monai.SoftDiceclDiceLoss",
      "smp.MCCLoss",
      "liu.LogitMarginL1",
      "mmseg.OHEMPixelSampler",
      "kirchhoff.SoftSkeletonRecallLoss",
      "monai.DeepSupervisionLoss",
      "nnunet.DeepSupervisionWrapper",
      "kofler.compute_blob_loss_multi",
    ]);
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
