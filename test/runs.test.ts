import { describe, expect, test } from "vitest";
import { asVolume } from "../src/metrics/box";
import { Numbering } from "../src/metrics/numbering";
import { LabelSide } from "../src/metrics/sides";
import { eachRun, fillRun } from "../src/tensors/runs";

/** Runs of 1 to 40 pixels of few labels, the same each time. */
function labels(length: number, seed: number, most = 3): Uint8Array {
  const out = new Uint8Array(length);
  let state = seed;
  const draw = (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
  for (let i = 0; i < length; ) {
    const [label, end] = [draw(most + 1), i + 1 + draw(40)];
    for (; i < Math.min(end, length); i++) out[i] = label;
  }
  return out;
}

type Run = [one: number, other: number, from: number, to: number];
type Numbers = Parameters<typeof eachRun>[0];
function runsOf(one: Numbers, other: Numbers): Run[] {
  const runs: Run[] = [];
  eachRun(one, other, (...run) => runs.push(run));
  return runs;
}

function slowRuns(one: ArrayLike<number>, other: ArrayLike<number>): Run[] {
  const runs: Run[] = [];
  for (let i = 0; i < one.length; i++) {
    const last = runs.at(-1);
    if (last && last[0] === one[i] && last[1] === other[i]) last[3] = i + 1;
    else runs.push([one[i], other[i], i, i + 1]);
  }
  return runs;
}

describe("runs", () => {
  const sizes = [0, 1, 3, 4, 5, 8, 63, 64, 1001];

  test.each(sizes)("of two maps of %i bytes, wherever they lie", (length) => {
    const [one, other] = [labels(length, 1), labels(length, 2)],
      aside = new Uint8Array(length + 3).subarray(3);
    aside.set(one);
    const pairs: (readonly [Numbers, Numbers])[] = [
      [one, other],
      [one, one],
      [aside, other],
      [aside, aside],
      [one, Int32Array.from(other)],
      [Float64Array.from(one), other],
    ];
    for (const [a, b] of pairs) expect(runsOf(a, b)).toEqual(slowRuns(a, b));
  });

  test("labels above 127 and of two bytes", () => {
    expect(runsOf(new Uint8Array(9).fill(255), new Uint8Array(9).fill(200))).toEqual([[255, 200, 0, 9]]);
    const wide = Uint16Array.of(257, 257, 1, 1, 1, 1, 1, 1);
    expect(runsOf(wide, wide)).toEqual(slowRuns(wide, wide));
  });

  test.each([1, 16, 17, 40])("%i pixels of a map are filled, and none beside", (length) => {
    const map = new Uint8Array(60);
    fillRun(map, 7, 5, 5 + length);
    expect(Array.from(map)).toEqual(Array.from(map, (_, i) => (i >= 5 && i < 5 + length ? 7 : 0)));
  });
});

test("bytes are numbered as wider labels are, also beyond 255 numbers", () => {
  const [target, pred] = [labels(500, 3, 200), labels(500, 4, 250)],
    many = Int32Array.from({ length: 300 }, (_, i) => 1000 + i);
  for (const first of [target, many]) {
    const [bytes, wide] = [new Numbering(), new Numbering()];
    expect(Array.from(bytes.read(first, undefined))).toEqual(Array.from(wide.read(Int32Array.from(first), undefined)));
    expect(Array.from(bytes.read(pred, undefined))).toEqual(Array.from(wide.read(Int32Array.from(pred), undefined)));
    expect(bytes.names).toEqual(wide.names);
  }
});

test("boxes hold runs that go on in the next row and the next plane", () => {
  const spatial = [3, 4, 5],
    at = (z: number, y: number, x: number) => (z * 4 + y) * 5 + x;
  for (const [from, to, low, high] of [
    [at(0, 1, 2), at(0, 1, 4), [0, 1, 2], [0, 1, 3]],
    [at(0, 1, 3), at(0, 2, 2), [0, 1, 0], [0, 2, 4]],
    [at(0, 3, 4), at(1, 0, 1), [0, 0, 0], [1, 3, 4]],
    [at(0, 2, 1), at(2, 1, 3), [0, 0, 0], [2, 3, 4]],
    [at(1, 0, 0), at(2, 0, 0), [1, 0, 0], [1, 3, 4]],
  ] as const) {
    const numbers = new Uint8Array(60).fill(1).fill(2, from, to),
      side = new LabelSide({} as never, numbers, asVolume(spatial), 1, Int32Array.of(-1, -1, 0), false),
      box = side.box(0);
    expect([box.low, box.high]).toEqual([low, high]);
  }
});
