import type { Planes } from "../support/reference";

/** The sums of one sample and class, or of one class of the whole batch. */
export interface Sums {
  /** Sums of p t, p and t over the pixels that count. */
  readonly I: number;
  readonly P: number;
  readonly T: number;
}

/** The options of every loss that averages over classes. */
export interface ClassAverageOptions {
  readonly batch?: boolean;
  readonly average?: "macro" | "micro";
  readonly classes?: "all" | "present" | "zeroAbsent";
  readonly classWeights?: readonly number[];
  readonly includeBackground?: boolean;
  readonly reduction?: "mean" | "sum";
}

/** The mean, or sum, over samples and classes of a loss of their sums, or of the sample's and class's own planes. */
export function classAverage(
  { p, t, m }: Planes,
  o: ClassAverageOptions,
  loss: (sums: Sums, b: number, c: number) => number,
): number {
  const single = p[0].map((_, c) => c).filter((c) => c > 0 || o.includeBackground !== false),
    weight = (c: number) => o.classWeights?.[c] ?? 1;
  const add = (all: readonly Sums[], weights: readonly number[] = all.map(() => 1)): Sums =>
    all.reduce(
      (sum, { I, P, T }, i) => ({
        I: sum.I + weights[i] * I,
        P: sum.P + weights[i] * P,
        T: sum.T + weights[i] * T,
      }),
      { I: 0, P: 0, T: 0 },
    );
  let rows = p.map((sample, b) => ({
    b,
    counts: m[b].some((x) => x > 0),
    sums: sample.map((plane, c) =>
      add(
        plane.map((x, i) => ({ I: x * t[b][c][i], P: x, T: t[b][c][i] })),
        m[b],
      ),
    ),
  }));
  if (o.batch)
    rows = [
      {
        b: 0,
        counts: rows.some(({ counts }) => counts),
        sums: rows[0].sums.map((_, c) => add(rows.map(({ sums }) => sums[c]))),
      },
    ];
  const parts = rows
    .filter(({ counts }) => counts)
    .flatMap(({ b, sums }) => {
      if (o.average === "micro")
        return [
          {
            weight: 1,
            value: loss(
              add(
                single.map((c) => sums[c]),
                single.map(weight),
              ),
              b,
              0,
            ),
          },
        ];
      return single
        .filter((c) => o.classes !== "present" || sums[c].T > 0)
        .map((c) => ({
          weight: weight(c),
          value: o.classes === "zeroAbsent" && sums[c].T === 0 ? 0 : loss(sums[c], b, c),
        }));
    });
  const total = parts.reduce((sum, { weight, value }) => sum + weight * value, 0),
    weights = parts.reduce((sum, { weight }) => sum + weight, 0);
  return o.reduction === "sum" ? total : weights > 0 ? total / weights : 0;
}
