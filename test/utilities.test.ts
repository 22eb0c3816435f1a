import { describe, expect, test } from "vitest";
import { load } from "../dist/index.js";
import { errorOf, seg } from "./support/library";
import { product, Random, shares, toChannelsLast } from "./support/random";

describe("softmax", () => {
  const shapes = [
    [1, 1, 3, 1],
    [2, 3, 5, 7],
    [1, 21, 64, 65],
    [2, 2, 3, 4, 5],
    [1, 600, 257, 1],
  ];
  test.each(shapes)("[%i, %i, ...]", (...shape) => {
    const [, classes, ...spatial] = shape,
      input = { data: new Random(41).normals(product(shape), 4), shape },
      expected = shares(input.data, classes, product(spatial));
    const axes = { spatialDims: spatial.length as 1 | 2 | 3 },
      { data, shape: got } = seg.softmax(input, axes);
    expect(got).toEqual(shape);
    const worst = data.reduce((most, x, i) => Math.max(most, Math.abs(x - expected[i])), 0);
    expect(worst).toBeLessThanOrEqual(1e-6);
    const last = seg.softmax(toChannelsLast(input), { layout: "channelsLast", ...axes }),
      out = new Float32Array(data.length);
    expect(Array.from(last.data)).toEqual(Array.from(toChannelsLast({ data, shape }).data));
    expect(seg.softmax(input, { out, ...axes }).data).toBe(out);
    expect(out).toEqual(data);
  });

  test("logits of 1e4 and an image of NaN", () => {
    expect(Array.from(seg.softmax({ data: Float32Array.of(1e4, -1e4, 0), shape: [1, 3, 1, 1] }).data)).toEqual([
      1, 0, 0,
    ]);
    expect(seg.softmax({ data: Float32Array.of(Number.NaN, 1), shape: [1, 2, 1, 1] }).data[0]).toBeNaN();
  });

  test("in and out of the module's memory", () => {
    const values = new Random(42).normals(2 * 3 * 40),
      plain = seg.softmax({ data: values, shape: [2, 3, 8, 5] }),
      tensor = seg.tensor([2, 3, 8, 5]);
    tensor.data.set(values);
    seg.softmax(tensor, { out: tensor.data });
    expect(tensor.data).toEqual(plain.data);
    tensor.dispose();
  });
});

describe("argmax", () => {
  const first = (z: readonly number[]) => z.indexOf(Math.max(...z));

  test.each([
    [1, 1, 5, 1],
    [2, 3, 5, 7],
    [1, 21, 64, 65],
    [2, 4, 3, 4, 5],
  ])("[%i, %i, ...] is the first of the largest", (...shape) => {
    const [batch, classes, ...spatial] = shape,
      random = new Random(43),
      pixels = product(spatial);
    // With many ties.
    const input = { data: Float32Array.from({ length: product(shape) }, () => random.below(4)), shape };
    const expected = Array.from({ length: batch * pixels }, (_, n) =>
      first(
        Array.from(
          { length: classes },
          (_, c) => input.data[(Math.floor(n / pixels) * classes + c) * pixels + (n % pixels)],
        ),
      ),
    );
    const axes = { spatialDims: spatial.length as 1 | 2 | 3 },
      { data, shape: got } = seg.argmax(input, axes),
      out = new Uint8Array(batch * pixels);
    expect(got).toEqual([batch, ...spatial]);
    expect(Array.from(data)).toEqual(expected);
    expect(Array.from(seg.argmax(toChannelsLast(input), { layout: "channelsLast", ...axes }).data)).toEqual(expected);
    expect(seg.argmax(input, { out, ...axes }).data).toBe(out);
    expect(Array.from(out)).toEqual(expected);
  });
});

describe("distanceTransform", () => {
  test("reads masks of any type, and infinity where there is no background", () => {
    const ones = [1, 1, 1, 0, 1],
      expected = [3, 2, 1, 0, 1];
    for (const Type of [Uint8Array, Int32Array, Float32Array])
      expect(
        Array.from(seg.distanceTransform({ data: Type.from(ones), shape: [1, 5] }, { spatialDims: 1 }).data),
      ).toEqual(expected);
    const { data, shape } = seg.distanceTransform(
      { data: Uint8Array.of(1, 1, 0, 0, 1, 0), shape: [3, 2] },
      { spatialDims: 1 },
    );
    expect([...data, ...shape]).toEqual([Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 0, 0, 1, 0, 3, 2]);
  });

  test("spacing, squared and out", () => {
    const mask = { data: Uint8Array.of(0, 1, 1, 1, 1, 1), shape: [1, 2, 3] },
      out = new Float32Array(6);
    expect(Array.from(seg.distanceTransform(mask, { spacing: [2, 0.5], squared: true }).data)).toEqual([
      0, 0.25, 1, 4, 4.25, 5,
    ]);
    expect(seg.distanceTransform(mask, { out }).data).toBe(out);
    expect(out).toEqual(Float32Array.of(0, 1, 2, 1, Math.sqrt(2), Math.sqrt(5)));
  });

  test("a mask and an out that live in the module's memory, which grows meanwhile", async () => {
    const own = await load(),
      mask = own.tensor([2, 700, 801], "uint8"),
      out = own.tensor([2, 700, 801]);
    mask.data.fill(1);
    mask.data[801 * 700 + 801 * 3 + 4] = 0;
    own.distanceTransform(mask, { out: out.data });
    expect(out.data[0]).toBe(Number.POSITIVE_INFINITY);
    expect(out.data[801 * 700]).toBe(5);
    expect(out.data.at(-1)).toBe(Math.fround(Math.hypot(696, 796)));
  });

  test("says which option may have been meant", () => {
    const mask = { data: new Uint8Array(6), shape: [1, 2, 3] };
    expect(errorOf(() => seg.distanceTransform(mask, { square: true } as object)).message).toMatch(
      /^distanceTransform: .*squared/,
    );
  });
});

// Masks: masks.test.ts.
test("softmax and argmax refuse what is not a tensor, and the instance goes on", () => {
  const good = { data: Float32Array.of(1, 2), shape: [1, 2, 1, 1] };
  for (const name of ["softmax", "argmax"] as const) {
    const call = seg[name].bind(seg) as (input: unknown, options?: unknown) => unknown;
    for (const input of [
      undefined,
      null,
      3,
      [1, 2],
      {},
      { data: good.data },
      { data: good.data, shape: [2, 2, 2, 1] },
      { data: undefined, shape: [1, 2, 1, 1] },
      { data: good.data, shape: [2] },
    ]) {
      const error = errorOf(() => call(input));
      expect(error.code, `${name}(${JSON.stringify(input)})`).toBe("SHAPE_MISMATCH");
      expect(error.message.startsWith(`${name}:`), error.message).toBe(true);
    }
    for (const options of [{ layuot: "channelsLast" }, 7]) {
      const said = `${name}(…, ${JSON.stringify(options)})`;
      expect(errorOf(() => call(good, options)).code, said).toBe("INVALID_OPTION");
    }
    for (const out of [[0, 0], "x", new Float64Array(2), new Float32Array(1)])
      expect(errorOf(() => call(good, { out })).code, `${name}, out ${String(out)}`).toBe("SHAPE_MISMATCH");
  }
  expect(seg.argmax(good).data[0]).toBe(1);
});

test("a line longer than what lies before it in memory", async () => {
  const fresh = await load(),
    data = new Uint8Array(20000).fill(1);
  data[7] = 0;
  const { data: distances } = fresh.distanceTransform({ data, shape: [1, 1, 20000] });
  expect(distances.every((d, i) => d === Math.abs(i - 7))).toBe(true);
});

describe("masks with NaN, which is neither inside nor outside, are refused", () => {
  const mask = { data: Float32Array.of(0, 1, 1, Number.NaN, 0, 1), shape: [1, 2, 3] };
  test.each(["distanceTransform", "signedDistanceTransform", "boundaryMask", "skeletonize", "bettiNumbers"] as const)(
    "%s",
    (name) => {
      const error = errorOf(() => seg[name](mask));
      expect([error.code, error.message]).toEqual([
        "INVALID_TARGET",
        expect.stringContaining(`${name}: mask has NaN at`),
      ]);
    },
  );
});
