import { describe, expect, test } from "vitest";
import { createPool } from "../dist/workers.js";
import { sum } from "./reference/brute";
import { B, mean, PIXELS, sigmoid } from "./reference/presets";
import { errorOf, seg } from "./support/library";
import { makeInputs } from "./support/presets";
import { Random } from "./support/random";
import { valueError } from "./support/vectors";

const inputs = makeInputs(90, false),
  { z, p, pred, target } = inputs,
  labels = target.data;

/** Numbers of all pixels but those of a label, with the sample and the place of each. */
const pixels = <T>(of: (b: number, i: number, label: number) => T, left?: number) =>
  Array.from(labels, (label, n) => ({ label, b: Math.floor(n / PIXELS), i: n % PIXELS }))
    .filter(({ label }) => label !== left)
    .map(({ label, b, i }) => of(b, i, label));

test("MbLS: cross entropy, and the mean of what logits fall below the largest by more than a margin", () => {
  for (const [margin, alpha, ignored] of [
    [10, 0.1, -100],
    [0.8, 0.7, -100],
    [0.5, 2, 1],
  ]) {
    const ce = mean(pixels((b, i, label) => -Math.log(p[b][label][i]), ignored)),
      penalty = mean(
        pixels((b, i) => {
          const all = z[b].map((plane) => plane[i]);
          return all.map((x) => Math.max(0, Math.max(...all) - x - margin));
        }, ignored).flat(),
      );
    const loss = seg.preset("liu.LogitMarginL1", { margin, alpha, ignore_index: ignored });
    expect(valueError(loss.value(pred, target), ce + alpha * penalty)).toBeLessThanOrEqual(2e-6);
  }
  expect(errorOf(() => seg.preset("liu.LogitMarginL1", { schedule: "add" })).message).toMatch(/setWeights/);
});

test("mmseg's sampler: the hardest pixels of the batch, divided by all pixels", () => {
  for (const [thresh, min_kept, ignored] of [
    [null, 9, 255],
    [0.6, 3, 255],
    [0.1, 9, 255],
    [0.6, 3, 1],
  ] as const) {
    const all = pixels((b, i, label) => p[b][label][i], ignored).sort((x, y) => x - y),
      bound = Math.max(all[Math.min(B * min_kept, all.length - 1)], thresh ?? 0),
      kept = thresh === null ? all.slice(0, B * min_kept) : all.filter((x) => x < bound);
    const right = -sum(kept.map(Math.log)) / (B * PIXELS),
      loss = seg.preset("mmseg.OHEMPixelSampler", { thresh, min_kept, ignore_index: ignored });
    expect(valueError(loss.value(pred, target), right)).toBeLessThanOrEqual(2e-6);
  }
});

describe("MONAI's generalised Dice where no class is there", () => {
  const empty = { data: new Uint8Array(labels.length), shape: target.shape },
    options = { softmax: true, include_background: false, smooth_nr: 0.3 };
  test.each(["square", "simple"] as const)("%s: infinite weights become 0", (w_type) => {
    const loss = seg.preset("monai.GeneralizedDiceLoss", { ...options, w_type, smooth_dr: 0.4 });
    expect(loss.value(pred, empty)).toBeCloseTo(1 - 0.3 / 0.4, 12);
  });

  test.each([false, true])("uniform: weights stay 1 (batch: %s)", (batch) => {
    const sizes = p.map((planes) => sum(planes.slice(1).map(sum))),
      rows = batch ? [sum(sizes)] : sizes,
      loss = seg.preset("monai.GeneralizedDiceLoss", { ...options, w_type: "uniform", batch }),
      { value, grad } = loss.valueAndGrad(pred, empty);
    expect(valueError(value, mean(rows.map((size) => 1 - 0.3 / (size + 1e-5))))).toBeLessThanOrEqual(2e-6);
    expect(grad.some((g) => g !== 0)).toBe(true);
    // The loss itself has no weights there.
    expect(seg.generalizedDice({ weighting: "uniform", includeBackground: false }).value(pred, empty)).toBe(0);
  });
});

/** torch's interpolate with "nearest-exact" of a label image. */
function resampled([rows, columns]: readonly number[]) {
  const data = new Uint8Array(B * rows * columns),
    from = (i: number, to: number, size: number) => Math.floor((i + 0.5) * (size / to));
  for (let n = 0; n < data.length; n++) {
    const b = Math.floor(n / (rows * columns)),
      [y, x] = [Math.floor(n / columns) % rows, n % columns];
    data[n] = labels[b * PIXELS + from(y, rows, 5) * 7 + from(x, columns, 7)];
  }
  return { data, shape: [B, rows, columns] };
}
const sizes = [
    [5, 7],
    [3, 4],
    [2, 2],
    [1, 2],
    [1, 1],
    [1, 1],
  ],
  random = new Random(91);
const preds = sizes.map((size, i) =>
  i === 0 ? pred : { data: random.normals(B * 3 * size[0] * size[1]), shape: [B, 3, ...size] },
);
const extras = (scales: number) => Object.fromEntries(preds.slice(1, scales).map((each, i) => [`pred${i + 1}`, each]));

describe("deep supervision is the sum of the inner loss of each scale, times the library's weights", () => {
  const inner = {
    "monai.DiceCELoss": { softmax: true, include_background: false, lambda_ce: 0.5 },
    "monai.DiceLoss": { softmax: true, jaccard: true, batch: true, weight: [1, 2, 0.5] },
    "nnunet.DC_and_CE_loss": { batch_dice: true },
    "torch.CrossEntropyLoss": { weight: [1, 2, 0.5], label_smoothing: 0.1 },
  } as const;
  const scalesOf = (name: keyof typeof inner, scales: number) =>
    preds.slice(0, scales).map((each, i) => {
      const loss = seg.preset(name, inner[name] as never);
      return loss.value(each, resampled(sizes[i]));
    });

  test.each(Object.keys(inner) as (keyof typeof inner)[])("%s", (name) => {
    const loss = { name, ...inner[name] };
    const cases = [
      ["monai.DeepSupervisionLoss", { loss }, [1, 0.5, 0.25, 0.125, 0.0625, 0.0625]],
      ["monai.DeepSupervisionLoss", { loss, weight_mode: "two" }, [1, 0.5, 0.5]],
      ["monai.DeepSupervisionLoss", { loss, weight_mode: "same" }, [1, 1]],
      ["monai.DeepSupervisionLoss", { loss, weights: [3, 0, 2, 7] }, [3, 0, 2]],
      ["monai.DeepSupervisionLoss", { loss, weights: [3] }, [1, 0.5, 0.25]],
      ["nnunet.DeepSupervisionWrapper", { loss }, [1, 1, 1]],
      ["nnunet.DeepSupervisionWrapper", { loss, weight_factors: [2 / 3, 1 / 3, 0] }, [2 / 3, 1 / 3, 0]],
    ] as const;
    for (const [preset, given, weights] of cases) {
      const extra = extras(weights.length),
        whole = seg.preset(preset, given as never),
        right = sum(scalesOf(name, weights.length).map((value, i) => weights[i] * value));
      const { value, grad, grads } = whole.valueAndGrad(pred, target, extra);
      expect(valueError(value, right), JSON.stringify(given)).toBeLessThanOrEqual(2e-6);
      expect(whole.value(pred, target, extra)).toBe(value);
      const first = seg.preset(name, inner[name] as never).valueAndGrad(pred, target).grad;
      for (const [i, g] of first.entries()) expect(grad[i]).toBeCloseTo(weights[0] * g, 6);
      expect(Object.keys(grads)).toEqual(Object.keys(extra));
    }
  });

  test("in a sum, in a pool, with ignoreIndex", async () => {
    const given = { loss: { name: "monai.DiceCELoss", softmax: true } } as const,
      voids = { ignoreIndex: 1 },
      alone = seg.preset("monai.DeepSupervisionLoss", given, voids).value(pred, target, extras(3)),
      cross = seg.crossEntropy().value(pred, target);
    const summed = seg.weightedSum([
      { weight: 2, loss: seg.preset("monai.DeepSupervisionLoss", given, voids) },
      { weight: 1, loss: seg.crossEntropy() },
    ]);
    expect(summed.value(pred, target, extras(3))).toBeCloseTo(2 * alone + cross, 6);
    expect(alone).not.toBeCloseTo(seg.preset("monai.DeepSupervisionLoss", given).value(pred, target, extras(3)), 3);
    const pool = await createPool({ workers: 1 });
    try {
      const remote = pool.preset("monai.DeepSupervisionLoss", given, voids);
      expect(await remote.value(pred, target, extras(3))).toBe(alone);
    } finally {
      pool.dispose();
    }
  });

  test.each([
    [{}, /loss must be a preset by name with its arguments/],
    [{ loss: { name: "monai.DyceLoss" } }, /there is no preset "monai.DyceLoss"; did you mean monai.DiceLoss/],
    [{ loss: { name: "monai.DiceLoss", softmx: true } }, /monai.DiceLoss: unknown option "softmx"/],
    [
      { loss: { name: "monai.FocalLoss", use_softmax: true } },
      /monai.FocalLoss with these arguments divides by the number of pixels/,
    ],
    [{ loss: { name: "monai.DiceLoss", softmax: true }, weights: [0, 0, 0] }, /weights.*one above 0/],
  ])("refuses %j", (given, message) => {
    const work = () => seg.preset("monai.DeepSupervisionLoss", given as never).value(pred, target, extras(3));
    expect(errorOf(work).message).toMatch(message);
  });

  test("refuses another count of factors, and inputs that are not there", () => {
    const loss = { name: "monai.DiceLoss", softmax: true },
      wrapper = seg.preset("nnunet.DeepSupervisionWrapper", { loss, weight_factors: [1, 0.5] });
    expect(errorOf(() => wrapper.value(pred, target)).message).toMatch(/must hold 1 numbers, one per prediction/);
    expect(wrapper.value(pred, target, { pred1: preds[1], pred2: undefined })).toBeGreaterThan(0);
    expect(errorOf(() => wrapper.value(pred, target, { pred1: preds[1], prod2: preds[2] } as never)).message).toMatch(
      /unknown extra input "prod2"; did you mean pred2/,
    );
  });
});

describe("blob loss", () => {
  const mask = Uint8Array.from(labels, (label) => Number(label === 2)),
    scores = Float32Array.from(mask, (m) => sigmoid(random.normals(1)[0] + m)),
    one = { data: scores, shape: [B, 1, 5, 7] },
    binary = { data: mask, shape: [B, 5, 7] },
    // Objects that touch stay apart where they are numbered.
    numbered = Int32Array.from(mask, (m, n) => (m ? 1 + (n % 3) : 0));

  test("Dice of each object's pixels and the background, its mean over objects, then over samples", () => {
    for (const components of [numbered, seg.connectedComponents(binary).data]) {
      const right = mean(
        Array.from({ length: B }, (_, b) => {
          const own = Array.from(components.subarray(b * PIXELS, (b + 1) * PIXELS)),
            shares = Array.from(scores.subarray(b * PIXELS, (b + 1) * PIXELS));
          return mean(
            [...new Set(own)]
              .filter((id) => id > 0)
              .map((id) => {
                const truth = own.map((each) => Number(each === id)),
                  masked = shares.map((x, i) => (own[i] > 0 && own[i] !== id ? 0 : x));
                const both = sum(masked.map((x, i) => x * truth[i]));
                return 1 - (2 * both + 1e-5) / (sum(masked) + sum(truth) + 1e-5);
              }),
          );
        }),
      );
      const loss = seg.preset("kofler.compute_blob_loss_multi", { criterion: { name: "monai.DiceLoss" } }),
        extra = { components: { data: components, shape: [B, 5, 7] } };
      expect(valueError(loss.value(one, binary, extra as never), right)).toBeLessThanOrEqual(2e-6);
      if (components !== numbered) expect(loss.value(one, binary)).toBe(loss.value(one, binary, extra as never));
    }
  });

  test.each([
    [{ name: "monai.DiceLoss", sigmoid: true }, one, /only Dice, Jaccard and Tversky.*got dice with activation "sig/],
    [{ name: "torch.BCEWithLogitsLoss" }, one, /componentWise takes others/],
    [{ name: "monai.DiceLoss" }, pred, /pred must have one channel, got 3/],
  ])("refuses %j", (criterion, scored, message) => {
    const work = () => seg.preset("kofler.compute_blob_loss_multi", { criterion }).value(scored, binary);
    expect(errorOf(work).message).toMatch(message);
  });
});
