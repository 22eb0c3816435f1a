import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import { catalog, load } from "../dist/index.js";

const folder = mkdtempSync(join(tmpdir(), "segloss-cli-"));
const file = (name: string, bytes: Uint8Array) => {
  writeFileSync(join(folder, name), bytes);
  return name;
};
const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(process.cwd(), "dist/cli.js"), ...args], { cwd: folder, encoding: "utf8" });
  return { status, stdout, stderr };
};

/** NPY, version 1 or 2: magic, header of Python's literals, numbers. */
function npy(descr: string, shape: readonly number[], data: ArrayBufferView, version = 1, fortran = false): Uint8Array {
  const text = `{'descr': '${descr}', 'fortran_order': ${fortran ? "True" : "False"}, 'shape': (${shape.join(", ")},), }`,
    prefix = version === 1 ? 10 : 12;
  const header = `${text.padEnd(Math.ceil((prefix + text.length + 1) / 64) * 64 - prefix - 1)}\n`;
  const head = Buffer.alloc(prefix + header.length);
  head.write("\x93NUMPY", 0, "latin1");
  head[6] = version;
  if (version === 1) head.writeUInt16LE(header.length, 8);
  else head.writeUInt32LE(header.length, 8);
  head.write(header, prefix, "latin1");
  return Buffer.concat([head, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

/** NIfTI-1 with x fastest. */
function nifti(type: number, bits: number, dims: readonly number[], spacing: readonly number[], data: ArrayBufferView): Uint8Array {
  const head = Buffer.alloc(352);
  head.writeInt32LE(348, 0);
  head.writeInt16LE(dims.length, 40);
  for (let i = 1; i < 8; i++) head.writeInt16LE(dims[i - 1] ?? 1, 40 + 2 * i);
  head.writeInt16LE(type, 70);
  head.writeInt16LE(bits, 72);
  for (let i = 1; i < 8; i++) head.writeFloatLE(spacing[i - 1] ?? 1, 76 + 4 * i);
  head.writeFloatLE(352, 108);
  head.write("n+1\0", 344, "latin1");
  return Buffer.concat([head, Buffer.from(data.buffer, data.byteOffset, data.byteLength)]);
}

const shape = [3, 4, 5],
  pixels = 20;
const logits = Float32Array.from({ length: 60 }, (_, i) => Math.fround(2 * Math.sin(i * i)));
const labels = Uint8Array.from({ length: pixels }, (_, i) => i % 3);
const seg = await load();
const expected = (name: "dice" | "distanceMapCrossEntropy", options = {}) =>
  seg.create(name, options).value({ data: logits, shape: [1, ...shape] }, { data: labels, shape: [1, 4, 5] });

file("a.npy", npy("<f4", shape, logits));
file("wrong.npy", npy("<f4", [3, 4, 6], new Float32Array(72)));
file("broken.npy", Buffer.from("no numpy here"));
file("short.npy", npy("<f4", [300, 4, 5], logits));
file("fortran.npy", npy("<f4", shape, logits, 1, true));
file("labels.png", encode({ data: labels, width: 5, height: 4, channels: 1, depth: 8 }));

const json = (...args: string[]) => {
  const { stdout, status, stderr } = run("compare", ...args, "--json");
  return { status, stderr, ...(JSON.parse(stdout) as { results: { item: string; loss: string; value: number }[]; failures: { message: string }[] }) };
};

test("list shows every loss", () => {
  const { status, stdout } = run("list");
  expect(status).toBe(0);
  for (const { name, formula } of catalog) {
    expect(stdout).toMatch(new RegExp(`^ ${name} .*`, "m"));
    expect(stdout).toContain(formula);
  }
  expect(JSON.parse(run("list", "--json").stdout).map((entry: { name: string }) => entry.name)).toEqual(catalog.map(({ name }) => name));
});

describe("formats", () => {
  test.each([
    ["float32 NPY", "a.npy"],
    ["NPY version 2", file("v2.npy", npy("<f4", shape, logits, 2))],
    ["NPY with a batch of one", file("batch.npy", npy("<f4", [1, ...shape], logits))],
    ["float64 NPY", file("f8.npy", npy("<f8", shape, Float64Array.from(logits)))],
    ["NIfTI", file("logits.nii", nifti(16, 32, [5, 4, 3], [1, 1, 1], logits))],
    ["compressed NIfTI", file("logits.nii.gz", gzipSync(nifti(16, 32, [5, 4, 3], [1, 1, 1], logits)))],
  ])("%s as prediction", (_, name) => {
    const { results, status } = json("--pred", name, "--target", "labels.png", "--loss", "dice");
    expect(status).toBe(0);
    expect(results[0].value).toBe(expected("dice"));
  });

  test.each([
    ["uint8 NPY", file("u1.npy", npy("|u1", [4, 5], labels))],
    ["int32 NPY with a batch of one", file("i4.npy", npy("<i4", [1, 4, 5], Int32Array.from(labels)))],
    ["NIfTI", file("labels.nii", nifti(2, 8, [5, 4], [1, 1], labels))],
  ])("%s as target", (_, name) => {
    expect(json("--pred", "a.npy", "--target", name, "--loss", "dice").results[0].value).toBe(expected("dice"));
  });

  test("float16 NPY", () => {
    const halves = Uint16Array.from({ length: 60 }, (_, i) => [0x3c00, 0xbc00, 0x4000, 0x0000][i % 4]),
      values = [1, -1, 2, 0];
    const { results } = json("--pred", file("f2.npy", npy("<f2", shape, halves)), "--target", "labels.png", "--loss", "dice");
    const same = { data: Float32Array.from({ length: 60 }, (_, i) => values[i % 4]), shape: [1, ...shape] };
    expect(results[0].value).toBe(seg.dice().value(same, { data: labels, shape: [1, 4, 5] }));
  });

  test("a NIfTI target's voxel size reaches distance losses", () => {
    const name = file("spaced.nii", nifti(2, 8, [5, 4], [0.5, 2], labels));
    const { results } = json("--pred", "a.npy", "--target", name, "--loss", "distanceMapCrossEntropy");
    expect(results[0].value).toBe(expected("distanceMapCrossEntropy", { spacing: [2, 0.5] }));
  });

  test("a 0/255 mask and a probability map as PNG", () => {
    const mask = labels.map((v) => (v ? 255 : 0)),
      probability = Uint8Array.from({ length: pixels }, (_, i) => i * 10);
    const png = (name: string, data: Uint8Array) => file(name, encode({ data, width: 5, height: 4, channels: 1, depth: 8 }));
    const { results, stderr } = json("--pred", png("p.png", probability), "--target", png("m.png", mask), "--loss", "dice");
    const pred = { data: Float32Array.from(probability, (v) => v / 255), shape: [1, 1, 4, 5] };
    expect(results[0].value).toBe(seg.dice({ activation: "none" }).value(pred, { data: mask.map((v) => v / 255), shape: [1, 4, 5] }));
    expect(stderr).toContain("read as 0 and 1");
  });
});

describe("what is wrong", () => {
  test.each([
    ["wrong.npy", /wrong\.npy.*\[4, 6\].*\[4, 5\]/],
    ["broken.npy", /broken\.npy: not an NPY file/],
    ["short.npy", /short\.npy: .*/],
    ["fortran.npy", /fortran\.npy: .*Fortran order/],
    ["absent.npy", /absent\.npy.*no such file/],
    ["labels.txt", /labels\.txt/],
  ])("%s is reported, the others go on", (name, message) => {
    file("good.npy", npy("<f4", shape, logits));
    file("good.png", encode({ data: labels, width: 5, height: 4, channels: 1, depth: 8 }));
    const partner = `${name.replace(/\.\w+$/, "")}.png`;
    file(partner, encode({ data: labels, width: 5, height: 4, channels: 1, depth: 8 }));
    const { status, results, failures, stderr } = json("--pred", name, "good.npy", "--target", partner, "good.png", "--loss", "dice");
    expect(status).toBe(1);
    expect(failures[0].message).toMatch(message);
    expect(stderr).toMatch(message);
    expect(results.map(({ item, value }) => [item, value])).toEqual([["good", expected("dice")]]);
  });

  test.each([
    [["--loss", "dyce"], /no loss "dyce"; did you mean dice\?/],
    [["--loss", 'dice:{"smoot":1}'], /unknown option "smoot"; did you mean smooth\?/],
    [["--loss", "dice:1"], /JSON object of options/],
    [["--activation", "relu"], /--activation must be one of softmax, sigmoid, none, got relu/],
    [["--ignore-index", "x"], /--ignore-index must be a whole number/],
    [["--colour"], /colour/],
  ])("%j", (args, message) => {
    const { status, stderr } = run("compare", "--pred", "a.npy", "--target", "labels.png", ...args);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
  });

  test("a loss that fails leaves the others", () => {
    const { status, results, failures } = json("--pred", "a.npy", "--target", "labels.png", "--loss", 'crossEntropy:{"posWeight":2}', "dice");
    expect([status, results.map(({ loss }) => loss), failures[0].message]).toEqual([1, ["dice"], expect.stringMatching(/^crossEntropy: posWeight/)]);
  });
});

test("the report stands alone", () => {
  const { status } = run("compare", "--pred", "a.npy", "--target", "labels.png", "--image", "labels.png", "--report", "report.html");
  expect(status).toBe(0);
  const html = readFileSync(join(folder, "report.html"), "utf8");
  expect(html).not.toMatch(/(src|href)="?https?:|@import|<script/);
  for (const { title } of catalog) expect(html).toContain(title);
  expect(html.match(/data:image\/png;base64,/g)).toHaveLength(3 + catalog.length);
});
