// A picture of each loss, made by the kernels: what it says of a disc that is shifted, or too small or large, and where
// its gradient pulls.
import { encode } from "fast-png";
import { library } from "./words.mjs";

export const SIDE = 64,
  CENTRE = 31.5,
  RADIUS = 16;
const { load } = await library();
export const seg = await load();

/** Labels of the true disc. */
const truth = new Uint8Array(SIDE * SIDE);
for (let y = 0; y < SIDE; y++)
  for (let x = 0; x < SIDE; x++) truth[y * SIDE + x] = Math.hypot(x - CENTRE, y - CENTRE) <= RADIUS ? 1 : 0;
export const target = { data: truth, shape: [1, SIDE, SIDE] };

/** Two channels of logits: a disc that is shifted to the right, soft over some pixels at its border. */
export function disc(shift, radius) {
  const data = new Float32Array(2 * SIDE * SIDE);
  for (let y = 0; y < SIDE; y++)
    for (let x = 0; x < SIDE; x++) {
      const inside = radius - Math.hypot(x - CENTRE - shift, y - CENTRE),
        logit = Math.max(-4, Math.min(4, inside));
      data[y * SIDE + x] = -logit / 2;
      data[(SIDE + y) * SIDE + x] = logit / 2;
    }
  return { data, shape: [1, 2, SIDE, SIDE] };
}

const short = (value) => Number(value.toPrecision(3)).toString().replace("-", "−");
const image = (colour) => {
  const data = new Uint8Array(4 * SIDE * SIDE);
  for (let i = 0; i < SIDE * SIDE; i++) data.set(colour(i), 4 * i);
  const png = encode({ data, width: SIDE, height: SIDE, channels: 4, depth: 8 });
  return `data:image/png;base64,${Buffer.from(png).toString("base64")}`;
};
const frame = '<rect width="160" height="160" fill="none" stroke="#8886"/>';
const panel = (x, href, title) => `<g transform="translate(${x} 24)"><text y="-8">${title}</text>
<image width="160" height="160" href="${href}" style="image-rendering:pixelated"/>
<circle cx="80" cy="80" r="${RADIUS * 2.5}" fill="none" stroke="#888" stroke-width="1"/>${frame}</g>`;

/** The picture of a loss. */
export function picture(name) {
  const loss = seg.create(name),
    shown = disc(6, RADIUS),
    { grad } = loss.valueAndGrad(shown, target),
    pull = grad.subarray(SIDE * SIDE),
    largest = pull.reduce((most, g) => Math.max(most, Math.abs(g)), 0) || 1;
  const prediction = image((i) => [230, 126, 34, 230 / (1 + Math.exp(-2 * shown.data[SIDE * SIDE + i]))]),
    // Blue where the loss wants the logit raised, red where lowered; what it leaves alone is transparent.
    gradient = image((i) => [
      ...(pull[i] < 0 ? [33, 102, 232] : [214, 48, 49]),
      255 * Math.sqrt(Math.abs(pull[i]) / largest),
    ]);
  const steps = Array.from({ length: 13 }, (_, i) => i),
    lines = [
      ["#2d7dd2", "shifted by 0 to 24 px", steps.map((i) => loss.value(disc(2 * i, RADIUS), target))],
      ["#d9822b", "radius 4 to 28 px, right at 16", steps.map((i) => loss.value(disc(0, 4 + 2 * i), target))],
    ],
    values = lines.flatMap(([, , each]) => each),
    low = Math.min(...values),
    high = Math.max(...values),
    y = (value) => (150 - (140 * (value - low)) / (high - low || 1)).toFixed(1);
  const points = (each) => each.map((value, j) => `${j * 20},${y(value)}`).join(" ");
  const curves = lines.map(
    ([colour, label, each], i) =>
      `<polyline fill="none" stroke="${colour}" stroke-width="2" points="${points(each)}"/>` +
      `<text x="0" y="${172 + 15 * i}" style="fill:${colour}">${label}</text>`,
  );
  const label = `${name}: prediction, gradient, and value along a shift and a change of size`;
  const axes = '<path d="M0 0V155H245" fill="none" stroke="#8888"/>';
  const style = "<style>text{font:12px system-ui,sans-serif;fill:#808080}</style>";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 660 225" role="img" aria-label="${label}">${style}
${panel(4, prediction, "prediction, 6 px off")}
${panel(184, gradient, "gradient: blue raises, red lowers")}
<g transform="translate(400 24)"><text y="-8">value, ${short(low)} to ${short(high)}</text>${axes}
${curves.join("\n")}</g></svg>
`;
}
