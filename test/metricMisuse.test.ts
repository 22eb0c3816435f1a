import { describe, expect, test } from "vitest";
import { SegLossError } from "../dist/index.js";
import { errorOf, seg } from "./support/library";
import { names, run } from "./support/metrics";

describe("wrong calls", () => {
  const target = { data: Uint8Array.of(0, 1, 1, 2), shape: [1, 4] },
    scores = { data: new Float32Array(12), shape: [1, 3, 4] },
    numClasses = 3;
  const wrong: [string, object | undefined, object | undefined, object | undefined, string, RegExp][] = [
    ["no pred", undefined, target, {}, "SHAPE_MISMATCH", /pred must be \{ data, shape \}/],
    ["no target", scores, undefined, {}, "SHAPE_MISMATCH", /target must be \{ data, shape \}/],
    [
      "another size",
      scores,
      { data: new Uint8Array(5), shape: [1, 5] },
      {},
      "SHAPE_MISMATCH",
      /target holds labels and must have shape \[1, 4\]/,
    ],
    [
      "another size of labels",
      target,
      { data: new Uint8Array(5), shape: [1, 5] },
      { numClasses },
      "SHAPE_MISMATCH",
      /must have shape \[1, 4\]/,
    ],
    [
      "a shape of pred that is not its own",
      { ...scores, shape: [1, 3, 5] },
      target,
      {},
      "SHAPE_MISMATCH",
      /pred has shape \[1, 3, 5\]/,
    ],
    [
      "float labels",
      { data: new Float32Array(4), shape: [4] },
      target,
      { spatialDims: 1 },
      "SHAPE_MISMATCH",
      /pred \(scores\) must be \[B, C, W\]/,
    ],
    [
      "scores in an array",
      { ...scores, data: Array(12).fill(0) },
      target,
      {},
      "SHAPE_MISMATCH",
      /Float32Array or labels .* got Array/,
    ],
    [
      "float target labels",
      scores,
      { ...target, data: Float32Array.from(target.data) },
      {},
      "SHAPE_MISMATCH",
      /integer typed array/,
    ],
    ["a target in an array", scores, { ...target, data: [0, 1, 1, 2] }, {}, "INVALID_TARGET", /got Array/],
    ["labels without numClasses, a soft target", target, scores, {}, "INVALID_OPTION", /numClasses must be given/],
    ["labels twice", target, target, { labels: [1, 1] }, "INVALID_OPTION", /labels must be a list of .* got \[1,1\]/],
    [
      "a part of a label",
      target,
      target,
      { labels: [0.5] },
      "INVALID_OPTION",
      /labels must be a list of whole numbers/,
    ],
    [
      "labels that are no classes",
      scores,
      target,
      { labels: [1, 3] },
      "INVALID_OPTION",
      /labels has 3, expected 0 to 2/,
    ],
    [
      "the background with and without",
      target,
      target,
      { labels: [0, 1], includeBackground: false },
      "INVALID_OPTION",
      /labels has 0, which includeBackground: false leaves out/,
    ],
    ["one axis unsaid", target, target, { spatialDims: null }, "SHAPE_MISMATCH", /spatialDims: 1/],
    [
      "void of a multi-hot target",
      scores,
      scores,
      { activation: "sigmoid", ignoreIndex: 255 },
      "UNSUPPORTED",
      /ignoreIndex needs labels/,
    ],
    [
      "another numClasses",
      scores,
      target,
      { numClasses: 4 },
      "INVALID_OPTION",
      /numClasses is 4, but pred has 3 channels/,
    ],
    [
      "a label too high",
      scores,
      { ...target, data: Uint8Array.of(0, 1, 3, 2) },
      {},
      "INVALID_TARGET",
      /target has label 3 at index 2, expected 0 to 2/,
    ],
    [
      "a predicted label too high",
      { ...target, data: Uint8Array.of(0, 1, 1, 7) },
      target,
      { numClasses },
      "INVALID_TARGET",
      /pred has label 7 at index 3/,
    ],
    [
      "a negative one",
      { ...target, data: Int16Array.of(0, -1, 1, 2) },
      target,
      { numClasses },
      "INVALID_TARGET",
      /pred has label -1 at index 1/,
    ],
    [
      "one beside void",
      { ...target, data: Uint8Array.of(9, 1, 7, 2) },
      { ...target, data: Uint8Array.of(9, 1, 1, 2) },
      { numClasses, ignoreIndex: 9 },
      "INVALID_TARGET",
      /pred has label 7 at index 2/,
    ],
    [
      "a soft target that is NaN",
      scores,
      { ...scores, data: new Float32Array(12).fill(Number.NaN) },
      {},
      "INVALID_TARGET",
      /soft target has NaN at index 0/,
    ],
    [
      "softmax of one channel",
      { data: new Float32Array(4), shape: [1, 1, 4] },
      target,
      {},
      "UNSUPPORTED",
      /softmax over one channel/,
    ],
    [
      "one class without background",
      { data: new Float32Array(4), shape: [1, 1, 4] },
      { ...target, data: new Uint8Array(4) },
      { activation: "sigmoid", includeBackground: false },
      "UNSUPPORTED",
      /includeBackground/,
    ],
    [
      "an unknown option",
      scores,
      target,
      { ignoreindex: 2 },
      "INVALID_OPTION",
      /unknown option "ignoreindex"; did you mean ignoreIndex/,
    ],
    ["an activation", scores, target, { activation: "relu" }, "INVALID_OPTION", /activation/],
    ["options that are none", scores, target, 7 as never, "INVALID_OPTION", /options must be an object/],
  ];
  test.each(wrong)("%s", (_, pred, truth, options, code, message) => {
    for (const name of names) {
      const error = errorOf(() => run(name, pred as object, truth as object, options));
      expect(error).toBeInstanceOf(SegLossError);
      expect(error.message).toMatch(message);
      expect(error.message).toMatch(new RegExp(`^metrics\\.${name}: `));
      expect(error.code).toBe(code);
    }
    expect(run("dice", target, target, { numClasses }).value).toBe(1);
  });

  test.each([
    ["hausdorffDistance", { percentile: 101 }, /percentile must be a number in \[0, 100\]/],
    ["hausdorffDistance", { spacing: [1, 1] }, /spacing must hold 1 numbers/],
    ["averageSymmetricSurfaceDistance", { spacing: [-1] }, /spacing/],
    ["averageSymmetricSurfaceDistance", { percentile: 95 }, /unknown option "percentile"/],
    ["boundaryIou", { width: 0 }, /width/],
    ["boundaryIou", { dilationRatio: -0.1 }, /dilationRatio/],
    ["dice", { spacing: [1] }, /unknown option "spacing"/],
    ["iou", { emptyScore: "NaN" }, /emptyScore must be a number or NaN/],
  ] as const)("%s %j", (name, options, message) => {
    const error = errorOf(() => run(name, scores, target, options));
    expect([error.code, message.test(error.message)]).toEqual(["INVALID_OPTION", true]);
  });
});

describe("what a metric cannot read", () => {
  const target = { data: Uint8Array.of(0, 1, 1, 255), shape: [1, 2, 2] },
    numbers = (...data: number[]) => ({ data: Float32Array.from(data), shape: [1, 2, 2, 2] });

  test("numbers that can be no probability, but for those of pixels that do not count", () => {
    const pred = numbers(1, 0, 0.4, 7, 0, 1, 0.6, 7);
    expect(seg.metrics.dice(pred, target, { activation: "none", ignoreIndex: 255 }).value).toBe(1);
    pred.data[5] = 1.01;
    expect(() => seg.metrics.dice(pred, target, { activation: "none", ignoreIndex: 255 })).toThrow(
      expect.objectContaining({ code: "INVALID_PREDICTION", message: expect.stringMatching(/1\.0\d+ at index 5/) }),
    );
  });

  test("soft rows of competing classes that do not sum to 1", () => {
    const pred = numbers(1, 0, 0, 0, 0, 1, 1, 1),
      soft = numbers(1, 0, 0.5, 0, 0, 1, 0.6, 1);
    expect(() => seg.metrics.dice(pred, soft)).toThrow(
      expect.objectContaining({ code: "INVALID_TARGET", message: expect.stringContaining("sums to 1.1") }),
    );
    expect(seg.metrics.dice(pred, soft, { activation: "sigmoid" }).value).toBe(1);
  });
});
