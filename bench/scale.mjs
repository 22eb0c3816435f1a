// What a state costs by the case, and from that a plan for a million: node bench/scale.mjs [metrics ...]
// (default: dice). States of seeded cases of 8 x 8 pixels: neither bytes nor merging depend on pixels. Prints Markdown.
import { load } from "segloss";

const CLASSES = 4,
  EDGE = 8,
  PER_SHARD = 1000,
  SHARDS = 20,
  MILLION = 1_000_000;
const asked = process.argv.slice(2).length > 0 ? process.argv.slice(2) : ["dice"],
  seg = await load();

/** Numbers in [0, 1) that are the same in every run (mulberry32). */
function seeded(seed) {
  let a = seed;
  return () => {
    a = (a + 0x6d2b79f5) | 0;
    let t = Math.imul(a ^ (a >>> 15), 1 | a);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
const random = seeded(1),
  labels = () => ({
    data: Uint8Array.from({ length: EDGE * EDGE }, () => Math.floor(CLASSES * random())),
    shape: [1, EDGE, EDGE],
  });
const empty = () => seg.metrics.state(asked, { numClasses: CLASSES });
/** A shard's bytes; ids have 12 letters. */
function shard(n, cases) {
  const state = empty();
  for (let i = 0; i < cases; i++)
    state.update(labels(), labels(), { ids: [`case${String(n * PER_SHARD + i).padStart(8, "0")}`] });
  return state.toBytes();
}
function timed(work) {
  const before = process.cpuUsage(),
    result = work(),
    { user, system } = process.cpuUsage(before);
  return { result, seconds: (user + system) / 1e6 };
}
const mergeAll = (list) => list.reduce((state, bytes) => state.merge(bytes), empty());

const [one, two] = [shard(0, 100).length, shard(0, 200).length],
  perCase = (two - one) / 100,
  fixed = one - 100 * perCase,
  shards = Array.from({ length: SHARDS }, (_, n) => shard(n, PER_SHARD));
mergeAll(shards.slice(0, 2)); // compiled before it is timed
const merging = timed(() => mergeAll(shards)),
  half = timed(() => mergeAll(shards.slice(0, SHARDS / 2))),
  writing = timed(() => merging.result.toBytes()),
  reading = timed(() => merging.result.result()),
  cases = SHARDS * PER_SHARD,
  micro = ({ seconds }, n = cases) => (seconds / n) * 1e6,
  ofHalf = micro(half, cases / 2).toFixed(1);
if (merging.result.size !== cases) throw new Error(`${merging.result.size} cases merged of ${cases}`);
const tree = mergeAll([shards.slice(SHARDS / 2), shards.slice(0, SHARDS / 2)].map((list) => mergeAll(list).toBytes()));
if (Buffer.compare(tree.toBytes(), writing.result) !== 0) throw new Error("a tree of merges has other bytes");

const mega = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`,
  messages = MILLION / PER_SHARD,
  bytes = MILLION * perCase + messages * fixed,
  onCoordinator = (MILLION * micro(merging)) / 1e6;
console.log(`${asked.join(", ")}; ${CLASSES} classes; processor time of one process

| | |
|---|---|
| a case | ${perCase} bytes |
| all else of a state | ${fixed} bytes |
| a shard of ${PER_SHARD} cases | ${shards[0].length} bytes |
| merging ${cases} cases | ${micro(merging).toFixed(1)} µs a case (${ofHalf} µs of half as many) |
| \`toBytes()\` of them | ${micro(writing).toFixed(1)} µs a case |
| \`result()\` of them | ${micro(reading).toFixed(1)} µs a case |
| a million cases: messages | ${messages} |
| bytes sent | ${mega(bytes)} |
| merging in one process | ${onCoordinator.toFixed(1)} s, in proportion |
| workers that it keeps up with, of 1 s a volume | ${Math.floor(MILLION / onCoordinator)} |
| bandwidth there | ${mega(bytes / onCoordinator)}/s |`);
