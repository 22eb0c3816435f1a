import { describe, expect, test } from "vitest";
import { load, type TensorLike } from "../dist/index.js";
import { readTensor } from "../src/tensors/foreignTensors";
import { float16ToFloat32, int64ToInt32 } from "../src/tensors/numberTypes";
import { gather } from "../src/tensors/stridedViews";
import { bits, create, errorOf, firstSetting, losses, lossOf, seg } from "./support/library";
import { makeCase, product, Random } from "./support/random";

/** What a binary16 pattern stands for, by its definition. */
function float16(pattern: number): number {
  const sign = pattern & 0x8000 ? -1 : 1,
    exponent = (pattern >> 10) & 31,
    fraction = pattern & 1023;
  if (exponent === 31) return fraction ? Number.NaN : sign * Number.POSITIVE_INFINITY;
  return exponent === 0 ? sign * fraction * 2 ** -24 : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

/** As ONNX Runtime's: everything is a getter, and `data` throws where the numbers are elsewhere. */
class OrtTensor {
  readonly #data: unknown;
  constructor(
    readonly type: string,
    data: unknown,
    readonly dims: readonly number[],
    readonly location = "cpu",
  ) {
    this.#data = data;
  }
  get data() {
    if (!this.location.startsWith("cpu"))
      throw new Error("The data is not on CPU. Use `getData()` to download GPU data to CPU");
    return this.#data;
  }
}
const ort = (type: string, data: unknown, dims: readonly number[], location?: string) =>
  new OrtTensor(type, data, dims, location) as unknown as TensorLike;

/** As Transformers.js': a proxy that indexes by numbers, around another tensor; its strides are a method. */
class TransformersTensor {
  constructor(readonly ort_tensor: OrtTensor) {
    // biome-ignore lint/correctness/noConstructorReturn: as it is there
    return new Proxy(this, {
      get: (tensor, key) => (Number.isInteger(Number(String(key))) ? undefined : tensor[key as "data"]),
    });
  }
  get dims() {
    return this.ort_tensor.dims;
  }
  get type() {
    return this.ort_tensor.type;
  }
  get location() {
    return this.ort_tensor.location;
  }
  get data() {
    return this.ort_tensor.data;
  }
  stride() {
    return this.dims.map((_, axis) => product(this.dims.slice(axis + 1)));
  }
}
const transformers = (type: string, data: unknown, dims: readonly number[], location?: string) =>
  new TransformersTensor(new OrtTensor(type, data, dims, location)) as unknown as TensorLike;

/** A stand-in where the runtime has no Float16Array. */
class Numbers16 extends Array<number> {
  get [Symbol.toStringTag]() {
    return "Float16Array";
  }
}
const Float16 = ((globalThis as Record<string, unknown>).Float16Array ?? Numbers16) as {
  from(numbers: ArrayLike<number>): ArrayLike<number>;
};

/** Predictions, labels and soft targets that float16 holds exactly. */
const shape = [2, 3, 4, 5],
  labelShape = [2, 4, 5],
  random = new Random(91),
  patterns = Uint16Array.from(
    { length: product(shape) },
    () => (random.below(2) << 15) | ((13 + random.below(5)) << 10) | random.below(1024),
  ),
  softPatterns = Uint16Array.from({ length: product(shape) }, () => random.below(0x3c01)),
  pred = { data: Float32Array.from(patterns, float16), shape },
  soft = { data: Float32Array.from(softPatterns, float16), shape },
  labels = { data: Uint8Array.from({ length: product(labelShape) }, () => random.below(3)), shape: labelShape };

const preds: readonly (readonly [string, TensorLike])[] = [
  ["ort float32", ort("float32", pred.data, shape)],
  ["ort float32, pinned", ort("float32", pred.data, shape, "cpu-pinned")],
  ["ort float16 as Uint16Array", ort("float16", patterns, shape)],
  ["ort float16 as Float16Array", ort("float16", Float16.from(pred.data), shape)],
  ["ort float64", ort("float64", Float64Array.from(pred.data), shape)],
  ["transformers.js float32", transformers("float32", pred.data, shape)],
  ["transformers.js float16", transformers("float16", patterns, shape)],
  ["ndarray", { data: pred.data, shape, stride: [60, 20, 5, 1], offset: 0 }],
  ["ndarray of float64", { data: Float64Array.from(pred.data), shape, stride: [60, 20, 5, 1], offset: 0 }],
  [
    "ndarray with an offset",
    { data: Float32Array.of(7, 7, 7, ...pred.data, 7), shape, stride: [60, 20, 5, 1], offset: 3 },
  ],
  ["ndarray from the end", { data: pred.data.slice().reverse(), shape, stride: [-60, -20, -5, -1], offset: 119 }],
  [
    "ndarray of every second number",
    {
      data: Float32Array.from({ length: 240 }, (_, i) => pred.data[i >> 1]),
      shape,
      stride: [120, 40, 10, 2],
      offset: 1,
    },
  ],
];
const targets: readonly (readonly [string, TensorLike])[] = [
  ["int64 labels", ort("int64", BigInt64Array.from(labels.data, BigInt), labelShape)],
  ["uint64 labels", transformers("uint64", BigUint64Array.from(labels.data, BigInt), labelShape)],
  ["uint8 labels", ort("uint8", labels.data, labelShape)],
  ["uint16 labels", ort("uint16", Uint16Array.from(labels.data), labelShape)],
  ["ndarray of labels", { data: Int16Array.of(9, ...labels.data), shape: labelShape, stride: [20, 5, 1], offset: 1 }],
];
const softTargets: readonly (readonly [string, TensorLike])[] = [
  ["float16", ort("float16", softPatterns, shape)],
  ["float64", { data: Float64Array.from(soft.data), shape }],
  ["float32 with dims", transformers("float32", soft.data, shape)],
];

describe("a loss gives the same bits", () => {
  const loss = seg.weightedSum([
      { weight: 1, loss: seg.dice({ activation: "sigmoid" }) },
      { weight: 0.5, loss: seg.crossEntropy({ activation: "sigmoid" }) },
    ]),
    expected = bits(loss.valueAndGrad(pred, labels)),
    expectedSoft = bits(loss.valueAndGrad(pred, soft));

  test.each(preds)("for a prediction: %s", (_, given) => {
    const result = loss.valueAndGrad(given, labels);
    expect(bits(result)).toEqual(expected);
    expect(result.grad).toBeInstanceOf(Float32Array);
    expect(loss.value(given, labels)).toBe(expected.value);
  });
  test.each(targets)("for a target: %s", (_, given) => {
    expect(bits(loss.valueAndGrad(pred, given))).toEqual(expected);
    expect(bits(loss.valueAndGrad(pred, loss.prepare(given)))).toEqual(expected);
  });
  test.each(softTargets)("for a soft target: %s", (_, given) => {
    expect(bits(loss.valueAndGrad(pred, given))).toEqual(expectedSoft);
    expect(bits(loss.valueAndGrad(pred, loss.prepare(given)))).toEqual(expectedSoft);
  });

  test.each(losses)("$name", (declaration) => {
    const inputs = makeCase(firstSetting(declaration), 92),
      made = lossOf(declaration.name, inputs),
      { data, shape: dims } = inputs.pred;
    const asOrt = made.valueAndGrad(
      ort("float32", data, dims),
      ort("int64", BigInt64Array.from(inputs.target.data, BigInt), inputs.target.shape),
    );
    expect(bits(asOrt)).toEqual(bits(made.valueAndGrad(inputs.pred, inputs.target)));
  });

  test("for extra inputs", () => {
    const distanceMap = { data: Float32Array.from(pred.data), shape },
      boundary = seg.boundary(),
      plain = bits(boundary.valueAndGrad(pred, labels, { distanceMap }));
    for (const [, given] of preds)
      expect(bits(boundary.valueAndGrad(pred, labels, { distanceMap: given }))).toEqual(plain);
  });

  test("for an image of one channel", () => {
    const given = { data: new Uint8ClampedArray(labels.data.subarray(0, 20)), width: 5, height: 4, channels: 1 },
      first = { data: pred.data.subarray(0, 60), shape: [1, 3, 4, 5] };
    expect(loss.value(first, given)).toBe(loss.value(first, { data: labels.data.subarray(0, 20), shape: [1, 4, 5] }));
  });
});

test("utilities and metrics take them", () => {
  const { dice, hausdorffDistance } = seg.metrics,
    expected = { dice: dice(pred, labels), hausdorff: hausdorffDistance(pred, labels) };
  const winners = seg.argmax(pred),
    distance = seg.distanceTransform(labels),
    map = seg.regionWiseMap(labels, { numClasses: 3 }),
    encoded = seg.boundaryAwareEncode(labels, { bins: 4 });
  for (const [name, given] of preds) {
    expect(seg.softmax(given), name).toEqual(seg.softmax(pred));
    expect(seg.argmax(given), name).toEqual(winners);
    expect(seg.boundaryAwareDecode(given), name).toEqual(seg.boundaryAwareDecode(pred));
    expect(dice(given, labels), name).toEqual(expected.dice);
  }
  for (const [name, given] of targets) {
    expect(seg.distanceTransform(given), name).toEqual(distance);
    expect(seg.regionWiseMap(given, { numClasses: 3 }), name).toEqual(map);
    expect(seg.boundaryAwareEncode(given, { bins: 4 }), name).toEqual(encoded);
    expect(hausdorffDistance(pred, given), name).toEqual(expected.hausdorff);
    // What a model's ArgMax gives is int64, too.
    expect(dice(given, labels, { numClasses: 3 }), name).toEqual(dice(labels, labels, { numClasses: 3 }));
  }
});

test("what is a tensor of plain numbers already is neither copied nor wrapped", () => {
  const resident = seg.tensor(shape);
  for (const tensor of [pred, labels, soft, resident, { ...pred, stride: [60, 20, 5, 1], offset: 0 }])
    expect(readTensor(tensor, "it")).toBe(tensor);
  expect(readTensor(ort("float32", pred.data, shape), "it").data).toBe(pred.data);
  resident.dispose();
});

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

test("views of the module's memory are taken through strides, and survive its growth", async () => {
  const own = await load(),
    resident = own.tensor(shape),
    marks = own.tensor(labelShape, "uint8");
  resident.data.set(pred.data);
  marks.data.set(labels.data);
  const loss = own.weightedSum([
    { weight: 1, loss: own.dice() },
    { weight: 1, loss: own.boundary() },
  ]);
  const expected = bits(loss.valueAndGrad(pred, labels));
  const again = await load(),
    tensor = again.tensor(shape),
    mask = again.tensor(labelShape, "uint8");
  tensor.data.set(pred.data);
  mask.data.set(labels.data);
  // The instance's first call, in which its memory grows.
  const fresh = again.weightedSum([
    { weight: 1, loss: again.dice() },
    { weight: 1, loss: again.boundary() },
  ]);
  const views = [
    { data: tensor.data, shape, stride: [60, 20, 5, 1], offset: 0 },
    { data: mask.data, dims: labelShape },
  ] as const;
  expect(bits(fresh.valueAndGrad(...views))).toEqual(expected);
  expect(bits(loss.valueAndGrad(resident, marks))).toEqual(expected);
});
