// Beside other libraries, in turns: npm run bench:peers [-- --write] [--rounds=15]. Peers are TensorFlow.js and jax-js
// (installed into bench/peers), the loop that one would write in plain JavaScript, and PyTorch where python3 has it.
// Before anything is timed, all must find the same value and the same norm of the gradient.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { load } from "../dist/index.js";
import { install } from "../scripts/npm.mjs";
import { inputs, random } from "./inputs.mjs";
import { measuredOn } from "./measuredOn.mjs";
import { norm } from "./peers/answer.mjs";
import { plain } from "./plain.mjs";

const { values: args } = parseArgs({
  options: { write: { type: "boolean" }, rounds: { type: "string", default: "15" } },
});
const rounds = Number(args.rounds),
  sizes = [
    [8, 21, 256, 256],
    [4, 4, 512, 512],
    [1, 2, 1024, 1024],
  ],
  losses = { crossEntropy: {}, focal: { gamma: 2 }, dice: {}, tversky: { alpha: 0.3, beta: 0.7 }, boundary: {} };

/** A peer in a process of its own (peers/answer.mjs says how it is asked). */
class Peer {
  #lines;
  constructor(name, command, ...argv) {
    this.name = name;
    this.process = spawn(command, argv, { cwd: resolve("bench/peers"), stdio: ["pipe", "pipe", "ignore"] });
    this.#lines = createInterface({ input: this.process.stdout })[Symbol.asyncIterator]();
  }
  async ask(question) {
    this.process.stdin.write(`${JSON.stringify(question)}\n`);
    const { value, done } = await this.#lines.next();
    if (done) throw new Error(`${this.name} has ended`);
    return JSON.parse(value);
  }
  async end() {
    this.process.stdin.end();
    await once(this.process, "exit");
  }
}

/** The loop in plain JavaScript, asked as the others are. */
const ownLoop = {
  name: "plain JavaScript",
  async ask({ loss, shape, folder }) {
    if (loss) {
      if (!(loss in plain)) return {};
      const read = (file) => readFileSync(`${folder}/${file}.bin`),
        z = new Float32Array(new Uint8Array(read("logits")).buffer),
        y = new Uint8Array(read("labels")),
        g = new Float32Array(z.length);
      this.run = () => plain[loss](z, y, shape, g);
      return { value: this.run(), norm: norm(g) };
    }
    const start = performance.now();
    this.run();
    return { ms: performance.now() - start };
  },
  async end() {},
};

const quartiles = (list) => [0.25, 0.5, 0.75].map((q) => list.toSorted((a, b) => a - b)[Math.floor(q * list.length)]);
/** As near as a float32 sum of a million numbers is. */
const near = (a, b) => Math.abs(a - b) <= 5e-3 * Math.abs(b);

install("bench/peers");
/** Debian's Python has PyTorch where another one that comes first in the path has none. */
const version = (name) => JSON.parse(readFileSync(`bench/peers/node_modules/${name}/package.json`, "utf8")).version,
  asked = ["-c", "import torch; print(torch.__version__)"],
  pythons = ["python3", "/usr/bin/python3"].map((path) => ({ path, ...spawnSync(path, asked, { encoding: "utf8" }) })),
  python = pythons.find(({ status }) => status === 0),
  torch = python?.stdout.trim();
if (!python) console.log("python3 has no PyTorch (Debian: apt-get install python3-torch): without it");
const make = [
  () => ownLoop,
  () => new Peer(`TensorFlow.js ${version("@tensorflow/tfjs")}, wasm`, process.execPath, "tfjs.mjs"),
  () => new Peer(`jax-js ${version("@jax-js/jax")}, wasm`, process.execPath, "jax.mjs"),
  ...(python ? [() => new Peer(`PyTorch ${torch} eager, one thread`, python.path, "torch_peer.py")] : []),
];

const seg = await load(),
  folder = mkdtempSync(join(tmpdir(), "segloss-peers-")),
  results = [];
try {
  for (const size of sizes) {
    const { pred, target } = inputs(size),
      [B, C, H, W] = size,
      shape = [B, C, H * W],
      next = random(5),
      map = { data: Float32Array.from(pred.data, () => 8 * next() - 4), shape: size };
    writeFileSync(join(folder, "logits.bin"), pred.data);
    writeFileSync(join(folder, "labels.bin"), target.data);
    writeFileSync(join(folder, "map.bin"), map.data);
    for (const [name, options] of Object.entries(losses)) {
      const loss = seg.create(name, options),
        extra = name === "boundary" ? { distanceMap: map } : {},
        out = new Float32Array(pred.data.length),
        resident = seg.tensor(size),
        grad = seg.tensor(size),
        first = loss.valueAndGrad(pred, target, extra),
        wanted = { value: first.value, norm: norm(first.grad) };
      resident.data.set(pred.data);
      const ours = [
        ["arrays, new gradient", () => loss.valueAndGrad(pred, target, extra)],
        ["arrays, out", () => loss.valueAndGrad(pred, target, { ...extra, out })],
        ["resident", () => loss.valueAndGrad(resident, target, { ...extra, out: grad.data })],
      ].map(([what, work]) => ({
        name: `segloss, ${what}`,
        async ask() {
          const start = performance.now();
          work();
          return { ms: performance.now() - start };
        },
        async end() {},
      }));
      const peers = [];
      for (const peer of make.map((each) => each())) {
        const found = await peer.ask({ loss: name, shape, folder }).catch(({ message }) => ({ failed: message }));
        if (found.failed) console.log(`${name} ${size.join("x")}: ${peer.name}: ${found.failed}`);
        if (found.value === undefined) continue;
        if (!near(found.value, wanted.value) || !near(found.norm, wanted.norm))
          throw new Error(`${name}: ${peer.name} finds ${JSON.stringify(found)}, ours ${JSON.stringify(wanted)}`);
        peers.push(peer);
      }
      const all = [...ours, ...peers],
        times = new Map(all.map((peer) => [peer, []]));
      for (const peer of all) for (let i = 0; i < 3; i++) await peer.ask({});
      for (let r = 0; r < rounds; r++) for (const peer of all) times.get(peer).push((await peer.ask({})).ms);
      const rows = all.map((peer) => ({
        peer: peer.name,
        quartiles: quartiles(times.get(peer)),
        min: Math.min(...times.get(peer)),
      }));
      results.push({ loss: name, shape: size, rows });
      console.log(`\n${name} ${size.join("x")}, ms`);
      const two = (ms) => Number(ms.toFixed(2)),
        shown = rows.map(({ peer, quartiles: [low, median, high], min }) => [
          peer,
          { min: two(min), low: two(low), median: two(median), high: two(high) },
        ]);
      console.table(Object.fromEntries(shown));
      for (const peer of peers) await peer.end();
      resident.dispose();
      grad.dispose();
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (args.write) {
  writeFileSync("bench/results/peers.json", `${JSON.stringify({ ...measuredOn(), results }, null, 1)}\n`);
}
