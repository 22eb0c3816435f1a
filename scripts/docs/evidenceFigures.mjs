// The trainings of every loss as figures, readable on light and dark ground.
import { meanDice, runsOf, sets } from "./evidence.mjs";
import { svg } from "./svg.mjs";
import { library } from "./words.mjs";

const { catalog } = await library();
const names = catalog.map(({ name }) => name),
  colours = { pixel: "#2d7dd2", region: "#d9822b", boundary: "#b0529f", combination: "#2a9d6f" },
  setColours = { nuclei: "#2d7dd2", vessels: "#d9822b" };

const ROW = 15,
  WIDTH = 225,
  TOP = 40;
/** Dice of each seed as a dot, the mean as a stroke, cross entropy's mean as a line through all. */
export function dots() {
  const body = names.map((name, i) => `<text x="200" y="${TOP + ROW * i + 4}" text-anchor="end">${name}</text>`);
  const height = TOP + ROW * names.length;
  sets.forEach((set, k) => {
    const left = 215 + k * (WIDTH + 40),
      reference = meanDice("crossEntropy", set),
      least = Math.max(0, Math.floor(10 * reference - 2) / 10),
      most = Math.min(1, Math.ceil(20 * reference + 1) / 20),
      at = (dice) => left + (WIDTH * (Math.max(dice, least) - least)) / (most - least);
    body.push(`<text x="${left}" y="14">Dice on ${set}</text>`);
    for (const dice of [least, (least + most) / 2, most])
      body.push(`<text x="${at(dice).toFixed(1)}" y="28" text-anchor="middle">${Number(dice.toFixed(3))}</text>`);
    body.push(`<path d="M${at(reference).toFixed(1)} 32V${height}" stroke="#8888" stroke-dasharray="4 3"/>`);
    catalog.forEach(({ name, category }, i) => {
      const y = TOP + ROW * i;
      body.push(`<path d="M${left} ${y}h${WIDTH}" stroke="#8882"/>`);
      const found = runsOf(name, set).flatMap(({ scores }) => (typeof scores.dice === "number" ? [scores.dice] : []));
      for (const dice of found)
        body.push(
          dice < least
            ? `<path d="M${left - 2} ${y}l6-4v8z" fill="${colours[category]}"><title>${dice.toFixed(3)}</title></path>`
            : `<circle cx="${at(dice).toFixed(1)}" cy="${y}" r="3" fill="${colours[category]}" fill-opacity="0.6"/>`,
        );
      const middle = meanDice(name, set);
      if (middle >= least) body.push(`<path d="M${at(middle).toFixed(1)} ${y - 6}v12" stroke="${colours[category]}"/>`);
    });
  });
  Object.entries(colours).forEach(([category, colour], i) => {
    body.push(
      `<circle cx="${220 + 110 * i}" cy="${height + 16}" r="3" fill="${colour}"/>`,
      `<text x="${228 + 110 * i}" y="${height + 20}">${category}</text>`,
    );
  });
  const label = "Dice of held-out images for each loss and seed, beside cross entropy's; triangles lie further left";
  return svg(720, height + 30, label, body);
}

/** Mean curves of several runs, of what all have. */
function curve(name, set) {
  const found = runsOf(name, set)
      .map(({ curve }) => curve)
      .filter((each) => each.length > 0),
    length = Math.min(...found.map((each) => each.length));
  if (found.length === 0) return [];
  return Array.from({ length }, (_, i) => found.reduce((sum, each) => sum + (each[i] ?? 0), 0) / found.length);
}

const ACROSS = 5,
  CELL = [142, 82];
/** A small panel for each loss: Dice of held-out images along the training, over cross entropy's in grey. */
export function curves() {
  const line = (points, most, style) => {
    const at = points.map((y, i) => `${((120 * (i + 1)) / most).toFixed(1)},${(50 - 48 * y).toFixed(1)}`);
    return points.length > 0 ? `<polyline fill="none" ${style} points="${at.join(" ")}"/>` : "";
  };
  const body = names.map((name, i) => {
    const [x, y] = [8 + CELL[0] * (i % ACROSS), 20 + CELL[1] * Math.floor(i / ACROSS)],
      drawn = sets.flatMap((set) => {
        const reference = curve("crossEntropy", set),
          own = curve(name, set),
          most = reference.length;
        return [
          line(reference, most, 'stroke="#8888" stroke-width="3"'),
          line(own, most, `stroke="${setColours[set]}" stroke-width="1.5"`),
        ];
      });
    const size = name.length > 20 ? ' style="font-size:9px"' : "";
    return (
      `<g transform="translate(${x} ${y})"><text y="-5"${size}>${name}</text>` +
      `<path d="M0 0V50H120" fill="none" stroke="#8886"/>${drawn.join("")}</g>`
    );
  });
  const height = 20 + CELL[1] * Math.ceil(names.length / ACROSS);
  let x = 8;
  for (const [name, colour] of [...Object.entries(setColours), ["cross entropy", "#8888"]]) {
    body.push(
      `<path d="M${x} ${height}h20" stroke="${colour}" stroke-width="2"/>`,
      `<text x="${x + 26}" y="${height + 4}">${name}</text>`,
    );
    x += 110;
  }
  const label = "Dice of held-out images, from 0 to 1, along the training with each loss, over that of cross entropy";
  return svg(ACROSS * CELL[0] + 10, height + 12, label, body);
}
