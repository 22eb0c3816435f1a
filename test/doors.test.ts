import { describe, expect, test } from "vitest";
import { lossCotangent } from "../dist/jax.js";
import { toLoss, trainStep } from "../dist/tfjs.js";
import { create, errorOf, seg, setting } from "./support/library";
import { makeCase } from "./support/random";

// What has its place at another door is told so, and how it is given there.
const { pred, target } = makeCase(setting("softmax, labels"), 55),
  weights = new Float32Array(target.data.length).fill(1),
  refusal = (work: () => unknown) => errorOf(work).message;

describe("inputs of calls, given as options", () => {
  const shape = "(Float32Array [B, ...spatial], where 0 ignores a pixel)";
  test.each([
    ["dice", "pixelWeights", `the input of the call: loss.valueAndGrad(pred, target, { pixelWeights }) ${shape}?`],
    ["dice", "weight_map", `the input of the call: loss.valueAndGrad(pred, target, { pixelWeights }) ${shape}?`],
    ["dice", "out", "the input of the call: loss.valueAndGrad(pred, target, { out })?"],
    ["boundary", "distanceMap", "the input of the call: loss.valueAndGrad(pred, target, { distanceMap })?"],
    [
      "dice",
      "distanceMap",
      "the input of another loss's call: seg.boundary().valueAndGrad(pred, target, { distanceMap })?",
    ],
    [
      "topological",
      "pixelWeights",
      "ignoreIndex, which leaves pixels out (it takes no weights of pixels: its terms are",
    ],
  ] as const)("%s, %s", (name, option, meant) => {
    expect(refusal(() => create(name, { [option]: weights }))).toContain(
      `${name}: unknown option "${option}"; did you mean ${meant}`,
    );
  });

  test("presets and metrics", () => {
    const asked = { pixelWeights: weights } as never;
    for (const made of [
      () => seg.preset("monai.DiceLoss", asked),
      () => seg.preset("monai.DiceLoss", { softmax: true }, asked),
    ])
      expect(refusal(made)).toContain("did you mean the input of the call: loss.valueAndGrad(");
    expect(refusal(() => seg.metrics.dice(target, target, asked))).toContain("; metrics take no weights of pixels");
    expect(refusal(() => seg.metrics.dice(target, target, { sample_weight: [1] } as never))).toContain(
      "did you mean sampleWeights?",
    );
  });
});

describe("options, given with the call", () => {
  test.each([
    ["smooth", "the option: seg.dice({ smooth })"],
    ["ignore_index", "the option: seg.dice({ ignoreIndex })"],
    ["eps", "the option: seg.dice({ smooth })"],
    ["reduction", "the option: seg.dice({ reduction })"],
    ["layout", "the option: seg.dice({ layout })"],
    ["distanceMap", "the input of another loss's call: seg.boundary().valueAndGrad(pred, target, { distanceMap })"],
  ])("%s", (name, meant) => {
    expect(refusal(() => seg.dice().value(pred, target, { [name]: 1 } as never))).toContain(
      `dice: unknown extra input "${name}"; did you mean ${meant}? (it takes: out, pixelWeights)`,
    );
  });

  test("of sums each loss that has it, of presets the argument", () => {
    const [dice, focal] = [seg.dice(), seg.focal()].map((loss) => ({ weight: 1, loss })),
      asked = (loss: ReturnType<typeof seg.dice>, name: string) =>
        refusal(() => loss.value(pred, target, { [name]: 1 } as never));
    expect(asked(seg.weightedSum([dice, focal]), "gamma")).toContain("the option: seg.focal({ gamma })?");
    expect(asked(seg.weightedSum([dice, focal]), "reduction")).toContain(
      "the option: seg.dice({ reduction }) and seg.focal({ reduction })?",
    );
    const monai = seg.preset("monai.DiceLoss", { softmax: true });
    expect(asked(monai, "smooth_nr")).toContain('the argument: seg.preset("monai.DiceLoss", { smooth_nr })?');
    expect(asked(monai, "layout")).toContain('tensors: seg.preset("monai.DiceLoss", {}, { layout })?');
    expect(refusal(() => seg.preset("monai.DiceLoss", { layout: "channelsLast" } as never))).toContain(
      'tensors: seg.preset("monai.DiceLoss", {}, { layout })?',
    );
  });
});

test.each(["mask", "weights", "weight", "sampleWeight", "sample_weight", "weightMap", "pixel_weights", "valid_mask"])(
  "%s is pixelWeights here",
  (name) => {
    const told = `"${name}"; did you mean pixelWeights (Float32Array [B, ...spatial], where 0 ignores a pixel)`;
    expect(refusal(() => seg.dice().value(pred, target, { [name]: weights } as never))).toContain(told);
    expect(refusal(() => create("topological").value(pred, target, { [name]: weights } as never))).toMatch(
      /did you mean ignoreIndex, which leaves pixels out .*\(it takes: out\)$/,
    );
  },
);

test("a weight may be one of classes", () => {
  expect(refusal(() => seg.dice().value(pred, target, { weight: 1 } as never))).toMatch(
    /pixel\) or the option: seg\.dice\(\{ classWeights \}\)\?/,
  );
});

describe("values of choices", () => {
  test.each([
    ["layout", "NHWC", "channelsLast"],
    ["layout", "NCHW", "channelsFirst"],
    ["layout", "channels_last", "channelsLast"],
    ["layout", "channels_first", "channelsFirst"],
    ["layout", "hwc", "channelsLast"],
    ["reduction", "avg", "mean"],
    ["reduction", "sum_over_batch_size", "mean"],
    ["activation", "Softmax", "softmax"],
    ["activation", "softmax2d", "softmax"],
    ["activation", "none ", "none"],
    ["classes", "Present", "present"],
  ])("%s %j", (option, value, meant) => {
    expect(refusal(() => create("dice", { [option]: value }))).toMatch(
      new RegExp(`option ${option} must be .*, got "${value}"; did you mean "${meant}"\\?$`),
    );
  });

  test.each([
    ["reduction", "batchmean", /weightedSum with the weight 1 \/ B$/],
    ["reduction", "sample", /perSample has the loss of each sample$/],
    ["reduction", null, /perPixel, perClass or perSample has it$/],
    ["activation", "logits", /logits of competing classes take "softmax", .* probabilities take "none"$/],
    ["activation", "identity", /probabilities take "none"$/],
    ["activation", null, /probabilities take "none"$/],
    ["activation", "tanh", /got "tanh"$/],
    ["layout", "HWCN", /got "HWCN"$/],
  ])("%s %j has no one reading", (option, value, told) => {
    expect(refusal(() => create("dice", { [option]: value }))).toMatch(told);
  });

  test("the loss that another evaluates is told by its other names, too", () => {
    expect(refusal(() => seg.componentWise({ loss: "bce" as never }))).toMatch(
      /got "bce"; did you mean crossEntropy\?/,
    );
  });
});

describe("metrics among losses, and losses among metrics", () => {
  test.each([
    ["hd95", 'hausdorffDistance(pred, target) with { "percentile": 95 }'],
    ["fnr", "sensitivity(pred, target) (it is 1 less that)"],
    ["fpr", "falsePositiveRate(pred, target)"],
    ["asd", "averageSymmetricSurfaceDistance(pred, target) (of one direction meanSurfaceDistance with"],
    ["assd", "averageSymmetricSurfaceDistance(pred, target)"],
    ["masd", "meanSurfaceDistance(pred, target)"],
    ["nsd", "normalizedSurfaceDice(pred, target)"],
    ["ece", "expectedCalibrationError(pred, target)"],
    ["accuracy", "accuracy(pred, target)"],
  ])("%s", (name, meant) => {
    expect(refusal(() => seg.create(name as never))).toContain(`did you mean the metric: seg.metrics.${meant}`);
  });

  test("either, where there are both", () => {
    expect(refusal(() => seg.create("miou" as never))).toContain("did you mean iou or the metric: seg.metrics.iou(");
    expect(refusal(() => seg.create("boundaryIoU" as never))).toContain("or the metric: seg.metrics.boundaryIou(");
  });

  test("losses among metrics", () => {
    const ask = (name: string) => refusal(() => seg.metrics.evaluate(target, target, [name as never]));
    expect(ask("focal")).toContain("did you mean the loss: seg.focal().value(pred, target)?");
    expect(ask("bce")).toContain("did you mean the loss: seg.crossEntropy().value(pred, target)?");
    expect(ask("hd95")).toContain('did you mean hausdorffDistance with { "percentile": 95 }?');
  });
});

test("adapters", async () => {
  const dice = seg.dice({ layout: "channelsLast" }),
    tf = { valueAndGrad: () => 0 };
  expect(refusal(() => toLoss(dice as never, tf as never))).toMatch(
    /got TensorFlow\.js, which comes first: toLoss\(tf/,
  );
  expect(refusal(() => toLoss(tf as never, seg.dice as never))).toMatch(/got a function, .*: call it$/);
  expect(refusal(() => toLoss(tf as never, dice, { pixelWeights: weights } as never))).toMatch(/extra of trainStep/);
  const [model, optimizer] = [{ apply: () => 0 }, { applyGradients: () => 0 }];
  const step = trainStep(tf as never, { model, optimizer, loss: dice, target } as never);
  await expect(step).rejects.toThrow(/^trainStep: xs must be what the model takes, a tensor, got undefined$/);
  await expect(trainStep(tf as never, { x: 1 } as never)).rejects.toThrow(/did you mean xs\?/);
  await expect(lossCotangent({} as never, {} as never, { mask: 1 } as never)).rejects.toThrow(/extra: \{ pixelWeights/);
});
