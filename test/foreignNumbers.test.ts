import { describe, expect, test } from "vitest";
import type { TensorLike } from "../dist/index.js";
import { float16ToFloat32, int64ToInt32 } from "../src/tensors/numberTypes";
import { gather } from "../src/tensors/stridedViews";
import { float16, labelShape, labels, ort, patterns, pred, shape, transformers } from "./support/foreign";
import { create, errorOf, seg } from "./support/library";
import { product, Random } from "./support/random";

const random = new Random(93);

describe("errors", () => {
  const loss = seg.crossEntropy();
  const cases: readonly (readonly [string, string, RegExp, unknown, unknown])[] = [
    [
      "on the GPU",
      "UNSUPPORTED",
      /^crossEntropy: pred .*location "gpu-buffer".*await tensor\.getData\(\)/,
      ort("float32", null, shape, "gpu-buffer"),
      labels,
    ],
    [
      "a target on the GPU",
      "UNSUPPORTED",
      /^crossEntropy: target .*"ml-tensor"/,
      pred,
      ort("int64", null, labelShape, "ml-tensor"),
    ],
    [
      "on the GPU, of Transformers.js",
      "UNSUPPORTED",
      /location "gpu-buffer"; call await tensor\.ort_tensor\.getData\(\)/,
      transformers("float32", null, shape, "gpu-buffer"),
      labels,
    ],
    [
      "disposed of",
      "DISPOSED",
      /^crossEntropy: pred is a tensor that was disposed of/,
      ort("float32", null, shape, "none"),
      labels,
    ],
    [
      "strings",
      "SHAPE_MISMATCH",
      /pred must be a Float32Array, got Array/,
      ort("string", Array(120).fill("a"), shape),
      labels,
    ],
    [
      "a function",
      "SHAPE_MISMATCH",
      /pred\.data must be a typed array, got a function; pass .*await tensor\.data\(\)/,
      { data: () => pred.data, shape },
      labels,
    ],
    [
      "an image with colours",
      "SHAPE_MISMATCH",
      /target .* image of 5 x 4 pixels with colours; labelsFromImage/,
      pred,
      { data: new Uint8ClampedArray(80), width: 5, height: 4 },
    ],
    [
      "three channels",
      "SHAPE_MISMATCH",
      /with 3 channels/,
      pred,
      { data: new Uint8Array(60), width: 5, height: 4, channels: 3 },
    ],
    [
      "int64 logits",
      "SHAPE_MISMATCH",
      /pred must be a Float32Array, got BigInt64Array/,
      ort("int64", new BigInt64Array(120), shape),
      labels,
    ],
    [
      "float16 labels",
      "SHAPE_MISMATCH",
      /labels must be in an integer typed array/,
      pred,
      ort("float16", new Uint16Array(40), labelShape),
    ],
    [
      "float64 labels",
      "SHAPE_MISMATCH",
      /got Float64Array of shape \[2, 4, 5\]; labels must/,
      pred,
      { data: new Float64Array(40), shape: labelShape },
    ],
    ["too few numbers", "SHAPE_MISMATCH", /holds 119/, ort("float16", patterns.subarray(1), shape), labels],
    [
      "strides that leave the data",
      "SHAPE_MISMATCH",
      /reads indices 1 to 120, but its data holds 120/,
      { ...pred, stride: [60, 20, 5, 1], offset: 1 },
      labels,
    ],
    [
      "strides before the data",
      "SHAPE_MISMATCH",
      /reads indices -1 to 118/,
      { ...pred, stride: [60, 20, 5, 1], offset: -1 },
      labels,
    ],
    [
      "too few strides",
      "SHAPE_MISMATCH",
      /a whole stride for each axis of shape \[2, 3, 4, 5\], got \[5,1\]/,
      { ...pred, stride: [5, 1], offset: 0 },
      labels,
    ],
    ["half an offset", "SHAPE_MISMATCH", /offset 0\.5/, { ...pred, stride: [60, 20, 5, 1], offset: 0.5 }, labels],
    ["a number as strides", "SHAPE_MISMATCH", /stride/, { ...pred, stride: 3, offset: 0 }, labels],
  ];
  test.each(cases)("%s", (_, code, message, given, target) => {
    const error = errorOf(() => loss.valueAndGrad(given as TensorLike, target as TensorLike));
    expect(error.message).toMatch(message);
    expect(error.code).toBe(code);
    expect(loss.value(pred, labels)).toBeGreaterThan(0);
  });

  test("labels of 64 bits that do not fit", () => {
    for (const [label, Type] of [
      [2n ** 31n, BigInt64Array],
      [-(2n ** 31n) - 1n, BigInt64Array],
      [2n ** 32n, BigInt64Array],
      [2n ** 31n, BigUint64Array],
      [2n ** 64n - 1n, BigUint64Array],
    ] as const) {
      const data = (Type as BigInt64ArrayConstructor).from(labels.data, BigInt);
      data[7] = label;
      data[9] = label;
      const error = errorOf(() => loss.value(pred, { data, shape: labelShape }));
      expect(error.code).toBe("INVALID_TARGET");
      expect(error.message).toMatch(
        new RegExp(`^crossEntropy: target has label ${label} at index 7, expected labels that fit 32 bits`),
      );
      expect(errorOf(() => seg.metrics.dice({ data, shape: labelShape }, labels, { numClasses: 3 })).message).toMatch(
        /^metrics\.dice: pred has label/,
      );
    }
    expect(int64ToInt32(BigInt64Array.of(-(2n ** 31n), -1n, 0n, 2n ** 31n - 1n), "")).toEqual(
      Int32Array.of(-(2 ** 31), -1, 0, 2 ** 31 - 1),
    );
    // -1 is a label like any other in data sets, and may be the one to ignore.
    const data = BigInt64Array.from(labels.data, (n) => (n === 2 ? -1n : BigInt(n))),
      same = { data: Int32Array.from(data, Number), shape: labelShape };
    expect(create("dice", { ignoreIndex: -1 }).value(pred, { data, shape: labelShape })).toBe(
      create("dice", { ignoreIndex: -1 }).value(pred, same),
    );
  });
});

test("float16: all 65,536 patterns", () => {
  const all = Uint16Array.from({ length: 65536 }, (_, i) => i),
    numbers = float16ToFloat32(all);
  const wrong = Array.from(all).filter((i) => !Object.is(numbers[i], float16(i)));
  expect(wrong).toEqual([]);
  // A part of a larger buffer.
  expect(float16ToFloat32(all.subarray(0x3c00, 0x3c02))).toEqual(Float32Array.of(1, 1 + 2 ** -10));
});

describe("strided views", () => {
  test("of 1 to 5 dimensions, in any order of axes, either direction, with gaps", () => {
    for (let n = 0; n < 300; n++) {
      const axes = 1 + (n % 5),
        sizes = Array.from({ length: axes }, () => 1 + random.below(4)),
        stride = Array<number>(axes);
      let reach = 1,
        offset = random.below(3);
      for (const axis of random.order(axes)) {
        const step = reach * (1 + random.below(2));
        stride[axis] = random.below(2) ? step : -step;
        if (stride[axis] < 0) offset += (sizes[axis] - 1) * step;
        reach = step * sizes[axis];
      }
      const data = Int32Array.from({ length: offset + reach + 5 }, (_, i) => i * 7),
        expected = Array.from({ length: product(sizes) }, (_, i) => {
          let at = offset,
            rest = i;
          for (let axis = axes - 1; axis >= 0; rest = Math.floor(rest / sizes[axis--]))
            at += (rest % sizes[axis]) * stride[axis];
          return data[at];
        });
      const got = gather(data, { shape: sizes, stride, offset }, "it");
      expect(got).toBeInstanceOf(Int32Array);
      expect(Array.from(got), `${sizes} ${stride} ${offset}`).toEqual(expected);
    }
  });

  test("are not copied where the numbers stand in order", () => {
    const data = new Float32Array(24);
    expect(gather(data, { shape: [2, 3, 4], stride: [12, 4, 1], offset: 0 }, "it")).toBe(data);
    expect(gather(data, { shape: [1, 24], stride: [99, 1], offset: 0 }, "it")).toBe(data);
    const part = gather(data, { shape: [3, 4], stride: [4, 1], offset: 12 }, "it");
    expect([part.buffer, part.byteOffset, part.length]).toEqual([data.buffer, 48, 12]);
    expect(gather(data, { shape: [0, 4], stride: [4, 1], offset: 0 }, "it").length).toBe(0);
  });

  test("repeat what has stride 0", () => {
    expect(gather(Uint8Array.of(1, 2), { shape: [3, 2], stride: [0, 1], offset: 0 }, "it")).toEqual(
      Uint8Array.of(1, 2, 1, 2, 1, 2),
    );
  });
});
