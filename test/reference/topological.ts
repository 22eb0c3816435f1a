import type { Reference } from "../support/reference";
import { type ClassAverageOptions, classAverage } from "./classAverage";
import { barcode, type Filtration, filtration, inducedMatching, type Pair } from "./persistence";

export interface TopologicalOptions extends Omit<ClassAverageOptions, "batch" | "average"> {
  readonly matching?: "longest" | "induced";
  readonly dimensions?: readonly number[];
  readonly minPersistence?: number;
}

const birthOf = (x: Filtration, { birth }: Pair) => x.level[birth];
const deathOf = (x: Filtration, { death }: Pair) => (death === undefined ? 0 : x.level[death]);
const place = (x: Filtration, pixel: number) => x.place[pixel];
const length = (x: Filtration, pair: Pair) => birthOf(x, pair) - deathOf(x, pair);
const sum = (all: readonly number[]) => all.reduce((a, b) => a + b, 0);

/** Hu et al. 2019, equation 2, with half of the squared length where they have the distance to the diagonal. */
function longest(p: Filtration, t: Filtration, spatial: readonly number[], k: number, least: number): number {
  const mask = filtration(t.level.map((x) => (x > 0.5 ? 1 : 0))),
    wanted = barcode(mask, mask, spatial, k).length;
  return sum(
    [...barcode(p, p, spatial, k)]
      .sort((a, b) => length(p, b) - length(p, a) || place(p, a.birth) - place(p, b.birth))
      .map((pair, i) => {
        if (i < wanted) return (1 - birthOf(p, pair)) ** 2 + deathOf(p, pair) ** 2;
        return length(p, pair) > least ? length(p, pair) ** 2 / 2 : 0;
      }),
  );
}

/** Stucki et al. 2023: twice the squared distances of matched points, and of the others to the diagonal. */
function induced(p: Filtration, t: Filtration, spatial: readonly number[], k: number, least: number): number {
  const { own, other, matched } = inducedMatching(p, t, spatial, k),
    taken = new Set(matched.values());
  const ours = own.map((pair) => {
    const partner = matched.get(pair);
    if (!partner) return length(p, pair) > least ? length(p, pair) ** 2 : 0;
    return 2 * ((birthOf(p, pair) - birthOf(t, partner)) ** 2 + (deathOf(p, pair) - deathOf(t, partner)) ** 2);
  });
  return sum(ours) + sum(other.filter((pair) => !taken.has(pair)).map((pair) => length(t, pair) ** 2));
}

export const topological: Reference<TopologicalOptions> = {
  options: [
    { matching: "induced" },
    { matching: "induced", dimensions: [1], includeBackground: true },
    { matching: "induced", minPersistence: 0.1, reduction: "sum" },
    { matching: "induced", dimensions: [0], classes: "present" },
    { matching: "induced", classes: "zeroAbsent" },
    {},
  ],
  spatial: [
    [4, 5],
    [5, 4],
  ],
  settings: [
    "softmax, labels",
    "softmax, soft target",
    "sigmoid, one channel",
    "sigmoid, one channel, soft target",
    "sigmoid, several channels, labels",
    "probabilities, one channel",
    "probabilities, soft target",
    "channelsLast, labels",
    "softmax, ignoreIndex",
    "sigmoid, one channel, ignoreIndex",
    "softmax, two classes",
  ],
  step: 1e-5,
  value({ p, t, m, spatial, ...planes }, o) {
    const counted = (plane: readonly number[], b: number) => filtration(plane.map((x, i) => (m[b][i] > 0 ? x : 0))),
      cost = o.matching === "induced" ? induced : longest,
      includeBackground = o.includeBackground ?? p[0].length === 1;
    return classAverage({ p, t, m, spatial, ...planes }, { ...o, includeBackground }, (_, b, c) =>
      sum(
        (o.dimensions ?? [0, 1]).map((k) =>
          cost(counted(p[b][c], b), counted(t[b][c], b), spatial, k, o.minPersistence ?? 0),
        ),
      ),
    );
  },
};
