import assert from "node:assert/strict";
import { mkdirSync, readFileSync, renameSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, test as plain } from "node:test";
import { fileURLToPath } from "node:url";
import { Queue } from "bullmq";
import { encode } from "fast-png";
import { Redis } from "ioredis";
import { freePort, startRedis } from "./redis.mjs";
import { makeCases, run, start, until } from "./workshop.mjs";

/** A run that waits for ever fails, rather than hangs. */
const test = (name, work) => plain(name, { timeout: 120_000 }, work);
const folder = makeCases(24, 96, 1400),
  asked = "score --pred pred --target truth --metric dice hausdorffDistance --map 1=1 2=2",
  whole = run(folder, `${asked} --json --jobs 1`);
let redis, connection, queue;
/** What a test has started. */
let started = [];

before(async () => {
  redis = await startRedis();
  connection = new Redis(redis.url, { maxRetriesPerRequest: null }).on("error", () => {});
  queue = new Queue("segloss", { connection }).on("error", () => {});
});
afterEach(async () => {
  for (const { child } of started) child.kill("SIGKILL");
  await Promise.all(started.map(({ ended }) => ended));
  started = [];
});
after(async () => {
  await queue.close();
  connection.disconnect();
  await redis.end();
  rmSync(folder, { recursive: true });
});

const begin = (line) => {
  const program = start(folder, line);
  started.push(program);
  return program;
};
/** A worker that serves; shards of one that is dead go to another after two seconds. */
async function work(more = "--jobs 1") {
  const worker = begin(`worker --queue ${redis.url} --stalled 2 ${more}`);
  await until(
    () => worker.said.stderr.includes("waiting for shards"),
    () => worker.said.stderr,
  );
  return worker;
}
const score = (more) => begin(`${asked} --queue ${redis.url} ${more}`);
const same = ({ status, stdout, stderr }, expected = whole) =>
  assert.deepEqual([status, stdout], [expected.status, expected.stdout], stderr);
/** Waits until a shard of the second pass is in work. */
async function scoring() {
  let found;
  await until(
    async () => {
      found = (await queue.getActive()).find((job) => job?.id.includes("-score-"));
      return found;
    },
    () => "no shard was begun",
  );
  return found.id;
}
const isEmpty = async () => Object.values(await queue.getJobCounts()).every((count) => count === 0);
const scored = ({ said }) => said.stderr.split("\n").filter((line) => line.startsWith("scored"));

test("one machine scores all but two cases", () => {
  const { results, failures } = JSON.parse(whole.stdout);
  assert.deepEqual([whole.status, results.length, failures.length], [1, 44, 2]);
});

test("one worker: the output of one machine, to the bit, and a queue that is empty", async () => {
  await work();
  for (const output of ["--json", "--csv", "-o table.txt"]) {
    const once = run(folder, `${asked} ${output}`),
      text = output.startsWith("-o") && readFileSync(join(folder, "table.txt"), "utf8");
    same(await score(output).ended, once);
    if (text) assert.equal(readFileSync(join(folder, "table.txt"), "utf8"), text);
  }
  assert.ok(await isEmpty());
});

test("three workers, of several threads, and two runs at a time", async () => {
  const all = [await work(), await work("--jobs 2"), await work()],
    runs = [score("--json --shard-size 1"), score("--json --shard-size 5")];
  for (const each of runs) same(await each.ended);
  assert.ok(all.every((worker) => scored(worker).length > 0));
  assert.ok(await isEmpty());
});

test("a comparison, groups and a report take the queue, too", async () => {
  await work();
  const more = "--against truth --bootstrap 100 --json --report";
  same(await score(`${more} queue.html`).ended, run(folder, `${asked} ${more} alone.html`));
  assert.equal(readFileSync(join(folder, "queue.html"), "utf8"), readFileSync(join(folder, "alone.html"), "utf8"));
});

test("a worker killed in the middle of a shard: another does it", async () => {
  const first = await work(),
    running = score("--json --shard-size 24"),
    id = await scoring();
  first.child.kill("SIGKILL");
  await first.ended;
  assert.deepEqual([scored(first).length, (await queue.getActive()).map((job) => job.id)], [0, [id]]);
  const second = await work();
  same(await running.ended);
  assert.equal(scored(second).length, 1);
  assert.ok(await isEmpty());
});

test("a shard that is delivered twice counts once", async () => {
  const first = await work(),
    running = score("--json --shard-size 24");
  await scoring();
  first.child.kill("SIGSTOP");
  const second = await work();
  await until(
    () => scored(second).length > 0,
    () => second.said.stderr,
  );
  first.child.kill("SIGCONT");
  same(await running.ended);
  await until(
    () => scored(first).length > 0,
    () => first.said.stderr,
  );
  assert.deepEqual(scored(first), scored(second));
  second.child.kill("SIGKILL");
  // It goes on.
  same(await score("--json").ended);
  assert.ok(await isEmpty());
});

test("answers in another order than the cases", async () => {
  const order = [],
    both = [await work(), await work()];
  for (const { child } of both)
    child.stderr.on("data", (text) =>
      order.push(...Array.from(text.matchAll(/scored (case\d+)/g), ([, name]) => name)),
    );
  same(await score("--json --shard-size 1").ended);
  assert.equal(order.length, 24);
  assert.notDeepEqual(order, order.toSorted());
});

for (const keeps of [true, false])
  test(`Redis killed between shards, which ${keeps ? "kept its commands" : "lost everything"}: nothing is lost`, async () => {
    const worker = await work(),
      running = score("--json --shard-size 2");
    await scoring();
    // Held still, the worker cannot end the run before Redis is gone.
    worker.child.kill("SIGSTOP");
    await redis.kill();
    await redis.start();
    if (!keeps) await connection.flushall();
    worker.child.kill("SIGCONT");
    const found = await running.ended;
    same(found);
    assert.match(found.stderr, /connection was lost; waiting for it\n[\s\S]*connected again/);
    assert.ok(scored(worker).length >= 12);
  });

test("a worker that sees other files says so, and the run names them", async () => {
  const path = join(folder, "pred/case03.png"),
    { atime, mtime } = statSync(path);
  const waiting = async (change) => {
    const running = score("--json --shard-size 8");
    await until(
      () => running.said.stderr.includes("nobody serves redis://127.0.0.1"),
      () => running.said.stderr,
    );
    change();
    const worker = await work(),
      { status, stderr } = await running.ended;
    worker.child.kill("SIGKILL");
    assert.equal(status, 1);
    assert.match(
      stderr,
      /shard 1 of 3 failed: pred\/case03.png: .*\(3 of 3 attempts\); it holds pred\/case00.png, .* and 3 more/,
    );
    return `${stderr}${worker.said.stderr}`;
  };
  assert.match(
    await waiting(() => utimesSync(path, atime, new Date(mtime.getTime() + 60_000))),
    /sees another file than/,
  );
  utimesSync(path, atime, mtime);
  assert.match(
    await waiting(() => renameSync(path, `${path}.away`)),
    /does not see this file; workers must see the files/,
  );
  renameSync(`${path}.away`, path);
  assert.ok((await queue.getJobCounts()).active === 0);
});

test("data files that a header or a panoptic set names are looked at, too", async () => {
  const file = (name, bytes) => writeFileSync(join(folder, name), bytes),
    header = ["NDims = 2", "DimSize = 2 2", "ElementType = MET_UCHAR", "ElementDataFile = a.raw", ""].join("\n"),
    images = [{ id: 7, file_name: "a.jpg", height: 2, width: 2 }],
    categories = [{ id: 1, name: "cat" }],
    annotations = [{ image_id: 7, file_name: "a.png", segments_info: [{ id: 1, category_id: 1 }] }],
    ids = Uint8Array.of(1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
  for (const name of ["headers", "panoptic"]) mkdirSync(join(folder, name));
  file("headers/a.mhd", header);
  file("headers/a.raw", Uint8Array.of(0, 1, 1, 0));
  file("panoptic.json", JSON.stringify({ images, categories, annotations }));
  file("panoptic/a.png", encode({ data: ids, width: 2, height: 2, channels: 3, depth: 8 }));
  for (const [path, part] of [
    ["headers/a.mhd", "headers/a.raw"],
    ["panoptic.json", "panoptic/a.png"],
  ]) {
    const line = `score --pred ${path} --target ${path} --metric dice --json`,
      running = begin(`${line} --queue ${redis.url}`);
    await until(
      () => running.said.stderr.includes("nobody serves redis://127.0.0.1"),
      () => running.said.stderr,
    );
    const { atime, mtime } = statSync(join(folder, part));
    utimesSync(join(folder, part), atime, new Date(mtime.getTime() + 60_000));
    const worker = await work(),
      { status, stderr } = await running.ended;
    assert.equal(status, 1);
    assert.match(stderr, new RegExp(`shard 1 of 1 failed: ${part}: .* sees another file than`));
    same(await begin(`${line} --queue ${redis.url}`).ended, run(folder, line));
    worker.child.kill("SIGKILL");
    await worker.ended;
  }
});

test("a run that is told to end takes back what nobody began", async () => {
  const running = score("--json");
  await until(
    async () => (await queue.getWaitingCount()) > 0,
    () => running.said.stderr,
  );
  running.child.kill("SIGTERM");
  const { status, stderr } = await running.ended;
  assert.equal(status, 1);
  assert.match(stderr, /error: stopped by SIGTERM/);
  assert.equal(await queue.getWaitingCount(), 0);
});

test("a worker that is told to end finishes its shard", async () => {
  const worker = await work(),
    running = score("--json --shard-size 24");
  await scoring();
  worker.child.kill("SIGTERM");
  assert.equal((await worker.ended).status, 0);
  same(await running.ended);
});

test("what cannot be is refused", async () => {
  const port = await freePort(),
    none = `redis://:secret@127.0.0.1:${port}`;
  for (const [line, message] of [
    [`${asked} --queue ${none}`, new RegExp(`--queue redis://127.0.0.1:${port}: cannot be reached: .*ECONNREFUSED`)],
    [`worker --queue ${none}`, new RegExp(`--queue redis://127.0.0.1:${port}: cannot be reached: .*ECONNREFUSED`)],
    [`${asked} --queue localhost:6379`, /--queue takes redis:\/\/host:port .*, got localhost:6379/],
    [`worker --queue http://localhost`, /--queue takes redis:\/\/host:port/],
    [`${asked} --queue redis://localhost/two`, /--queue takes redis:\/\/host:port/],
    [`${asked} --queue ${redis.url}/99`, /cannot be reached: .*DB index is out of range/],
    [`${asked} --queue ${redis.url} --shard 1/2`, /give one of --queue and --shard: /],
    [`${asked} --queue ${redis.url} --resume a.jsonl`, /give one of --queue and --resume: /],
    [`${asked} --queue ${redis.url} --jobs 2`, /give one of --queue and --jobs: threads are those of segloss worker/],
    [`${asked} --queue ${redis.url} --shard-size 0`, /--shard-size must be a whole number of at least 1, got 0/],
    [`${asked} --shard-size 2`, /--shard-size is of --queue/],
    [`worker --queue ${redis.url} --stalled no`, /--stalled must be a whole number/],
    ["worker", /required option '--queue <url>' not specified/],
  ]) {
    const { status, stderr } = run(folder, line);
    assert.deepEqual([line, status], [line, 1]);
    assert.match(stderr, message);
    assert.doesNotMatch(stderr, /secret/);
  }
});

test("without the packages it says what to install", () => {
  // The repository's own build stands where they are not installed.
  const { status, stderr } = run(
    folder,
    `${asked} --queue ${redis.url}`,
    fileURLToPath(new URL("../../dist/cli.js", import.meta.url)),
  );
  assert.equal(status, 1);
  assert.match(stderr, /error: --queue needs two packages beside segloss: npm install bullmq ioredis/);
});
