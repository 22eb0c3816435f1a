// How `segloss score` grows with cores and with files: pairs of 512x512 PNGs, in turns, with the largest memory of the
// process. `node bench/scores.mjs [--pairs=300] [--rounds=3]`
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { encode } from "fast-png";
import { random } from "./inputs.mjs";

const option = (name, fallback) => {
    const given = process.argv.find((word) => word.startsWith(`--${name}=`));
    return given === undefined ? fallback : Number(given.slice(name.length + 3));
  },
  [pairs, rounds] = [option("pairs", 300), option("rounds", 3)],
  side = 512,
  cli = join(process.cwd(), "dist/cli.js"),
  folder = mkdtempSync(join(tmpdir(), "segloss-scores-"));

/** A third of the pairs in a folder of its own: what grows with files shows between the two. */
const sets = { all: pairs, third: Math.floor(pairs / 3) };
const next = random(1);
for (const part of ["truth", "pred"]) for (const name in sets) mkdirSync(join(folder, name, part), { recursive: true });
for (let n = 0; n < pairs; n++) {
  const [x, y, r] = [100 + 300 * next(), 100 + 300 * next(), 30 + 60 * next()],
    disc = (dx) =>
      Uint8Array.from({ length: side * side }, (_, i) => {
        const d = Math.hypot((i % side) - x - dx, Math.floor(i / side) - y) + 6 * Math.sin(i / 40);
        return d < r / 2 ? 2 : d < r ? 1 : 0;
      });
  for (const [part, dx] of [
    ["truth", 0],
    ["pred", 4],
  ]) {
    const png = encode({ data: disc(dx), width: side, height: side, channels: 1, depth: 8 });
    for (const name in sets) if (n < sets[name]) writeFileSync(join(folder, name, part, `${n}.png`), png);
  }
}

/** Seconds, and megabytes of the process at their most. */
function score(set, jobs) {
  const watched = `process.on("exit", () => console.error("peak " + process.resourceUsage().maxRSS))`,
    words = ["score", "--pred", "pred", "--target", "truth", "--csv", "--jobs", String(jobs)],
    metrics = ["--metric", "dice", "iou", 'hausdorffDistance:{"percentile":95}', "averageSymmetricSurfaceDistance"],
    start = performance.now(),
    { status, stderr } = spawnSync(
      process.execPath,
      ["--import", `data:text/javascript,${encodeURIComponent(watched)}`, cli, ...words, ...metrics],
      { cwd: join(folder, set), encoding: "utf8", maxBuffer: 1 << 28 },
    );
  if (status !== 0) throw new Error(stderr);
  return { seconds: (performance.now() - start) / 1000, megabytes: Number(stderr.match(/peak (\d+)/)[1]) / 1024 };
}

const runs = [
  ["all", 1],
  ["all", 2],
  ["third", 1],
  ["third", 2],
].map(([set, jobs]) => ({ set, jobs, found: [] }));
for (let round = 0; round < rounds; round++) for (const run of runs) run.found.push(score(run.set, run.jobs));
rmSync(folder, { recursive: true });
const median = (list) => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
for (const { set, jobs, found } of runs) {
  const seconds = found.map((each) => each.seconds);
  console.log(
    `${sets[set]} pairs, ${jobs} of ${availableParallelism()} cores: ${median(seconds).toFixed(2)} s, at least ` +
      `${Math.min(...seconds).toFixed(2)} s; ${Math.max(...found.map((each) => each.megabytes)).toFixed(0)} MB`,
  );
}
const [one, two] = runs.map(({ found }) => median(found.map((each) => each.seconds)));
console.log(`two cores: ${(one / two).toFixed(2)} times`);
