import { join } from "node:path";
import { crc32, deflateSync, gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { zipSync } from "fflate";
import { describe, expect, test, vi } from "vitest";
import { readVolume } from "../cli/readers/registry";
import { readFile, readPair } from "../dist/files.js";
import { load, SegLossError } from "../dist/index.js";
import { nifti, npy, workshop } from "./support/files";
import { description, dicomSeg, geoTags, headed, meta, tiff } from "./support/formats";

// Every format through the door of browsers, beside the command line with the same bytes.
const seg = await load(),
  { folder, file: write, run } = workshop();
const plane = [4, 6],
  labels = Uint8Array.from({ length: 24 }, (_, i) => (i % 6 < 2 ? 1 : i % 6 < 4 ? 2 : 0)),
  volume = Uint8Array.from({ length: 72 }, (_, i) => (i % 7 < 2 ? 1 : i % 24 < 9 ? 2 : 0)),
  pages = [0, 1, 2].map((z) => volume.subarray(24 * z, 24 * z + 24));
/** Of the test's file system, as a page gets it. */
const file = (name: string, bytes: Uint8Array) => new File([bytes as Uint8Array<ArrayBuffer>], name);
const png = (data: Uint8Array, channels = 1) => encode({ data, width: 6, height: 4, channels, depth: 8 });

/** A NIfTI that says where it lies: from x, y, z on, in steps of 0.5, 0.5 and 2; the first axis runs either way. */
function placed(data: Uint8Array, sign = 1, x = -10): Uint8Array {
  const bytes = Buffer.from(nifti(2, 8, [6, 4, 3], [0.5, 0.5, 2], data));
  bytes.writeInt16LE(1, 254);
  for (const [row, values] of [
    [0.5 * sign, 0, 0, sign > 0 ? x : x + 2.5],
    [0, 0.5, 0, -20],
    [0, 0, 2, 30],
  ].entries())
    for (const [i, value] of values.entries()) bytes.writeFloatLE(value, 280 + 16 * row + 4 * i);
  return bytes;
}
const nrrd = (more: readonly string[], data = new Uint8Array()) =>
  headed(
    [
      "NRRD0005",
      "type: unsigned char",
      "dimension: 3",
      "space: left-posterior-superior",
      "sizes: 6 4 3",
      "space directions: (0.5,0,0) (0,0.5,0) (0,0,2)",
      "space origin: (10,20,30)",
      ...more,
      "",
    ],
    data,
  );
const segments = [1, 2].flatMap((segment) =>
  pages.map((page, z) => ({ segment, z: 2 * z, mask: page.map((label) => Number(label === segment)) })),
);
const ome = description(
  '<?xml version="1.0"?><OME xmlns="x"><Image><Pixels SizeZ="3" SizeC="1" SizeT="1" DimensionOrder="XYZCT" ' +
    'PhysicalSizeX="0.5" PhysicalSizeY="0.5" PhysicalSizeZ="2"><TiffData/></Pixels></Image></OME>',
);
const formats: readonly (readonly [name: string, bytes: Uint8Array])[] = [
  ["a.png", png(labels)],
  ["a.npy", npy("<i4", plane, Int32Array.from(labels))],
  ["a.npz", zipSync({ "mask.npy": npy("|u1", plane, labels) })],
  ["a.tif", tiff([labels], plane)],
  ["map.tif", tiff([labels], plane, { tags: geoTags(0.5, 0.5, 100, 200, 1) })],
  ["stack.tiff", tiff(pages, plane, { tags: ome })],
  ["a.nii", placed(volume)],
  ["a.nii.gz", gzipSync(placed(volume))],
  ["packed.nii", gzipSync(placed(volume, -1))],
  ["a.nrrd", nrrd(["encoding: raw"], volume)],
  ["packed.nrrd", nrrd(["encoding: gzip"], gzipSync(volume))],
  ["a.mha", meta(["ElementDataFile = LOCAL"], volume)],
  ["packed.mha", meta(["CompressedData = True", "ElementDataFile = LOCAL"], deflateSync(volume))],
  ["a.dcm", dicomSeg(segments, plane)],
];

/** An interlaced PNG of less than a byte a pixel, whose rows go through all five filters. */
function interlaced(data: Uint8Array, [height, width]: readonly number[], depth: number, colourType = 0): Uint8Array {
  const rows: number[] = [],
    starts = [
      [0, 0, 8, 8],
      [4, 0, 8, 8],
      [0, 4, 4, 8],
      [2, 0, 4, 4],
      [0, 2, 2, 4],
      [1, 0, 2, 2],
      [0, 1, 1, 2],
    ];
  for (const [x0, y0, dx, dy] of starts) {
    let above: number[] = [];
    for (let y = y0; y < height && x0 < width; y += dy) {
      const bits: string[] = [];
      for (let x = x0; x < width; x += dx) bits.push(data[y * width + x].toString(2).padStart(depth, "0"));
      const row = (bits.join("").match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, "0"), 2)),
        filter = (rows.length + y) % 5;
      rows.push(filter);
      for (const [i, byte] of row.entries()) {
        const [a, b, c] = [row[i - 1] ?? 0, above[i] ?? 0, (i > 0 && above[i - 1]) || 0],
          near = [a, b, c].reduce((best, v) => (Math.abs(a + b - c - v) < Math.abs(a + b - c - best) ? v : best));
        rows.push((byte - [0, a, b, (a + b) >> 1, near][filter]) & 255);
      }
      above = row;
    }
  }
  const chunk = (type: string, body: Uint8Array) => {
    const bytes = Buffer.alloc(body.length + 12);
    bytes.writeUInt32BE(body.length, 0);
    bytes.write(type, 4, "latin1");
    bytes.set(body, 8);
    bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), body.length + 8);
    return bytes;
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([depth, colourType, 0, 0, 1], 8);
  const packed = deflateSync(Uint8Array.from(rows)),
    parts = [packed.subarray(0, 9), packed.subarray(9)].map((part) => chunk("IDAT", part)),
    palette =
      colourType === 3
        ? [
            chunk(
              "PLTE",
              Uint8Array.from({ length: 3 * 2 ** depth }, (_, i) => i),
            ),
          ]
        : [];
  const signature = Buffer.from("\x89PNG\r\n\x1a\n", "latin1");
  return Buffer.concat([signature, chunk("IHDR", head), ...palette, ...parts, chunk("IEND", new Uint8Array())]);
}

describe("a file as the command line reads it", () => {
  test.each(formats)("%s", async (name, bytes) => {
    const own = await readVolume(join(folder, write(name, bytes))),
      found = await readFile(file(name, bytes));
    expect([found.kind, [...found.data]]).toEqual(["labels", [...own.data]]);
    expect(found.shape).toEqual([1, ...own.shape.filter((n) => n > 1)]);
    expect(found.spacing).toEqual(own.spacing?.slice(-found.shape.length + 1));
    expect(found.affine).toEqual(own.place?.affine);
  });

  test.each(formats)("%s beside another, scored", async (name, bytes) => {
    const flat = (await readFile(file(name, bytes))).shape.length === 3,
      other = flat
        ? (["b.npy", npy("|u1", plane, labels.toReversed())] as const)
        : (["b.npy", npy("|u1", [3, ...plane], volume.toReversed())] as const);
    write(name, bytes);
    write(...other);
    const { stdout } = run(
        `score --pred ${other[0]} --target ${name} --metric dice averageSymmetricSurfaceDistance --json`,
      ),
      { results } = JSON.parse(stdout) as { results: { perClass: Record<string, number> }[] },
      { pred, target, options, spacing, labels: ids } = await readPair(file(...other), { name, bytes });
    const dice = seg.metrics.dice(pred, target, options),
      distance = seg.metrics.averageSymmetricSurfaceDistance(pred, target, { ...options, ...(spacing && { spacing }) });
    expect(results).toHaveLength(2);
    for (const [i, { labels: places, perClass }] of [dice, distance].entries())
      for (const [column, place] of places.entries())
        expect(perClass[column]).toBeCloseTo(results[i].perClass[ids[place]], 6);
  });

  test("the orientation is told, and axes of a pair that run another way are turned", async () => {
    const flipped = Uint8Array.from(volume, (_, i) => volume[6 * Math.floor(i / 6) + 5 - (i % 6)]),
      [right, left] = [file("r.nii", placed(volume)), file("l.nii", placed(flipped, -1))];
    expect(await readFile(right)).toMatchObject({ orientation: "RAS", spacing: [2, 0.5, 0.5], shape: [1, 3, 4, 6] });
    expect(await readFile(left)).toMatchObject({ orientation: "LAS" });
    const { pred, target, notes, spacing } = await readPair(left, right);
    expect(pred.data).toEqual(target.data);
    expect([...target.data]).toEqual([...volume]);
    expect(spacing).toEqual([2, 0.5, 0.5]);
    expect(notes).toEqual([expect.stringMatching(/pred l\.nii: its axes run LAS.*turned/)]);
    expect(await readFile(file("m.tif", tiff([labels], plane, { tags: geoTags(1, 1, 0, 0, 1) })))).not.toHaveProperty(
      "orientation",
    );
  });

  test.each(
    [1, 2, 4].flatMap((depth) =>
      [
        [1, 1],
        [4, 6],
        [9, 13],
        [2, 17],
      ].map((size) => [depth, size] as const),
    ),
  )("an interlaced PNG of %i bit(s), %j", async (depth, size) => {
    const data = Uint8Array.from({ length: size[0] * size[1] }, (_, i) => (i * i + (i >> 2)) % 2 ** depth);
    for (const colourType of [0, 3]) {
      const bytes = interlaced(data, size, depth, colourType),
        found = await readFile(file("i.png", bytes), { kind: "labels", ignoreIndex: "none" });
      expect([...found.data]).toEqual([...data]);
      await expect(readFile(file("i.png", bytes.subarray(0, -20)))).rejects.toThrow(/i\.png: is cut or broken/);
    }
  });

  test("a header and its numbers come together, from a folder or beside", async () => {
    const [raw, zipped] = [file("a.raw", volume), file("a.raw.gz", gzipSync(volume))],
      [mhd, nhdr] = [
        file("a.mhd", meta(["ElementDataFile = sub/a.raw"])),
        file("a.nhdr", nrrd(["encoding: gzip", "data file: a.raw.gz"])),
      ];
    for (const files of [
      [raw, mhd],
      [nhdr, zipped],
    ])
      expect([...(await readFile(files)).data]).toEqual([...volume]);
  });

  test("without Node's zlib, as in browsers", async () => {
    // Not the whole of process, which vitest needs meanwhile.
    const builtin = vi.spyOn(process, "getBuiltinModule").mockReturnValue(undefined as never);
    try {
      const found = await Promise.all([
        readFile({ name: "a.nii.gz", bytes: gzipSync(placed(volume)) }),
        readFile({ name: "a.nrrd", bytes: nrrd(["encoding: gz"], gzipSync(volume)) }),
      ]);
      for (const { data } of found) expect([...data]).toEqual([...volume]);
      const cut = gzipSync(placed(volume)).subarray(0, 100);
      await expect(readFile({ name: "a.nii", bytes: cut })).rejects.toThrow(/a\.nii: is cut or broken/);
      expect(builtin).toHaveBeenCalledWith("node:zlib");
    } finally {
      builtin.mockRestore();
    }
  });
});

describe("what numbers mean", () => {
  const soft = Float32Array.from(labels, (label) => label / 4);

  test("a mask of 255 is 0 and 1, void stays as it is, numbers between are scores", async () => {
    const mask = file("m.png", png(labels.map((label) => (label === 1 ? 255 : 0)))),
      voided = file("v.png", png(labels.map((label) => (label === 2 ? 255 : label))));
    expect(await readFile(mask)).toMatchObject({ notes: ["m.png: a mask of 0 and 255, read as 0 and 1"] });
    expect(Math.max(...(await readFile(mask)).data)).toBe(1);
    await expect(readFile(voided)).rejects.toThrow(
      /v\.png: label 255.*give ignoreIndex: 255 if it is void, ignoreIndex: "none" if it is a class/,
    );
    expect(new Set((await readFile(voided, { ignoreIndex: 255 })).data)).toEqual(new Set([0, 1, 255]));
    const scores = await readFile(file("s.npy", npy("<f4", plane, soft)));
    expect(scores).toMatchObject({ kind: "scores", data: soft, shape: [1, 1, 4, 6] });
    const cut = await readFile(file("s.npy", npy("<f4", plane, soft)), { threshold: 0.5 });
    expect([cut.kind, ...cut.data]).toEqual(["labels", ...labels.map((label) => Number(label === 2))]);
  });

  test("grey levels are labels or probabilities, as asked", async () => {
    const grey = file("g.png", png(labels.map((label) => 50 * label)));
    expect((await readFile(grey)).notes).toEqual([expect.stringMatching(/grey levels up to 100 .*kind: "scores"/)]);
    const { data, kind } = await readFile(grey, { kind: "scores" });
    expect(kind).toBe("scores");
    expect(data[2]).toBeCloseTo(100 / 255, 6);
  });

  test("channels come second, wherever they lie", async () => {
    const last = Float32Array.from({ length: 72 }, (_, i) => (i % 3) + (i % 5) / 10),
      first = Float32Array.from({ length: 72 }, (_, i) => last[3 * (i % 24) + Math.floor(i / 24)]),
      pred = file("p.npy", npy("<f4", [...plane, 3], last));
    expect(await readFile(pred, { axes: "HWC" })).toMatchObject({ data: first, shape: [1, 3, 4, 6] });
    await expect(readFile(pred)).rejects.toThrow(/shape \[4, 6, 3\] may be .*; say which with axes, such as axes: "/);
    const pair = await readPair(pred, file("a.png", png(labels)));
    expect(pair).toMatchObject({
      kind: "scores",
      options: { activation: "softmax", spatialDims: 2 },
      labels: [0, 1, 2],
    });
    expect(pair.pred).toEqual({ data: first, shape: [1, 3, 4, 6] });
    expect(pair.notes).toEqual([expect.stringMatching(/^pred p\.npy: .*channels last/)]);
  });

  test("options say what files do not", async () => {
    const colours = png(Uint8Array.from([...labels].flatMap((label) => [100 * label, 0, 0])), 3),
      two = zipSync({ "a.npy": npy("|u1", plane, labels), "b.npy": npy("|u1", plane, labels.toReversed()) }),
      found = await readFile(file("c.png", colours), { palette: ["#000000", [100, 0, 0], "#c80000"] });
    expect([...found.data]).toEqual([...labels]);
    await expect(readFile(file("c.png", colours))).rejects.toThrow(/with palette, such as palette: \{ 0: "#000000"/);
    expect([...(await readFile(file("z.npz", two), { array: "b" })).data]).toEqual([...labels.toReversed()]);
    await expect(readFile(file("z.npz", two))).rejects.toThrow(/arrays a, b; say which with array: "NAME"/);
    const pair = await readPair(file("a.png", png(labels)), file("a.png", png(labels)), { map: { 0: [0], 1: [1, 2] } });
    expect([pair.labels, Math.max(...pair.target.data)]).toEqual([[0, 1], 1]);
  });
});

describe("refused, with the reason", () => {
  const good = file("a.png", png(labels)),
    jpeg = Uint8Array.of(0xff, 0xd8, 0xff, 0xe0, 0, 16);
  test.each<[string, unknown, RegExp]>([
    ["a JPEG", file("a.jpg", jpeg), /^readFile: a\.jpg: is an image with losses/],
    ["a JPEG under another name", file("a.png", jpeg), /a\.png: not a PNG file: its bytes are those of JPEG/],
    [
      "a PNG that is called NIfTI",
      file("a.nii", png(labels)),
      /a\.nii: not a NIfTI file.*: its bytes are those of PNG/,
    ],
    ["a page in place of a file", file("a.npy", Buffer.from("<!doctype html>")), /those of a web page/],
    ["an ending that no format has", file("a.mgz", labels), /a\.mgz: expected a name that ends in \.png, .* or \.dcm$/],
    ["an empty file", file("a.png", new Uint8Array()), /a\.png: is empty/],
    ["half a file", file("a.nii", placed(volume).subarray(0, 400)), /a\.nii: is cut or broken/],
    ["half of a pair", file("a.hdr", labels), /one of a pair/],
    ["COCO", file("a.json", labels), /labelsFromRles/],
    ["a folder of Zarr", [file("0", labels), file(".zattrs", labels)], /OME-Zarr is a folder.*segloss score/],
    ["a header alone", file("a.mhd", meta(["ElementDataFile = a.raw"])), /numbers in a\.raw, which did not come/],
    ["a file that no header names", [good, file("b.raw", labels)], /came with b\.raw, which it does not name/],
    ["two files", [good, file("b.png", labels)], /a\.png: came with b\.png; give one file/],
    ["no file", [], /file holds no file/],
    ["a path", "a.png", /got the string "a\.png": a path is no file/],
    ["bytes", labels, /Uint8Array without a name/],
    ["a Blob", new Blob(["x"]), /Blob without a name/],
    ["nothing", null, /got null/],
    ["null in a list", [null], /file\[0\] must be/],
  ])("%s", async (_, input, message) => {
    const error = await readFile(input as File).catch((caught) => caught);
    expect(error).toBeInstanceOf(SegLossError);
    expect(error).toMatchObject({ code: "INVALID_FILE", message: expect.stringMatching(message) });
    expect(error.message).not.toMatch(/--[a-z]/);
  });

  test.each<[unknown, RegExp]>([
    [{ axis: "HW" }, /unknown option "axis"; did you mean axes\?/],
    [{ axes: "XY" }, /^readPair: option axes must name each axis once/],
    [{ activation: "relu" }, /option activation must be softmax, sigmoid, none, got "relu"/],
    [{ ignoreIndex: 1.5 }, /option ignoreIndex must be a whole number/],
    [{ numClasses: 0 }, /option numClasses/],
    [{ map: [1] }, /option map must be new labels/],
    [{ spacing: [0, 1] }, /option spacing must be/],
    [{ map: { 1: [1] }, threshold: 1 }, /one of the options map and threshold/],
    ["HW", /options must be an object/],
  ])("options %j", async (options, message) => {
    const error = await readPair(good, good, options as object).catch((caught) => caught);
    expect(error).toMatchObject({ code: "INVALID_OPTION", message: expect.stringMatching(message) });
  });

  test.each<[string, File, File, RegExp]>([
    [
      "another place",
      file("a.nii", placed(volume, 1, 5)),
      file("b.nii", placed(volume)),
      /pred a\.nii: its origin is .*that of target b\.nii is .*give ignoreGeometry: true/,
    ],
    ["other sizes", good, file("b.npy", npy("|u1", [5, 6], new Uint8Array(30))), /does not fit labels \[5, 6\]/],
    [
      "labels below 0",
      good,
      file(
        "a.npy",
        npy(
          "|i1",
          plane,
          Int8Array.from(labels, (v) => v - 1),
        ),
      ),
      /label -1, below 0/,
    ],
    [
      "probabilities or logits",
      file(
        "p.npy",
        npy(
          "<f4",
          plane,
          Float32Array.from(labels, (v) => v / 4),
        ),
      ),
      good,
      /pred p\.npy: .*Give activation: "none" for probabilities, activation: "sigmoid" for logits/,
    ],
  ])("pairs with %s", async (_, pred, target, message) => {
    const error = await readPair(pred, target).catch((caught) => caught);
    expect(error).toMatchObject({ code: "INVALID_FILE", message: expect.stringMatching(message) });
    expect(error.message).not.toMatch(/--[a-z]/);
  });
});
