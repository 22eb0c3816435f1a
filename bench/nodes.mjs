// Every loss under each version of Node: npm run build && node bench/nodes.mjs [--write] [--passes=4]. This one and
// those that npm brings (runtimes/nodes.mjs) take turns, a process each; value and gradient must have the same bits.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { catalog, load } from "../dist/index.js";
import { otherNodes } from "../runtimes/nodes.mjs";
import { installRuntimes } from "../scripts/npm.mjs";
import { inputs } from "./inputs.mjs";
import { measuredOn } from "./measuredOn.mjs";
import { quartiles } from "./quantiles.mjs";

const { values: args } = parseArgs({
  options: {
    write: { type: "boolean" },
    passes: { type: "string", default: "4" },
    pass: { type: "boolean" },
  },
});
const cases = [
  // Before the others, as where one loss is called over and over.
  ...["crossEntropy", "dice", "boundary"].map((name) => ({ name, shape: [1, 2, 64, 64] })),
  ...catalog.map(({ name }) => ({ name, shape: [4, 4, 512, 512] })),
];

/** Milliseconds of each call (of the mean of many, where one is short), after V8 has had time to optimise. */
function times(run, isShort) {
  const [calls, warm] = isShort ? [200, 500] : [1, 100],
    found = [];
  for (const since = performance.now(); performance.now() - since < warm; ) run();
  for (const since = performance.now(); found.length < 2 || performance.now() - since < 150; ) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) run();
    found.push((performance.now() - start) / calls);
  }
  return found;
}

/** All cases once in this process. */
async function pass() {
  const seg = await load(),
    made = new Map();
  return cases.map(({ name, shape }) => {
    if (!made.has(shape.join())) made.set(shape.join(), inputs(shape));
    const { pred, target } = made.get(shape.join()),
      loss = seg.create(name),
      prepared = loss.prepare(target),
      out = new Float32Array(pred.data.length),
      { value } = loss.valueAndGrad(pred, prepared, { out }),
      digest = createHash("sha256")
        .update(new Float64Array([value]))
        .update(out)
        .digest("hex");
    return { digest, times: times(() => loss.valueAndGrad(pred, prepared, { out }), out.length < 1e5) };
  });
}

function ask(node) {
  const { stdout, stderr, status } = spawnSync(node, [fileURLToPath(import.meta.url), "--pass"], { encoding: "utf8" });
  if (status !== 0) throw new Error(`${node}: ${stderr}`);
  return JSON.parse(stdout);
}

const major = (node) =>
    Number.parseInt(spawnSync(node, ["-p", "process.versions.node"], { encoding: "utf8" }).stdout, 10),
  older = (a, b) => major(a) - major(b);

if (args.pass) {
  console.log(JSON.stringify({ node: process.version, v8: process.versions.v8, found: await pass() }));
} else {
  const others = otherNodes(join(installRuntimes(), "node_modules")),
    paths = [process.execPath, ...others.map(([, path]) => path).filter((path) => existsSync(path))].toSorted(older),
    versions = [],
    results = cases.map(({ name, shape }) => ({ loss: name, shape, times: paths.map(() => []) }));
  if (paths.length === 1) throw new Error("npm has no other version of Node for this platform");
  for (let turn = 1; turn <= Number(args.passes); turn++) {
    for (const [i, path] of paths.entries()) {
      const { node, v8, found } = ask(path);
      versions[i] = { node, v8 };
      console.log(`pass ${turn} of ${args.passes}, Node ${node}, V8 ${v8}`);
      for (const [j, { digest, times }] of found.entries()) {
        results[j].digest ??= digest;
        if (results[j].digest !== digest) throw new Error(`${cases[j].name}: other bits under Node ${node}`);
        results[j].times[i].push(...times);
      }
    }
  }
  const rows = results.map(({ loss, shape, times }) => ({
    loss,
    shape,
    least: times.map((each) => Math.min(...each)),
    quartiles: times.map(quartiles),
  }));
  console.log("\nLeast time, ms");
  console.table(
    Object.fromEntries(
      rows.map(({ loss, shape, least }) => [
        `${loss} ${shape.join("x")}`,
        Object.fromEntries(versions.map(({ node }, i) => [node, Number(least[i].toPrecision(3))])),
      ]),
    ),
  );
  if (args.write)
    writeFileSync(
      "bench/results/nodes.json",
      `${JSON.stringify({ ...measuredOn(), versions, passes: Number(args.passes), results: rows }, null, 1)}\n`,
    );
}
