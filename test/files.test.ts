import { gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import { nifti, npy, workshop } from "./support/files";

// Files as people have them, made here after public reports: read rightly, or refused with the option that settles it.
const { file, run } = workshop();
const labels = Uint8Array.from({ length: 24 }, (_, i) => (i % 6 < 2 ? 1 : i % 6 < 4 ? 2 : 0)),
  shape = [4, 6],
  floats = Float32Array.from(labels, (v) => v * 0.4 + 0.05);
const grey = (data: Uint8Array) => encode({ data, width: 6, height: 4, channels: 1, depth: 8 });
file("labels.npy", npy("|u1", shape, labels));

const score = (line: string) => {
  const { status, stdout, stderr } = run(`score ${line} --metric dice --json`);
  const { results, summary } = JSON.parse(stdout) as {
    results: { perClass: Record<string, number>; value: number }[];
    summary: { class: string; pooled: number }[];
  };
  return { status, stderr, summary, scores: results.map(({ perClass }) => perClass) };
};

/** A NIfTI with an affine in its sform, turned by `x` along the first axis. */
function placed(data: Uint8Array, x: 1 | -1, origin: number): Uint8Array {
  const bytes = Buffer.from(nifti(2, 8, [6, 4, 1], [1, 1, 1], data));
  bytes.writeInt16LE(1, 254);
  for (const [row, values] of [
    [x, 0, 0, origin],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
  ].entries())
    for (const [i, value] of values.entries()) bytes.writeFloatLE(value, 280 + 16 * row + 4 * i);
  return bytes;
}
const mirrored = labels.map((_, i) => labels[6 * Math.floor(i / 6) + 5 - (i % 6)]),
  big = Buffer.from(Int32Array.from(labels).buffer).swap32(),
  bigNifti = Buffer.from(nifti(4, 16, [6, 4], [1, 1], Int16Array.from(labels)));
// 2-byte fields, then 4-byte ones.
for (const at of [40, 42, 44, 46, 48, 50, 52, 54, 70, 72]) bigNifti.subarray(at, at + 2).swap16();
for (const at of [0, 76, 80, 84, 88, 92, 96, 100, 104, 108]) bigNifti.subarray(at, at + 4).swap32();
bigNifti.subarray(352).swap16();
const noOffset = Buffer.from(nifti(2, 8, [6, 4], [1, 1], labels));
noOffset.writeFloatLE(0, 108);
const columns = labels.map((_, k) => labels[6 * (k % 4) + Math.floor(k / 4)]);
const rgb = Uint8Array.from({ length: 72 }, (_, i) => labels[Math.floor(i / 3)]);
const wide = encode({ data: rgb, width: 6, height: 4, channels: 3, depth: 8 }),
  colours = encode({
    data: rgb.map((v, i) => (i % 3 === 0 ? v * 100 : 0)),
    width: 6,
    height: 4,
    channels: 3,
    depth: 8,
  });

describe("the same labels", () => {
  test.each<[string, string, string?, string?]>([
    ["NPY, big-endian", file("big.npy", npy(">i4", shape, big))],
    ["NPY in Fortran order", file("fortran.npy", npy("|u1", shape, columns, 1, true))],
    ["labels through a scale", file("scaled.nii", nifti(4, 16, [6, 4], [1, 1], Int16Array.from(labels), 0.9999, 0))],
    ["NIfTI, big-endian", file("big.nii", bigNifti)],
    ["NIfTI whose vox_offset is 0", file("offset.nii", noOffset)],
    ["NIfTI of negative pixdim", file("negative.nii", nifti(2, 8, [6, 4], [-1, 1], labels))],
    ["a slice [1, y, z]", file("slice.nii", nifti(2, 8, [1, 6, 4], [2, 1, 1], labels))],
    ["RGB that is grey", file("rgb.png", wide)],
    ["RGB with a palette", file("red.png", colours), "labels.npy", "--palette #000000 #640000 2=#c80000"],
    [
      "x that runs the other way",
      file("mirrored.nii", placed(mirrored, -1, 5)),
      file("placed.nii", placed(labels, 1, 0)),
    ],
  ])("%s", (_, pred, target = "labels.npy", more = "") => {
    const { status, scores } = score(`--pred ${pred} --target ${target} ${more}`.trim());
    expect([status, scores]).toEqual([0, [{ 0: 1, 1: 1, 2: 1 }]]);
  });
});

const voided = labels.map((v, i) => (i === 3 ? 255 : v)),
  soft = labels.map((v, i) => (i === 3 ? 180 : v > 0 ? 255 : 0)),
  mask = labels.map((v) => (v > 0 ? 255 : 0)),
  stack = npy("|u1", [2, 4, 6], Uint8Array.from([...labels, ...labels]));

describe("what is unclear is refused, and an option settles it", () => {
  file("void.png", grey(voided));
  file("soft.png", grey(soft));
  file("mask.png", grey(mask));
  file("stack.npy", stack);
  file("p.npy", npy("<f4", shape, floats));
  test.each([
    ["--pred p.npy --target mask.png", /p\.npy: holds numbers within \[0, 1\].*--activation none/, "--activation none"],
    [
      "--pred labels.npy --target void.png",
      /void\.png: label 255.* at 1 pixels.*--ignore-index 255/,
      "--ignore-index 255",
    ],
    ["--pred mask.png --target soft.png", /soft\.png: .*--threshold 128/, "--threshold 128"],
    ["--pred stack.npy --target stack.npy", /may be DHW.*or NHW.*--axes/, "--axes NHW"],
    ["--pred red.png --target labels.npy", /red\.png: holds colours.*--palette/, "--palette #000000 #640000 #c80000"],
    [
      `--pred ${file("near.nii.gz", gzipSync(placed(labels, 1, 0.5)))} --target placed.nii`,
      /near\.nii\.gz: its origin is \[0\.5, 0, 0\], but that of placed\.nii/,
      "--ignore-geometry",
    ],
    [
      `--pred ${file("fine.nii", nifti(2, 8, [6, 4], [0.5, 1], labels))} --target placed.nii`,
      /fine\.nii: its spacing.*0\.5 x 1 x 1.*placed\.nii is 1 x 1 x 1/,
      "--spacing 1 1",
    ],
  ])("%s", (line, message, option) => {
    const refused = score(line),
      settled = score(`${line} ${option}`);
    expect([refused.status, refused.scores, settled.status]).toEqual([1, [], 0]);
    expect(refused.stderr).toMatch(message);
    expect(settled.scores.length).toBeGreaterThan(0);
  });
});

test("pairs by a pattern; what has no prediction is counted, and --strict makes it an error", () => {
  for (const id of ["a_1", "b_2"]) file(`truth/${id}_gt.png`, grey(labels));
  file("preds/a_1_pred.png", grey(labels));
  file("preds/._a_1_pred.png", Buffer.from("hidden"));
  const line = "--pred preds/a_1_pred.png --target truth",
    pair = "--pair {id}_pred.png={id}_gt.png";
  expect(score(line).stderr).toContain("--pair '{id}_pred.png={id}_gt.png'");
  expect(score(`--pred preds --target truth ${pair}`)).toMatchObject({ status: 0, scores: [{ 0: 1, 1: 1, 2: 1 }] });
  expect(run(`score ${line} ${pair} --metric dice --json`).stdout).toMatch(/"missing": \["truth.b_2_gt\.png"\]/);
  expect(score(`${line} ${pair} --strict`).status).toBe(1);
});

test("pooled scores count the pixels of all files", () => {
  const one = (pixels: number) => grey(labels.map((_, i) => (i < pixels ? 1 : 0)));
  file("some/a.png", one(2));
  file("some/b.png", one(20));
  file("all/a.png", one(6));
  file("all/b.png", one(20));
  const { summary } = score("--pred some --target all");
  expect(summary.find((row) => row.class === "1")).toMatchObject({ mean: 0.75, pooled: 44 / 48 });
});

test("list shows the options of one; the version", () => {
  expect(run("list focal").stdout).toMatch(/gamma +\S+ +number: at least 0/);
  expect(run("--version").stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
});
