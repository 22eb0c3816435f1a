import { readFileSync } from "node:fs";
import { join } from "node:path";
import { encode } from "fast-png";
import { parquetReadObjects } from "hyparquet";
import { describe, expect, test } from "vitest";
import { readCsv } from "../cli/csv";
import { workshop } from "./support/files";

// One table of all numbers, in three encodings.
const { folder, file, run } = workshop();
const png = (data: Uint8Array) => encode({ data, width: 6, height: 4, channels: 1, depth: 8 }),
  labels = Uint8Array.from({ length: 24 }, (_, i) => i % 3);
for (const name of ["a", "b, 2", "c"]) file(`truth/${name}.png`, png(labels));
file("pred/a.png", png(labels.map((v, i) => (i % 5 === 0 ? 1 : v))));
file("pred/b, 2.png", png(labels.map((v) => (v === 2 ? 0 : v))));
const asked = "score --pred pred --target truth --metric dice hausdorffDistance",
  written = (name: string) => readFileSync(join(folder, name));

type TableRow = { kind: string; item: string; metric: string; class: string; value: number | null };
const number = (text: unknown) => (text === "" || text === undefined || text === null ? null : Number(text));
const fromCsv = (text: string): TableRow[] =>
  readCsv(text, ",")
    .slice(1)
    .map(({ cells: [kind, item, metric, label, value] }) => ({
      kind,
      item,
      metric,
      class: label,
      value: number(value),
    }));
const fromLines = (text: string): TableRow[] =>
  text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line))
    .map(({ value, ...rest }) => ({ ...rest, value: number(value) }));
async function fromParquet(name: string): Promise<TableRow[]> {
  const bytes = written(name);
  const buffer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
  return (await parquetReadObjects({ file: buffer })) as TableRow[];
}

test("CSV, JSON lines and Parquet hold the same rows, of score and of merge", async () => {
  const rows = fromCsv(run(`${asked} --csv`).stdout);
  expect(rows.filter(({ kind }) => kind === "score")).toHaveLength(2 * 2 * 4);
  expect(rows.filter(({ kind }) => kind === "missing")).toEqual([
    { kind: "missing", item: expect.stringContaining("c.png"), metric: "", class: "", value: null },
  ]);
  // A class that one side lacks is infinitely far.
  expect(rows.some(({ metric, value }) => metric === "hausdorffDistance" && value === Number.POSITIVE_INFINITY)).toBe(
    true,
  );
  expect(fromLines(run(`${asked} --jsonl`).stdout)).toEqual(rows);
  expect(run(`${asked} --parquet -o scores.parquet --state all.bin`)).toMatchObject({ status: 0, stdout: "" });
  expect(await fromParquet("scores.parquet")).toEqual(rows);
  expect(run("merge all.bin --parquet -o merged.parquet")).toMatchObject({ status: 0, stdout: "" });
  expect(await fromParquet("merged.parquet")).toEqual(rows);
});

describe("the ending of -o", () => {
  test.each(["json", "csv", "jsonl"])(".%s says the format", (format) => {
    const { stdout } = run(`${asked} --${format}`);
    expect(run(`${asked} -o out/scores.${format}`)).toMatchObject({ status: 0, stdout: "" });
    expect(written(`out/scores.${format}`).toString()).toBe(stdout);
  });

  test(".parquet too, and any other means lines for people", async () => {
    run(`${asked} -o out/scores.parquet`);
    expect(await fromParquet("out/scores.parquet")).toEqual(fromCsv(run(`${asked} --csv`).stdout));
    run(`${asked} -o out/scores.txt`);
    expect(written("out/scores.txt").toString()).toBe(run(asked).stdout);
  });
});

test.each([
  [`${asked} --json -o scores.csv`, /--json and -o scores.csv disagree/],
  [`${asked} --jsonl --parquet`, /give one of --jsonl and --parquet/],
  [`${asked} --parquet`, /--parquet is no text to print; add -o FILE/],
  ["compare --pred pred --target truth -o out.parquet", /out.parquet: no parquet here; give the file another ending/],
  ["merge all.bin --csv -o all.json", /--csv and -o all.json disagree/],
])("%s is refused", (line, message) => {
  expect(run(line)).toMatchObject({ status: 1, stdout: "", stderr: expect.stringMatching(message) });
});
