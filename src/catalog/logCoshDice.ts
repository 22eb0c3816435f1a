import { declare } from "./declaration.js";
import { diceOptions, diceTerm } from "./dice.js";

/**
 * log cosh d = d + log1p(e^-2d) - log 2, which does not overflow; its derivative is tanh d. Near 0 the sum would
 * cancel, so sinh serves there.
 */
function logCosh(d: number): { value: number; slope: number } {
  const half = Math.sinh(d / 2),
    value =
      Math.abs(d) < 1 ? Math.log1p(2 * half * half) : Math.abs(d) + Math.log1p(Math.exp(-2 * Math.abs(d))) - Math.LN2;
  return { value, slope: Math.tanh(d) };
}

/**
 * $$
 * L = \log \cosh D
 * $$
 *
 * - $D$: the Dice loss of the same options
 *
 * Beside the survey: As printed.
 */
export const logCoshDice = declare({
  name: "logCoshDice",
  title: "Log-cosh Dice loss",
  category: "region",
  formula: "log cosh(dice)",
  reference: {
    authors: "Jadon",
    title: "A survey of loss functions for semantic segmentation",
    year: 2020,
    url: "https://arxiv.org/abs/2006.14822",
  },
  options: diceOptions,
  advantages: ["smoother than Dice near its minimum"],
  disadvantages: ["gradients fade together with the loss"],
  useCases: ["Dice oscillates late in training"],
  plan: (o, context) => [diceTerm(o, context, { finish: logCosh })],
});
