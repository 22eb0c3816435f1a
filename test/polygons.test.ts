import { describe, expect, test } from "vitest";
import { decodePolygons, decodeRle, labelsFromRles } from "../dist/masks.js";
import { errorOf } from "./support/library";

/** A mask as lines of characters. */
const draw = (height: number, width: number, rings: readonly ArrayLike<number>[], options: object = {}) => {
  const { data, shape } = decodePolygons(rings, { size: [height, width], ...options });
  expect(shape).toEqual([1, height, width]);
  return Array.from({ length: height }, (_, y) => [...data.subarray(y * width, (y + 1) * width)].join(""));
};

// By hand from the rule of pycocotools (rleFrPoly): corners times 5 are rounded, edges walked step by step, and where
// they pass the middle of a column (5 c + 2) the mask turns at row ceil((v + 1/2) / 5 - 1/2), v the upper of the two.
describe("polygons, worked out by hand", () => {
  test("a rectangle on the grid holds the pixels between its sides", () => {
    expect(draw(5, 6, [[1, 1, 4, 1, 4, 3, 1, 3]])).toEqual(["000000", "011100", "011100", "000000", "000000"]);
    expect(draw(5, 6, [Float64Array.of(1, 3, 4, 3, 4, 1, 1, 1)])).toEqual(draw(5, 6, [[1, 1, 4, 1, 4, 3, 1, 3]]));
  });
  test("corners at the middle of pixels round down and to the right", () => {
    expect(draw(4, 4, [[0.5, 0.5, 2.5, 0.5, 2.5, 2.5, 0.5, 2.5]])).toEqual(["0000", "0110", "0110", "0000"]);
  });
  test("a triangle", () => {
    expect(draw(4, 4, [[0, 0, 4, 0, 0, 4]])).toEqual(["1110", "1100", "1000", "0000"]);
  });
  test("beyond the image nothing is drawn, and what is within stays", () => {
    expect(draw(3, 3, [[-2, -2, 2, -2, 2, 9, -2, 9]])).toEqual(["110", "110", "110"]);
    expect(draw(2, 2, [[5, 5, 9, 5, 9, 9]])).toEqual(["00", "00"]);
    expect(draw(2, 2, [[1, 1, 1, 1, 1, 1]])).toEqual(["00", "00"]);
  });
  test("a ring inside another is in both, or a hole where it is said; twice around is outside", () => {
    const outer = [0, 0, 4, 0, 4, 4, 0, 4],
      inner = [1, 1, 3, 1, 3, 3, 1, 3];
    expect(draw(4, 4, [outer, inner])).toEqual(["1111", "1111", "1111", "1111"]);
    expect(draw(4, 4, [outer, inner], { rings: "evenOdd" })).toEqual(["1111", "1001", "1001", "1111"]);
    expect(draw(4, 4, [[...outer, ...outer]])).toEqual(["0000", "0000", "0000", "0000"]);
  });
});

test("annotations of polygons and runs in one map", () => {
  const annotations = [
    { segmentation: [[0, 0, 3, 0, 3, 2, 0, 2]], category_id: 5 },
    { segmentation: { size: [2, 4], counts: Uint32Array.of(6, 2) }, category_id: 300 },
  ];
  const wanted = { data: Uint16Array.of(5, 5, 5, 300, 5, 5, 5, 300), shape: [1, 2, 4] };
  expect(labelsFromRles(annotations)).toEqual(wanted);
  expect(labelsFromRles(annotations.slice(0, 1), { size: [2, 4] }).data).toEqual(Uint8Array.of(5, 5, 5, 0, 5, 5, 5, 0));
  expect(errorOf(() => labelsFromRles(annotations.slice(0, 1))).message).toMatch(/size must be given.*polygons/);
  expect(errorOf(() => labelsFromRles(annotations, { rings: "odd" as never })).message).toMatch(/rings must be/);
});

test("runs in a typed array, and the bytes of the string", () => {
  const wanted = { data: Uint8Array.of(0, 1, 0, 1), shape: [1, 2, 2] };
  for (const counts of [[2, 2], Uint32Array.of(2, 2), Int32Array.of(2, 2), Float64Array.of(2, 2), "22"])
    expect(decodeRle({ size: [2, 2], counts })).toEqual(wanted);
  expect(decodeRle({ size: [2, 2], counts: new TextEncoder().encode("22") })).toEqual(wanted);
  const long = errorOf(() => decodeRle({ size: new Array(5000).fill(1), counts: [] }));
  expect(long.message.length).toBeLessThan(200);
  expect(errorOf(() => decodeRle({ size: [2, 2], counts: Uint8Array.of(2, 2) })).message).toMatch(
    /character "\\u0002"/,
  );
});

test.each([
  ["no rings", 7, { size: [2, 2] }, "SHAPE_MISMATCH", /polygons must be a list of rings, got 7/],
  ["two corners", [[1, 1, 2, 2]], { size: [2, 2] }, "SHAPE_MISMATCH", /polygons\[0\] must be a list .* 3 corners/],
  ["half a corner", [[1, 1, 2, 2, 3, 3, 4]], { size: [2, 2] }, "SHAPE_MISMATCH", /3 corners/],
  ["no number", [[1, 1, 2, Number.NaN, 3, 3]], { size: [2, 2] }, "INVALID_TARGET", /\[0\] has .* at index 3/],
  ["no size", [[1, 1, 2, 2, 3, 3]], {}, "INVALID_OPTION", /size must be \[height, width\]/],
  ["another rule", [[1, 1, 2, 2, 3, 3]], { size: [2, 2], rings: "nonZero" }, "INVALID_OPTION", /rings must be/],
])("%s", (_, polygons, options, code, message) => {
  const error = errorOf(() => decodePolygons(polygons as never, options as never));
  expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
});
