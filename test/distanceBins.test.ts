import { describe, expect, test } from "vitest";
import { load } from "../dist/index.js";
import { lengthOf, steps, sum } from "./reference/brute";
import { errorOf, sameBytes, seg } from "./support/library";
import { axesOf, blobs, product, Random, toChannelsLast } from "./support/random";

const settings = [
  { spatial: [40], bins: 6, truncation: 5, spacing: [1] },
  { spatial: [13, 17], bins: 4, truncation: 3, spacing: [1, 1] },
  { spatial: [13, 17], bins: 3, truncation: 6.5, spacing: [1.3, 0.7] },
  { spatial: [6, 7, 8], bins: 4, truncation: 3, spacing: [1, 2, 1] },
];

describe.each(settings)("$spatial, $bins bins to $truncation", ({ spatial, bins, truncation, spacing }) => {
  const pixels = product(spatial),
    labels = blobs(new Random(61), 2, 3, spatial),
    shape = [2, ...spatial],
    axes = axesOf(spatial),
    options = { bins, truncation, spacing, ...axes };
  labels.forEach((_, i) => {
    if (i % 37 === 5) labels[i] = 9;
  });

  test("the encoder is its definition", () => {
    const { data } = seg.boundaryAwareEncode({ data: labels, shape }, { ...options, ignoreIndex: 9 });
    for (let b = 0; b < 2; b++) {
      const own = Array.from(labels.subarray(b * pixels, (b + 1) * pixels), (v) => (v === 9 ? 0 : v)),
        all = own.map((_, i) => i);
      const edge = own.map((v, i) => v === 0 || all.some((j) => own[j] !== v && sum(steps(i, j, spatial)) === 1));
      for (const i of all) {
        const d = edge[i]
          ? 0
          : Math.min(...all.filter((j) => edge[j]).map((j) => lengthOf(steps(i, j, spatial), spacing)));
        const level = edge[i] ? 0 : Math.min(Math.ceil(d - 1e-6), truncation);
        expect(data[b * pixels + i]).toBe(Math.floor((level * (bins - 1)) / truncation + 0.5));
      }
    }
  });

  test("the decoder draws its balls", () => {
    const random = new Random(62),
      binMap = Uint8Array.from({ length: 2 * pixels }, () => (random.next() < 0.05 ? random.below(bins) : 0));
    const { data } = seg.boundaryAwareDecode({ data: binMap, shape }, options);
    for (let i = 0; i < data.length; i++) {
      const first = i - (i % pixels);
      const inside = Array.from(binMap.subarray(first, first + pixels)).some(
        (n, j) =>
          n > 0 && lengthOf(steps(i - first, j, spatial), spacing) <= ((n * truncation) / (bins - 1)) * (1 + 5e-7),
      );
      expect(data[i]).toBe(inside ? 1 : 0);
    }
  });

  test("scores mean the bin with the largest, or every bin above a threshold", () => {
    const random = new Random(63),
      scores = {
        data: Float32Array.from({ length: 2 * bins * pixels }, () => random.next()),
        shape: [2, bins, ...spatial],
      };
    const best = seg.argmax(scores, axes),
      union = new Uint8Array(2 * pixels);
    for (let n = 0; n < bins; n++) {
      const one = Int32Array.from(union, (_, i) =>
        scores.data[Math.floor(i / pixels) * bins * pixels + n * pixels + (i % pixels)] > 0.9 ? n : 0,
      );
      for (const [i, v] of seg.boundaryAwareDecode({ data: one, shape }, options).data.entries()) union[i] |= v;
    }
    const { bins: _, ...others } = options;
    for (const [input, layout] of [
      [scores, {}],
      [toChannelsLast(scores), { layout: "channelsLast" as const }],
    ] as const) {
      expect(seg.boundaryAwareDecode(input, { ...others, ...layout })).toEqual(seg.boundaryAwareDecode(best, options));
      expect(seg.boundaryAwareDecode(input, { ...others, ...layout, mode: "threshold", threshold: 0.9 }).data).toEqual(
        union,
      );
    }
  });
});

test("ellipses survive: intersection over union above 0.95", () => {
  const labels = new Uint8Array(48 * 44);
  for (let i = 0; i < labels.length; i++) {
    const y = Math.floor(i / 44),
      x = i % 44;
    if (((y - 14) / 11) ** 2 + ((x - 20) / 15) ** 2 <= 1) labels[i] = 1;
    if (((y - 36) / 9) ** 2 + ((x - 25) / 13) ** 2 <= 1) labels[i] = 2;
  }
  const back = seg.boundaryAwareDecode(seg.boundaryAwareEncode({ data: labels, shape: [1, 48, 44] }, { bins: 8 }), {
    bins: 8,
  });
  const both = back.data.filter((v, i) => v && labels[i]).length,
    either = back.data.filter((v, i) => v || labels[i]).length;
  expect(both / either).toBeGreaterThan(0.95);
});

test("objects of one or two pixels vanish, one that is cut by the image does not", () => {
  const encode = (data: Uint8Array | Int8Array | Uint32Array, options = {}) =>
    Array.from(
      seg.boundaryAwareEncode({ data, shape: [1, data.length] }, { bins: 4, spatialDims: 1, ...options }).data,
    );
  expect(encode(Uint8Array.of(0, 1, 0, 1, 1, 0, 2, 2, 2, 0))).toEqual([0, 0, 0, 0, 0, 0, 0, 1, 0, 0]);
  expect(encode(Uint8Array.of(7, 7, 7, 7, 7, 0))).toEqual([3, 3, 2, 1, 0, 0]);
  expect(encode(Uint8Array.of(5, 5, 5))).toEqual([3, 3, 3]);
  expect(encode(Int8Array.of(-1, -1, -1, -1))).toEqual([0, 0, 0, 0]);
  expect(encode(Uint32Array.of(3e9, 3e9, 3e9, 4e9, 4e9, 4e9))).toEqual([2, 1, 0, 0, 1, 2]);
});

test("a ball reaches the pixels on its surface, whatever the rounding", () => {
  for (const size of [0.1, 0.3, 0.55, 0.7, 1.1, 1.3, 2.7]) {
    const { data } = seg.boundaryAwareDecode(
      { data: Uint8Array.of(0, 0, 1, 0, 0), shape: [1, 5] },
      { bins: 2, truncation: size, spacing: [size], spatialDims: 1 },
    );
    expect(Array.from(data)).toEqual([0, 1, 1, 1, 0]);
  }
});

test("in and out of the module's memory, which grows in between", async () => {
  const library = await load(),
    plain = blobs(new Random(64), 1, 3, [300, 400]),
    shape = [1, 300, 400];
  const tensor = library.tensor(shape, "uint8"),
    wanted = seg.boundaryAwareEncode({ data: plain, shape }, { bins: 9 });
  tensor.data.set(plain);
  library.boundaryAwareEncode(tensor, { bins: 9, out: tensor.data });
  expect(sameBytes(tensor.data, wanted.data)).toBe(true);
  library.boundaryAwareDecode(tensor, { bins: 9, out: tensor.data });
  expect(sameBytes(tensor.data, seg.boundaryAwareDecode(wanted, { bins: 9 }).data)).toBe(true);
});

describe("wrong calls", () => {
  const labels = { data: Uint8Array.of(0, 1, 1, 4), shape: [1, 1, 4] },
    scores = { data: new Float32Array(8), shape: [1, 2, 1, 4] };
  const { boundaryAwareEncode, boundaryAwareDecode } = {
    boundaryAwareEncode: (input: unknown, options?: unknown) =>
      seg.boundaryAwareEncode(input as never, options as never),
    boundaryAwareDecode: (input: unknown, options?: unknown) =>
      seg.boundaryAwareDecode(input as never, options as never),
  };
  test.each<[() => unknown, string, RegExp]>([
    [() => boundaryAwareEncode(labels), "INVALID_OPTION", /^boundaryAwareEncode: option bins must be given/],
    [
      () => boundaryAwareEncode(labels, { bins: 1 }),
      "INVALID_OPTION",
      /bins must be a whole number in \[2, 256\], got 1/,
    ],
    [() => boundaryAwareEncode(labels, { bins: 4, truncation: 0 }), "INVALID_OPTION", /truncation/],
    [() => boundaryAwareEncode(labels, { bins: 4, spacing: [1] }), "INVALID_OPTION", /spacing must hold 2 numbers/],
    [() => boundaryAwareEncode(labels, { bins: 4, mode: "argmax" }), "INVALID_OPTION", /unknown option "mode"/],
    [
      () => boundaryAwareEncode({ ...labels, data: Float32Array.from(labels.data) }, { bins: 4 }),
      "INVALID_TARGET",
      /integer typed array, got Float32Array/,
    ],
    [
      () => boundaryAwareEncode({ ...labels, shape: [4] }, { bins: 4 }),
      "SHAPE_MISMATCH",
      /labels must be \[B, H, W\] or \[B, D, H, W\]/,
    ],
    [() => boundaryAwareEncode(labels, { bins: 4, out: new Uint8Array(3) }), "SHAPE_MISMATCH", /out must hold 4/],
    [() => boundaryAwareDecode(labels), "INVALID_OPTION", /^boundaryAwareDecode: option bins must be given/],
    [() => boundaryAwareDecode(labels, { bins: 4 }), "INVALID_TARGET", /binMap has bin 4 at index 3, expected 0 to 3/],
    [
      () => boundaryAwareDecode(scores, { bins: 4 }),
      "SHAPE_MISMATCH",
      /scores must have a channel for each of 4 bins, got 2/,
    ],
    [() => boundaryAwareDecode(scores, { mode: "max" }), "INVALID_OPTION", /mode/],
    [
      () => boundaryAwareDecode({ data: new Float32Array(4), shape: [1, 4] }),
      "SHAPE_MISMATCH",
      /scores must be \[B, C, H, W\] or \[B, C, D, H, W\]/,
    ],
    [() => boundaryAwareDecode(undefined), "SHAPE_MISMATCH", /^boundaryAwareDecode: input/],
  ])("%#", (call, code, message) => {
    const error = errorOf(call);
    expect(error.message).toMatch(message);
    expect(error.code).toBe(code);
  });
});
