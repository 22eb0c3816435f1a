// How time and memory grow with pictures and classes (bench/growth.mjs), as a figure.
import { svg } from "./svg.mjs";

const colours = {
  crossEntropy: "#2d7dd2",
  dice: "#d9822b",
  boundary: "#b0529f",
  lovaszSoftmax: "#2a9d6f",
  distanceTransform: "#808080",
};
const WIDTH = 210,
  HEIGHT = 150,
  TOP = 30;

/** A panel with logarithmic axes: `ticks` along x, a line for each name. */
function panel(left, title, points, { x, y, ticks, steps }) {
  const log = (v) => Math.log2(v),
    [first, last] = [ticks[0], ticks.at(-1)],
    [least, most] = [steps[0], steps.at(-1)],
    across = (v) => left + (WIDTH * log(v / first)) / log(last / first),
    up = (v) => TOP + HEIGHT - (HEIGHT * log(Math.max(v, least) / least)) / log(most / least);
  const body = [`<text x="${left}" y="14">${title}</text>`];
  for (const tick of ticks)
    body.push(`<text x="${across(tick).toFixed(1)}" y="${TOP + HEIGHT + 15}" text-anchor="middle">${tick}</text>`);
  for (const step of steps)
    body.push(
      `<path d="M${left} ${up(step).toFixed(1)}h${WIDTH}" stroke="#8883"/>`,
      `<text x="${left - 5}" y="${(up(step) + 4).toFixed(1)}" text-anchor="end">${step}</text>`,
    );
  for (const [name, colour] of Object.entries(colours)) {
    const own = points.filter((each) => each.name === name).toSorted((a, b) => a[x] - b[x]),
      at = own.map((each) => `${across(each[x]).toFixed(1)},${up(each[y]).toFixed(1)}`);
    if (at.length > 0)
      body.push(`<polyline fill="none" stroke="${colour}" stroke-width="1.5" points="${at.join(" ")}"/>`);
  }
  return body;
}

export function growthFigure({ results }) {
  const bySide = results.filter(({ count }) => count === 2),
    byClass = results.filter(({ side }) => side === 256),
    sides = [64, 256, 1024, 4096],
    time = { y: "ns", steps: [1, 2, 4, 8, 16, 32] };
  const body = [
    ...panel(30, "ns a logit, 2 classes, by the side", bySide, { ...time, x: "side", ticks: sides }),
    ...panel(290, "ns a logit, 256 x 256, by classes", byClass, { ...time, x: "count", ticks: [1, 2, 8, 32, 150] }),
    ...panel(550, "MB beside tensors, by the side", bySide, {
      ...{ x: "side", y: "megabytes", ticks: sides },
      steps: [1, 4, 16, 64, 256, 1024],
    }),
  ];
  let x = 30;
  for (const [name, colour] of Object.entries(colours)) {
    body.push(
      `<path d="M${x} 215h18" stroke="${colour}" stroke-width="2"/>`,
      `<text x="${x + 23}" y="219">${name}${name === "distanceTransform" ? " (a pixel)" : ""}</text>`,
    );
    x += 120;
  }
  const label = "Time a logit against the picture's side and the number of classes, and memory beside the tensors";
  return svg(780, 230, label, body);
}
