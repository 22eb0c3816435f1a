// What each loss says where formulas divide by nothing: asked of the kernels, so that the pages cannot drift.
import { CENTRE, disc, RADIUS, SIDE, seg, target } from "./pictures.mjs";
import { table } from "./tables.mjs";

const filled = (label) => ({ ...target, data: target.data.map(() => label) }),
  right = disc(0, RADIUS),
  nothing = disc(0, -2 * CENTRE);
/** A prediction with a logit at the object's edge, of class 1 there or of class 0, that is infinite. */
function infinite(c, logit) {
  const data = right.data.slice();
  const middle = Math.floor(CENTRE);
  data[(c * SIDE + middle) * SIDE + middle + RADIUS] = logit;
  return { ...right, data };
}
/** With a class more that nothing is. */
const third = ({ data, shape: [, , ...spatial] }) => ({
  data: Float32Array.from([...data, ...new Array(SIDE * SIDE).fill(-2)]),
  shape: [1, 3, ...spatial],
});
const cases = [
  ["the target has no object, the prediction has", {}, right, filled(0)],
  ["the target has no object, nor has the prediction", {}, nothing, filled(0)],
  ["the target has an object, the prediction none", {}, nothing, target],
  ["every pixel is ignored", { ignoreIndex: 255 }, right, filled(255)],
  ["a pixel's logit of a wrong class is -Infinity, which masks the class", {}, infinite(0, -Infinity), target],
  ["a pixel's logit of the right class is -Infinity", {}, infinite(1, -Infinity), target],
  ["a pixel's logit of the right class is Infinity", {}, infinite(1, Infinity), target],
  ["so it is, beside a third class of logits of -2", {}, third(infinite(1, Infinity)), target],
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
