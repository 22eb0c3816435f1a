// The page of five small cases: this package's numbers as it gives them, other libraries' as they were run.
import { readFileSync } from "node:fs";
import { table } from "./tables.mjs";
import { library } from "./words.mjs";

const { load } = await library();
const cases = JSON.parse(readFileSync("scripts/docs/smallCases.json", "utf8"));
const libraries = ["MONAI", "MONAI use_subvoxels", "MedPy", "MetricsReloaded", "surface-distance"];

const tensorOf = (rows) => ({
  data: Uint8Array.from(rows.join(""), (each) => (each === "#" ? 1 : 0)),
  shape: [1, rows.length, rows[0].length],
});
const shown = (value) => {
  const number = typeof value === "number" ? value : { Infinity: Number.POSITIVE_INFINITY, NaN: Number.NaN }[value];
  if (number === undefined) return value;
  return number === Number.POSITIVE_INFINITY ? "∞" : String(Number(number.toPrecision(4)));
};
/** Both masks in one picture. */
const drawn = ({ truth, prediction }) =>
  truth
    .map((row, y) =>
      [...row]
        .map((each, x) =>
          each === "#" ? (prediction[y][x] === "#" ? "B" : "T") : prediction[y][x] === "#" ? "P" : ".",
        )
        .join(""),
    )
    .filter((row, y, rows) => y < 2 || /[BTP]/.test(row) || /[BTP]/.test(rows[y - 1]))
    .join("\n");

/** Each case with its picture and its table; a cell that differs from ours is bold. */
export async function smallCases() {
  const seg = await load();
  return Object.entries(cases)
    .map(([letter, each]) => {
      const [t, p] = [tensorOf(each.truth), tensorOf(each.prediction)],
        rows = each.rows.map(({ name, metric, options, libraries: theirs }) => {
          const { value } = seg.metrics[metric](p, t, { labels: [1], spacing: each.spacing, ...options }),
            own = shown(value),
            others = libraries.map((library) => {
              const cell = library in theirs ? shown(theirs[library]) : "–";
              return cell === "–" || cell === own ? cell : `**${cell}**`;
            });
          return [name, own, ...others];
        });
      const picture = `\`\`\`text\n${drawn(each)}\n\`\`\``;
      return [`### ${letter}: ${each.title}`, picture, table(["", "segloss", ...libraries], rows)].join("\n\n");
    })
    .join("\n\n");
}
