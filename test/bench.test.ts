import { readdirSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { seg } from "./support/library";

const own = (file: string) => import(new URL(`../${file}`, import.meta.url).href);
const { inputs } = await own("bench/inputs.mjs"),
  { assertSame, direction, FLOAT32, ONE_BY_ONE, summary } = await own("bench/peers/agree.mjs"),
  { plain } = await own("bench/plain.mjs"),
  { median, quartiles } = await own("bench/quantiles.mjs"),
  { nodes, peers } = await own("scripts/docs/peerTables.mjs");
const results: [string, Record<string, never>][] = readdirSync("bench/results")
  .filter((file) => file.endsWith(".json"))
  .map((file) => [file, JSON.parse(readFileSync(`bench/results/${file}`, "utf8"))]);

test("medians and quartiles", () => {
  expect(median([5, 1, 4, 2, 3])).toBe(3);
  expect(quartiles([5, 1, 4, 2, 3])).toEqual([2, 4]);
});

test.each(Object.keys(plain))(
  "%s: the loop in plain JavaScript finds what we find, and no gradient out of order",
  (name) => {
    const shape = [2, 3, 40, 40],
      { pred, target } = inputs(shape),
      along = direction(pred.data.length),
      { value, grad } = seg[name as "dice"]().valueAndGrad(pred, target),
      wanted = { value, ...summary(grad, along) },
      gradient = new Float32Array(grad.length),
      theirs = { value: plain[name](pred.data, target.data, [2, 3, 1600], gradient), ...summary(gradient, along) };
    const check =
      (found: object, tolerance = FLOAT32) =>
      () =>
        assertSame(name, found, wanted, tolerance);
    expect(check(theirs)).not.toThrow();
    expect(check({ ...theirs, value: theirs.value * 1.0001 })).toThrow(/value/);
    // One class in the place of another, one row further, and the other sign.
    const swapped = gradient.slice();
    swapped.copyWithin(0, 1600, 3200);
    swapped.set(gradient.subarray(0, 1600), 1600);
    const moved = gradient.map((_, i) => gradient[(i + 40) % gradient.length]);
    for (const wrong of [gradient.toReversed(), swapped, moved, gradient.map((g) => -g)])
      for (const tolerance of [FLOAT32, ONE_BY_ONE])
        expect(check({ value: theirs.value, ...summary(wrong, along) }, tolerance)).toThrow(/product/);
    const larger = gradient.map((g) => 1.001 * g);
    expect(check({ value: theirs.value, ...summary(larger, along) }, ONE_BY_ONE)).toThrow(/norm/);
    expect(check({ ...theirs, product: Number.NaN })).toThrow(/product/);
  },
);

test.each(results)("%s names machine and commit", (_, { cpu, cores, node, commit, date }) => {
  expect(cpu).toMatch(/\w/);
  expect(cores).toBeGreaterThan(0);
  expect(node).toMatch(/^v\d+/);
  expect(commit).toMatch(/^[0-9a-f]{7,}$/);
  expect(date).toMatch(/^\d{4}-\d\d-\d\d$/);
});

test("losses.json has quartiles for everything, of five rounds and more, and the page shows it", () => {
  const {
      results: rows,
      masks,
      weights,
    } = Object.fromEntries(results)["losses.json"] as unknown as Record<
      string,
      { loss?: string; shape: number[]; milliseconds: Record<string, number>; quartiles: object; rounds: number }[]
    >,
    page = readFileSync("docs/speed.md", "utf8");
  for (const { milliseconds, quartiles: ends, rounds } of [...rows, ...masks, ...weights]) {
    const timed = Object.keys(milliseconds).filter((name) => name in ends);
    expect(Object.keys(ends)).toEqual(timed);
    // An exponential a logit is timed once a size.
    expect(Object.keys(milliseconds).filter((name) => !timed.includes(name) && name !== "exp pass")).toEqual([]);
    expect(rounds).toBeGreaterThanOrEqual(5);
  }
  for (const { shape } of weights) expect(page).toContain(` ${shape.join("x")} |`);
  for (const { shape } of rows) expect(page).toContain(`## Every loss, ${shape.join("x")}\n`);
  for (const name of Object.keys(masks[0].milliseconds))
    expect(page).toContain(`\n| ${name.replace(/,[^,]*classes/, "")} |`);
});

const measured = { cpu: "a machine", cores: 2, node: "v20", date: "a day", commit: "abc" };
const cells = (page: string) =>
  page
    .split("\n")
    .filter((line) => line.startsWith("| "))
    .slice(2);

test("rows in which a newer Node is slower come first", () => {
  const row = (loss: string, least: number[]) => ({ loss, shape: [1], least, quartiles: least.map((t) => [t, t + 1]) });
  const page = nodes({
    ...measured,
    versions: [
      { node: "v20.1", v8: "11.3" },
      { node: "v24.1", v8: "13.6" },
    ],
    passes: 2,
    results: [row("faster", [2, 1]), row("slower", [2, 3]), row("alike", [2, 2])],
  });
  expect(page).toContain("| Node v20.1, V8 11.3 | Node v24.1, V8 13.6 |");
  expect(cells(page).map((line) => line.split(" | ")[0])).toEqual(["| slower", "| alike", "| faster"]);
  expect(cells(page)[0]).toContain("| 2.0 (2.0 to 3.0) | 3.0 (3.0 to 4.0) | 1.50 |");
});

test("rows in which another library is ahead come first", () => {
  const row = (peer: string, ms: number) => ({ peer, quartiles: [ms, ms, ms] }),
    rows = (ms: number) => [row("segloss, arrays", 2), row("another", ms)];
  const page = peers({
    ...measured,
    results: [
      { loss: "behind", shape: [1], rows: rows(4) },
      { loss: "ahead", shape: [1], rows: rows(1) },
    ],
    distances: [],
  });
  expect(
    cells(page)
      .slice(0, 2)
      .map((line) => line.split(" | ")[0]),
  ).toEqual(["| ahead", "| behind"]);
});
