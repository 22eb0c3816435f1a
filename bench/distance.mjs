// The exact distance transform in turns with SciPy's, if python3 has it: npm run build && node bench/distance.mjs
// [--write] [--rounds=9]
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { load } from "../dist/index.js";
import { random } from "./inputs.mjs";

const { values: args } = parseArgs({
  options: { write: { type: "boolean" }, rounds: { type: "string", default: "9" } },
});
const rounds = Number(args.rounds);
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];

/** A sum of waves over its mean: blobs of many sizes. */
function blobs(shape, next) {
  const waves = Array.from({ length: 24 }, () => [...shape.map(() => (next() - 0.5) / 4), 6.283 * next()]);
  const [D, H, W] = [...Array(3 - shape.length).fill(1), ...shape],
    mask = new Uint8Array(D * H * W);
  for (let z = 0, i = 0; z < D; z++)
    for (let y = 0; y < H; y++)
      for (let x = 0; x < W; x++, i++) {
        const at = [z, y, x].slice(3 - shape.length);
        let sum = 0;
        for (const wave of waves) sum += Math.sin(at.reduce((s, p, axis) => s + p * wave[axis], wave.at(-1)));
        mask[i] = sum > 0 ? 1 : 0;
      }
  return mask;
}

const scattered = (share) => (shape, next) =>
  Uint8Array.from({ length: shape.reduce((a, b) => a * b) }, () => (next() < share ? 0 : 1));
/** One object in the middle, a sixth of each axis, 0 or 1 against the rest. */
const object = (inside) => (shape) => {
  const mask = new Uint8Array(shape.reduce((a, b) => a * b));
  for (let i = 0; i < mask.length; i++) {
    let rest = i,
      squares = 0;
    for (const n of shape.toReversed()) {
      squares += ((rest % n) / n - 0.5) ** 2;
      rest = Math.floor(rest / n);
    }
    mask[i] = squares < 1 / 144 ? inside : 1 - inside;
  }
  return mask;
};
const masks = {
  blobs,
  noise: scattered(0.5),
  "one zero in 5,000": scattered(1 / 5000),
  "an object": object(1),
  "around an object": object(0),
  "all ones": scattered(0),
  "all zeros": scattered(1),
};

/** SciPy in a process of its own: a function that times one call, or nothing. */
function scipy() {
  const python = spawn("python3", ["bench/distance.py"], { stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: python.stdout });
  python.on("error", () => lines.close());
  const closed = once(lines, "close");
  const ask = async (name, shape) => {
    if (python.exitCode !== null) return undefined;
    python.stdin.write(`${name} ${shape.join(" ")}\n`);
    const answer = await Promise.race([once(lines, "line"), closed]);
    return answer.length > 0 ? Number(answer[0]) : undefined;
  };
  python.stdin.on("error", () => {});
  return { ask, end: () => python.stdin.end() };
}

const seg = await load(),
  peer = scipy(),
  folder = mkdtempSync(join(tmpdir(), "segloss-distance-")),
  results = [];
for (const shape of [
  [1024, 1024],
  [96, 96, 96],
  [256, 256],
]) {
  const rows = [];
  for (const [name, make] of Object.entries(masks)) {
    const data = make(shape, random(1)),
      mask = { data, shape: [1, ...shape] },
      out = new Float32Array(data.length),
      file = join(folder, "mask"),
      times = { ours: [], spacing: [], scipy: [] };
    writeFileSync(file, data);
    const timed = (list, options) => {
      const repeats = Math.ceil(1e6 / data.length),
        start = performance.now();
      for (let i = 0; i < repeats; i++) seg.distanceTransform(mask, options);
      list.push((performance.now() - start) / repeats);
    };
    for (let r = 0; r <= rounds; r++) {
      timed(times.spacing, { out, spacing: shape.map((_, axis) => 1 + axis / 2) });
      timed(times.ours, { out });
      const ms = await peer.ask(file, shape);
      if (ms !== undefined) times.scipy.push(ms);
    }
    const row = {
      mask: name,
      ours: median(times.ours),
      "with spacing": median(times.spacing),
      scipy: median(times.scipy),
    };
    if (row.scipy !== undefined) {
      const theirs = new Float32Array(readFileSync(`${file}.out`).buffer);
      // where no pixel is zero, SciPy measures to a point that is not there
      row.differ = data.includes(0) ? out.reduce((sum, d, i) => sum + (d === theirs[i] ? 0 : 1), 0) : undefined;
    }
    results.push({ shape, ...row });
    const show = (n) => n?.toFixed(3);
    rows.push({
      mask: name,
      ms: show(row.ours),
      "ms, spacing": show(row["with spacing"]),
      "ms, SciPy": show(row.scipy),
      "x SciPy": (row.scipy / row.ours).toFixed(1),
      differ: row.differ,
    });
  }
  console.log(shape.join("x"));
  console.table(rows);
}
peer.end();
rmSync(folder, { recursive: true });
if (args.write) {
  const machine = { cpu: cpus()[0].model, node: process.version, v8: process.versions.v8 };
  writeFileSync(
    "bench/results/distance.json",
    `${JSON.stringify({ command: "node bench/distance.mjs --write", machine, results }, null, 1)}\n`,
  );
}
