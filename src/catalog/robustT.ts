import type { PlanContext } from "../engine/plan.js";
import { SegLossError } from "../errors.js";
import { includeBackground } from "../options/shared.js";
import { readFloats } from "../tensors/extras.js";
import { precisions, scoreRobustT, sharing } from "../terms/robustT.js";
import { declare } from "./declaration.js";

/** A parameter as numbers: the extra input of its name, or the option. */
function parameter(name: string, option: number, { extra }: PlanContext): Float32Array {
  const given = extra(name);
  if (given === undefined) return Float32Array.of(option);
  // A copy: what lies in the module's memory would be cut off when it grows.
  return readFloats(`robustT: ${name}`, given).data.slice();
}

/**
 * $$
 * L = \log \Gamma\bigl(\tfrac{\nu}{2}\bigr) - \log \Gamma\bigl(\tfrac{\nu + m}{2}\bigr) + \tfrac{m}{2} \log(\pi \nu)
 * + \sum_i \log \sigma_i + \tfrac{\nu + m}{2} \log\Bigl(1 + \tfrac{1}{\nu} \sum_i \tfrac{\delta_i^2}{\sigma_i^2}\Bigr)
 * $$
 *
 * - $\delta_i$: $p - t$ at entry $i$ (a pixel and a class) of a sample
 * - $m$: number of entries that count
 * - $\nu$: degrees of freedom, $e^{\mathrm{logNu}}$: small is robust
 * - $\sigma_i$: scale, $e^{\mathrm{logSigma}}$
 *
 * Beside the survey: The formula is the same, but its text has nu backwards: small nu is the robust end.
 */
export const robustT = declare({
  name: "robustT",
  also: ["tLoss"],
  title: "Robust T-Loss",
  category: "region",
  weighing: "sum",
  formula: "-log of a Student t density of p - t with nu degrees of freedom",
  reference: {
    authors: "Gonzalez-Jimenez, Lionetti, Gottfrois, Gröger, Pouly, Navarini",
    title: "Robust T-Loss for Medical Image Segmentation",
    year: 2023,
    url: "https://arxiv.org/abs/2306.00753",
  },
  options: {
    logNu: {
      type: "number",
      default: 1,
      meaning: "log of the degrees of freedom, where the extra input is not passed; small is robust",
    },
    logSigma: { type: "number", default: 0, meaning: "log of the scale, where the extra input is not passed" },
    includeBackground,
  },
  extras: ["logNu", "logSigma"],
  advantages: ["learns how much label noise to tolerate"],
  disadvantages: ["a likelihood: may be negative, and grows with the number of pixels"],
  useCases: ["masks drawn by many hands"],
  // One number per entry: the gradient by them takes all pixels of a class.
  splits: (_, { classes, length }) => (length("logSigma") ?? 1) <= classes && 0,
  plan(o, context) {
    const { classes, pixels } = context.geometry;
    const logNu = parameter("logNu", o.logNu, context),
      logSigma = parameter("logSigma", o.logSigma, context);
    if (logNu.length !== 1)
      throw new SegLossError("SHAPE_MISMATCH", `robustT: logNu must hold 1 number, got ${logNu.length}`);
    if (!sharing(logSigma, classes, pixels)) {
      throw new SegLossError(
        "SHAPE_MISMATCH",
        `robustT: logSigma must hold 1, ${classes} (one per class) or ${classes * pixels} (one per entry) ` +
          `numbers, got ${logSigma.length}`,
      );
    }
    const grads = { logNu: new Float32Array(1), logSigma: new Float32Array(logSigma.length) };
    Object.assign(context.grads, grads);
    const loss = {
      logNu: logNu[0],
      logSigma,
      includeBackground: o.includeBackground,
      reduction: o.reduction,
      grads,
    };
    const data = precisions(loss, classes, pixels);
    return [
      {
        kind: "overlap",
        totals: false,
        kernel: "robustT",
        weight: 1,
        options: [],
        unitWeights: data && { data, planes: classes, sampleStride: 0 },
        score: (scoring) => scoreRobustT(loss, scoring),
      },
    ];
  },
});
