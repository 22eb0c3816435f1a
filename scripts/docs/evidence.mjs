// What trainings with every loss came to (npm run evidence), in words and tables.
import { existsSync, readFileSync } from "node:fs";
import { trainings } from "../../bench/evidence/losses.mjs";
import { setting } from "../../bench/evidence/setting.mjs";
import { table } from "./tables.mjs";
import { library } from "./words.mjs";

const { catalog } = await library(),
  ways = trainings(catalog),
  file = "bench/evidence/results.jsonl";
const parsed = (line) => {
  try {
    return [JSON.parse(line)];
  } catch {
    return []; // what a run that was killed left
  }
};
const same = (a, b) => JSON.stringify(a) === JSON.stringify(b);
/** Runs as losses are trained now; others are of an earlier state. */
const current = (existsSync(file) ? readFileSync(file, "utf8") : "")
  .split("\n")
  .flatMap(parsed)
  .filter(({ loss, how, setting: used }) => ways.get(loss)?.how === how && same(used, setting));
export const sets = ["nuclei", "vessels"];
/** Nothing can be said of a seed before cross entropy has it. */
const seeds = [...new Set(current.flatMap(({ loss, seed }) => (loss === "crossEntropy" ? [seed] : [])))],
  runs = current.filter(({ seed }) => seeds.includes(seed));

/** The runs of one loss on one set, by seed. */
export const runsOf = (loss, set) => runs.filter((run) => run.loss === loss && run.set === set);
const mean = (numbers) => numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
/** Of a sample: nothing can be said of one number. */
function deviation(numbers) {
  const middle = mean(numbers);
  return numbers.length < 2
    ? null
    : Math.sqrt(numbers.reduce((sum, x) => sum + (x - middle) ** 2, 0) / (numbers.length - 1));
}
function spread(numbers, digits = 3) {
  if (numbers.length === 0) return "-";
  const around = deviation(numbers);
  return `${mean(numbers).toFixed(digits)}${around === null ? "" : ` ± ${around.toFixed(digits)}`}`;
}
const scoresOf = (loss, set, score) =>
  runsOf(loss, set).flatMap(({ scores }) => (typeof scores[score] === "number" ? [scores[score]] : []));
export const meanDice = (loss, set) => mean(scoresOf(loss, set, "dice"));

/** How much higher the Dice is than cross entropy's, seed by seed: both began with the same weights and images. */
function gaps(loss, set) {
  const reference = new Map(runsOf("crossEntropy", set).map(({ seed, scores }) => [seed, scores.dice]));
  return runsOf(loss, set).flatMap(({ seed, scores }) =>
    typeof scores.dice === "number" && reference.has(seed) ? [scores.dice - reference.get(seed)] : [],
  );
}
const signed = (numbers) => {
  const text = spread(numbers);
  return text.startsWith("-") ? text.replace("-", "−") : `+${text}`;
};
const link = (name) => `[${name}](losses/${name}.md)`;
const sentenceOf = (found) =>
  found
    .toSorted((a, b) => mean(a.gaps) - mean(b.gaps))
    .map(({ name, gaps }) => `${link(name)} (${signed(gaps)})`)
    .join(", ");

/** Which losses do worse than cross entropy on a set, and which better. */
function compared(set) {
  const others = catalog.flatMap(({ name }) => {
    const found = name === "crossEntropy" ? [] : gaps(name, set);
    return found.length > 0 ? [{ name, gaps: found }] : [];
  });
  const worse = others.filter((each) => each.gaps.every((gap) => gap < 0)),
    better = others.filter((each) => each.gaps.every((gap) => gap > 0)),
    between = others.filter((each) => !worse.includes(each) && !better.includes(each));
  const each = seeds.length > 1 ? "with every seed" : "with the one seed";
  return [
    `**On ${set}** cross entropy has a Dice of ${spread(scoresOf("crossEntropy", set, "dice"))}.`,
    `**Worse than cross entropy** ${each}: ${worse.length > 0 ? sentenceOf(worse) : "none"}.`,
    `Better ${each}: ${better.length > 0 ? sentenceOf(better) : "none"}.`,
    between.length > 0 ? `Now better, now worse: ${between.map(({ name }) => link(name)).join(", ")}.` : "",
  ]
    .filter(Boolean)
    .join("\n\n");
}

/** What was trained, and where. */
function stated() {
  const wanted = catalog.length * sets.length * Math.max(3, seeds.length),
    minutes = runs.reduce((sum, { seconds }) => sum + seconds, 0) / 60,
    machines = [
      ...new Set(
        runs.map(
          ({ machine: { cpu, cores, node }, versions }) =>
            `${cpu}, one of ${cores} virtual cores, Node ${node}, TensorFlow.js ${versions.tfjs}`,
        ),
      ),
    ],
    count = runs.length < wanted ? `${runs.length} of ${wanted} runs so far` : `${runs.length} runs`;
  const chance = 2 ** (seeds.length - 1);
  const last = runs
    .map(({ date }) => date)
    .sort()
    .at(-1);
  return (
    `${count}, ${seeds.length} ${seeds.length === 1 ? "seed" : "seeds"}, ${setting.steps} steps each of ` +
    `${setting.batch} crops of ${setting.side}x${setting.side}, Adam at ${setting.rate} for all; ` +
    `${minutes.toFixed(0)} minutes in all (${machines.join("; ")}; ${last}). ± is the deviation over seeds. ` +
    "This says only so much: a net of 27,000 weights, eight small images to learn from, six to test with, few steps, " +
    "and one rate that is nobody's best" +
    (chance > 1 ? `; of two losses that are equal, one would be ahead with every seed in 1 of ${chance} cases.` : ".")
  );
}

/** What no score of a mean shows: networks that say one thing everywhere, or next to nothing right. */
function failures() {
  const found = sets.flatMap((set) =>
    catalog.flatMap(({ name }) =>
      runsOf(name, set).flatMap(({ seed, failed, scores }) => {
        const low = scores.dice < meanDice("crossEntropy", set) / 2 ? `Dice ${scores.dice.toFixed(3)}` : null,
          reason = failed ?? low;
        return reason === null ? [] : [`- ${link(name)} on ${set}, seed ${seed}: ${reason}`];
      }),
    ),
  );
  return found.length > 0 ? found.join("\n") : "None.";
}

const head = [
  "loss",
  "Dice",
  "IoU",
  "HD95",
  "NSD",
  "boundary IoU",
  "clDice",
  "Dice, to cross entropy's",
  "gradient norm",
];
/** Of the runs that had any. */
function norms(name, set) {
  const found = runsOf(name, set).flatMap(({ gradient }) => (typeof gradient.max === "number" ? [gradient] : []));
  if (found.length === 0) return "-";
  const most = Math.max(...found.map(({ max }) => max));
  return `${mean(found.map(({ median }) => median)).toPrecision(2)}, at most ${most.toPrecision(2)}`;
}
function scoreTable(set) {
  const rows = catalog
    .filter(({ name }) => scoresOf(name, set, "dice").length > 0)
    .toSorted((a, b) => meanDice(b.name, set) - meanDice(a.name, set))
    .map(({ name }) => [
      link(name),
      ...["dice", "iou", "hd95", "nsd", "boundaryIou", "clDice"].map((score) =>
        spread(scoresOf(name, set, score), score === "hd95" ? 1 : 3),
      ),
      name === "crossEntropy" ? "" : signed(gaps(name, set)),
      norms(name, set),
    ]);
  return table(head, rows);
}

/** How the losses were trained that were not trained alone at their defaults. */
const recipes = () =>
  catalog
    .filter(({ name }) => ways.get(name).how !== "alone")
    .map(({ name }) => `- ${link(name)}: ${ways.get(name).how}`)
    .join("\n");

/** What the page of a loss says. */
export function evidenceOf(name) {
  const parts = sets.flatMap((set) => {
    const own = scoresOf(name, set, "dice");
    if (own.length === 0) return [];
    const beside = name === "crossEntropy" ? "" : ` (cross entropy ${spread(scoresOf("crossEntropy", set, "dice"))})`;
    return [`Dice ${spread(own)} on ${set}${beside}`];
  });
  return parts.length > 0 ? `${parts.join(", ")}. How it was trained: ${ways.get(name).how}` : "";
}

/** The generated parts of docs/evidence.md. */
export const evidence = () => ({
  verdict: [stated(), ...sets.map(compared)].join("\n\n"),
  failures: failures(),
  recipes: recipes(),
  scores: sets.map((set) => `### ${set[0].toUpperCase()}${set.slice(1)}\n\n${scoreTable(set)}`).join("\n\n"),
});
