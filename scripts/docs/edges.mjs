// What each loss says where formulas divide by nothing: asked of the kernels, so that the pages cannot drift.
import { CENTRE, disc, RADIUS, SIDE, seg, target } from "./pictures.mjs";
import { table } from "./tables.mjs";

const filled = (label) => ({ ...target, data: target.data.map(() => label) }),
  right = disc(0, RADIUS),
  nothing = disc(0, -2 * CENTRE);
const cases = [
  ["the target has no object, the prediction has", {}, right, filled(0)],
  ["the target has no object, nor has the prediction", {}, nothing, filled(0)],
  ["the target has an object, the prediction none", {}, nothing, target],
  ["every pixel is ignored", { ignoreIndex: 255 }, right, filled(255)],
];
const short = (value) =>
  value !== 0 && Math.abs(value) < 1e-3 ? value.toExponential(3) : String(Number(value.toPrecision(4)));

/** Values and gradients of a loss at its defaults in the cases that have no obvious answer. */
export function edgeCases(name) {
  const rows = cases.map(([words, options, pred, truth]) => {
    const { value, grad } = seg.create(name, options).valueAndGrad(pred, truth),
      largest = grad.reduce((most, g) => Math.max(most, Math.abs(g)), 0);
    return [words, `\`${short(value)}\``, `\`${short(largest)}\``];
  });
  const about =
    `A disc of radius ${RADIUS} in ${SIDE}x${SIDE} pixels, two classes, logits from -2 to 2, options at their ` +
    "defaults:";
  return `${about}\n\n${table(["case", "value", "largest gradient"], rows)}`;
}
