import { describe, expect, test } from "vitest";
import { metricCatalog } from "../dist/index.js";
import { nifti, npy } from "./support/files";
import { expected, greys, labels, logits, png, predicted, scored, scoredFiles, spatial } from "./support/scores";

const { file, run, json } = scoredFiles();

describe("what is wrong", () => {
  file("wrong/narrow.npy", npy("<f4", [3, 6, 6], new Float32Array(108)));
  file("wrong/broken.npy", Buffer.from("no numpy here"));
  file(
    "wrong/high.npy",
    npy(
      "|u1",
      spatial,
      predicted.map((v, i) => (i === 3 ? 9 : v)),
    ),
  );
  file("wrong/greys.png", png(greys));
  file("wrong/alone.npy", npy("|u1", spatial, predicted));
  file("wrong/fine.npy", npy("|u1", spatial, predicted));
  for (const name of ["narrow", "broken", "high", "greys", "fine"]) file(`right/${name}.png`, png(labels));

  test("files are named once, the others are scored", () => {
    const { status, stderr, failures, results, summary } = json(
      "--pred wrong --target right --metric dice iou --classes 3",
    );
    expect([status, results.map(({ item }) => item)]).toEqual([1, ["fine", "fine"]]);
    expect(scored({ results })[0]).toEqual(expected("dice", predicted, labels, { numClasses: 3 }));
    expect(summary.every(({ defined }) => defined === 1)).toBe(true);
    const messages = failures.map(({ message }) => message);
    expect(messages).toHaveLength(5);
    expect(messages[0]).toMatch(/^wrong.alone\.npy: no target/);
    expect(messages[1]).toMatch(/^wrong.broken\.npy: not an NPY file/);
    expect(messages[2]).toMatch(/^wrong.greys\.png: has label \d+ at index \d+, expected 0 to 2/);
    expect(messages[3]).toMatch(/^wrong.high\.npy: has label 9 at index 3, expected 0 to 2/);
    expect(messages[4]).toMatch(/^wrong.narrow\.npy: shape \[3, 6, 6\] does not fit/);
    for (const message of messages) expect(stderr).toContain(`error: ${message}`);
  });

  test("a metric that fails for one pair leaves the numbers of the others as they are", () => {
    const deep = (data: Uint8Array) =>
      nifti(2, 8, [7, 6, 2], [1, 1, 1], Uint8Array.from([...data, ...data.toReversed()]));
    for (const [side, data] of [
      ["ours", predicted],
      ["theirs", labels],
    ] as const) {
      file(`${side}/deep.nii`, deep(data));
      file(`${side}/flat.nii`, nifti(2, 8, [7, 6], [1, 1], data));
    }
    // A spacing of two numbers is none of a volume.
    const csv = (more: string) =>
        run(`score --pred ours --target theirs --metric averageSymmetricSurfaceDistance ${more} dice --csv`),
      [sound, broken] = ["hausdorffDistance", 'hausdorffDistance:{"spacing":[1,1]}'].map(csv),
      rows = (text: string) => text.split("\n").filter((row) => !row.includes("hausdorffDistance"));
    expect([sound.status, broken.status]).toEqual([0, 1]);
    expect(broken.stderr.match(/error: .*/g)).toEqual([expect.stringMatching(/deep\.nii: .*spacing/)]);
    expect(broken.stdout).toMatch(/flat,"hausdorffDistance/);
    expect(rows(broken.stdout)).toEqual(rows(sound.stdout));
    expect(rows(sound.stdout).length).toBeGreaterThan(12);
  });

  test("grey levels that may be probabilities", () => {
    const { status, failures } = json("--pred wrong/greys.png --target right/greys.png");
    expect([status, failures.length]).toEqual([1, 1]);
    expect(failures[0].message).toMatch(
      /^wrong.greys\.png: holds grey levels up to 1\d\d, but labels go up to 2; .*--activation none/,
    );
  });

  test("a wrong target is named", () => {
    const { failures } = json(
      `--pred logits.npy --target ${file("high.png", png(labels.map((v) => (v === 2 ? 7 : v))))} --metric dice iou`,
    );
    expect(failures.map(({ message }) => message)).toEqual([
      expect.stringMatching(/^high\.png: has label 7 at index 21, expected 0 to 2 after the 3 channel/),
    ]);
  });

  test("numbers that are NaN give NaN, and a note", () => {
    file(
      "nan.npy",
      npy(
        "<f4",
        [3, 6, 7],
        logits.map((v, i) => (i === 50 ? Number.NaN : v)),
      ),
    );
    const { results, summary, stderr } = json("--pred nan.npy --target labels.png --metric dice");
    expect([results[0].value, summary[0].mean, summary[0].undefined]).toEqual(["NaN", "NaN", 1]);
    expect(stderr).toContain("nan.npy: holds numbers that are not finite");
  });

  test.each([
    ["--metric dyce", /there is no metric "dyce"; did you mean dice\? \(metrics: dice, iou, /],
    [
      "--metric hd95",
      /there is no metric "hd95"; did you mean hausdorffDistance with \{ "percentile": 95 \}\? \(metrics/,
    ],
    ["--metric dice:1", /JSON object of options/],
    ['--metric dice:{"smooth":1}', /metrics\.dice: unknown option "smooth"/],
    ['--metric hausdorffDistance:{"percentile":101}', /percentile must be a number in \[0, 100\], got 101/],
    ["--spacing 1 x", /--spacing must be numbers above 0/],
    ["--spacing 1", /pred\.npy: --spacing must hold 2 number/],
    ["--classes 0", /--classes must be a whole number of at least 1, got 0/],
    ["--ignore-index x", /--ignore-index must be a whole number/],
    ["--activation relu", /--activation.*'relu' is invalid/],
    ["--json --csv", /one of --json and --csv/],
    ["--loss dice", /loss/],
  ])("%s", (args, message) => {
    const { status, stderr } = run(`score --pred pred.npy --target labels.png ${args}`);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr.match(/error:/g)).toHaveLength(1);
  });

  test("wrong metrics are said before any file is read", () => {
    const { status, stderr, stdout } = run(
      'score --pred preds --target nowhere --metric dyce dice iou:{"emptyScor":1}',
    );
    expect([status, stdout]).toEqual([1, ""]);
    expect(stderr).toMatch(/"dyce"; did you mean dice\?.*\nerror: metrics\.iou: .*did you mean emptyScore\?/);
  });

  test("nothing to score", () => {
    expect(run("score --pred pred.npy")).toMatchObject({
      status: 1,
      stderr: expect.stringContaining("required option '--target <file...>' not specified"),
    });
    const { results, failures } = json("--pred wrong/broken.npy --target labels.png");
    expect([results, failures.length]).toEqual([[], 1]);
  });
});

test("list shows every metric", () => {
  const { stdout } = run("list --metrics");
  for (const { name, formula } of metricCatalog) {
    expect(stdout).toMatch(new RegExp(`^ ${name} .*`, "m"));
    expect(stdout).toContain(formula);
  }
  expect(JSON.parse(run("list --metrics --json").stdout).map((entry: { name: string }) => entry.name)).toEqual(
    metricCatalog.map(({ name }) => name),
  );
});
