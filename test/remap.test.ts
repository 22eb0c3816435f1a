import { expect, test } from "vitest";
import { remap } from "../dist/index.js";
import * as masks from "../dist/masks.js";
import { errorOf, seg } from "./support/library";

const shape = [2, 2, 3],
  labels = { data: Int32Array.of(0, 1, 2, 4, 4, 0, 2, 2, 1, 0, 3648962, 1), shape };

test("labels are renamed and merged; those without a name are refused, kept or become another", () => {
  const map = { 0: 0, 1: 1, 2: 1, 4: 300, 3648962: 2 };
  expect(remap(labels, map)).toEqual({ data: Uint16Array.of(0, 1, 1, 300, 300, 0, 1, 1, 1, 0, 2, 1), shape });
  expect(remap(labels, { 4: 3, 1: 2, 2: 1 }, { others: 0 })).toEqual({
    data: Uint8Array.of(0, 2, 1, 3, 3, 0, 1, 1, 2, 0, 0, 2), // not one after the other: 1 and 2 change places
    shape,
  });
  expect(remap(labels, { 4: 3 }, { others: "keep" }).data).toEqual(labels.data.map((n) => (n === 4 ? 3 : n)));
  const error = errorOf(() => remap(labels, { 0: 0, 1: 1, 2: 2, 4: 3 }));
  expect([error.code, error.message]).toEqual([
    "INVALID_TARGET",
    "remap: labels has label 3648962 at index 10, which the map does not have; option others gives a label " +
      'for it, or "keep"',
  ]);
  expect(masks.remap).toBeTypeOf("function");
});

test("regions that overlap have a channel each, which losses and metrics take", () => {
  const regions = [
      [1, 2, 4],
      [1, 4],
      [4, 9],
    ],
    { data, shape: made } = remap(labels, regions);
  expect(made).toEqual([2, 3, 2, 3]);
  const plane = (b: number, c: number) => Array.from(data.subarray(6 * (3 * b + c), 6 * (3 * b + c + 1)));
  expect([0, 1, 2].map((c) => plane(0, c))).toEqual([
    [0, 1, 1, 1, 1, 0],
    [0, 1, 0, 1, 1, 0],
    [0, 0, 0, 1, 1, 0],
  ]);
  expect([0, 1, 2].map((c) => plane(1, c))).toEqual([
    [1, 1, 1, 0, 0, 1],
    [0, 0, 1, 0, 0, 1],
    [0, 0, 0, 0, 0, 0],
  ]);
  const last = remap(labels, regions, { layout: "channelsLast" });
  expect(last.shape).toEqual([2, 2, 3, 3]);
  for (const [i, mark] of last.data.entries())
    expect(mark).toBe(data[Math.floor(i / 18) * 18 + (i % 3) * 6 + (Math.floor(i / 3) % 6)]);
  const scores = { data: data.map((mark) => 2 * mark - 1), shape: made };
  expect(seg.metrics.dice(scores, { data, shape: made }, { activation: "sigmoid", emptyScore: 1 }).value).toBe(1);
});

test.each([
  ["no labels", { data: new Float32Array(4), shape: [4] }, { 0: 1 }, {}, "INVALID_TARGET", /integer typed array/],
  ["no map", labels, null, {}, "INVALID_OPTION", /map must be an object of labels or a list of regions, got null/],
  ["a key that is no label", labels, { a: 1 }, {}, "INVALID_OPTION", /map has the key "a"/],
  ["a name that is no label", labels, { 1: 0.5 }, {}, "INVALID_OPTION", /map has 0.5 for label 1/],
  ["a region that is none", labels, [[1], 2], {}, "INVALID_OPTION", /map\[1\] must be the list/],
  ["no region", labels, [], {}, "INVALID_OPTION", /one region at least/],
  ["others of regions", labels, [[1]], { others: 0 }, "INVALID_OPTION", /unknown option "others"/],
  ["other others", labels, { 1: 1 }, { others: "drop" }, "INVALID_OPTION", /others must be "keep" or a label/],
  ["a layout", labels, [[1]], { layout: "first" }, "INVALID_OPTION", /layout must be/],
])("%s", (_, input, map, options, code, message) => {
  const error = errorOf(() => remap(input as never, map as never, options as never));
  expect([error.code, error.message]).toEqual([code, expect.stringMatching(message)]);
});
