import { describe, expect, test } from "vitest";
import type { Extra, Loss, SegLossErrorCode, TensorLike } from "../dist/index.js";
import { bits, create, errorOf, firstSetting, losses, lossOf, setting, supports } from "./support/library";
import { IGNORED, makeCase, settings } from "./support/random";

type Call = readonly [pred: unknown, target: unknown, extra?: unknown];

const floats = (shape: number[]) => ({ data: new Float32Array(shape.reduce((a, b) => a * b, 1)), shape });
const labels = (
  shape: number[],
  values: readonly number[] = [],
  Type: Int32ArrayConstructor | Uint8ArrayConstructor = Uint8Array,
) => {
  const data = new Type(shape.reduce((a, b) => a * b, 1));
  data.set(values);
  return { data, shape };
};
const call = (loss: Loss, method: "value" | "valueAndGrad", [pred, target, extra]: Call) =>
  loss[method](pred as TensorLike, target as TensorLike, extra as Extra);

/** The error has its code and names the loss first; afterwards the same loss still computes what it did. */
function expectError(name: string, code: SegLossErrorCode, message: RegExp, work: () => unknown): void {
  const error = errorOf(work);
  expect(error.code, error.message).toBe(code);
  expect(error.message.startsWith(`${name}: `), error.message).toBe(true);
  expect(error.message).toMatch(message);
  expect(error.message, "no value is shown as what it is not").not.toMatch(/\[object Object\]|got undefined numbers/);
}

const mistakes: readonly (readonly [what: string, code: SegLossErrorCode, message: RegExp, call: Call])[] = [
  ["nothing", "SHAPE_MISMATCH", /pred must be \{ data, shape \}, got undefined/, [undefined, undefined]],
  ["no pred", "SHAPE_MISMATCH", /pred .*got null/, [null, labels([2, 2, 2])]],
  ["no target", "SHAPE_MISMATCH", /target must be \{ data, shape \}, got undefined/, [floats([2, 3, 2, 2]), undefined]],
  [
    "a bare array as pred",
    "SHAPE_MISMATCH",
    /pred must be \{ data, shape \}, got Float32Array/,
    [new Float32Array(24), labels([2, 2, 2])],
  ],
  ["no shape", "SHAPE_MISMATCH", /pred needs a shape/, [{ data: new Float32Array(24) }, labels([2, 2, 2])]],
  ["no data", "SHAPE_MISMATCH", /pred/, [{ data: undefined, shape: [2, 3, 2, 2] }, labels([2, 2, 2])]],
  [
    "a negative dimension",
    "SHAPE_MISMATCH",
    /pred needs a shape/,
    [{ data: new Float32Array(24), shape: [2, -3, -2, 2] }, labels([2, 2, 2])],
  ],
  [
    "half a dimension",
    "SHAPE_MISMATCH",
    /pred needs a shape/,
    [{ data: new Float32Array(24), shape: [2, 2.5, 2, 2] }, labels([2, 2, 2])],
  ],
  ["rank 2", "SHAPE_MISMATCH", /pred must be .*\[6, 4\]/, [floats([6, 4]), labels([6])]],
  [
    "rank 6",
    "SHAPE_MISMATCH",
    /pred must be .*\[1, 2, 1, 2, 1, 2\]/,
    [floats([1, 2, 1, 2, 1, 2]), labels([1, 1, 2, 1, 2])],
  ],
  [
    "too few numbers",
    "SHAPE_MISMATCH",
    /pred has shape \[2, 3, 2, 2\], which is 24 numbers, but its data holds 23/,
    [{ data: new Float32Array(23), shape: [2, 3, 2, 2] }, labels([2, 2, 2])],
  ],
  [
    "too few labels",
    "SHAPE_MISMATCH",
    /target has shape \[2, 2, 2\].*holds 7/,
    [floats([2, 3, 2, 2]), { data: new Uint8Array(7), shape: [2, 2, 2] }],
  ],
  ["no channels", "SHAPE_MISMATCH", /channels/, [floats([2, 0, 2, 2]), labels([2, 2, 2])]],
  ["another batch", "SHAPE_MISMATCH", /\[2, 2, 2\].*\[3, 2, 2\]/, [floats([2, 3, 2, 2]), labels([3, 2, 2])]],
  ["another image", "SHAPE_MISMATCH", /\[2, 2, 2\].*\[2, 2, 3\]/, [floats([2, 3, 2, 2]), labels([2, 2, 3])]],
  ["labels of a flat image", "SHAPE_MISMATCH", /\[2, 2, 2\].*\[2, 4\]/, [floats([2, 3, 2, 2]), labels([2, 4])]],
  ["swapped arguments", "SHAPE_MISMATCH", /swapped/, [labels([2, 2, 2]), floats([2, 3, 2, 2])]],
  [
    "BigInt64Array logits",
    "SHAPE_MISMATCH",
    /pred must be a Float32Array, got BigInt64Array/,
    [{ data: new BigInt64Array(24), shape: [2, 3, 2, 2] }, labels([2, 2, 2])],
  ],
  [
    "a list of logits",
    "SHAPE_MISMATCH",
    /pred must be a Float32Array, got Array/,
    [{ data: Array(24).fill(0), shape: [2, 3, 2, 2] }, labels([2, 2, 2])],
  ],
  ["one-hot integers", "SHAPE_MISMATCH", /one-hot .*Float32Array/, [floats([2, 3, 2, 2]), labels([2, 3, 2, 2])]],
  ["labels as Float32Array", "SHAPE_MISMATCH", /integer typed array/, [floats([2, 3, 2, 2]), floats([2, 2, 2])]],
  [
    "labels as Float64Array",
    "SHAPE_MISMATCH",
    /got Float64Array .*integer typed array/,
    [floats([2, 3, 2, 2]), { data: new Float64Array(8), shape: [2, 2, 2] }],
  ],
  [
    "a list of labels",
    "INVALID_TARGET",
    /Array/,
    [floats([2, 3, 2, 2]), { data: [0, 1, 2, 0, 1, 2, 0, 1], shape: [2, 2, 2] }],
  ],
  [
    "a BigInt64Array label too large",
    "INVALID_TARGET",
    /label 2147483648 at index 2, expected labels that fit 32 bits/,
    [floats([2, 3, 2, 2]), { data: BigInt64Array.from([0n, 1n, 2147483648n, 0n, 0n, 0n, 0n, 0n]), shape: [2, 2, 2] }],
  ],
  [
    "a label too large",
    "INVALID_TARGET",
    /label 3 at index 6, expected 0 to 2/,
    [floats([2, 3, 2, 2]), labels([2, 2, 2], [0, 1, 2, 0, 1, 2, 3, 7])],
  ],
  [
    "a negative label",
    "INVALID_TARGET",
    /label -1 at index 5/,
    [floats([2, 3, 2, 2]), labels([2, 2, 2], [0, 1, 2, 0, 1, -1, -2, 7], Int32Array)],
  ],
  [
    "a 0/255 mask",
    "INVALID_TARGET",
    /label 255 at index 1.*0\/255 mask.*ignoreIndex: 255/,
    [floats([2, 3, 2, 2]), labels([2, 2, 2], [0, 255])],
  ],
  [
    "an unknown extra input",
    "INVALID_OPTION",
    /unknown extra input "uot"; did you mean out/,
    [floats([2, 3, 2, 2]), labels([2, 2, 2]), { uot: new Float32Array(24) }],
  ],
  ["extra inputs that are no object", "INVALID_OPTION", /extra/, [floats([2, 3, 2, 2]), labels([2, 2, 2]), 3]],
];

const gradientMistakes: typeof mistakes = [
  [
    "an out too short",
    "SHAPE_MISMATCH",
    /out must hold 24 numbers.*got 23/,
    [floats([2, 3, 2, 2]), labels([2, 2, 2]), { out: new Float32Array(23) }],
  ],
  [
    "a Float64Array out",
    "SHAPE_MISMATCH",
    /out must be a Float32Array \(of a tensor its data\), got Float64Array/,
    [floats([2, 3, 2, 2]), labels([2, 2, 2]), { out: new Float64Array(24) }],
  ],
  [
    "a list as out",
    "SHAPE_MISMATCH",
    /out must be a Float32Array \(of a tensor its data\), got Array/,
    [floats([2, 3, 2, 2]), labels([2, 2, 2]), { out: Array(24).fill(0) }],
  ],
];

/** Mistakes in labels; a loss that encodes labels takes any. */
const isAboutLabels = (message: RegExp) => message.source.startsWith("label ");

describe.each(losses)("$name", (declaration) => {
  const { name, needs, encode } = declaration,
    inputs = makeCase(firstSetting(declaration), 51),
    good = lossOf(name, inputs);
  const run = (loss: Loss) => bits(loss.valueAndGrad(inputs.pred, inputs.target)),
    expected = run(good);

  test.each(mistakes.filter(([, , message]) => !encode || !isAboutLabels(message)))(
    "%s",
    (_, code, message, arguments_) => {
      for (const method of ["value", "valueAndGrad"] as const)
        expectError(name, code, message, () => call(create(name), method, arguments_));
      expect(run(good)).toEqual(expected);
    },
  );

  test.each(gradientMistakes)("%s", (_, code, message, arguments_) => {
    expectError(name, code, message, () => call(create(name), "valueAndGrad", arguments_));
    expect(run(good)).toEqual(expected);
  });

  test.skipIf(encode)("labels next to ignoreIndex are not ignored", () => {
    const pred = floats([1, 3, 2, 2]);
    for (const [ignoreIndex, label] of [
      [-1, -2],
      [-2, -1],
      [-1, -3],
      [255, 254],
      [255, 256],
      [3, 4],
    ]) {
      expectError(name, "INVALID_TARGET", new RegExp(`label ${label} at index 2.*ignoreIndex is ${ignoreIndex}`), () =>
        create(name, { ignoreIndex }).value(pred, labels([1, 2, 2], [0, 1, label, 0], Int32Array)),
      );
    }
    const target = { data: Uint32Array.of(0, 1, 4294967295, 0), shape: [1, 2, 2] };
    expectError(name, "INVALID_TARGET", /label 4294967295 at index 2/, () => create(name).value(pred, target));
    expectError(name, "INVALID_TARGET", /label 4294967295 at index 2/, () =>
      create(name, { ignoreIndex: -1 }).value(pred, target),
    );
    expectError(name, "INVALID_TARGET", /label -1 at index 2/, () =>
      create(name, { ignoreIndex: 4294967295 }).value(pred, labels([1, 2, 2], [0, 1, -1, 0], Int32Array)),
    );
  });

  test("an ignoreIndex that no label can be ignores nothing", () => {
    const target = labels([1, 2, 2], [0, 1, 2, 0]),
      pred = { data: Float32Array.from({ length: 12 }, (_, i) => Math.sin(3 * i)), shape: [1, 3, 2, 2] },
      plain = create(name).value(pred, target);
    for (const ignoreIndex of [2 ** 32, -(2 ** 32), 2 ** 32 + 1, 1e15])
      expect(create(name, { ignoreIndex }).value(pred, target), `ignoreIndex ${ignoreIndex}`).toBe(plain);
  });

  test("soft targets outside [0, 1]", () => {
    for (const value of [Number.NaN, 1.5, -0.001, Number.POSITIVE_INFINITY]) {
      const target = floats([2, 3, 2, 2]);
      target.data[5] = value;
      if (needs.labels)
        expectError(name, "UNSUPPORTED", /integer|labels/, () =>
          create(name).value(floats([2, 3, 2, 2]), floats([2, 3, 2, 2])),
        );
      else
        expectError(name, "INVALID_TARGET", new RegExp(`${value}.* at index 5`), () =>
          create(name).value(floats([2, 3, 2, 2]), target),
        );
    }
    expect(run(good)).toEqual(expected);
  });

  test("one channel", () => {
    const pred = floats([1, 1, 2, 2]),
      target = labels([1, 2, 2], [0, 1, 1, 0]);
    expectError(name, "UNSUPPORTED", /softmax.*sigmoid/, () =>
      create(name, { activation: "softmax" }).value(pred, target),
    );
    if ("includeBackground" in declaration.options && !needs.several) {
      expectError(name, "UNSUPPORTED", /includeBackground/, () =>
        create(name, { activation: "sigmoid", includeBackground: false }).value(pred, target),
      );
    }
    if (needs.categorical || needs.several)
      expectError(name, "UNSUPPORTED", /softmax|C = 1/, () =>
        create(name, { activation: "sigmoid" }).value(pred, target),
      );
    else
      expectError(name, "INVALID_TARGET", /label 2 at index 1, expected 0 to 1/, () =>
        create(name, { activation: "sigmoid" }).value(pred, labels([1, 2, 2], [0, 2])),
      );
    expect(run(good)).toEqual(expected);
  });

  test("what a setting lacks is UNSUPPORTED, not computed", () => {
    for (const each of settings.filter((candidate) => !supports(declaration, candidate))) {
      const { pred, target, options } = makeCase(each, 52);
      expectError(name, "UNSUPPORTED", /./, () => create(name, options).valueAndGrad(pred, target));
    }
  });

  test("prepare refuses what is no target", () => {
    for (const target of [
      undefined,
      null,
      3,
      new Uint8Array(4),
      {},
      { data: new Uint8Array(4) },
      { data: new Uint8Array(4), shape: [1, 5] },
    ]) {
      expectError(name, "SHAPE_MISMATCH", /target/, () => create(name).prepare(target as never));
    }
    // Four spatial dimensions: at the latest when it is used.
    const target = labels([1, 2, 2, 2, 2], [0, 1, 1, 0, 1]);
    expectError(name, "SHAPE_MISMATCH", /./, () =>
      create(name).value(floats([1, 3, 2, 2, 2]), create(name).prepare(target)),
    );
    expect(run(good)).toEqual(expected);
  });

  test("wrong channelsLast shapes", () => {
    expectError(name, "SHAPE_MISMATCH", /\[2, 3, 2\]/, () =>
      create(name, { layout: "channelsLast" }).value(floats([2, 3, 2, 4]), labels([2, 2, 4])),
    );
  });
});

test("posWeight and other options of the binary mode are refused by softmax", () => {
  const { pred, target } = makeCase(setting("softmax, labels"), 53);
  for (const [name, option, value] of [
    ["crossEntropy", "posWeight", 2],
    ["combo", "beta", 0.3],
  ] as const) {
    expectError(name, "UNSUPPORTED", new RegExp(`${option}.*sigmoid`), () =>
      create(name, { [option]: value }).value(pred, target),
    );
  }
});

test("parameters of the robust T-Loss are checked", () => {
  const loss = create("robustT", { activation: "sigmoid", ignoreIndex: IGNORED }),
    { pred, target } = makeCase(setting("softmax, labels"), 54),
    expected = loss.value(pred, target);
  const wrong: Record<string, unknown>[] = [
    { logNu: new Float32Array(2) },
    { logNu: new Float32Array(0) },
    { logNu: [1] },
    { logNu: 1 },
    { logNu: null },
    { logSigma: new Float32Array(2) },
    { logSigma: new Float64Array(3) },
    { logSigma: { data: new Float32Array(3), shape: [4] } },
    { logSigma: { data: [0, 0, 0], shape: [3] } },
    { logSigma: {} },
  ];
  for (const extra of wrong)
    expectError("robustT", "SHAPE_MISMATCH", new RegExp(Object.keys(extra)[0]), () =>
      call(loss, "valueAndGrad", [pred, target, extra]),
    );
  expectError("robustT", "INVALID_OPTION", /did you mean logNu/, () =>
    call(loss, "value", [pred, target, { logNo: Float32Array.of(1) }]),
  );
  expect(loss.value(pred, target)).toBe(expected);
});
