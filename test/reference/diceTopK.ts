import type { Reference } from "../support/reference";
import { type DiceOptions, diceOf, pixelsOf } from "./diceParts";

interface Options extends DiceOptions {
  readonly k?: number;
  readonly batchTopK?: boolean;
  readonly labelSmoothing?: number;
  readonly crossEntropyWeight?: number;
}

/** Dice, and the mean of the largest cross entropies (Wu, Shen, van den Hengel 2016), as nnU-Net adds them. */
export const diceTopK: Reference<Options> = {
  options: [
    { overlap: "product", k: 0.3 },
    { overlap: "product", diceWeight: 2, crossEntropyWeight: 0.5, k: 0.5 },
    { overlap: "product", batchTopK: false, k: 0.25, smooth: 1 },
    { overlap: "product", reduction: "sum", batch: true, k: 0.4 },
    { overlap: "product", labelSmoothing: 0.1, classes: "present" },
  ],
  value(planes, o) {
    const { k = 0.1, labelSmoothing: smoothing = 0, crossEntropyWeight = 1 } = o,
      weight = (c: number) => o.classWeights?.[c] ?? 1;
    const units = pixelsOf(planes).flatMap(({ b, p, t }) => {
      const each = p.map((x, c) => {
        const soft = (1 - smoothing) * t[c] + smoothing / (planes.binary ? 2 : p.length),
          no = planes.binary ? (1 - soft) * Math.log(1 - x) : 0;
        return -weight(c) * (soft * Math.log(x) + no);
      });
      return planes.binary ? each.map((loss) => ({ b, loss })) : [{ b, loss: each.reduce((x, y) => x + y) }];
    });
    const pools = (o.batchTopK ?? true) ? [units] : planes.m.map((_, b) => units.filter((unit) => unit.b === b));
    let [sum, kept] = [0, 0];
    for (const pool of pools) {
      if (pool.length === 0) continue;
      const n = Math.max(1, Math.floor(k * pool.length + 1e-9));
      for (const { loss } of pool.toSorted((x, y) => y.loss - x.loss).slice(0, n)) sum += loss;
      kept += n;
    }
    return diceOf(planes, o) + (crossEntropyWeight * sum) / (o.reduction === "sum" ? 1 : kept);
  },
};
