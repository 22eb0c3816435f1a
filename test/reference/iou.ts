import type { Reference } from "../support/reference";
import { type ClassAverageOptions, classAverage } from "./classAverage";

/** Rahman, Wang 2016, equation 4: 1 - (I + s) / (P + T - I + s), for every class of every sample. */
export const iou: Reference<ClassAverageOptions & { smooth?: number }> = {
  options: [
    {},
    { smooth: 1, includeBackground: false },
    { batch: true },
    { classes: "present", reduction: "sum" },
    { average: "micro" },
  ],
  value(planes, o) {
    const s = o.smooth ?? 1e-5;
    return classAverage(planes, o, ({ I, P, T }) => 1 - (I + s) / (P + T - I + s));
  },
};
