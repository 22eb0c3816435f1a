import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test as plain } from "node:test";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { Miniflare } from "miniflare";
import { load } from "segloss";
import { decodeRle, encodeRle } from "segloss/masks";

// examples/cloudflare in workerd, with miniflare's queue, Durable Object and bucket.
/** A run that waits for ever fails, rather than hangs. */
const test = (name, work) => plain(name, { timeout: 120_000 }, work);
const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const [height, width] = [24, 31],
  settings = {
    metrics: ["dice", { name: "hausdorffDistance", options: { percentile: 95 } }, "expectedCalibrationError"].slice(
      0,
      2,
    ),
    options: { includeBackground: false },
    shards: 4,
  };
/** Waves; none at all of a height of 2. */
const mask = (n, above = 0.2) =>
  encodeRle({
    data: Uint8Array.from({ length: height * width }, (_, i) => (Math.sin(i * (n + 2) * 0.013) > above ? 1 : 0)),
    shape: [height, width],
  });
/** The last is without foreground on both sides: undefined distances. */
const cases = Array.from({ length: 11 }, (_, n) => ({
  ...{ id: `case${n}`, pred: mask(n, n === 10 ? 2 : 0.2), target: mask(n + 0.01, n === 10 ? 2 : 0.1) },
  ...(n % 3 === 0 && { spacing: [1.5, 0.7] }),
}));
const shards = [0, 1, 2, 3].map((shard) => ({ shard, cases: cases.filter((_, n) => n % 4 === shard) }));
let flare, expected;

before(async () => {
  const { outputFiles } = await build({
    ...{ entryPoints: [here("../../examples/cloudflare/worker.js")], bundle: true, format: "esm", write: false },
    ...{
      conditions: ["workerd"],
      external: ["*.wasm", "cloudflare:workers"],
      logLevel: "error",
      nodePaths: [here("node_modules")],
    },
  });
  flare = new Miniflare({
    modules: [
      { type: "ESModule", path: "worker.js", contents: outputFiles[0].text },
      {
        type: "CompiledWasm",
        path: "segloss.wasm",
        contents: readFileSync(here("node_modules/segloss/dist/segloss.wasm")),
      },
    ],
    compatibilityDate: "2026-01-01",
    queueProducers: { SHARDS: "shards" },
    queueConsumers: { shards: { maxBatchSize: 4, maxBatchTimeout: 0.05 } },
    durableObjects: { RUNS: { className: "Run", useSQLite: true } },
    r2Buckets: ["MASKS"],
  });
  const seg = await load(),
    state = seg.metrics.state(settings.metrics, { ...settings.options, numClasses: 2 });
  for (const { id, pred, target, spacing } of cases)
    state.update(decodeRle(pred), decodeRle(target), { ids: [id], ...(spacing && { spacing }) });
  const { ids, metrics } = state.result();
  expected = { done: 4, of: 4, failures: [], ids, metrics };
});
after(() => flare.dispose());

const ask = async (method, name, body) => {
  const answer = await flare.dispatchFetch(`http://localhost/${name}`, { method, body: body && JSON.stringify(body) });
  return { status: answer.status, text: await answer.text() };
};
const begin = async (name) => assert.equal((await ask("PUT", name, settings)).status, 201);
const send = async (name, list) => assert.equal((await ask("POST", name, list)).status, 202);
async function resultOf(name, holds = ({ done }) => done === 4) {
  for (let end = Date.now() + 60_000; ; ) {
    const found = JSON.parse((await ask("GET", name)).text);
    if (holds(found)) return found;
    if (Date.now() > end) throw new Error(`waited in vain: ${JSON.stringify(found)}`);
    await new Promise((go) => setTimeout(go, 50));
  }
}
/** Every number to the bit: JSON writes them so that they come back as they were. */
const same = (found) => {
  const text = (_, v) => (ArrayBuffer.isView(v) ? [...v] : Number.isFinite(v) || typeof v !== "number" ? v : `${v}`);
  assert.deepEqual(found, JSON.parse(JSON.stringify(expected, text)));
  assert.ok(found.metrics.dice.values.filter((v) => v > 0 && v < 1).length > 5);
};

test("shards in any order, some delivered twice: the bits of one process", async () => {
  await begin("twice");
  await send("twice", [shards[3], shards[1], shards[3]]);
  assert.deepEqual(await resultOf("twice", ({ done }) => done === 2), { done: 2, of: 4, failures: [] });
  await send("twice", [shards[2], shards[1], shards[0], shards[2]]);
  same(await resultOf("twice"));
  await send("twice", [shards[0]]);
  await new Promise((go) => setTimeout(go, 500));
  same(await resultOf("twice"));
});

test("masks from the bucket; a shard waits for one that comes late", async () => {
  await begin("bucket");
  const bucket = await flare.getR2Bucket("MASKS"),
    [first, ...rest] = shards,
    named = { ...first, cases: first.cases.map((each) => ({ ...each, pred: `pred/${each.id}` })) };
  const put = ({ id, pred }) => bucket.put(`pred/${id}`, JSON.stringify(pred));
  for (const each of first.cases.slice(1)) await put(each);
  await send("bucket", [named, ...rest]);
  assert.deepEqual(await resultOf("bucket", ({ done }) => done === 3), { done: 3, of: 4, failures: [] });
  await put(first.cases[0]);
  same(await resultOf("bucket"));
});

test("a shard that is wrong is told, and may be sent anew", async () => {
  await begin("wrong");
  const [first, ...rest] = shards,
    broken = { ...first, cases: [{ ...first.cases[0], pred: { size: [height, width], counts: "!" } }] };
  await send("wrong", [broken, ...rest]);
  const { done, failures } = await resultOf("wrong", ({ failures }) => failures.length > 0);
  assert.deepEqual([done < 4, failures.length, failures[0].shard], [true, 1, 0]);
  assert.match(failures[0].failure, /decodeRle/);
  await send("wrong", [first]);
  same(await resultOf("wrong"));
});

test("what cannot be is refused", async () => {
  await begin("known");
  for (const [method, name, body, status, message] of [
    ["POST", "unknown", shards, 404, /there is no run unknown/],
    ["PUT", "other", { ...settings, metrics: ["dicee"] }, 400, /dicee/],
    ["PUT", "known", { ...settings, shards: 5 }, 409, /begun with other settings/],
    ["POST", "known", [{ shard: 4, cases }], 400, /shard must be 0 to 3, got 4/],
  ]) {
    const found = await ask(method, name, body);
    assert.deepEqual([name, found.status], [name, status]);
    assert.match(found.text, message);
  }
});
