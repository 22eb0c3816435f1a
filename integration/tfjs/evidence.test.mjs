// npm run evidence, which installs TensorFlow.js' WebAssembly backend beside itself.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";

const driver = fileURLToPath(new URL("../../bench/evidence/evidence.mjs", import.meta.url)),
  folder = mkdtempSync(join(tmpdir(), "segloss-evidence-"));
after(() => rmSync(folder, { recursive: true }));
const start = (file, ...more) =>
  spawn(process.execPath, [driver, "--sets=nuclei", "--seeds=1", "--steps=2", `--results=${file}`, ...more], {
    stdio: ["ignore", "pipe", "pipe"],
  });
const text = (file) => readFileSync(file, "utf8"),
  runs = (file) =>
    text(file)
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  found = ({ loss, scores, curve, gradient, failed }) => ({ loss, scores, curve, gradient, failed });

async function finish(file, ...more) {
  const child = start(file, ...more);
  let [out, err] = ["", ""];
  child.stdout.on("data", (data) => {
    out += data;
  });
  child.stderr.on("data", (data) => {
    err += data;
  });
  const [code] = await once(child, "close");
  return { code, out, err };
}

test("evidence: a killed training goes on where it was, and the same seed gives the same numbers", async () => {
  const [killed, whole] = ["killed", "whole"].map((name) => join(folder, `${name}.jsonl`)),
    losses = "--losses=dice,boundary";
  const child = start(killed, losses);
  for await (const data of child.stdout) if (String(data).includes("1/2 dice")) break;
  child.kill("SIGKILL");
  await once(child, "close");
  const first = text(killed);
  assert.equal(runs(killed).length, 1);
  appendFileSync(killed, '{"loss":"boundary","set":"nucl');

  const resumed = await finish(killed, losses);
  assert.deepEqual([resumed.code, resumed.err], [0, ""]);
  assert.match(resumed.out, /^2 runs, 1 of them done before\n2\/2 boundary on nuclei, seed 1: Dice 0\.\d+/);
  assert.ok(text(killed).startsWith(first));
  const [dice, torn, boundary] = text(killed).trim().split("\n");
  assert.equal(torn, '{"loss":"boundary","set":"nucl');

  await finish(whole, losses);
  assert.deepEqual(
    runs(whole).map(found),
    [dice, boundary].map((line) => found(JSON.parse(line))),
  );
  for (const { scores, curve, gradient, failed, machine } of runs(whole)) {
    assert.equal(failed, null);
    assert.equal(curve.length, 2);
    assert.deepEqual(Object.keys(scores), ["dice", "iou", "hd95", "nsd", "boundaryIou", "clDice"]);
    assert.ok(scores.dice > 0.2 && scores.dice < 1, `Dice ${scores.dice}`);
    assert.ok(gradient.median > 0 && gradient.max >= gradient.median);
    assert.equal(machine.node, process.version);
  }
  assert.notDeepEqual(runs(whole)[0].scores, runs(whole)[1].scores);
  assert.match((await finish(whole, losses)).out, /^2 runs, 2 of them done before\n$/);
});

test("evidence: the network's gradients are those of its outputs", async () => {
  const network = new URL("../../bench/evidence/network.mjs", import.meta.url),
    { unet } = await import(network),
    tf = createRequire(network)("@tensorflow/tfjs-core"),
    net = unet({ seed: 3, channels: 3, scales: 3 }),
    noise = (shape, seed) => tf.randomNormal(shape, 0, 1, "float32", seed),
    images = noise([2, 12, 8, 1], 5);
  const value = () =>
    net.apply(images).outputs.reduce((sum, each, i) => tf.add(sum, tf.sum(tf.mul(each, noise(each.shape, i + 1)))), 0);
  // With biases of 0 some units would lie exactly on their corner.
  net.weights.forEach((weight, i) => {
    if (weight.rank === 1) weight.assign(tf.mul(0.1, noise(weight.shape, 50 + i)));
  });
  const { grads } = tf.variableGrads(value, net.weights);
  assert.equal(net.weights.length, 2 * (8 + 3));
  for (const [i, weight] of net.weights.entries()) {
    // The bias of the normalised layer changes nothing but its rounding.
    const start = weight.clone(),
      gradient = grads[weight.name],
      length = tf.norm(gradient).dataSync()[0],
      direction = tf.div(gradient, length + 1e-9),
      at = (step) => {
        weight.assign(tf.add(start, tf.mul(direction, step)));
        return value().dataSync()[0];
      };
    const slope = (at(5e-4) - at(-5e-4)) / 1e-3;
    weight.assign(start);
    assert.ok(Math.abs(slope - length) < 0.02 * length + 0.02, `weight ${i}: ${slope} and ${length}`);
  }
});

test("evidence: refuses what it does not know", async () => {
  const file = join(folder, "none.jsonl");
  for (const [option, message] of [
    ["--losses=dise", /--losses: dise is none of crossEntropy/],
    ["--sets=cells", /--sets: cells is none of nuclei, vessels/],
    ["--seeds=0", /--seeds takes whole numbers of at least 1, got 0/],
    ["--processes=two", /--processes takes whole numbers of at least 1, got two/],
  ]) {
    const { code, err } = await finish(file, option);
    assert.notEqual(code, 0);
    assert.match(err, message);
  }
});
