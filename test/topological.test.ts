import { describe, expect, test } from "vitest";
import { topological } from "./reference/topological";
import { bits, create, errorOf, seg } from "./support/library";
import { asyncLoss, LABELS, SPATIAL, sharedPools } from "./support/pools";
import { makeCase, Random } from "./support/random";
import { planesOf } from "./support/reference";
import { valueError } from "./support/vectors";

const induced = (options: object = {}) =>
  create("topological", { activation: "none", matching: "induced", ...options });
/** Rows of # and . as probabilities or labels. */
const bitsOf = (rows: readonly string[]) => Array.from(rows.join(""), (pixel) => (pixel === "#" ? 1 : 0));
const predOf = (rows: readonly string[]) => ({
  data: Float32Array.from(bitsOf(rows)),
  shape: [1, 1, rows.length, rows[0].length],
});
const targetOf = (rows: readonly string[]) => ({
  data: Uint8Array.from(bitsOf(rows)),
  shape: [1, rows.length, rows[0].length],
});

const pools = sharedPools();

describe("induced matching", () => {
  test.each([
    ["labels", false, true],
    ["a soft target", true, true],
    ["labels, with ties in the prediction", false, false],
    ["a soft target, with ties in both", true, false],
  ])("of %s is that of reduced boundary matrices", (_, soft, distinct) => {
    for (let seed = 1; seed <= 200; seed++) {
      const random = new Random(seed),
        shape = [1, 1, 3 + random.below(4), 3 + random.below(4)],
        pixels = shape[2] * shape[3],
        steps = 2 + random.below(5),
        draw = () => random.below(steps) / steps + (distinct ? 0.05 + random.next() / 50 : 0);
      const pred = { data: Float32Array.from({ length: pixels }, draw), shape },
        target = soft
          ? { data: Float32Array.from({ length: pixels }, draw), shape }
          : { data: Uint8Array.from({ length: pixels }, () => random.below(2)), shape: [1, ...shape.slice(2)] };
      for (const dimensions of [[0], [1]]) {
        const options = { activation: "none", matching: "induced", dimensions } as const,
          expected = topological.value(planesOf({ pred, target, options }, pred.data), options),
          found = induced({ dimensions }).value(pred, target);
        expect(valueError(found, expected), `seed ${seed}, ${dimensions}: ${found}, ${expected}`).toBeLessThan(1e-6);
      }
    }
  });

  // [components, holes] that one side has and the other lacks.
  test.each([
    [
      "as many, a row higher",
      [".......", ".##....", ".##....", ".....##", ".....##"],
      [".##....", ".##....", ".....##", ".....##", "......."],
      [0, 0],
    ],
    [
      "as many, and none where the other's are",
      ["##....", "##....", "......", "....##", "....##"],
      ["....##", "....##", "......", "##....", "##...."],
      // One of each is the first, which lies in all.
      [2, 0],
    ],
    ["a bridge too many", ["##...##", "#######", "##...##"], ["##...##", "##...##", "##...##"], [1, 0]],
    ["rings in two places", ["###...", "#.#...", "###...", "......"], ["......", "...###", "...#.#", "...###"], [0, 2]],
    ["a ring that is broken", ["###.", "#...", "###.", "...."], ["###.", "#.#.", "###.", "...."], [0, 1]],
    ["a ring in the same place", ["#####", "#...#", "#...#", "#####"], [".....", "####.", "#..#.", "####."], [0, 0]],
    ["an empty target", ["##.##", "##.##"], [".....", "....."], [2, 0]],
    ["an empty prediction", [".....", ".....", "....."], ["#####", "#.#.#", "#####"], [1, 2]],
  ])("of two binary images counts what has no partner: %s", (_, pred, target, [components, holes]) => {
    const [p, t] = [predOf(pred), targetOf(target)];
    expect(induced({ dimensions: [0] }).value(p, t)).toBe(components);
    expect(induced({ dimensions: [1] }).value(p, t)).toBe(holes);
    expect(induced().value(p, t)).toBe(components + holes);
    expect(induced().value(predOf(target), targetOf(pred))).toBe(components + holes);
    expect(induced().value(predOf(target), t)).toBe(0);
  });

  /** A random case without ties in the prediction, and the same with its pixels elsewhere. */
  const drawn = (seed: number, height: number, width: number) => {
    const random = new Random(seed),
      pixels = height * width;
    return {
      p: Float32Array.from({ length: pixels }, () => 0.02 + 0.96 * random.next()),
      t: Uint8Array.from({ length: pixels }, () => random.below(2)),
    };
  };
  const answer = (p: Float32Array, t: Uint8Array, height: number, width: number) =>
    induced().valueAndGrad({ data: p, shape: [1, 1, height, width] }, { data: t, shape: [1, height, width] });

  test.each([
    ["flipped", (y: number, x: number) => [y, 10 - x], false],
    ["upside down", (y: number, x: number) => [8 - y, x], false],
    ["transposed", (y: number, x: number) => [x, y], true],
  ])("is the same %s", (_, move, swaps) => {
    const [height, width] = [9, 11],
      [rows, columns] = swaps ? [width, height] : [height, width];
    for (let seed = 1; seed <= 20; seed++) {
      const { p, t } = drawn(seed, height, width),
        to = Array.from(p, (_, i) => {
          const [y, x] = move(Math.floor(i / width), i % width);
          return y * columns + x;
        });
      const [movedP, movedT] = [p.slice(), t.slice()];
      for (const [i, j] of to.entries()) [movedP[j], movedT[j]] = [p[i], t[i]];
      const own = answer(p, t, height, width),
        moved = answer(movedP, movedT, rows, columns);
      expect(valueError(moved.value, own.value)).toBeLessThan(1e-12);
      expect(to.map((j) => moved.grad[j])).toEqual([...own.grad]);
    }
  });

  test("has the derivatives of its value by every pixel", () => {
    for (let seed = 1; seed <= 5; seed++) {
      const { p, t } = drawn(seed, 8, 9),
        { grad } = answer(p, t, 8, 9);
      const at = (i: number, x: number) => {
        const moved = p.slice();
        moved[i] = x;
        return { x: moved[i], value: answer(moved, t, 8, 9).value };
      };
      for (const [i, x] of p.entries()) {
        const [more, less] = [at(i, x + 1e-4), at(i, x - 1e-4)],
          slope = (more.value - less.value) / (more.x - less.x);
        // Within the step two pixels may swap.
        const swaps = p.some((other, j) => j !== i && Math.abs(other - x) < 1.5e-4);
        if (!swaps) expect(Math.abs(slope - grad[i]), `seed ${seed}, pixel ${i}`).toBeLessThan(1e-3);
      }
    }
  });

  test("gives no derivative to ignored pixels, nor to short pairs that are left alone", () => {
    const random = new Random(5),
      { p, t } = drawn(5, 12, 12),
      labels = t.map((label) => (random.below(4) === 0 ? 255 : label)) as Uint8Array,
      call = (options: object, target: Uint8Array) =>
        induced(options).valueAndGrad({ data: p, shape: [1, 1, 12, 12] }, { data: target, shape: [1, 12, 12] });
    const { grad } = call({ ignoreIndex: 255 }, labels);
    expect(grad.some((g) => g !== 0)).toBe(true);
    expect(grad.every((g, i) => labels[i] !== 255 || g === 0)).toBe(true);
    const empty = t.map(() => 0) as Uint8Array;
    expect(call({ minPersistence: 0.99 }, empty).value).toBe(0);
    expect(call({}, empty).value).toBeGreaterThan(0);
    // The target's own pairs count all the same.
    const lone = [induced({ minPersistence: 0.99 }), induced()].map((loss) =>
      loss.value({ data: new Float32Array(9), shape: [1, 1, 3, 3] }, targetOf(["...", ".#.", "..."])),
    );
    expect(lone).toEqual([1, 1]);
  });

  test("gives the same bits in workers", async () => {
    const { pred, target, options } = makeCase(LABELS, 7, SPATIAL),
      asked = { ...options, matching: "induced" },
      expected = bits(create("topological", asked).valueAndGrad(pred, target));
    expect(expected.value).not.toBe(create("topological", options).value(pred, target));
    for (const pool of pools)
      expect(bits(await asyncLoss(pool, "topological", asked).valueAndGrad(pred, target))).toEqual(expected);
  });

  test("is NaN where a number is", () => {
    const { p, t } = drawn(1, 4, 4);
    p[3] = Number.NaN;
    const found = seg.create("topological", { activation: "sigmoid", matching: "induced" });
    expect(found.value({ data: p, shape: [1, 1, 4, 4] }, { data: t, shape: [1, 4, 4] })).toBeNaN();
  });

  test("refuses another word", () => {
    expect(errorOf(() => create("topological", { matching: "betti" })).message).toMatch(/matching.*longest.*induced/);
  });
});
