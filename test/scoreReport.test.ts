import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import { htmlTable } from "../cli/page";
import { npy, workshop } from "./support/files";

const { folder, file, run } = workshop(),
  [height, width] = [8, 10];
const png = (data: Uint8Array) => encode({ data, width, height, channels: 1, depth: 8 });
const disc = (x: number, y: number, label: number) =>
  Uint8Array.from({ length: height * width }, (_, i) =>
    Math.hypot((i % width) - x, Math.floor(i / width) - y) < 2.5 ? label : 0,
  );
const cases = Array.from({ length: 6 }, (_, k) => ({
  truth: disc(3 + k / 2, 4, 1 + (k % 2)),
  good: disc(3 + k / 2, 4 + (k % 3 === 2 ? 1 : 0), 1 + (k % 2)),
  poor: disc(5, 3, 1 + (k % 2)),
}));
for (const [k, { truth, good, poor }] of cases.entries()) {
  file(`truth/${k}.png`, png(truth));
  file(`good/${k}.png`, png(good));
  file(`poor/${k}.png`, png(poor));
  file(`image/${k}.png`, png(truth.map((v, i) => 40 * v + i)));
  const scores = Float32Array.from({ length: 3 * height * width }, (_, i) =>
    good[i % (height * width)] === Math.floor(i / (height * width)) ? 2 : Math.sin(i) / 2,
  );
  file(`logits/${k}.npy`, npy("<f4", [3, height, width], scores));
}

interface Compared {
  metric: string;
  class: string;
  mean: number;
  against: number;
  difference: number;
  pairs: number;
  p: number;
}

test("another model's scores are compared case by case", () => {
  const line = "score --pred good --against poor --target truth --metric dice",
    { stdout, stderr, status } = run(`${line} --json`),
    { results, comparison } = JSON.parse(stdout) as {
      results: { item: string; value: number; against?: boolean }[];
      comparison: Compared[];
    };
  expect([stderr, status]).toEqual(["", 0]);
  const values = (other: boolean) =>
      results.filter(({ against = false }) => against === other).map(({ value }) => value),
    mean = (list: number[]) => list.reduce((a, b) => a + b, 0) / list.length,
    [own, theirs] = [values(false), values(true)],
    row = comparison.find((each) => each.class === "");
  expect([own.length, theirs.length]).toEqual([6, 6]);
  expect(row).toMatchObject({ metric: "dice", pairs: 6 });
  expect([row?.mean, row?.against, row?.difference]).toEqual(
    [mean(own), mean(theirs), mean(own) - mean(theirs)].map((v) => expect.closeTo(v, 12)),
  );
  // Every difference has one sign: 2 of 2^n combinations are as far out.
  const moved = own.filter((v, i) => v !== theirs[i]).length;
  expect(own.every((v, i) => v >= theirs[i])).toBe(true);
  expect(row?.p).toBeCloseTo(2 / 2 ** moved, 12);
});

describe("the report", () => {
  const { status, stderr } = run(
    "score --pred logits --against poor --target truth --image image --metric dice " +
      "averageSymmetricSurfaceDistance --worst 2 --bootstrap 200 --report out/report.html -o out/scores.txt",
  );
  const html = readFileSync(join(folder, "out/report.html"), "utf8"),
    headings = [...html.matchAll(/<h2>([^<]*)<\/h2>/g)].map(([, text]) => text);

  test("stands alone and holds every part", () => {
    expect([status, stderr]).toEqual([0, expect.stringMatching(/^report: out\/report\.html$/m)]);
    expect(html).not.toMatch(/(src|href)="?(https?:)?\/\/|url\(|@import|<script|<link/);
    expect(headings).toEqual([
      ...["Summary", "Against the other model", "Worst cases", "Distributions", "Volumes (Bland–Altman)"],
      ...["Confusion matrix", "Reliability"],
    ]);
  });

  test("draws the worst cases, the worst first", () => {
    // Image, truth, prediction and two differences.
    expect(html.match(/data:image\/png;base64,/g)).toHaveLength(2 * 5);
    const drawn = [...html.matchAll(/<h3>\d\. (\w+)<\/h3><p class="source">dice ([\d.]+)/g)];
    // In all others, prediction and truth are the same.
    expect(drawn.map(([, name]) => name).sort()).toEqual(["2", "5"]);
    expect(Number(drawn[0][2])).toBeLessThanOrEqual(Number(drawn[1][2]));
  });

  test("says in words what it draws, and has headings in its tables", () => {
    const pictures = html.match(/<svg[^>]*>/g) ?? [];
    expect(pictures.length).toBeGreaterThan(10);
    for (const picture of pictures) expect(picture).toMatch(/role="img"\s+[^>]*aria-label="[^"]+"/);
    for (const table of html.match(/<table>.*?<\/table>/gs) ?? [])
      expect(table).toMatch(/<caption>[^<]+<\/caption><thead><tr><th scope="col"/);
    expect(html).toMatch(/prefers-color-scheme: dark/);
  });
});

test("names of files cannot become part of a page", () => {
  expect(htmlTable("<i>", ["<b>"], [["<script>", "&"]])).not.toMatch(/<(i|b|script)>/);
});

test.each([
  ["--worst 3", /--worst is of --report/],
  ["--image image", /--image is of --report/],
  ["--seed 3", /--seed is of --bootstrap/],
  ["--group scanner", /--group names a column of a manifest/],
])("%s alone is refused", (option, message) => {
  expect(run(`score --pred good --target truth ${option}`).stderr).toMatch(message);
});
