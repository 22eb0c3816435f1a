// After the survey's third figure: what losses say of a large and of a small object, of which more and more is missed.
import { seg } from "./pictures.mjs";

const SIDE = 96,
  CENTRE = 47.5,
  STEPS = 20,
  SURE = 4;
const objects = [
  ["large", 26],
  ["small", 7],
];
const lines = [
  ["crossEntropy", "#2d7dd2", ""],
  ["focal", "#2d7dd2", "5 3"],
  ["dice", "#d9822b", ""],
  ["tversky", "#d9822b", "5 3"],
  ["lovaszSoftmax", "#2a9d6f", ""],
  ["boundary", "#b0529f", ""],
  ["hausdorffDistance", "#b0529f", "5 3"],
];
const clip = (z) => Math.max(-SURE, Math.min(SURE, 4 * z));

/** Two channels of logits: a disc of which a share of the width, from the left, is missed. */
function missed(radius, share) {
  const plane = SIDE * SIDE,
    data = new Float32Array(2 * plane);
  for (let i = 0; i < plane; i++) {
    const x = (i % SIDE) - CENTRE,
      y = Math.floor(i / SIDE) - CENTRE,
      cut = share === 0 ? SURE : clip(x + radius - 2 * radius * share),
      logit = Math.min(clip(radius - Math.hypot(x, y)), cut);
    data[i] = -logit / 2;
    data[plane + i] = logit / 2;
  }
  return { data, shape: [1, 2, SIDE, SIDE] };
}
function truth(radius) {
  const data = new Uint8Array(SIDE * SIDE).map((_, i) =>
    Math.hypot((i % SIDE) - CENTRE, Math.floor(i / SIDE) - CENTRE) <= radius ? 1 : 0,
  );
  return { data, shape: [1, SIDE, SIDE] };
}

/** What each loss adds to its value without the error, as a share of the most it adds. */
function curves(name) {
  const loss = seg.create(name),
    rises = objects.map(([, radius]) => {
      const target = loss.prepare(truth(radius)),
        values = Array.from({ length: STEPS + 1 }, (_, i) => loss.value(missed(radius, i / STEPS), target));
      return values.map((value) => value - values[0]);
    });
  const most = Math.max(...rises.flat());
  return rises.map((each) => each.map((rise) => rise / most));
}

/** The figure, an SVG that is readable on light and dark ground. */
export function figure() {
  const found = lines.map(([name, colour, dash]) => ({ name, colour, dash, rises: curves(name) }));
  const panels = objects.map(([size, radius], k) => {
    const inside = truth(radius).data.reduce((sum, label) => sum + label, 0),
      title = `a ${size} object, ${inside} of ${SIDE * SIDE} pixels`;
    const drawn = found.map(({ colour, dash, rises }) => {
      const points = rises[k].map((rise, i) => `${(i * 240) / STEPS},${(160 - 155 * rise).toFixed(1)}`);
      const dashes = dash && ` stroke-dasharray="${dash}"`;
      return `<polyline fill="none" stroke="${colour}" stroke-width="2"${dashes} points="${points.join(" ")}"/>`;
    });
    return `<g transform="translate(${30 + 280 * k} 30)"><text y="-12">${title}</text>
<path d="M0 0V160H245" fill="none" stroke="#8888"/><text y="178">0</text>
<text x="245" y="178" text-anchor="end">share of the object that is missed: 1</text>
${drawn.join("\n")}</g>`;
  });
  const legend = found.map(({ name, colour, dash }, i) => {
    const [x, y] = [30 + 140 * (i % 4), 236 + 20 * Math.floor(i / 4)],
      dashes = dash && ` stroke-dasharray="${dash}"`;
    return (
      `<path d="M${x} ${y - 4}h22" stroke="${colour}" stroke-width="2"${dashes}/>` +
      `<text x="${x + 28}" y="${y}">${name}</text>`
    );
  });
  const label = "Rise of seven losses as a large and a small object are missed, as a share of each loss's largest rise";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 590 270" role="img" aria-label="${label}">
<style>text{font:12px system-ui,sans-serif;fill:#808080}</style>
${panels.join("\n")}
${legend.join("\n")}
</svg>
`;
}
