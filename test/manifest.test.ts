import { join } from "node:path";
import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import { listFiles, readPattern } from "../cli/files";
import { readManifest } from "../cli/manifest";
import { workshop } from "./support/files";

const { folder, file, run } = workshop();
const png = (labels: readonly number[]) =>
  encode({ data: Uint8Array.from(labels), width: 4, height: 2, channels: 1, depth: 8 });
const write = (name: string, text: string) => join(folder, file(name, Buffer.from(text)));
// Dice of label 1 is 1, 2/3 and 0.
for (const [name, pred] of [
  ["right", [1, 1, 0, 0, 0, 0, 0, 0]],
  ["half", [1, 0, 0, 0, 0, 0, 0, 0]],
  ["wrong", [0, 0, 0, 0, 0, 0, 1, 1]],
] as const)
  file(`in/preds/${name}.png`, png(pred));
file("in/truth.png", png([1, 1, 0, 0, 0, 0, 0, 0]));

describe("a manifest", () => {
  const rows = [
    "pred,target,id,scanner,weight,spacing",
    'preds/right.png,truth.png,"one, right",A,1,1 1',
    "preds/half.png,truth.png,two,B,1,",
    "",
    "preds/wrong.png,truth.png,three,B,2,2 0.5",
    "preds/gone.png,truth.png,four,B,1,",
  ];
  write("in/cases.csv", `\uFEFF${rows.join("\r\n")}\r\n`);

  test("names cases from its own place on, their groups, weights and sizes of a pixel", () => {
    const { stdout, stderr, status } = run(
        "score --manifest in/cases.csv --group scanner --metric dice volumeDifference --bootstrap 200 --json",
      ),
      { results, summary, groups } = JSON.parse(stdout);
    expect([status, stderr]).toEqual([1, expect.stringMatching(/cases\.csv: line 6: pred .*gone\.png: no such file/)]);
    const dice = <T extends { metric: string; class: string }>(list: T[]) =>
      list.filter((row) => row.metric === "dice" && row.class === "1");
    expect(results.map(({ item }: { item: string }) => item)).toEqual(
      ["one, right", "two", "three"].flatMap((item) => [item, item]),
    );
    expect(dice(summary)).toMatchObject([
      { mean: expect.closeTo((1 + 2 / 3) / 4, 12), median: expect.closeTo(2 / 3, 12) },
    ]);
    expect(dice(groups)).toMatchObject([
      { group: "A", mean: 1, defined: 1, low: "NaN" },
      { group: "B", mean: expect.closeTo(2 / 9, 12), defined: 2 },
    ]);
  });

  test("is JSON or JSON lines as well", () => {
    const cases = [
      { pred: "a.png", target: "b.png", spacing: [2, 0.5] },
      { pred: "/c.png", target: "b.png", id: "c", weight: 3 },
    ];
    const expected = [
      { item: "a.png", pred: join(folder, "a.png"), spacing: [2, 0.5], weight: 1 },
      { item: "c", pred: "/c.png", weight: 3 },
    ];
    expect(readManifest(write("m.json", JSON.stringify(cases)))).toMatchObject(expected);
    const lines = cases.map((each) => JSON.stringify(each)).join("\n\n");
    expect(readManifest(write("m.jsonl", lines))).toMatchObject(expected);
  });

  test.each([
    ["a.csv", "pred,mask\nx,y\n", /has no column target, its columns are pred, mask/],
    ["b.csv", "pred,target,weigth\nx,y,1\n", /has a column weigth; did you mean weight\? Rename it/],
    ["c.csv", "pred,target\nx,y\n\nz\n", /line 4: has 1 cells, the heading 2/],
    ["d.csv", "pred,target\nx,\n", /line 2: target is empty/],
    ["e.csv", 'pred,target\n"x,y\n', /line 2: a quote is not closed/],
    ["f.csv", "pred,target\nx,y\nx,z\n", /line 3: case x stands at line 2, too; give each an id/],
    ["g.csv", "pred,target,weight\nx,y,-1\n", /line 2: weight must hold numbers/],
    ["h.csv", "pred,target,spacing\nx,y,1 0\n", /line 2: spacing must be above 0/],
    ["i.csv", "pred,target,pred\nx,y,z\n", /has two columns "pred"/],
    ["j.csv", "pred,target\n", /holds no cases/],
    ["k.jsonl", '{"pred":"x","target":"y"}\n{', /line 2 is no JSON/],
    ["l.json", '{"pred":"x"}', /must hold a list of cases/],
    ["m.txt", "x", /must end in \.csv/],
  ])("%s is refused, by line", (name, text, message) => {
    expect(() => readManifest(write(name, text))).toThrow(message);
  });
});

describe("--recursive", () => {
  for (const name of ["deep/a/1/seg.png", "deep/a/2/seg.png", "truths/1/label.png", "truths/2/label.png"])
    file(name, png([1, 1, 0, 0, 0, 0, 0, 0]));
  const deep = join(folder, "deep");

  test("names files by their path from the folder on", async () => {
    const files = await listFiles([deep], undefined, { recursive: true });
    expect([...files.byId.keys()]).toEqual(["a/1/seg", "a/2/seg"]);
  });

  test("pairs by a pattern of the path", () => {
    const { stdout, status } = run(
      "score --pred deep/a --target truths --recursive --pair {id}/seg.png={id}/label.png --metric dice --csv",
    );
    expect([status, stdout.match(/^score,[12],dice,1,1$/gm)]).toEqual([0, ["score,1,dice,1,1", "score,2,dice,1,1"]]);
    expect(readPattern("{id}/seg.png={id}/label.png").pred("x/other.png")).toBeUndefined();
  });

  test("is named where there are only folders, and so are images with losses", async () => {
    await expect(listFiles([deep])).rejects.toThrow(/no .* files in this folder; --recursive looks into the folders/);
    file("lossy/a.jpg", Uint8Array.of(0xff, 0xd8));
    await expect(listFiles([join(folder, "lossy")])).rejects.toThrow(/but a\.jpg: JPEG changes labels/);
  });
});
