import { expect, test } from "vitest";
import { Kept } from "../cli/kept";
import type { Both } from "../src/files/both";

const both = (size: number, more: object = {}): Both => {
  const volume = { data: new Uint8Array(size), shape: [size] };
  return {
    ...{ volume: { ...volume, ...more }, truth: { ...volume, data: new Uint8Array(size) }, samples: 1, classes: 1 },
    ...{ multiHot: false, spatial: [size], notes: [], paths: { pred: "a", target: "b" } },
  };
};
/** Milliseconds: so long a reading is worth to be kept. */
const SLOW = 1;
const pair = (pred: string, spacing?: readonly number[]) => ({ pred, target: "truth", spacing });

test("decoded pairs are kept while there is room, and each is taken once", () => {
  const kept = new Kept(100),
    [a, b, c] = [both(20), both(25), both(10)];
  expect(kept.keep(pair("a"), a, SLOW)).toBe(true);
  expect(kept.keep(pair("b"), b, SLOW)).toBe(true);
  expect(kept.keep(pair("c"), c, SLOW)).toBe(false);
  expect(kept.take(pair("c"))).toBeUndefined();
  expect(kept.take(pair("a"))).toBe(a);
  expect(kept.take(pair("a"))).toBeUndefined();
  // Its room is free again.
  expect(kept.keep(pair("c"), c, SLOW)).toBe(true);
  expect(kept.take(pair("b"))).toBe(b);
});

test("what is read as fast as new memory is had is not kept", () => {
  const kept = new Kept(2e6);
  expect(kept.keep(pair("a"), both(5e5), 3)).toBe(false);
  expect(kept.keep(pair("a"), both(5e5), 5)).toBe(true);
});

test("a view counts as all the bytes behind it, and what has objects is not kept", () => {
  const kept = new Kept(100),
    objects = { labels: [1], of: () => new Int32Array(1) };
  expect(kept.keep(pair("a"), both(1, { data: new Uint8Array(200).subarray(0, 1) }), SLOW)).toBe(false);
  expect(kept.keep(pair("a"), both(1, { objects }), SLOW)).toBe(false);
  expect(kept.keep(pair("a"), both(1), SLOW)).toBe(true);
});

test("pairs of one name with spacings of their own are told apart", () => {
  const kept = new Kept(100),
    [one, other] = [both(1), both(1)];
  kept.keep(pair("a", [1, 1]), one, SLOW);
  kept.keep(pair("a", [1, 2]), other, SLOW);
  expect(kept.keep(pair("a", [1, 2]), one, SLOW)).toBe(false);
  expect(kept.take(pair("a", [1, 2]))).toBe(other);
  expect(kept.take(pair("a", [1, 1]))).toBe(one);
});
