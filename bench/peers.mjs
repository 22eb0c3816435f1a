// Beside other libraries, in turns: npm run bench:peers [-- --write] [--rounds=15]. Peers are TensorFlow.js and jax-js
// (installed into bench/peers), the loop that one would write in plain JavaScript, and PyTorch where python3 has it; of
// the distance transform SciPy. Before anything is timed, all must find the same value and gradient, or distances.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { load } from "../dist/index.js";
import { install } from "../scripts/npm.mjs";
import { inputs, random } from "./inputs.mjs";
import { measuredOn } from "./measuredOn.mjs";
import { Peer, pythonWith } from "./peer.mjs";
import { apart, assertSame, direction, FLOAT32, ONE_BY_ONE, summary } from "./peers/agree.mjs";
import { distanceCases, makeMask } from "./peers/distances.mjs";
import { plain } from "./plain.mjs";
import { median, quartiles } from "./quantiles.mjs";

const { values: args } = parseArgs({
  options: { write: { type: "boolean" }, rounds: { type: "string", default: "15" } },
});
const rounds = Number(args.rounds),
  sizes = [
    [8, 21, 256, 256],
    [4, 4, 512, 512],
    [1, 2, 1024, 1024],
  ],
  losses = { crossEntropy: {}, focal: { gamma: 2 }, dice: {}, tversky: { alpha: 0.3, beta: 0.7 }, boundary: {} },
  // Of soft targets. Others have no l1 overlap, so that this is their product.
  softLosses = { crossEntropy: {}, dice: { overlap: "product" } },
  seg = await load(),
  folder = mkdtempSync(join(tmpdir(), "segloss-peers-")),
  write = (file, data) => writeFileSync(join(folder, `${file}.bin`), data),
  read = (file, View) => new View(new Uint8Array(readFileSync(join(folder, `${file}.bin`))).buffer);

/** Milliseconds of one call. */
function timed(run) {
  const start = performance.now();
  run();
  return { ms: performance.now() - start };
}
/** Ours, asked as the others are. */
const ours = (what, run) => ({ name: `segloss, ${what}`, ask: async () => timed(run), end: async () => {} });

/** The loop in plain JavaScript. */
const ownLoop = {
  name: "plain JavaScript",
  tolerance: FLOAT32,
  async ask({ loss, shape }) {
    if (!loss) return timed(this.run);
    if (!(loss in plain)) return {};
    const z = read("logits", Float32Array),
      y = read("labels", Uint8Array),
      g = new Float32Array(z.length);
    this.run = () => plain[loss](z, y, shape, g);
    return { value: this.run(), ...summary(g, read("direction", Float32Array)) };
  },
  async end() {},
};

install("bench/peers");
const version = (name) => JSON.parse(readFileSync(`bench/peers/node_modules/${name}/package.json`, "utf8")).version,
  [torch, scipy] = ["torch", "scipy"].map(pythonWith),
  start = (name, command, file, tolerance) => () =>
    Object.assign(new Peer(name, command, [file], { cwd: resolve("bench/peers") }), { tolerance });
const node = process.execPath,
  lossPeers = [
    () => ownLoop,
    start(`TensorFlow.js ${version("@tensorflow/tfjs")}, wasm`, node, "tfjs.mjs", ONE_BY_ONE),
    start(`jax-js ${version("@jax-js/jax")}, wasm`, node, "jax.mjs", ONE_BY_ONE),
    ...(torch ? [start(`PyTorch ${torch.version} eager, one thread`, torch.path, "torch_peer.py", FLOAT32)] : []),
  ],
  distancePeers = scipy ? [start(`SciPy ${scipy.version}, NumPy ${scipy.numpy}`, scipy.path, "scipy_peer.py")] : [];

/**
 * Times ours and those peers that answer the question. `check` sees before what they find, and says how far that is
 * from ours, or nothing where it is no answer.
 */
async function inTurns(title, own, make, question, check) {
  const all = [...own],
    far = new Map();
  for (const peer of make.map((each) => each())) {
    const found = await peer.ask(question).catch(({ message }) => ({ failed: message }));
    if (found.failed) console.log(`${title}: ${peer.name}: ${found.failed}`);
    far.set(peer, found.failed ? undefined : check(peer, found));
    if (far.get(peer)) all.push(peer);
    else await peer.end();
  }
  const times = new Map(all.map((peer) => [peer, []]));
  for (const peer of all) for (let i = 0; i < 3; i++) await peer.ask({});
  for (let r = 0; r < rounds; r++) for (const peer of all) times.get(peer).push((await peer.ask({})).ms);
  for (const peer of all) await peer.end();
  const rows = all.map((peer) => {
    const [low, high] = quartiles(times.get(peer));
    return {
      peer: peer.name,
      quartiles: [low, median(times.get(peer)), high],
      min: Math.min(...times.get(peer)),
      apart: far.get(peer),
    };
  });
  console.log(`\n${title}, ms`);
  const two = (ms) => Number(ms.toFixed(2)),
    shown = rows.map(({ peer, quartiles: [low, median, high], min }) => [
      peer,
      { min: two(min), low: two(low), median: two(median), high: two(high) },
    ]);
  console.table(Object.fromEntries(shown));
  return rows;
}

/** Labels, a quarter of which have up to 0.4 spread over all classes, in sixteenths. */
function softened({ data }, [B, C, ...spatial]) {
  const pixels = spatial.reduce((a, b) => a * b, 1),
    next = random(6),
    spread = Float32Array.from({ length: B * pixels }, () => Math.max(0, Math.floor(28 * next()) - 21) / 16),
    soft = Float32Array.from({ length: B * C * pixels }, (_, i) => {
      const c = Math.floor(i / pixels) % C,
        at = Math.floor(i / (C * pixels)) * pixels + (i % pixels);
      return (data[at] === c ? 1 - spread[at] : 0) + spread[at] / C;
    });
  return { data: soft, shape: [B, C, ...spatial] };
}

async function measureLosses(size) {
  const { pred, target: labels } = inputs(size),
    [B, C, H, W] = size,
    next = random(5),
    map = { data: Float32Array.from(pred.data, () => 8 * next() - 4), shape: size },
    soft = softened(labels, size),
    along = direction(pred.data.length),
    results = [],
    all = [
      ...Object.entries(losses).map(([name, options]) => ({ name, options, target: labels })),
      ...Object.entries(softLosses).map(([name, options]) => ({ name, options, target: soft })),
    ];
  for (const [file, data] of Object.entries({ logits: pred.data, labels: labels.data, direction: along }))
    write(file, data);
  for (const { name, options, target } of all) {
    const isSoft = target === soft,
      shown = isSoft ? `${name}, soft target` : name,
      title = `${shown} ${size.join("x")}`,
      asked = isSoft ? `soft ${name}` : name,
      loss = seg.create(name, options),
      extra = name === "boundary" ? { distanceMap: map } : {},
      out = new Float32Array(pred.data.length),
      resident = seg.tensor(size),
      grad = seg.tensor(size),
      first = loss.valueAndGrad(pred, target, extra),
      wanted = { value: first.value, ...summary(first.grad, along) };
    resident.data.set(pred.data);
    // A peer reads a soft target where a map would stand.
    write("map", isSoft ? soft.data : map.data);
    const own = [
      ours("arrays, new gradient", () => loss.valueAndGrad(pred, target, extra)),
      ours("arrays, out", () => loss.valueAndGrad(pred, target, { ...extra, out })),
      ours("resident", () => loss.valueAndGrad(resident, target, { ...extra, out: grad.data })),
    ];
    const check = (peer, found) => {
      if (found.value === undefined) return undefined;
      try {
        assertSame(`${title}: ${peer.name}`, found, wanted, peer.tolerance);
      } catch (error) {
        // Sums of a million soft numbers lose more digits than of labels: such a peer is not timed.
        if (!isSoft || peer.tolerance !== ONE_BY_ONE) throw error;
        console.log(error.message);
        return undefined;
      }
      return apart(found, wanted);
    };
    const rows = await inTurns(title, own, lossPeers, { loss: asked, shape: [B, C, H * W], folder }, check);
    results.push({ loss: shown, shape: size, rows });
    resident.dispose();
    grad.dispose();
  }
  return results;
}

async function measureDistances({ mask: name, shape, spacing = shape.map(() => 1) }) {
  const data = makeMask({ mask: name, shape }),
    mask = { data, shape: [1, ...shape] },
    out = new Float32Array(data.length),
    { data: wanted } = seg.distanceTransform(mask, { spacing });
  write("mask", data);
  const own = [
    ours("new array", () => seg.distanceTransform(mask, { spacing })),
    ours("out", () => seg.distanceTransform(mask, { spacing, out })),
  ];
  const check = ({ name }) => {
    const theirs = read("distances", Float32Array),
      wrong = wanted.findIndex((d, i) => d !== theirs[i]);
    if (wrong >= 0) throw new Error(`distanceTransform: ${name} finds another distance at ${wrong}`);
    return {};
  };
  const title = `distanceTransform of ${name} ${shape.join("x")}, spacing ${spacing.join(", ")}`,
    rows = await inTurns(title, own, distancePeers, { shape, spacing, folder }, check);
  return { mask: name, shape, spacing, rows };
}

const results = [],
  distances = [];
try {
  for (const each of distanceCases) distances.push(await measureDistances(each));
  for (const size of sizes) results.push(...(await measureLosses(size)));
} finally {
  rmSync(folder, { recursive: true, force: true });
}
if (args.write)
  writeFileSync("bench/results/peers.json", `${JSON.stringify({ ...measuredOn(), results, distances }, null, 1)}\n`);
