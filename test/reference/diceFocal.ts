import type { Reference } from "../support/reference";
import { type DiceOptions, diceOf, pixelsOf } from "./diceParts";

/** Zhu et al. 2018, equation 3, with weights of both parts; the focal loss of Lin et al. 2017, equation 5. */
export const diceFocal: Reference<DiceOptions & { gamma?: number; alpha?: number; focalWeight?: number }> = {
  options: [
    { overlap: "product" },
    { overlap: "product", gamma: 1.5, alpha: 0.25, focalWeight: 0.5, diceWeight: 2 },
    { overlap: "product", batch: true, smooth: 1, reduction: "sum" },
    { overlap: "product", average: "micro", gamma: 3 },
    { overlap: "product", classes: "present", alpha: 0.75 },
  ],
  value(planes, o) {
    const gamma = o.gamma ?? 2,
      { alpha = null, focalWeight = 1, reduction } = o,
      weight = (c: number) => o.classWeights?.[c] ?? 1,
      [yes, no] = alpha === null ? [1, 1] : [alpha, 1 - alpha],
      fading = (p: number) => (1 - p) ** gamma * -Math.log(p);
    let [sum, total] = [0, 0];
    for (const { p, t } of pixelsOf(planes))
      for (const [c, x] of p.entries()) {
        if (planes.binary) sum += weight(c) * (t[c] * yes * fading(x) + (1 - t[c]) * no * fading(1 - x));
        else sum += weight(c) * (c > 0 ? yes : no) * t[c] * fading(x);
        total += weight(c) * (planes.binary ? 1 : t[c]);
      }
    return diceOf(planes, o) + (focalWeight * sum) / (reduction === "sum" ? 1 : total);
  },
};
