import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { describe, expect, test } from "vitest";
import { npy, workshop } from "./support/files";
import { losses, seg } from "./support/library";

const { folder, file, run } = workshop();
const labels = Uint8Array.of(0, 1, 2, 4, 4, 2, 1, 0),
  other = Uint8Array.of(0, 1, 2, 4, 2, 2, 0, 0),
  logits = Float32Array.from({ length: 16 }, (_, i) => 2 * Math.sin(i + 1));
file("target.npy", npy("|u1", [2, 4], labels));
file("pred.npy", npy("|u1", [2, 4], other));
file("logits.npy", npy("<f4", [2, 2, 4], logits));
file("binary.npy", npy("|u1", [2, 4], labels.map((v) => v & 1))); // biome-ignore format: one line
const perClass = (line: string) => {
  const { stdout, stderr } = run(`score ${line} --json`);
  expect(stderr).not.toContain("error");
  const { results, summary } = JSON.parse(stdout);
  return { scores: results[0].perClass, value: results[0].value, pooled: summary[0].pooled };
};

describe("--map", () => {
  const files = "--pred pred.npy --target target.npy --metric dice";

  test("merges and renames on both sides", () => {
    // 2 and 4 together: 4 pixels and 4, all shared; 1: one of one and two.
    expect(perClass(`${files} --map 7=2,4 1=1`).scores).toEqual({ 0: (2 * 2) / 5, 1: 2 / 3, 7: 1 });
  });

  test("groups that overlap are masks, none of which is background", () => {
    // 5 pixels and 6, of which 5 are shared; one of 4 in two.
    const { scores, value, pooled } = perClass(`${files} --map 0=1,2,4 2=4`);
    expect(scores).toEqual({ 0: 10 / 11, 2: 2 / 3 });
    expect([value, pooled]).toEqual([(10 / 11 + 2 / 3) / 2, (10 / 11 + 2 / 3) / 2]);
  });

  test("scores stay as they are", () => {
    const said = perClass("--pred logits.npy --target target.npy --metric dice --map 1=1,2,4");
    file("merged.npy", npy("|u1", [2, 4], labels.map((v) => Math.min(v, 1)))); // biome-ignore format: one line
    expect(said).toEqual(perClass("--pred logits.npy --target merged.npy --metric dice"));
  });

  test.each([
    ["--map 1=1", /target\.npy: has label 2, 4, which --map does not name; give it a place, such as 0=2,4/],
    ["--map 1:1", /--map must be new labels and the old ones of each, such as/],
    ["--map 1=1 1=2", /--map gives a new label twice/],
    ["--map 1=1,2,4 2=4 --ignore-index 9", /a label belongs to several, where --ignore-index cannot be/],
    ["--map 1=1 --threshold 1", /give one of --map and --threshold/],
  ])("%s is refused", (options, message) => {
    const { status, stderr } = run(`score ${files} ${options}`);
    expect(stderr).toMatch(message);
    expect(status).toBe(1);
  });
});

test("arrays with one axis of space", () => {
  file("line.npy", npy("|u1", [8], labels));
  file("lineLogits.npy", npy("<f4", [2, 8], logits));
  file("ones.npy", npy("|u1", [8], labels.map((v) => v & 1))); // biome-ignore format: one line
  expect(perClass("--pred line.npy --target line.npy --metric dice").scores).toEqual({ 0: 1, 1: 1, 2: 1, 4: 1 });
  const both = ["lineLogits ones", "logits binary"].map((names) => {
    const [pred, target] = names.split(" ");
    return JSON.parse(run(`compare --pred ${pred}.npy --target ${target}.npy --loss dice --json`).stdout).results[0]
      .value;
  });
  expect(both[0]).toBe(both[1]);
});

test("what looks odd is told", () => {
  file("ones2.npy", npy("<f4", [2, 2, 4], logits.map((z) => 1 / (1 + Math.exp(-z))))); // biome-ignore format: one line
  const said = (line: string) => run(line).stderr;
  expect(said("score --pred ones2.npy --target binary.npy --activation sigmoid --metric dice")).toMatch(
    /all numbers of pred are within 0 to 1, .*give --activation none/,
  );
  file("empty.npy", npy("|u1", [2, 4], new Uint8Array(8)));
  expect(said("compare --pred logits.npy --target empty.npy --loss dice")).toMatch(
    /logits: target has no pixel of channel 1/,
  );
  expect(said("compare --pred logits.npy --target binary.npy --loss dice")).toBe("");
});

describe("where results go", () => {
  const line = "compare --pred logits.npy --target binary.npy --loss dice iou";

  test("-o writes what would be printed", () => {
    const printed = run("score --pred pred.npy --target target.npy --metric dice --csv").stdout,
      { status, stdout } = run("score --pred pred.npy --target target.npy --metric dice --csv -o out/scores.csv");
    expect({ status, stdout }).toEqual({ status: 0, stdout: "" });
    expect(readFileSync(join(folder, "out/scores.csv"), "utf8")).toBe(printed);
  });

  test("compare's CSV holds what its JSON holds", () => {
    const [head, ...rows] = run(`${line} --csv`).stdout.trim().split("\n"),
      { results } = JSON.parse(run(`${line} --json`).stdout);
    expect(head).toBe("item,loss,value,gradientNorm,milliseconds");
    expect(rows.map((row) => row.split(",").slice(0, 4))).toEqual(
      results.map((r: Record<string, unknown>) =>
        ["item", "loss", "value", "gradientNorm"].map((key) => String(r[key])),
      ),
    );
    expect(run(`${line} --csv --json`).stderr).toContain("give one of --json and --csv");
  });

  test("whoever stops reading ends it quietly", () => {
    // More than a pipe holds, to a reader that takes nothing.
    const cli = join(process.cwd(), "dist/cli.js");
    const { stdout, stderr } = spawnSync(
      "bash",
      ["-c", `set -o pipefail; "${process.execPath}" "${cli}" list --json | head -c 1 >/dev/null; echo $?`],
      { encoding: "utf8" },
    );
    expect({ stdout, stderr }).toEqual({ stdout: "0\n", stderr: "" });
  });
});

test("npz: the array that is named, the only one, or a message", () => {
  file("one.npz", zipSync({ "a.npy": npy("|u1", [2, 4], other) }));
  file("two.npz", zipSync({ "a.npy": npy("|u1", [2, 4], labels), "b.npy": npy("|u1", [2, 4], other) }));
  const dice = perClass("--pred pred.npy --target target.npy --metric dice");
  expect(perClass("--pred one.npz --target target.npy --metric dice")).toEqual(dice);
  expect(perClass("--pred two.npz --target target.npy --metric dice --array b")).toEqual(dice);
  expect(run("score --pred two.npz --target target.npy").stderr).toMatch(/two\.npz: .*\ba, b\b.*--array/);
  expect(run("score --pred two.npz --target target.npy --array c").stderr).toMatch(/two\.npz: .*\ba, b\b/);
});

describe("compare --pixel-weights", () => {
  const weights = Float32Array.from({ length: 8 }, (_, i) => (i % 3) / 2),
    line = "compare --pred logits.npy --target binary.npy --json",
    values = (more: string) => {
      const { stdout, stderr, status } = run(`${line} ${more}`);
      return { results: JSON.parse(stdout).results as { loss: string; value: number }[], stderr, status };
    };
  file("weights.npy", npy("<f4", [2, 4], weights));
  file("weightsOfOne.npy", npy("<f4", [1, 1, 2, 4], weights));
  file("halves.npy", npy("|u1", [2, 4], Uint8Array.from(weights, (w) => 2 * w))); // biome-ignore format: one line
  file("below.npy", npy("<f4", [2, 4], weights.map((w, i) => (i === 5 ? -1 : w)))); // biome-ignore format: one line
  file("three4.npy", npy("<f4", [3, 4], new Float32Array(12)));
  file("channels.npy", npy("<f4", [2, 2, 4], new Float32Array(16)));

  test("are the losses' pixelWeights", () => {
    const pred = { data: logits, shape: [1, 2, 2, 4] },
      target = { data: labels.map((v) => v & 1), shape: [1, 2, 4] };
    const found = values("--pixel-weights weights.npy --loss dice crossEntropy nnunet.DC_and_CE_loss").results;
    const right = [seg.dice(), seg.crossEntropy(), seg.preset("nnunet.DC_and_CE_loss")].map((loss) =>
      loss.value(pred, target, { pixelWeights: weights }),
    );
    expect(found.map(({ value }) => value)).toEqual(right);
    expect(values("--pixel-weights weightsOfOne.npy --loss dice").results[0].value).toBe(right[0]);
    expect(values("--pixel-weights halves.npy --loss dice").results[0].value).toBeCloseTo(
      seg.dice().value(pred, target, { pixelWeights: weights.map((w) => 2 * w) }),
      10,
    );
  });

  test("--activation holds for presets, which have their own without it", () => {
    const half = Float32Array.from(logits, (x) => 1 / (1 + Math.exp(-x))),
      target = { data: labels.map((v) => v & 1), shape: [1, 2, 4] },
      shape = [1, 2, 2, 4],
      ask = (pred: string, more: string) => {
        const { stdout, stderr } = run(`compare --pred ${pred} --target binary.npy --json ${more}`);
        return { values: (JSON.parse(stdout).results as { value: number }[]).map(({ value }) => value), stderr };
      };
    file("half.npy", npy("<f4", shape, half));
    const presets = "--loss monai.DiceLoss torch.CrossEntropyLoss",
      right = (pred: Float32Array, activation?: "none" | "sigmoid") =>
        (["monai.DiceLoss", "torch.CrossEntropyLoss"] as const).map((name) =>
          seg.preset(name, {}, { ...(activation && { activation }) }).value({ data: pred, shape }, target),
        );
    expect(ask("half.npy", `--activation none ${presets}`).values).toEqual(right(half, "none"));
    expect(ask("logits.npy", "--activation sigmoid --loss monai.DiceLoss").values).toEqual(
      right(logits, "sigmoid").slice(0, 1),
    );
    expect(ask("logits.npy", "--loss torch.BCEWithLogitsLoss").values).toEqual([
      seg.preset("torch.BCEWithLogitsLoss").value({ data: logits, shape }, target),
    ]);
  });

  test("leave losses out that take none, where all that fit are asked", () => {
    const { results, stderr, status } = values("--pixel-weights weights.npy");
    expect([status, stderr]).toEqual([0, expect.stringMatching(/topological, which takes no weights of pixels/)]);
    expect(results.some(({ loss }) => loss === "topological")).toBe(false);
    const none = losses.flatMap(({ name, unweighted }) => (unweighted ? [name] : []));
    expect(none).toContain("topological");
    // The others are evaluated all the same.
    const named = values("--pixel-weights weights.npy --loss topological dice");
    expect(named.results.map(({ loss }) => loss)).toEqual(["dice"]);
    expect([named.status, named.stderr]).toEqual([
      1,
      expect.stringMatching(
        `error: logits: topological: pixelWeights cannot be taken: .*all take weights but ${none.join(", ")}\\)`,
      ),
    ]);
  });

  test.each([
    ["below.npy", /below\.npy: has -1 at index 5; weights are finite numbers of at least 0/],
    ["three4.npy", /three4\.npy: shape \[3, 4\] does not fit labels \[2, 4\]/],
    ["channels.npy", /channels\.npy: shape \[2, 2, 4\], but weights are one number per pixel, \[2, 4\]/],
    ["weights.npy pred.npy", /logits\.npy: no weights of pixels of the same name/],
    ["nowhere.npy", /nowhere\.npy/],
  ])("%s is refused", (files, message) => {
    const { stderr, status } = run(
      `compare --pred logits.npy --target binary.npy --loss dice --pixel-weights ${files}`,
    );
    expect(stderr).toMatch(message);
    expect(status).toBe(1);
  });
});

describe("compare refuses", () => {
  test.each([
    [
      "a target with a mask for each channel",
      "--pred logits.npy --target masks.npy --axes CHW",
      /masks\.npy: has a mask for each channel/,
    ],
    [
      "probabilities that nothing says are any",
      "--pred shares.npy --target binary.npy",
      /shares\.npy: holds numbers within \[0, 1\]: probabilities or logits\?/,
    ],
    [
      "a label map as prediction",
      "--pred pred.npy --target binary.npy",
      /pred\.npy: holds whole numbers in one channel/,
    ],
  ])("%s", (_, line, message) => {
    file(
      "masks.npy",
      npy(
        "|u1",
        [2, 2, 4],
        Uint8Array.from({ length: 16 }, (_, i) => i & 1),
      ),
    );
    file(
      "shares.npy",
      npy(
        "<f4",
        [2, 2, 4],
        logits.map((z) => 1 / (1 + Math.exp(-z))),
      ),
    );
    const { status, stderr } = run(`compare ${line}`);
    expect(stderr).toMatch(message);
    expect(status).toBe(1);
  });
});

describe("score refuses what it would pass over or misread", () => {
  const mask = labels.map((v) => v & 1);
  file("blended.npy", npy("<f4", [2, 4], Float32Array.of(0, 1, 2, 1.5, 0, 0.4, 1, 0)));
  file(
    "percent.npy",
    npy(
      "<f4",
      [2, 4],
      Float32Array.from(mask, (v) => 12.5 + 75 * v),
    ),
  );
  file(
    "chances.npy",
    npy(
      "<f4",
      [2, 4],
      Float32Array.from(mask, (v) => 0.3 + 0.2 * v),
    ),
  );
  file(
    "three.npy",
    npy(
      "<f4",
      [3, 2, 4],
      Float32Array.from({ length: 24 }, (_, i) => Math.sin(i)),
    ),
  );
  file("threes.npy", npy("|u1", [2, 4], labels.map((v) => v % 3))); // biome-ignore format: one line
  const files = "--pred pred.npy --target target.npy";
  test.each([
    ["--pred blended.npy --target binary.npy", /blended\.npy: holds numbers from 0 to 2 in one channel.*interpolated/],
    ["--pred percent.npy --target binary.npy", /percent\.npy: holds numbers from 12\.5 to 87\.5 in one channel/],
    [
      "--pred chances.npy --target binary.npy --activation none --threshold 0.4",
      /binary\.npy: --threshold 0\.4 changes nothing.*leave --threshold out, or --activation/,
    ],
    ["--pred three.npy --target threes.npy --threshold 0.4", /three\.npy: --threshold makes masks of one channel/],
    [`${files} --min-score 0.7`, /--min-score is of \.json files, and none is given/],
    [`${files} --overlap last`, /--overlap is of \.json files/],
    [`${files} --categories 1=cell`, /--categories is of \.json files/],
    [`${files} --array seg`, /--array is of \.npz, \.zarr files/],
    [`${files} --palette 0=#000000`, /--palette is of \.png, \.tif, \.tiff files/],
    [`${files} -o target.npy`, /-o target\.npy: is one of the files that are read/],
    [`${files} --state ./pred.npy`, /--state \.\/pred\.npy: is one of the files that are read/],
    [`${files} --csv -o out.csv --state out.csv`, /-o and --state both write out\.csv/],
    [`${files} -o out.xlsx`, /out\.xlsx: results are written as \.json, \.csv, \.jsonl, \.parquet/],
  ])("%s", (line, message) => {
    const { status, stderr } = run(`score ${line} --metric dice`);
    expect([status, stderr]).toEqual([1, expect.stringMatching(message)]);
    // Nothing was emptied.
    expect(run("score --pred target.npy --target target.npy --metric dice").status).toBe(0);
  });

  test("what settles it", () => {
    const threshold = perClass("--pred chances.npy --target binary.npy --metric dice --threshold 0.4");
    expect(threshold.scores).toEqual({ 0: 1, 1: 1 });
    expect(perClass("--pred percent.npy --target binary.npy --metric dice --threshold 50").scores).toEqual({
      0: 1,
      1: 1,
    });
  });

  test("compare refuses numbers that are hardly logits", () => {
    const { status, stderr } = run("compare --pred percent.npy --target binary.npy --loss dice");
    expect([status, stderr]).toEqual([1, expect.stringMatching(/percent\.npy: holds numbers from 12\.5 to 87\.5/)]);
  });

  test("compare writes over nothing that it reads", () => {
    const { status, stderr } = run("compare --pred logits.npy --target binary.npy --loss dice -o logits.npy");
    expect([status, stderr]).toEqual([1, expect.stringContaining("-o logits.npy: is one of the files that are read")]);
  });
});
