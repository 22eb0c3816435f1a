import { describe, expect, test } from "vitest";
import { topological } from "./reference/topological";
import { bits, create, errorOf } from "./support/library";
import { asyncLoss, LABELS, sharedPools } from "./support/pools";
import { axesOf, makeCase, product, Random, settings } from "./support/random";
import { planesOf } from "./support/reference";
import { valueError } from "./support/vectors";

const pools = sharedPools();

/** The components of the superlevel sets by Kruskal's algorithm: how long each lasts. */
function lifetimes(p: readonly number[], spatial: readonly number[]): number[] {
  const places = p.map((_, i) => spatial.map((size, axis) => Math.floor(i / product(spatial.slice(axis + 1))) % size));
  const touch = (i: number, j: number) => places[i].every((at, axis) => Math.abs(at - places[j][axis]) <= 1);
  const edges = p
    .flatMap((_, i) => p.flatMap((_, j) => (j < i && touch(i, j) ? [[i, j]] : [])))
    .sort((a, b) => Math.min(p[b[0]], p[b[1]]) - Math.min(p[a[0]], p[a[1]]));
  const of = p.map((_, i) => i),
    found: number[] = [];
  for (const edge of edges) {
    const [old, young] = edge.map((i) => of[i]).sort((a, b) => p[b] - p[a]);
    if (old === young) continue;
    found.push(p[young] - Math.min(...edge.map((i) => p[i])));
    for (const [i, own] of of.entries()) if (own === young) of[i] = old;
  }
  return [...found, Math.max(...p)];
}

describe("components of volumes and lines", () => {
  const sizes = [[3, 5, 4], [1, 7, 3], [4, 1, 5], [2, 2, 2], [11]],
    matchings = ["longest", "induced"] as const;
  const inside = (spatial: readonly number[], options: object = {}) =>
    create("topological", { activation: "none", dimensions: [0], ...axesOf(spatial), ...options });
  const tensorOf = <T extends Float32Array | Uint8Array>(data: T, spatial: readonly number[]) => ({
    data,
    shape: [1, ...(data instanceof Uint8Array ? [] : [1]), ...spatial],
  });
  const emptyOf = (spatial: readonly number[]) => tensorOf(new Uint8Array(product(spatial)), spatial);
  /** Probabilities, distinct or of a few levels, and labels, some of which are ignored. */
  const drawn = (seed: number, spatial: readonly number[], { distinct = true, soft = false, ignored = 0 } = {}) => {
    const random = new Random(seed),
      pixels = product(spatial),
      steps = 2 + random.below(5),
      draw = () => (distinct ? 0.02 + 0.96 * random.next() : random.below(steps) / steps);
    const label = () => (random.next() < ignored ? 255 : random.below(2));
    return {
      pred: tensorOf(Float32Array.from({ length: pixels }, draw), spatial),
      target: soft
        ? tensorOf(Float32Array.from({ length: pixels }, draw), spatial)
        : tensorOf(Uint8Array.from({ length: pixels }, label), spatial),
    };
  };

  test.each([
    ["labels", {}],
    ["a soft target", { soft: true }],
    ["labels, with ties", { distinct: false }],
    ["a soft target, with ties", { soft: true, distinct: false }],
    ["labels, some of them ignored", { ignored: 0.2 }],
  ])("are those of reduced boundary matrices: %s", (_, kind) => {
    const cases = [...sizes.flatMap((spatial) => Array.from({ length: 12 }, () => spatial)), [9, 9, 9]];
    for (const [seed, spatial] of cases.entries())
      for (const matching of matchings) {
        const { pred, target } = drawn(seed + 1, spatial, kind),
          options = { activation: "none", matching, dimensions: [0], ignoreIndex: 255 } as const,
          given = "soft" in kind ? { ...options, ignoreIndex: undefined } : options,
          expected = topological.value(planesOf({ pred, target, options: given }, pred.data), given),
          found = inside(spatial, given).value(pred, target);
        expect(valueError(found, expected), `${spatial}, ${matching}: ${found}, ${expected}`).toBeLessThan(1e-6);
      }
  });

  test.each(settings.filter(({ name }) => topological.settings?.includes(name)))(
    "are those of reduced boundary matrices: $name",
    (setting) => {
      for (const matching of matchings) {
        const { pred, target, options } = makeCase(setting, 31, [3, 5, 4]),
          asked = { ...options, matching, dimensions: [0], minPersistence: 0.1 },
          expected = topological.value(planesOf({ pred, target, options: asked }, pred.data), asked);
        expect(valueError(create("topological", asked).value(pred, target), expected)).toBeLessThan(1e-5);
      }
    },
  );

  test.each([...sizes, [9, 9, 9], [1, 1, 13]].map((spatial) => ({ spatial })))(
    "last as long as Kruskal's algorithm says: $spatial",
    ({ spatial }) => {
      for (const distinct of [true, false]) {
        const { pred } = drawn(3, spatial, { distinct }),
          squares = lifetimes([...pred.data], spatial).reduce((sum, each) => sum + each ** 2, 0);
        const [longest, induced] = matchings.map((matching) =>
          inside(spatial, { matching }).value(pred, emptyOf(spatial)),
        );
        expect(valueError(2 * longest, squares)).toBeLessThan(1e-6);
        expect(valueError(induced, squares)).toBeLessThan(1e-6);
      }
    },
  );

  test("are one where voxels touch at an edge or a corner", () => {
    const spatial = [3, 3, 3],
      at = (...voxels: number[][]) =>
        tensorOf(
          Float32Array.from({ length: 27 }, (_, i) => (voxels.some(([z, y, x]) => i === 9 * z + 3 * y + x) ? 1 : 0)),
          spatial,
        );
    const count = (...voxels: number[][]) =>
      inside(spatial, { matching: "induced" }).value(at(...voxels), emptyOf(spatial));
    for (const z of [0, 1, 2])
      for (const y of [0, 1, 2])
        for (const x of [0, 1, 2]) expect(count([1, 1, 1], [z, y, x]), `${z} ${y} ${x}`).toBe(1);
    expect(count([0, 0, 0], [2, 0, 0])).toBe(2);
    expect(count([0, 0, 0], [2, 2, 2], [0, 2, 0])).toBe(3);
    // The end of a row is no neighbour of the next row's or slice's beginning.
    expect(count([0, 0, 2], [0, 1, 0])).toBe(2);
    expect(count([0, 2, 1], [1, 0, 1])).toBe(2);
  });

  test.each(matchings)("of an image are those of a volume of one slice along any axis: %s", (matching) => {
    for (let seed = 1; seed <= 10; seed++) {
      const answer = (spatial: readonly number[]) => {
        const { pred, target } = drawn(seed, spatial, { distinct: seed % 2 === 0 });
        return bits(inside(spatial, { matching }).valueAndGrad(pred, target));
      };
      const expected = answer([7, 6]);
      for (const spatial of [
        [1, 7, 6],
        [7, 1, 6],
        [7, 6, 1],
      ])
        expect(answer(spatial)).toEqual(expected);
    }
  });

  test.each(matchings)("have the derivatives of their value by every voxel, but the ignored: %s", (matching) => {
    const volumes = [[3, 5, 4], [9, 9, 9], [1, 7, 3], [5, 1, 5], [11], [12], [13], [14]];
    for (const [seed, spatial] of volumes.entries()) {
      const { pred, target } = drawn(seed + 4, spatial, { ignored: 0.4 }),
        loss = inside(spatial, { matching, ignoreIndex: 255 }),
        { grad } = loss.valueAndGrad(pred, target),
        slopes = grad.slice();
      expect(slopes.filter((slope) => slope !== 0).length).toBeGreaterThan(2);
      const at = (i: number, x: number) => {
        const data = pred.data.slice();
        data[i] = x;
        return { x: data[i], value: loss.value({ ...pred, data }, target) };
      };
      for (const [i, x] of pred.data.entries()) {
        const [more, less] = [at(i, x + 2e-5), at(i, x - 2e-5)],
          slope = (more.value - less.value) / (more.x - less.x);
        // Within the step two voxels may swap.
        const swaps = pred.data.some((other, j) => j !== i && Math.abs(other - x) < 3e-5);
        if (!swaps) expect(Math.abs(slope - slopes[i]), `${spatial}, voxel ${i}`).toBeLessThan(2e-3);
        if (target.data[i] === 255) expect(slopes[i]).toBe(0);
      }
    }
  });

  test("have the same bits in workers", async () => {
    const { pred, target, options } = makeCase(LABELS, 7, [19, 20, 21]);
    for (const matching of matchings) {
      const asked = { ...options, matching, dimensions: [0] },
        expected = bits(create("topological", asked).valueAndGrad(pred, target));
      for (const pool of pools)
        expect(bits(await asyncLoss(pool, "topological", asked).valueAndGrad(pred, target))).toEqual(expected);
    }
  });

  test.each([
    [[3, 4, 5], {}],
    [[3, 4, 5], { dimensions: [1] }],
    [[3, 4, 5], { dimensions: [0, 1], matching: "induced" }],
    [[6], {}],
    [[6], { dimensions: [1], matching: "induced" }],
  ])("are all that %j takes, not %j", (spatial, options) => {
    const { pred, target } = drawn(1, spatial),
      loss = create("topological", { activation: "none", ...axesOf(spatial), ...options }),
      { code, message } = errorOf(() => loss.value(pred, target));
    expect(code).toBe("UNSUPPORTED");
    expect(message).toMatch(/^topological: .* 2 spatial dimensions, got [13] \((6|3 x 4 x 5)\).* dimensions: \[0\]/);
  });

  test("take the outputs of deepSupervision", () => {
    const { pred, target } = drawn(2, [4, 4, 6]),
      supervised = (lossOptions: object) =>
        create("deepSupervision", { loss: "topological", activation: "none", lossOptions });
    expect(supervised({ dimensions: [0] }).value(pred, target)).toBe(inside([4, 4, 6]).value(pred, target));
    expect(errorOf(() => supervised({}).value(pred, target)).message).toMatch(/dimensions: \[0\]/);
  });
});
