import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import { catalog, type LossName, load } from "../dist/index.js";
import { nifti, npy, workshop } from "./support/files";

const { folder, file, run } = workshop();

const shape = [3, 4, 5],
  pixels = 20;
const logits = Float32Array.from({ length: 60 }, (_, i) => Math.fround(2 * Math.sin(i * i)));
const labels = Uint8Array.from({ length: pixels }, (_, i) => i % 3);
const palette: [number, number, number][] = [
  [0, 0, 0],
  [128, 0, 0],
  [0, 128, 0],
];
/** Four labels a byte, each row of five in two bytes. */
const twoBits = Uint8Array.from({ length: 8 }, (_, i) =>
  [0, 1, 2, 3].reduce((byte, k) => (byte << 2) | (4 * (i % 2) + k < 5 ? labels[5 * (i >> 1) + 4 * (i % 2) + k] : 0), 0),
);
const seg = await load();
const dice = seg.dice().value({ data: logits, shape: [1, ...shape] }, { data: labels, shape: [1, 4, 5] }),
  size = { width: 5, height: 4 };
const grey = (name: string, data: Uint8Array) => file(name, encode({ ...size, data, channels: 1, depth: 8 }));

file("a.npy", npy("<f4", shape, logits));
file("wrong.npy", npy("<f4", [3, 4, 6], new Float32Array(72)));
file("broken.npy", Buffer.from("no numpy here"));
file("short.npy", npy("<f4", [300, 4, 5], logits));
grey("labels.png", labels);
file("flat.nii.gz", gzipSync(nifti(2, 8, [5, 4, 1], [0.5, 2, 7], labels)));

const json = (line: string) => {
  const { stdout, status, stderr } = run(`compare ${line} --json`);
  return {
    status,
    stderr,
    ...(JSON.parse(stdout) as {
      results: { item: string; loss: string; value: number }[];
      failures: { message: string }[];
    }),
  };
};

test("list shows every loss", () => {
  const { status, stdout } = run("list");
  expect(status).toBe(0);
  for (const { name, formula } of catalog) {
    expect(stdout).toMatch(new RegExp(`^ ${name} .*`, "m"));
    expect(stdout).toContain(formula);
  }
  expect(JSON.parse(run("list --json").stdout).map((entry: { name: string }) => entry.name)).toEqual(
    catalog.map(({ name }) => name),
  );
});

test("list knows presets, alone and as what may be meant", () => {
  expect(run("list monai.DiceLoss").stdout).toMatch(/ monai\.DiceLoss .*include_background=true.*$/m);
  expect(run("list medpy.hd95").stdout).toMatch(/^ metric .*\n-+\n medpy\.hd95 .*\n$/);
  expect(JSON.parse(run("list monai.DiceLoss --json").stdout).map((each: { name: string }) => each.name)).toEqual([
    "monai.DiceLoss",
  ]);
  expect(run("list monai.DiceLoss --metrics").stderr).toMatch(/there is no loss or metric monai\.DiceLoss/);
  expect(run("list LogHausdorffDTLoss").stderr).toMatch(/did you mean monai\.LogHausdorffDTLoss\?$/m);
});

test("list knows names of elsewhere, and tells them", () => {
  expect(run("list mcc").stderr).toMatch(/no loss or metric mcc; did you mean matthewsCorrelation\?$/m);
  expect(run("list matthewsCorrelation").stdout).toMatch(/coefficient loss \(also called mcc\)\n/);
});

const one = logits.slice(0, pixels),
  mask = labels.map((v) => (v ? 1 : 0)),
  mask255 = mask.map((v) => 255 * v),
  halves = Uint16Array.from({ length: 60 }, (_, i) => [0x3c00, 0xbc00, 0x4000, 0x0000][i % 4]),
  fromHalves = Float32Array.from(halves, (_, i) => [1, -1, 2, 0][i % 4]),
  stored = Int16Array.from({ length: 60 }, (_, i) => ((i * 37) % 41) - 20),
  scaled = Float32Array.from(stored, (v) => 0.5 * v + 1),
  greys = Uint8Array.from({ length: pixels }, (_, i) => i * 10),
  probabilities = Float32Array.from(greys, (v) => v / 255);
const value = (name: LossName, pred: Float32Array, target: Uint8Array, options = {}) =>
  seg
    .create(name, options)
    .value({ data: pred, shape: [1, pred.length / pixels, 4, 5] }, { data: target, shape: [1, 4, 5] });
const voided = value("dice", one, mask, { activation: "sigmoid", ignoreIndex: 1 });
const distances = (options: object) => value("distanceMapCrossEntropy", logits, labels, options);

file("one.npy", npy("<f4", [1, 4, 5], one));
file("spaced.nii", nifti(2, 8, [5, 4], [0.5, 2], labels));

test.each<[string, string, string, number, string?]>([
  ["float32 NPY", "a.npy", "labels.png", dice],
  ["NPY version 2", file("v2.npy", npy("<f4", shape, logits, 2)), "labels.png", dice],
  ["NPY version 3", file("v3.npy", npy("<f4", shape, logits, 3)), "labels.png", dice],
  ["NPY with a batch of one", file("batch.npy", npy("<f4", [1, ...shape], logits)), "labels.png", dice],
  ["float64 NPY", file("f8.npy", npy("<f8", shape, Float64Array.from(logits))), "labels.png", dice],
  ["float16 NPY", file("f2.npy", npy("<f2", shape, halves)), "labels.png", value("dice", fromHalves, labels)],
  ["NIfTI", file("logits.nii", nifti(16, 32, [5, 4, 3], [1, 1, 1], logits)), "labels.png", dice],
  [
    "compressed NIfTI",
    file("logits.nii.gz", gzipSync(nifti(16, 32, [5, 4, 3], [1, 1, 1], logits))),
    "labels.png",
    dice,
  ],
  ["NIfTI of 5-D", file("vector.nii", nifti(16, 32, [5, 4, 1, 1, 3], [0.5, 2, 7, 0, 0], logits)), "flat.nii.gz", dice],
  [
    "NIfTI with a slope",
    file("scaled.nii", nifti(4, 16, [5, 4, 3], [1, 1, 1], stored, 0.5, 1)),
    "labels.png",
    value("dice", scaled, labels),
  ],
  [
    "PNG of probabilities",
    grey("p.png", greys),
    grey("mask.png", mask),
    value("dice", probabilities, mask, { activation: "none" }),
  ],
  ["uint8 NPY target", "a.npy", file("u1.npy", npy("|u1", [4, 5], labels)), dice],
  [
    "int32 NPY target with a batch of one",
    "a.npy",
    file("i4.npy", npy("<i4", [1, 4, 5], Int32Array.from(labels))),
    dice,
  ],
  ["int64 NPY target", "a.npy", file("i8.npy", npy("<i8", [4, 5], BigInt64Array.from(labels, BigInt))), dice],
  ["bool NPY target", "a.npy", file("b1.npy", npy("|b1", [4, 5], mask)), value("dice", logits, mask)],
  ["NIfTI target", "a.npy", file("labels.nii", nifti(2, 8, [5, 4], [1, 1], labels)), dice],
  [
    "PNG target of a palette",
    "a.npy",
    file("palette.png", encode({ ...size, data: labels, channels: 1, depth: 8, palette })),
    dice,
  ],
  ["PNG target of 2 bits", "a.npy", file("bits.png", encode({ ...size, data: twoBits, channels: 1, depth: 2 })), dice],
  ["0/255 mask", "one.npy", grey("mask255.png", mask255), value("dice", one, mask, { activation: "sigmoid" })],
  ["void of 255", "one.npy", "mask255.png", voided, "--loss dice --ignore-index 255"],
  [
    "void of -1",
    "one.npy",
    file(
      "negative.npy",
      npy(
        "<i2",
        [4, 5],
        Int16Array.from(mask, (v) => -v),
      ),
    ),
    voided,
    "--loss dice --ignore-index -1",
  ],
  ["another library's loss", "a.npy", "labels.png", dice, '--loss monai.DiceLoss:{"softmax":true}'],
  [
    "activation",
    "a.npy",
    "labels.png",
    value("dice", logits, labels, { activation: "sigmoid" }),
    "--loss dice --activation sigmoid",
  ],
  ["voxel size", "a.npy", "spaced.nii", distances({ spacing: [2, 0.5] }), "--loss distanceMapCrossEntropy"],
  ["voxel size of a slice", "a.npy", "flat.nii.gz", distances({ spacing: [2, 0.5] }), "--loss distanceMapCrossEntropy"],
  [
    "a loss's own spacing",
    "a.npy",
    "spaced.nii",
    distances({ spacing: [3, 1] }),
    '--loss distanceMapCrossEntropy:{"spacing":[3,1]}',
  ],
])("%s", (_, pred, target, wanted, more = "--loss dice") => {
  const { results, status } = json(`--pred ${pred} --target ${target} ${more}`);
  expect([status, results.map((result) => result.value)]).toEqual([0, [wanted]]);
});

test("a mask of 0 and 255 that is read as 0 and 1 is told", () => {
  expect(json("--pred one.npy --target mask255.png --loss dice").stderr).toContain(
    "mask255.png: a mask of 0 and 255, read as 0 and 1",
  );
});

describe("what is wrong", () => {
  test.each([
    ["wrong.npy", /wrong\.npy.*\[3, 4, 6\].*\[4, 5\]/],
    ["broken.npy", /broken\.npy: not an NPY file/],
    ["short.npy", /short\.npy: is cut or broken: its header tells of 6000 numbers, it holds 60/],
    [file("empty.npy", new Uint8Array(0)), /empty\.npy: is empty/],
    ["absent.npy", /absent\.npy.*no such file/],
    [file("labels.txt", labels), /labels\.txt: expected a name that ends in/],
    ["palette.png", /palette\.png: .*palette/],
  ])("%s is reported, the others go on", (name, message) => {
    const partner = grey(`partners/${name.replace(/\.\w+$/, "")}.png`, labels);
    const { status, results, failures, stderr } = json(
      `--pred ${name} a.npy --target ${partner} ${grey("a.png", labels)} --loss dice`,
    );
    expect([status, failures.length, results.map(({ item, value }) => [item, value])]).toEqual([1, 1, [["a", dice]]]);
    expect(failures[0].message).toMatch(message);
    expect(stderr).toMatch(message);
  });

  test.each([
    ["--loss dyce", /no loss "dyce"; did you mean dice\?/],
    ["--loss DiceLoss", /no loss "DiceLoss"; did you mean dice\?/],
    ["--loss cldice", /no loss "cldice"; did you mean centerlineDice\?/],
    ['--loss dice:{"smoot":1}', /unknown option "smoot"; did you mean smooth\?/],
    ["--loss dice:1", /JSON object of options/],
    ["--activation relu", /--activation.*'relu' is invalid. Allowed choices are softmax, sigmoid, none/],
    ["--ignore-index x", /--ignore-index must be a whole number/],
    ["--colour", /colour/],
  ])("%s", (args, message) => {
    const { status, stderr } = run(`compare --pred a.npy --target labels.png ${args}`);
    expect(status).toBe(1);
    expect(stderr).toMatch(message);
  });

  test("a command that does not exist", () => {
    expect(run("comapre")).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(/unknown command 'comapre'\n\(Did you mean compare\?\)/),
    });
  });

  test("a loss that fails leaves the others", () => {
    const { status, results, failures } = json(
      '--pred a.npy --target labels.png --loss crossEntropy:{"posWeight":2} dice',
    );
    expect([status, results.map(({ loss }) => loss), failures[0].message]).toEqual([
      1,
      ["dice"],
      expect.stringMatching(/^crossEntropy: posWeight/),
    ]);
  });
});

describe("several files", () => {
  const reversed = logits.slice().reverse();
  file("preds/x.npy", npy("<f4", shape, logits));
  file("preds/y.npy", npy("<f4", shape, reversed));
  file("early/x.npy", npy("<f4", shape, reversed));
  file("other/y.npy", npy("|u1", [4, 5], labels));
  grey("truths/x.png", labels);
  grey("truths/y.png", labels);
  const named = (results: { item: string; value: number }[]) =>
    Object.fromEntries(results.map(({ item, value }) => [item, value]));

  test("folders pair up by name", () => {
    const { results, status } = json("--pred preds --target truths --loss dice");
    expect([status, named(results)]).toEqual([0, { x: dice, y: value("dice", reversed, labels) }]);
  });

  test("a prediction without a partner, or with two, is named", () => {
    const { results, failures, status } = json("--pred preds a.npy --target truths labels.nii other/y.npy --loss dice");
    const [two, none] = failures.map(({ message }) => message);
    expect([status, named(results)]).toEqual([1, { x: dice }]);
    expect(two).toMatch(/^preds.y\.npy: .* both have its name/);
    expect(none).toMatch(/^a\.npy: no target/);
  });

  test("predictions of one name keep apart", () => {
    const { results } = json("--pred early/x.npy preds/x.npy --target truths --loss dice");
    expect(named(results)).toEqual({ "early/x.npy": value("dice", reversed, labels), "preds/x.npy": dice });
  });

  test("unknown losses are said before any file is read", () => {
    expect(run("compare --pred preds --target nowhere --loss dyce dice focal:{")).toMatchObject({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(/dyce[^\n]*did you mean dice\?[^\n]*\nerror: --loss focal:\{/),
    });
  });
});

test("numbers that are not finite do not break JSON", () => {
  file("nan.npy", npy("<f4", shape, new Float32Array(60).fill(Number.NaN)));
  const { results, stderr } = json("--pred nan.npy --target labels.png --loss dice");
  expect(results[0].value).toBe("NaN");
  expect(stderr).toContain("nan.npy: holds numbers that are not finite");
});

test("the default leaves out losses that cannot take one channel, and says so", () => {
  const { results, status, stderr } = json("--pred one.npy --target mask255.png");
  const fits = catalog
    .filter(({ needs }) => !("categorical" in needs || "several" in needs))
    .filter(({ needs }) => !("activation" in needs) || needs.activation === "sigmoid")
    .map(({ name }) => name);
  expect([status, results.map(({ loss }) => loss)]).toEqual([0, fits]);
  for (const text of [
    "generalizedWassersteinDice, whose classes must compete",
    "boundaryAware, which takes several channels",
  ])
    expect(stderr).toContain(text);
});

test.each([
  [
    "colours",
    file("rgb.png", encode({ ...size, data: new Uint8Array(60).map((_, i) => i * 4), channels: 3, depth: 8 })),
    0,
    4,
  ],
  [
    "another size",
    file("large.png", encode({ data: new Uint8Array(99), width: 11, height: 9, channels: 1, depth: 8 })),
    1,
    3,
  ],
])("an image of %s", (_, image, code, pictures) => {
  const { status, stdout, stderr } = run(
    `compare --pred a.npy --target labels.png --image ${image} --loss dice --report out/image.html`,
  );
  expect([status, stderr.includes(`error: ${image}`), stdout.includes("dice")]).toEqual([code, code === 1, true]);
  expect(readFileSync(join(folder, "out/image.html"), "utf8").match(/data:image/g)).toHaveLength(pictures);
});

test("the report stands alone", () => {
  const { status } = run("compare --pred a.npy --target labels.png --image labels.png --report report.html");
  expect(status).toBe(0);
  const html = readFileSync(join(folder, "report.html"), "utf8");
  expect(html).not.toMatch(/(src|href)="?(https?:)?\/\/|url\(|@import|<script|<link/);
  const taken = catalog.filter(({ needs }) => !("activation" in needs) || needs.activation === "softmax");
  for (const { title } of taken) expect(html).toContain(title);
  expect(html.match(/data:image\/png;base64,/g)).toHaveLength(3 + taken.length);
});
