import { classWeights } from "../options/shared.js";
import { pixelTerm } from "../terms/make.js";
import { declare } from "./declaration.js";

export const focal = declare({
  name: "focal",
  title: "Focal loss",
  category: "pixel",
  family: "pixelwise",
  formula: "-alpha_c (1 - p_c)^gamma log p_c",
  reference: {
    authors: "Lin, Goyal, Girshick, He, Dollár",
    title: "Focal Loss for Dense Object Detection",
    year: 2017,
  },
  options: {
    gamma: {
      type: "number",
      min: 0,
      default: 2,
      meaning: "how strongly well classified pixels are faded out; 0 is cross entropy",
    },
    alpha: {
      type: "number",
      min: 0,
      max: 1,
      default: null,
      meaning: "weight of the positive answer or of the classes but 0; 1 - alpha that of the others",
    },
    classWeights,
  },
  advantages: ["easy pixels stop dominating", "differentiable everywhere"],
  disadvantages: ["two numbers to tune", "amplifies wrong labels"],
  useCases: ["few foreground pixels among many easy background ones"],
  plan(o) {
    const alpha = o.alpha === null ? {} : { background: 1 - o.alpha, foreground: o.alpha };
    return [
      pixelTerm("focal", o.reduction, {
        options: [o.gamma, o.gamma],
        classWeights: o.classWeights ?? undefined,
        ...alpha,
      }),
    ];
  },
});
