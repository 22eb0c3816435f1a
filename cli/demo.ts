import { mkdirSync, writeFileSync } from "node:fs";
import { basename, resolve } from "node:path";
import { catalog, load } from "segloss";
import { compareItem, type Failure, fitting, type Result } from "./compare";
import { listFiles } from "./files";
import { readItems, withImage } from "./items";
import { progress } from "./progress";
import { type Group, htmlReport } from "./report";
import { table } from "./table";

/** What the losses say about real networks early, midway and late in training: the data that ships with the project. */
const stages = ["early", "middle", "late"] as const;
const sets = [
  {
    folder: "nuclei",
    truth: "masks",
    axes: "NCHW",
    title: "nuclei",
    note: "Microscopy. Broad Bioimage Benchmark Collection, BBBC038v1 (Caicedo et al. 2019), CC0 1.0.",
  },
  {
    folder: "hippocampus",
    truth: "labels",
    axes: "NCDHW",
    title: "hippocampus",
    // The pictures are a changed copy of the data: whoever is shown them is told whose they are, and under which
    // licence.
    note:
      "Brain MRI in 3-D. Medical Segmentation Decathlon, task 4 (data of Vanderbilt University Medical " +
      "Center), medicaldecathlon.com; A. L. Simpson et al., arXiv:1902.09063; " +
      "M. Antonelli et al., Nature Communications 13 (2022). Changed: 8-bit intensities, one slice. These " +
      "pictures are under the same licence, CC BY-SA 4.0.",
  },
];

const seg = await load(),
  groups: Group[] = [],
  failures: Failure[] = [];
const work = await Promise.all(
  sets.map(async (set) => ({ ...set, truths: (await listFiles([`data/${set.folder}/${set.truth}`])).paths })),
);
const bar = await progress(work.reduce((n, { truths }) => n + truths.length, 0) * stages.length * catalog.length);
for (const { folder, title, note, axes, truths } of work) {
  for (const truth of truths) {
    const name = basename(truth).replace(/\.\w+$/, ""),
      image = `data/${folder}/images/${basename(truth)}`;
    const columns: Group["columns"][number][] = [];
    for (const stage of stages) {
      const [read] = await readItems(name, `data/${folder}/${stage}/${name}.npy`, truth, { axes, ignore: [] }),
        item = await withImage(read, image);
      const found = compareItem(seg, fitting(item).requests, item, true, () => bar.tick(`${title} ${name} ${stage}`));
      failures.push(...found.failures);
      columns.push({ heading: stage, item, results: found.results });
    }
    groups.push({ title: `${title}: ${name}`, note, columns });
  }
}
bar.stop();

const mean = (list: readonly number[]) => list.reduce((a, b) => a + b, 0) / list.length;
for (const { title } of sets) {
  const columns = groups.filter((group) => group.title.startsWith(title)).flatMap((group) => group.columns);
  const of = (loss: string, stage: string, pick: (r: Result) => number) =>
    mean(
      columns
        .filter(({ heading }) => heading === stage)
        .flatMap(({ results }) => results.filter((r) => r.loss === loss).map(pick)),
    );
  const losses = [...new Set(columns.flatMap(({ results }) => results.map((r) => r.loss)))];
  const rows = losses.map((loss) => {
    const values = stages.map((stage) => of(loss, stage, (r) => r.value).toPrecision(4));
    const norms = ["early", "late"].map((stage) => of(loss, stage, (r) => r.gradientNorm).toExponential(2));
    return [loss, ...values, ...norms, of(loss, "late", (r) => r.milliseconds).toFixed(2)];
  });
  console.log(
    `\n${title}: means over ${columns.length / stages.length} item(s); value and gradient in ` +
      `ms\n${table(["loss", ...stages, "gradient early", "late", "ms"], rows)}`,
  );
}
mkdirSync("build", { recursive: true });
writeFileSync("build/report.html", htmlReport(groups, failures));
console.log(`\nreport: ${resolve("build/report.html")}`);
for (const { message } of failures) console.error(`error: ${message}`);
process.exitCode = failures.length > 0 ? 1 : 0;
