import { describe, expect, test } from "vitest";
import { catalog, type Declaration, type LossName, metricCatalog, SegLossError } from "../dist/index.js";
import type { Named } from "../src/options/suggestion";
import { create, errorOf, firstSetting, losses, lossOf, seg, setting } from "./support/library";
import { makeCase, neededBy, optionSamples } from "./support/random";

type Option = Declaration["options"][string];

/** Values that an option must refuse: of other types, and just outside its range. */
function refused(option: Option): unknown[] {
  const others: unknown[] = [{}, () => 1, Symbol("x"), 1n, ...(option.default === null ? [] : [null])];
  switch (option.type) {
    case "number": {
      const { min, max, aboveMin, belowMax, integer, odd } = option,
        step = (n: number) => Math.max(1e-9, Math.abs(n) * 1e-9);
      return [
        ...others,
        "1",
        true,
        [1],
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        ...(integer ? [0.5, 1.0000001] : []),
        ...(odd ? [4, 1000] : []),
        ...(min === undefined ? [] : [aboveMin ? min : min - step(min), min - 1]),
        ...(max === undefined ? [] : [belowMax ? max : max + step(max), max + 1]),
      ];
    }
    case "boolean":
      return [...others, 0, 1, "true", []];
    case "choice":
      return [...others, 0, true, "", "nothing", option.values[0].toUpperCase(), [option.values[0]]];
    case "numbers":
      return [
        ...others,
        "1",
        true,
        [],
        ["1"],
        [1, Number.NaN],
        [1, -1],
        [Number.POSITIVE_INFINITY],
        [[1]],
        [option.min - 1e-6],
        ...(option.aboveMin ? [[option.min]] : []),
        ...(option.single ? [-1, Number.NaN] : [1]),
        ...(option.word ? [option.word.toUpperCase()] : []),
      ];
    case "options":
      return [...others.slice(1), 1, "1", true, []];
    case "cases":
      return [...others.slice(1), 1, "diagonal", [], { both: "1" }, { both: null }, { truth: 1 }];
    case "labels":
      return [...others, "1", true, 0.5, Number.NaN, ["1"], [0.5], [1, 1], [[1]]];
    case "matrix":
      return [
        ...others,
        1,
        "1",
        [],
        [1, 2],
        [[0, 1]],
        [[0, 1], [1]],
        [
          [0, 1],
          [1, 2],
        ],
        [
          [0, -1],
          [1, 0],
        ],
        [
          [0, Number.NaN],
          [1, 0],
        ],
        [
          [0, "1"],
          [1, 0],
        ],
      ];
  }
}

/** Values at the edge of the range, which must be taken. */
function edges(option: Option): unknown[] {
  if (option.type === "choice") return [...option.values];
  if (option.type === "boolean") return [true, false];
  if (option.type === "options") return []; // null stands for defaults, which are filled in
  if (option.type !== "number") return option.default === null ? [null] : [];
  const { min, max, aboveMin, belowMax } = option;
  return [
    ...(min === undefined ? [] : [aboveMin ? min + 1e-3 : min]),
    ...(max === undefined ? [] : [belowMax ? max - 1e-3 : max]),
    ...(typeof option.default === "string" ? [] : [option.default]),
  ];
}

const show = (value: unknown) => (typeof value === "object" ? JSON.stringify(value) : String(value));

function expectRefused(name: string, options: unknown, message: RegExp): void {
  const error = errorOf(() => seg.create(name as LossName, options as object));
  expect(error.code).toBe("INVALID_OPTION");
  expect(error.message.startsWith(`${name}: `), error.message).toBe(true);
  expect(error.message).toMatch(message);
}

describe.each(losses)("$name", (declaration) => {
  const { name, options } = declaration;

  test.each(Object.entries(options))("%s", (option, declared) => {
    for (const value of refused(declared))
      expectRefused(name, { [option]: value }, new RegExp(`option ${option} must be `));
    for (const value of edges(declared))
      expect(create(name, { ...neededBy(declared), [option]: value }).options[option], show(value)).toEqual(value);
    expect(create(name, { [option]: undefined }).options).toEqual(create(name).options);
  });

  test("options that would be passed over", () => {
    for (const { option, value, base } of optionSamples(declaration, 3)) {
      for (const [other, those] of Object.entries(options[option].when ?? {})) {
        const passing = (options[other] as unknown as { values: string[] }).values.find(
          (each) => !those.includes(each),
        );
        expectRefused(name, { [option]: value, [other]: passing }, new RegExp(`option ${option} needs ${other} `));
      }
      const made = create(name, { ...base, [option]: value }).options[option];
      // Options of another loss are filled in.
      if (options[option].type === "options") expect(made).toMatchObject(value as object);
      else expect(made).toEqual(value);
    }
  });

  test("messages show what came and what was expected", () => {
    expectRefused(name, { reduction: "avg" }, /must be "mean", "sum", got "avg"/);
    expectRefused(name, { ignoreIndex: 1.5 }, /must be a whole number or a list of whole numbers, each once, got 1\.5/);
    expectRefused(name, { ignoreIndex: Number.NaN }, /got NaN/);
    expectRefused(name, { ignoreIndex: Number.POSITIVE_INFINITY }, /got Infinity/);
  });

  test("unknown options, with the nearest known one", () => {
    for (const option of Object.keys(options)) {
      const misspelt = option.length > 3 ? `${option.slice(0, 2)}${option.slice(3)}` : `${option}x`;
      if (misspelt in options) continue;
      expectRefused(
        name,
        { [misspelt]: 1 },
        new RegExp(`unknown option "${misspelt}"; did you mean \\w+\\?.*\\b${option}\\b`),
      );
    }
    expectRefused(name, { reducton: "sum" }, /did you mean reduction\?/);
    expectRefused(name, { IGNOREINDEX: 0 }, /did you mean ignoreIndex\?/);
    expectRefused(name, { completelyDifferent: 1 }, /unknown option "completelyDifferent" \(options: /);
    expectRefused(name, { toString: 1 }, /unknown option "toString"/);
    expectRefused(name, { hasOwnProperty: 1, constructor: 1 }, /unknown option/);
  });

  test("options that are no object", () => {
    for (const given of ["mean", 7, true, [], ["mean"]]) expectRefused(name, given, /options must be an object/);
    for (const given of [undefined, null, {}])
      expect(seg.create(name as LossName, given as undefined).options).toEqual(create(name).options);
  });

  test("lists of the wrong length", () => {
    const setting = firstSetting(declaration),
      inputs = makeCase(setting, 61),
      { pred, target } = inputs,
      expected = lossOf(name, inputs).value(pred, target);
    for (const [option, declared] of Object.entries(options)) {
      if (declared.type !== "numbers" || declared.each === "any") continue;
      for (const length of [setting.classes === 1 ? 2 : 1, 4]) {
        const error = errorOf(() => lossOf(name, inputs, { [option]: Array(length).fill(1) }).value(pred, target));
        if (error.code === "UNSUPPORTED") continue; // an option of the binary mode
        expect([error.code, error.message]).toEqual([
          "INVALID_OPTION",
          expect.stringMatching(new RegExp(`^${name}: .*${option} must hold \\d numbers.*got ${length}`)),
        ]);
      }
    }
    expect(lossOf(name, inputs).value(pred, target)).toBe(expected);
  });

  test("options are copied, so that later changes do nothing", () => {
    for (const { option, value, base } of optionSamples(declaration, 3)) {
      if (!Array.isArray(value)) continue;
      const given = structuredClone(value) as unknown[],
        loss = create(name, { ...base, [option]: given });
      given.fill(Array.isArray(given[0]) ? [] : -1);
      expect(loss.options[option]).toEqual(value);
      if (typeof value[0] === "number")
        expect(create(name, { ...base, [option]: new Float64Array(value as number[]) }).options[option]).toEqual(value);
    }
  });

  test("the method of its name does what create does", () => {
    const make = (seg as unknown as Record<string, (options?: object) => { name: string; options: object }>)[name].bind(
        seg,
      ),
      loss = make({ reduction: "sum" });
    expect([loss.name, loss.options, make().options]).toEqual([
      name,
      create(name, { reduction: "sum" }).options,
      create(name).options,
    ]);
    expect(() => make({ reductoin: "sum" })).toThrow(SegLossError);
  });
});

test("unknown losses, with the nearest known one", () => {
  for (const [name, message] of [
    ["dyce", /did you mean dice\?/],
    ["Focal", /did you mean focal\?/],
    ["", /there is no loss ""/],
    ["toString", /there is no loss/],
    [undefined, /there is no loss/],
    [{}, /there is no loss/],
  ] as const) {
    const error = errorOf(() => seg.create(name as LossName));
    expect([error.code, error.message]).toEqual(["INVALID_OPTION", expect.stringMatching(message)]);
  }
});

test.each([
  ["clDice", "centerlineDice"],
  ["MCC", "matthewsCorrelation or the preset monai.MCCLoss or the preset smp.MCCLoss"],
  ["BlobLoss", "componentWise"],
  ["polyLoss", "poly"],
  ["DiceLoss", "dice"],
  ["focal_tversky_loss", "focalTversky"],
  ["bce", "crossEntropy"],
  ["DiceCELoss", "combo or the preset monai.DiceCELoss"],
  ["BCEDiceLoss", "combo"],
  ["DC_and_topk_loss", "diceTopK or the preset nnunet.DC_and_topk_loss"],
  ["LogHausdorffDTLoss", "the preset monai.LogHausdorffDTLoss"],
  ["nnunetv2.DC_and_CE_loss", "the preset nnunet.DC_and_CE_loss"],
  ["binary_crossentropy", "crossEntropy"],
  ["BinaryFocalCrossentropy", "focal"],
  ["OhemCELoss", "ohem"],
  ["DiceBoundary", "dice or boundary"],
  ["FocalDice", "diceFocal"],
  ["WCE", "crossEntropy"],
  ["hausdorff", "hausdorffDistance"],
  ["lovasz", "lovaszSoftmax or lovaszHinge or the preset smp.LovaszLoss"],
])("%s is known as %s here", (name, meant) => {
  expect(errorOf(() => seg.create(name as LossName)).message).toContain(`"${name}"; did you mean ${meant}? (losses`);
});

test.each([
  ["dice", { smooth_nr: 1 }, "smoothNumerator"],
  ["dice", { eps: 1 }, "smooth"],
  ["dice", { squared_pred: true }, "squared"],
  ["dice", { include_background: false }, "includeBackground"],
  ["dice", { batch_dice: true }, "batch"],
  ["crossEntropy", { weight: [1, 2] }, "classWeights"],
  ["crossEntropy", { label_smoothing: 0.1 }, "labelSmoothing"],
  ["crossEntropy", { from_logits: true }, "activation"],
  ["crossEntropy", { size_average: false }, "reduction"],
  ["focal", { ignore_label: 255 }, "ignoreIndex"],
  ["ohem", { thresh: 0.7 }, "threshold"],
  ["poly", { eps: 1 }, "epsilon"],
  ["generalizedDice", { w_type: "square" }, "weighting"],
  ["matthewsCorrelation", { epsilon: 1 }, "smooth"],
  ["diceFocal", { lambda_focal: 1 }, "focalWeight"],
  ["topological", { dataFormat: "channels_last" }, "layout"],
] as const)("%s: %o is another name of %s", (name, given, meant) => {
  const [option] = Object.keys(given);
  expectRefused(name, given, new RegExp(`unknown option "${option}"; did you mean ${meant}\\? \\(options`));
});

test("names of what a loss has nothing like are left at that", () => {
  for (const given of [{ ignore_inde: 1 }] as object[]) expectRefused("dice", given, /did you mean ignoreIndex/);
  for (const given of [{ label_smoothing: 0.1 }, { pos_weight: 2 }, { log_loss: true }, { p: 2 }])
    expectRefused("dice", given, /unknown option "\w+" \(options: /);
  for (const name of ["nope", "vce", "MSELoss", "l1", "BDL", "SSIM", "voi", "KLDivergence"])
    expect(errorOf(() => seg.create(name as LossName)).message).toContain(`"${name}" (losses`);
});

test("no two losses, and no two metrics, are known by the same name", () => {
  for (const entries of [catalog, metricCatalog] as readonly (readonly Named[])[]) {
    const names = entries.flatMap(({ name, also = [] }) => [name, ...also].map((each) => each.toLowerCase()));
    expect(names.filter((name, i) => names.indexOf(name) < i)).toEqual([]);
    expect(entries.some(({ also }) => also)).toBe(true);
  }
});

test("weighted sums of what is no loss", async () => {
  const loss = seg.dice(),
    other = (await import("../dist/index.js")).load(),
    { pred, target } = makeCase(setting("softmax, labels"), 62);
  const wrong: unknown[] = [
    undefined,
    null,
    loss,
    { weight: 1, loss },
    [loss],
    [null],
    [undefined],
    [{ loss }],
    [{ weight: "1", loss }],
    [{ weight: Number.NaN, loss }],
    [{ weight: 1 }],
    [{ weight: 1, loss: "dice" }],
    [{ weight: 1, loss: (await other).dice() }],
  ];
  for (const terms of wrong) {
    const error = errorOf(() => seg.weightedSum(terms as never));
    expect([error.code, error.message]).toEqual(["INVALID_OPTION", expect.stringMatching(/^weightedSum: terms/)]);
  }
  for (const [p, t] of [
    [undefined, undefined],
    [pred, undefined],
    [pred, pred.data],
    [{ data: pred.data, shape: [1] }, target],
  ]) {
    for (const sum of [seg.weightedSum([]), seg.weightedSum([{ weight: 1, loss }])]) {
      for (const method of ["value", "valueAndGrad"] as const)
        expect(errorOf(() => sum[method](p as never, t as never)).message).toMatch(/^weightedSum: /);
    }
  }
});

describe("tensors", () => {
  test("wrong shapes and types", () => {
    for (const shape of [undefined, null, 3, "3", [-1], [1.5], ["2"], [Number.NaN], {}])
      expect([errorOf(() => seg.tensor(shape as never)).code, show(shape)]).toEqual(["SHAPE_MISMATCH", show(shape)]);
    for (const dtype of ["float64", "int64", "", null, 7, "toString", "__proto__"])
      expect([errorOf(() => seg.tensor([1], dtype as never)).code, dtype]).toEqual(["INVALID_OPTION", dtype]);
  });

  test("more memory than there can be", () => {
    const { pred, target } = makeCase(setting("softmax, labels"), 63),
      expected = seg.dice().value(pred, target);
    for (const shape of [[2 ** 31], [65536, 65536], [1e10, 1e10, 1e10], [Number.MAX_SAFE_INTEGER]]) {
      const error = errorOf(() => seg.tensor(shape));
      expect([error.code, error.message]).toEqual([
        "OUT_OF_MEMORY",
        expect.stringMatching(/^tensor: .*needs [\d.e+]+ MB/),
      ]);
      expect(seg.dice().value(pred, target)).toBe(expected);
    }
    const tensor = seg.tensor([8]);
    tensor.data.set([1, 2, 3]);
    expect(Array.from(tensor.data)).toEqual([1, 2, 3, 0, 0, 0, 0, 0]);
    tensor.dispose();
  });
});

test("what needs no option is told so", () => {
  expectRefused("dice", { num_classes: 3 }, /unknown option "num_classes"; the classes are pred's channels \(options/);
  expectRefused("focal", { to_onehot_y: true }, /"to_onehot_y"; labels are taken as they are \(/);
});
