import { describe, expect, test } from "vitest";
import { decodeRle, encodeRle, labelsFromRles, type Rle, type RleAnnotation } from "../dist/masks.js";
import vectors from "./rleVectors.json";
import { errorOf, seg } from "./support/library";
import { Random } from "./support/random";

const random = new Random(101);

/** Column by column, by the definition. */
function transpose(data: ArrayLike<number>, height: number, width: number): number[] {
  return Array.from({ length: data.length }, (_, i) => data[(i % height) * width + Math.floor(i / height)]);
}
const isInside = (runs: readonly number[]) => runs.flatMap((run, i) => Array<number>(run).fill(i % 2));

describe("pycocotools", () => {
  test.each(vectors.masks)("$name", ({ size, counts, string, area }) => {
    const mask = decodeRle({ size, counts: string }),
      [height, width] = size;
    expect(mask.shape).toEqual([1, height, width]);
    expect(mask.data.reduce((a, b) => a + b, 0)).toBe(area);
    // Vitest looks at every element of an array by itself, which takes long for millions.
    expect(Buffer.compare(decodeRle({ size, counts }).data, mask.data)).toBe(0);
    if (area < 1000) expect(transpose(mask.data, height, width)).toEqual(isInside(counts));
    expect(encodeRle(mask)).toEqual({ size, counts: string });
    expect(encodeRle(mask, { compressed: false })).toEqual({ size, counts });
  });

  test("the examples in its documentation", () => {
    // mask.py of cocoapi: M = [0 0 1 1 1 0 1] is [2 3 1 1], M = [1 1 1 1 1 1 0] is [0 6 1].
    const column = (...data: number[]) => ({ data: Uint8Array.from(data), shape: [7, 1] });
    expect(encodeRle(column(0, 0, 1, 1, 1, 0, 1), { compressed: false }).counts).toEqual([2, 3, 1, 1]);
    expect(encodeRle(column(1, 1, 1, 1, 1, 1, 0), { compressed: false }).counts).toEqual([0, 6, 1]);
    // By hand: 2, 3, 1 are one digit each, and the fourth run is written less the second, 1 - 3 = -2 = 30 modulo 32.
    expect(encodeRle(column(0, 0, 1, 1, 1, 0, 1)).counts).toBe(`231${String.fromCharCode(48 + 30)}`);
    // 35 = 3 + 1 * 32: the digit 3 with more to follow (48 + 3 + 32 = "S"), then 1.
    expect(decodeRle({ size: [35, 1], counts: "S1" }).data).toEqual(new Uint8Array(35));
  });
});

test("random masks come back, both ways", () => {
  for (let n = 0; n < 400; n++) {
    const height = 1 + random.below(40),
      width = 1 + random.below(40),
      share = random.next() ** 2,
      data = Uint8Array.from({ length: height * width }, () => (random.next() < share ? 1 : 0)),
      mask = { data, shape: [1, height, width] as const };
    for (const compressed of [true, false]) {
      const rle = encodeRle(mask, { compressed });
      expect(decodeRle(rle)).toEqual(mask);
      expect(JSON.parse(JSON.stringify(rle))).toEqual(rle);
    }
  }
});

test("an image of no pixels, and runs of nothing", () => {
  for (const shape of [
    [0, 5],
    [5, 0],
    [0, 0],
  ]) {
    const rle = encodeRle({ data: new Uint8Array(0), shape });
    expect(rle).toEqual({ size: shape, counts: "0" });
    expect(decodeRle(rle).data.length).toBe(0);
  }
  expect(decodeRle({ size: [2, 2], counts: [0, 1, 0, 1, 2] }).data).toEqual(Uint8Array.of(1, 0, 1, 0));
  expect(decodeRle({ size: [0, 2], counts: [] }).data.length).toBe(0);
});

test("any nonzero number is inside, whatever the array", () => {
  const rle = encodeRle({ data: Uint8Array.of(0, 255, 255, 0), shape: [2, 2] });
  expect(encodeRle({ data: Float32Array.of(0, 0.5, -1, 0), shape: [1, 2, 2] })).toEqual(rle);
  expect(encodeRle({ data: BigInt64Array.of(0n, 1n, 2n, 0n), dims: [2, 2] })).toEqual(rle);
  expect(encodeRle({ data: Uint8Array.of(0, 1, 1, 0), shape: [2, 2], stride: [1, 2], offset: 0 })).toEqual(rle);
});

test("a decoded mask is a target", () => {
  const target = decodeRle({ size: [2, 3], counts: [1, 4, 1] }),
    pred = { data: new Float32Array(6), shape: [1, 1, 2, 3] };
  expect(seg.crossEntropy({ activation: "sigmoid" }).value(pred, target)).toBeCloseTo(Math.log(2), 6);
});

describe("errors of decodeRle", () => {
  const size = [3, 4];
  test.each([
    [
      "too few pixels",
      { size, counts: [5, 6] },
      "SHAPE_MISMATCH",
      /counts must add up to 12 pixels for size \[3, 4\], got 11/,
    ],
    ["too many", { size, counts: "<1" }, "SHAPE_MISMATCH", /got 13/],
    ["none", { size, counts: "" }, "SHAPE_MISMATCH", /got 0/],
    ["a negative run", { size, counts: [5, -1, 8] }, "INVALID_TARGET", /a run of -1 at index 1/],
    ["half a run", { size, counts: [5.5, 6.5] }, "INVALID_TARGET", /a run of 5\.5 at index 0/],
    ["a negative run in a string", { size, counts: "123J" }, "INVALID_TARGET", /a run of -4 at index 3/],
    [
      "a character too low",
      { size, counts: "1 2" },
      "INVALID_TARGET",
      /the character " " at index 1, expected "0" to "o"/,
    ],
    ["a character too high", { size, counts: "1p" }, "INVALID_TARGET", /the character "p" at index 1/],
    ["a letter of no alphabet", { size, counts: "1\u00e9" }, "INVALID_TARGET", /at index 1/],
    ["a string that breaks off", { size, counts: "1S" }, "INVALID_TARGET", /ends in the middle of a run/],
    [
      "a run beyond all numbers",
      { size, counts: `${"o".repeat(400)}0` },
      "INVALID_TARGET",
      /a run of (NaN|-?Infinity|[\d.e+-]+) at index 0/,
    ],
    ["no size", { counts: [12] }, "SHAPE_MISMATCH", /size must be \[height, width\], got undefined/],
    ["three sizes", { size: [1, 3, 4], counts: [12] }, "SHAPE_MISMATCH", /got \[1,3,4\]/],
    ["half a size", { size: [1.5, 8], counts: [12] }, "SHAPE_MISMATCH", /got \[1\.5,8\]/],
    ["no counts", { size }, "INVALID_TARGET", /counts must be a list of numbers, a string or its bytes, got undefined/],
    ["nothing", null, "SHAPE_MISMATCH", /rle must be \{ size, counts \}, got null/],
  ])("%s", (_, rle, code, message) => {
    const error = errorOf(() => decodeRle(rle as Rle));
    expect(error.message).toMatch(message);
    expect(error.message.startsWith("decodeRle: ")).toBe(true);
    expect(error.code).toBe(code);
  });
});

test("errors of encodeRle", () => {
  const mask = { data: new Uint8Array(8), shape: [2, 2, 2] };
  expect(errorOf(() => encodeRle(mask)).message).toBe(
    "encodeRle: mask must be one image, [H, W] or [1, H, W], got shape [2, 2, 2]",
  );
  expect(errorOf(() => encodeRle({ data: new Uint8Array(3), shape: [2, 2] })).code).toBe("SHAPE_MISMATCH");
  expect(
    errorOf(() => encodeRle(decodeRle({ size: [1, 1], counts: [1] }), { compresed: true } as never)).message,
  ).toMatch(/did you mean compressed/);
  expect(errorOf(() => encodeRle(decodeRle({ size: [1, 1], counts: [1] }), { compressed: 1 } as never)).code).toBe(
    "INVALID_OPTION",
  );
});

describe("labelsFromRles", () => {
  const size = [2, 3],
    // Column by column: the left two columns, and the right two.
    annotations: RleAnnotation[] = [
      { segmentation: { size, counts: [0, 4, 2] }, category_id: 18 },
      {
        segmentation: { size, counts: encodeRle({ data: Uint8Array.of(0, 1, 1, 0, 1, 1), shape: size }).counts },
        category_id: 44,
      },
    ];

  test("later annotations cover earlier ones", () => {
    expect(labelsFromRles(annotations)).toEqual({ data: Uint8Array.of(18, 44, 44, 18, 44, 44), shape: [1, 2, 3] });
    expect(labelsFromRles(annotations.slice().reverse())).toEqual({
      data: Uint8Array.of(18, 18, 44, 18, 18, 44),
      shape: [1, 2, 3],
    });
    expect(labelsFromRles(annotations, { labels: { 18: 1, 44: 2 } }).data).toEqual(Uint8Array.of(1, 2, 2, 1, 2, 2));
  });

  test("the background, and types that hold all labels", () => {
    const [first] = annotations;
    expect(labelsFromRles([first], { background: 255 }).data).toEqual(Uint8Array.of(18, 18, 255, 18, 18, 255));
    expect(labelsFromRles([first], { background: -1 }).data).toEqual(Int32Array.of(18, 18, -1, 18, 18, -1));
    expect(labelsFromRles([{ ...first, category_id: 300 }]).data).toEqual(Uint16Array.of(300, 300, 0, 300, 300, 0));
    expect(labelsFromRles([], { size }).data).toEqual(new Uint8Array(6));
  });

  test("errors", () => {
    const [first, second] = annotations;
    const cases: readonly (readonly [() => unknown, string, RegExp])[] = [
      [
        () => labelsFromRles(annotations, { overlap: "error" }),
        "INVALID_TARGET",
        /pixel 1 \(column 1, row 0\) is in annotations\[0\] and annotations\[1\], with labels 18 and 44/,
      ],
      [() => labelsFromRles([]), "INVALID_OPTION", /size must be given/],
      [
        () => labelsFromRles(annotations, { size: [3, 2] }),
        "SHAPE_MISMATCH",
        /annotations\[0\] has size \[2,3\], expected \[3, 2\]/,
      ],
      [
        () => labelsFromRles([first, { ...second, segmentation: { size: [6, 1], counts: [6] } }]),
        "SHAPE_MISMATCH",
        /annotations\[1\] has size/,
      ],
      [
        () => labelsFromRles([{ ...first, segmentation: [[0, 0, 1, 1]] }], { size }),
        "SHAPE_MISMATCH",
        /annotations\[0\]\.segmentation\[0\] must be a list .* 3 corners/,
      ],
      [
        () => labelsFromRles([{ ...first, segmentation: { size, counts: [5] } }]),
        "SHAPE_MISMATCH",
        /annotations\[0\]\.segmentation\.counts must add up to 6/,
      ],
      [
        () => labelsFromRles(annotations, { labels: { 18: 1 } }),
        "INVALID_OPTION",
        /category_id 44 of annotations\[1\]/,
      ],
      [
        () => labelsFromRles([{ ...first, category_id: "dog" as never }]),
        "INVALID_OPTION",
        /category_id must be a whole number, got dog/,
      ],
      [() => labelsFromRles(annotations, { overlap: "first" as never }), "INVALID_OPTION", /overlap/],
      [() => labelsFromRles(annotations, { background: 0.5 }), "INVALID_OPTION", /background/],
      [() => labelsFromRles(annotations, { label: {} } as never), "INVALID_OPTION", /did you mean labels/],
      [() => labelsFromRles(first as never), "SHAPE_MISMATCH", /a list of/],
    ];
    for (const [work, code, message] of cases) {
      const error = errorOf(work);
      expect(error.message).toMatch(message);
      expect([error.code, error.message.startsWith("labelsFromRles: ")]).toEqual([code, true]);
    }
    expect(labelsFromRles([first, first], { overlap: "error" }).data).toEqual(Uint8Array.of(18, 18, 0, 18, 18, 0));
  });
});
