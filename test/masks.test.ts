import { describe, expect, test } from "vitest";
import { load } from "../dist/index.js";
import { lengthOf, place, steps, sum } from "./reference/brute";
import { errorOf, sameBytes, seg } from "./support/library";
import { blobs, product, Random } from "./support/random";

const shapes = [
  [2, 23],
  [1, 1],
  [2, 9, 13],
  [1, 1, 17],
  [2, 4, 5, 7],
];

/** The least of a measure of the steps to the pixels where `mask` has this value. */
function nearest(
  mask: ArrayLike<number>,
  spatial: readonly number[],
  i: number,
  value: number,
  measure: (steps: readonly number[]) => number,
): number {
  let least = Number.POSITIVE_INFINITY;
  for (let j = 0; j < mask.length; j++) if (mask[j] === value) least = Math.min(least, measure(steps(i, j, spatial)));
  return least;
}

function samples(seed: number, shape: readonly number[]): { mask: Uint8Array; spatial: number[]; each: Uint8Array[] } {
  const [batch, ...spatial] = shape,
    pixels = product(spatial),
    mask = blobs(new Random(seed), batch, 2, spatial);
  return { mask, spatial, each: Array.from({ length: batch }, (_, b) => mask.subarray(b * pixels, (b + 1) * pixels)) };
}

describe("boundaryMask", () => {
  const cases = shapes.flatMap((shape) =>
    (["face", "full"] as const).flatMap((connectivity) =>
      [1, 3].flatMap((width) => [true, false].map((border) => ({ shape, connectivity, width, border }))),
    ),
  );
  test.each(cases)("$shape, $connectivity, width $width, border $border", ({ shape, ...options }) => {
    const { mask, spatial, each } = samples(91, shape),
      measure = options.connectivity === "face" ? sum : (offsets: readonly number[]) => Math.max(...offsets);
    const expected = each.flatMap((sample) =>
      Array.from(sample, (inside, i) => {
        const beyond = Math.min(...place(i, spatial).map((x, axis) => Math.min(x + 1, spatial[axis] - x)));
        const away = Math.min(
          nearest(sample, spatial, i, 0, measure),
          options.border ? beyond : Number.POSITIVE_INFINITY,
        );
        return inside && away <= options.width ? 1 : 0;
      }),
    );
    const { data, shape: got } = seg.boundaryMask(
      { data: mask, shape },
      { ...options, spatialDims: (shape.length - 1) as 1 | 2 | 3 },
    );
    expect(got).toEqual(shape);
    expect(data).toBeInstanceOf(Uint8Array);
    expect(Array.from(data)).toEqual(expected);
  });

  test("any width: nothing is left of an open mask, all of a closed one", () => {
    const data = new Uint8Array(30 * 40).fill(1),
      count = (options: object) => sum(Array.from(seg.boundaryMask({ data, shape: [1, 30, 40] }, options).data));
    for (const connectivity of ["face", "full"]) {
      expect(count({ connectivity, width: 1e9 })).toBe(1200);
      expect(count({ connectivity, width: 1e9, border: false })).toBe(0);
    }
  });
});

describe("signedDistanceTransform", () => {
  test.each(shapes)("%j is the definition", (...shape) => {
    const { mask, spatial, each } = samples(92, shape);
    for (const spacing of [spatial.map(() => 1), spatial.map((_, axis) => [0.7, 2.5, 1.2][axis])]) {
      for (const insideOffset of [0, 0.5]) {
        const measure = (offsets: readonly number[]) => lengthOf(offsets, spacing);
        const expected = each.flatMap((sample) =>
          Array.from(sample, (inside, i) => {
            const d = nearest(sample, spatial, i, inside ? 0 : 1, measure);
            return d === Number.POSITIVE_INFINITY ? 0 : inside ? insideOffset - d : d;
          }),
        );
        const { data } = seg.signedDistanceTransform(
          { data: mask, shape },
          { spacing, insideOffset, spatialDims: spatial.length as 1 | 2 | 3 },
        );
        for (const [i, e] of expected.entries())
          expect(Math.abs(data[i] - e)).toBeLessThanOrEqual(1e-6 * (1 + Math.abs(e)));
      }
    }
  });

  test("the inner boundary is 0, and never -0", () => {
    const { data } = seg.signedDistanceTransform(
      { data: Uint8Array.of(0, 1, 1, 1, 1, 0, 0), shape: [1, 7] },
      { spatialDims: 1 },
    );
    expect(Array.from(data)).toEqual([1, 0, -1, -1, 0, 1, 2]);
  });

  test("one sample does not see another", () => {
    const { data } = seg.signedDistanceTransform(
      { data: Uint8Array.of(0, 0, 0, 1, 1, 1, 0, 1, 1), shape: [3, 3] },
      { spatialDims: 1 },
    );
    expect(Array.from(data)).toEqual([0, 0, 0, 0, 0, 0, 1, 0, -1]);
  });
});

describe.each(["boundaryMask", "signedDistanceTransform", "distanceTransform"] as const)("%s", (name) => {
  const run = (library: typeof seg, mask: object, options?: object) =>
    (library[name] as unknown as (mask: object, options?: object) => { data: Uint8Array | Float32Array })(mask, options)
      .data;
  const { mask: data } = samples(93, [2, 9, 13]),
    shape = [2, 9, 13],
    expected = run(seg, { data, shape });

  test("reads masks of any numbers", () => {
    for (const mask of [
      Float32Array.from(data, (v) => -3.5 * v),
      Int32Array.from(data, (v) => v << 20),
      Array.from(data),
    ])
      expect(run(seg, { data: mask, shape })).toEqual(expected);
  });

  test("in and out of the module's memory, which grows in between", async () => {
    const library = await load(),
      large = [1, 500, 700],
      plain = new Uint8Array(350000).map((_, i) => (i % 701 < 300 ? 1 : 0));
    const mask = library.tensor(large, "uint8"),
      out = library.tensor(large, name === "boundaryMask" ? "uint8" : "float32");
    mask.data.set(plain);
    const wanted = run(seg, { data: plain, shape: large });
    run(library, mask, { out: out.data });
    expect(sameBytes(out.data, wanted)).toBe(true);
    expect(sameBytes(mask.data, plain)).toBe(true);
  });

  test("out may be any array of the kind, and nothing else", () => {
    const out = expected.slice().fill(9);
    expect(run(seg, { data, shape }, { out })).toBe(out);
    expect(out).toEqual(expected);
    for (const wrong of [new Float64Array(234), expected.slice(1), [], null, "x"])
      expect(errorOf(() => run(seg, { data, shape }, { out: wrong })).code).toBe("SHAPE_MISMATCH");
  });

  test("nothing in, nothing out", () =>
    expect(run(seg, { data: new Uint8Array(0), shape: [2, 0, 3] })).toHaveLength(0));

  test.each([
    [{ widht: 2 }, /unknown option "widht"/],
    [{ squraed: true }, /unknown option "squraed"/],
    [{ spacing: [1, 0] }, /spacing/],
    [{ connectivity: "edge" }, /connectivity/],
    [{ width: 0 }, /width/],
    [{ width: 1.5 }, /width/],
    [{ border: 1 }, /border/],
    [{ insideOffset: -1 }, /insideOffset/],
    [{ spacing: [1, 2, 3] }, /spacing/],
    [7, /options must be an object/],
  ])("refuses %j", (options, message) => {
    const error = errorOf(() => run(seg, { data, shape }, options as object));
    expect(error.code).toBe("INVALID_OPTION");
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(new RegExp(`^${name}: `));
  });

  test.each([
    [{ data, shape: [234] }],
    [{ data, shape: [1, 2, 3, 3, 13] }],
    [{ data, shape: [2, 9, 14] }],
    [{ data }],
    [{ data: undefined, shape }],
    [{}],
    [[1, 2]],
    [3],
    [undefined],
    [null],
  ])("refuses the mask %#", (mask) => {
    const error = errorOf(() => run(seg, mask as unknown as object));
    expect(error.code).toBe("SHAPE_MISMATCH");
    expect(error.message).toMatch(new RegExp(`^${name}: mask `));
  });
});
