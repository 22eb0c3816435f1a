import { join } from "node:path";
import { deflateSync, gzipSync } from "node:zlib";
import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import { readVolume } from "../cli/readers/registry";
import { nifti, npy, workshop } from "./support/files";
import { description, dicomSeg, geoTags, headed, meta, tiff } from "./support/formats";

// The same labels in every format: each is read to equal the NPY or NIfTI, or refused with the reason.
const { folder, file, run } = workshop();
const plane = [4, 6],
  labels = Uint8Array.from({ length: 24 }, (_, i) => (i % 6 < 2 ? 1 : i % 6 < 4 ? 2 : 0)),
  // No plane is like another, and none is symmetric.
  volume = Uint8Array.from({ length: 72 }, (_, i) => (i % 7 < 2 ? 1 : i % 24 < 9 ? 2 : 0));
file("labels.npy", npy("|u1", plane, labels));
file("labels.png", encode({ data: labels, width: 6, height: 4, channels: 1, depth: 8 }));
file("volume.npy", npy("|u1", [3, ...plane], volume));
/** A NIfTI that says where it lies: right, front and up, in steps of 0.5, 0.5 and 2. */
function placedNifti(x: number, y: number, z: number, data = volume, depth = 3): Uint8Array {
  const bytes = Buffer.from(nifti(2, 8, [6, 4, depth], [0.5, 0.5, 2], data));
  bytes.writeInt16LE(1, 254);
  for (const [row, values] of [
    [-0.5, 0, 0, x],
    [0, -0.5, 0, y],
    [0, 0, 2, z],
  ].entries())
    for (const [i, value] of values.entries()) bytes.writeFloatLE(value, 280 + 16 * row + 4 * i);
  return bytes;
}
file("placed.nii", placedNifti(-10, -20, 30));

const score = (pred: string, target: string, more = "") => {
  const { status, stdout, stderr } = run(
    `score --pred ${pred} --target ${target} --metric dice averageSymmetricSurfaceDistance --json${more}`,
  );
  const { results } = JSON.parse(stdout) as { results: { perClass: Record<string, number> }[] };
  return { status, stderr, dice: results.filter((_, i) => i % 2 === 0).map(({ perClass }) => perClass) };
};
const perfect = [{ 0: 1, 1: 1, 2: 1 }];

const nrrd = (fields: readonly string[], data: Uint8Array) => headed(["NRRD0005", "# made here", ...fields, ""], data);
const nrrdSpace = [
  "type: unsigned char",
  "dimension: 3",
  "space: left-posterior-superior",
  "sizes: 6 4 3",
  "space directions: (0.5,0,0) (0,0.5,0) (0,0,2)",
  "kinds: domain domain domain",
  "space origin: (10,20,30)",
];
const pages = [0, 1, 2].map((z) => volume.subarray(24 * z, 24 * z + 24)),
  ome = (attributes: string) =>
    description(`<?xml version="1.0"?><OME xmlns="x"><Image><Pixels ${attributes}><TiffData/></Pixels></Image></OME>`);

describe("sizes in another unit are taken in millimetres, and it is said", () => {
  const micro = Buffer.from(placedNifti(-10, -20, 30));
  micro.writeUInt8(3 + 8, 123);
  for (const at of [80, 84, 88]) micro.writeFloatLE(1000 * micro.readFloatLE(at), at);
  for (let at = 280; at < 328; at += 4) micro.writeFloatLE(1000 * micro.readFloatLE(at), at);
  const space = [...nrrdSpace.slice(0, 4), "kinds: domain domain domain", "encoding: raw"];
  test.each<[string, Uint8Array, string]>([
    ["NIfTI of micrometres", micro, "micro.nii"],
    [
      "NRRD of micrometres",
      nrrd(
        [
          ...space,
          "space directions: (500,0,0) (0,500,0) (0,0,2000)",
          "space origin: (10000,20000,30000)",
          'space units: "um" "um" "um"',
        ],
        volume,
      ),
      "micro.nrrd",
    ],
    [
      "NRRD of centimetres",
      nrrd(
        [
          ...space,
          "space directions: (0.05,0,0) (0,0.05,0) (0,0,0.2)",
          "space origin: (1,2,3)",
          'space units: "cm" "cm" "cm"',
        ],
        volume,
      ),
      "centi.nrrd",
    ],
  ])("%s", (_, bytes, name) => {
    file(name, bytes);
    const { status, stderr, dice } = score(name, "placed.nii");
    expect({ status, dice }).toEqual({ status: 0, dice: perfect });
    expect(stderr).toMatch(/its sizes are in (micrometres|um|cm); they are taken in millimetres/);
  });

  test("a unit of time along a fourth axis says nothing of space", async () => {
    const fields = ["type: unsigned char", "dimension: 4", "sizes: 6 4 3 2", "spacings: 500 500 2000 1"],
      kinds = ["kinds: domain domain domain time", 'units: "um" "um" "um" "s"', "encoding: raw"];
    const film = file("film.nrrd", nrrd([...fields, ...kinds], new Uint8Array(144)));
    const { spacing, spacingFault } = await readVolume(join(folder, film));
    expect({ spacing, spacingFault }).toEqual({ spacing: [2, 0.5, 0.5] });
  });

  test("a unit that is no length is no spacing, but axes are turned all the same", async () => {
    const odd = file("odd.nrrd", nrrd([...nrrdSpace, "encoding: raw", 'space units: "mm" "mm" "s"'], volume));
    const flipped = nrrdSpace.map((field) =>
      field.replace("space directions: (0.5,0,0)", "space directions: (-0.5,0,0)").replace("(10,", "(12.5,"),
    );
    const rows = Uint8Array.from(volume, (_, i) => volume[6 * Math.floor(i / 6) + 5 - (i % 6)]);
    const turned = file("turned.nrrd", nrrd([...flipped, "encoding: raw", 'space units: "ell" "ell" "ell"'], rows));
    const { stdout, stderr } = run(`score --pred ${turned} --target placed.nii --metric dice --json`);
    expect(stderr).toMatch(/turned to agree/);
    expect(JSON.parse(stdout).results[0].perClass).toEqual(perfect[0]);
    expect(await readVolume(join(folder, odd))).toMatchObject({ spacingFault: "its space is measured in mm, s" });
  });
});

test("--axes that both formats contradict is refused", () => {
  const { status, stderr } = run("score --pred placed.nii --target placed.nii --metric dice --axes NHW");
  expect(status).toBe(1);
  expect(stderr).toMatch(/--axes NHW is not what its format and that of .*placed\.nii say \(DHW\)/);
});

describe("the same labels in", () => {
  test.each<[string, Uint8Array, string]>([
    ["TIFF", tiff([labels], plane), "a.tif"],
    ["TIFF of 16 bits", tiff([Uint16Array.from(labels)], plane), "b.tiff"],
    ["TIFF of floats", tiff([Float32Array.from(labels)], plane), "c.tif"],
    ["TIFF with a palette", tiff([labels], plane, { photometric: 3, tags: [[320, 3, Array(768).fill(7)]] }), "d.tif"],
    ["NRRD of two axes", nrrd(["type: uint8", "dimension: 2", "sizes: 6 4", "encoding: raw"], labels), "e.nrrd"],
  ])("%s", (_, bytes, name) => {
    expect(score(file(name, bytes), "labels.npy")).toEqual({ status: 0, stderr: "", dice: perfect });
    expect(score("labels.png", name).dice).toEqual(perfect);
  });

  test.each<[string, Uint8Array, string, string?]>([
    ["a stack whose axes are told", tiff(pages, plane), "a.tif", " --axes DHW"],
    [
      "OME-TIFF",
      tiff(pages, plane, { tags: ome('SizeX="6" SizeY="4" SizeZ="3" SizeC="1" SizeT="1" DimensionOrder="XYCZT"') }),
      "b.ome.tif",
    ],
    ["ImageJ's stack", tiff(pages, plane, { tags: description("ImageJ=1.53\nimages=3\nslices=3\n") }), "c.tif"],
    ["NRRD, gzip", nrrd([...nrrdSpace, "encoding: gzip"], gzipSync(volume)), "d.nrrd"],
    ["NRRD, text", nrrd([...nrrdSpace, "encoding: ascii"], Buffer.from([...volume].join(" "))), "e.nrrd"],
    ["MHA", meta(["ElementDataFile = LOCAL"], volume), "f.mha"],
    ["MHA, compressed", meta(["CompressedData = True", "ElementDataFile = LOCAL"], deflateSync(volume)), "g.mha"],
  ])("%s, as a volume", (_, bytes, name, more) => {
    file(`v/${name}`, bytes);
    expect(score(`v/${name}`, "volume.npy", more)).toEqual({ status: 0, stderr: "", dice: perfect });
  });

  test("NHDR and MHD with their numbers in a file beside them", () => {
    file("beside/volume.raw", volume);
    file("beside/a.nhdr", nrrd([...nrrdSpace, "encoding: raw", "data file: volume.raw"], new Uint8Array(0)));
    file("beside/a.mhd", meta(["ElementDataFile = volume.raw"]));
    for (const name of ["beside/a.nhdr", "beside/a.mhd"]) expect(score(name, "volume.npy").dice).toEqual(perfect);
  });

  test("several images in one TIFF, as several samples", () => {
    file("samples.tif", tiff(pages, plane));
    expect(score("samples.tif", "volume.npy", " --axes NHW").dice).toHaveLength(3);
    const { stderr } = score("samples.tif", "volume.npy");
    expect(stderr).toMatch(/one volume.*or.*3 images.*--axes/);
  });

  test("Zarr and OME-Zarr labels", () => {
    const array = {
      zarr_format: 2,
      shape: [3, 4, 6],
      chunks: [2, 4, 6],
      dtype: "|u1",
      compressor: null,
      fill_value: 0,
      order: "C",
      filters: null,
    };
    const chunk = (z: number) => Uint8Array.from({ length: 48 }, (_, i) => volume[48 * z + i] ?? 0);
    const json = (name: string, content: object) => file(name, Buffer.from(JSON.stringify(content)));
    const write = (folder: string) => {
      json(`${folder}/.zarray`, array);
      for (const z of [0, 1]) file(`${folder}/${z}.0.0`, chunk(z));
    };
    write("plain.zarr");
    expect(score("plain.zarr", "volume.npy", " --axes DHW").dice).toEqual(perfect);
    for (const group of ["image.zarr", "image.zarr/labels", "image.zarr/labels/cells"])
      json(`${group}/.zgroup`, { zarr_format: 2 });
    const axes = ["z", "y", "x"].map((name) => ({ name, type: "space" })),
      multiscales = [
        { axes, datasets: [{ path: "0", coordinateTransformations: [{ type: "scale", scale: [2, 0.5, 0.5] }] }] },
      ];
    json("image.zarr/labels/.zattrs", { labels: ["cells"] });
    json("image.zarr/labels/cells/.zattrs", { multiscales, "image-label": {} });
    write("image.zarr/labels/cells/0");
    expect(score("image.zarr", "volume.npy")).toEqual({ status: 0, stderr: "", dice: perfect });
    expect(run("score --pred image.zarr --target volume.npy --array nuclei").stderr).toMatch(
      /holds no array or labels nuclei, it has cells/,
    );
  });
});

describe("geometry", () => {
  test.each<[string, Uint8Array]>([
    ["a.nrrd", nrrd([...nrrdSpace, "encoding: raw"], volume)],
    ["a.mha", meta(["ElementDataFile = LOCAL"], volume)],
  ])("%s lies where the NIfTI lies", (name, bytes) => {
    file(`g/${name}`, bytes);
    expect(score(`g/${name}`, "placed.nii")).toEqual({ status: 0, stderr: "", dice: perfect });
    file("g/moved.nii", placedNifti(-10, -20, 33));
    expect(run(`score --pred g/${name} --target g/moved.nii`).stderr).toMatch(
      /its origin is \[-10, -20, 30\], but that of .* \[-10, -20, 33\]/,
    );
  });

  test("NRRD in another order of axes is turned", () => {
    const turned = Uint8Array.from({ length: 72 }, (_, i) => volume[(i % 3) * 24 + Math.floor(i / 3)]);
    const fields = [
      "type: uint8",
      "dimension: 3",
      "space: LPS",
      "sizes: 3 6 4",
      "space directions: (0,0,2) (0.5,0,0) (0,0.5,0)",
      "space origin: (10,20,30)",
      "encoding: raw",
    ];
    file("turned.nrrd", nrrd(fields, turned));
    const { dice, stderr } = score("turned.nrrd", "placed.nii");
    expect([dice, stderr]).toEqual([perfect, expect.stringMatching(/turned to agree/)]);
  });

  test("GeoTIFF: places are compared, degrees have no length", () => {
    const at = (east: number, model: 1 | 2) => tiff([labels], plane, { tags: geoTags(10, 10, east, 5000, model) });
    file("geo/a.tif", at(300, 1));
    file("geo/b.tif", at(300, 1));
    file("geo/far.tif", at(400, 1));
    file("geo/angles.tif", at(30, 2));
    expect(score("geo/a.tif", "geo/b.tif").dice).toEqual(perfect);
    expect(run("score --pred geo/a.tif --target geo/far.tif").stderr).toMatch(/its origin is/);
    expect(run("score --pred geo/angles.tif --target geo/angles.tif").stderr).toMatch(/sized in degrees.*--spacing/);
  });

  test("OME's size of a pixel serves distances", () => {
    const sizes =
      'SizeX="6" SizeY="4" SizeZ="3" SizeC="1" SizeT="1" DimensionOrder="XYZCT" PhysicalSizeX="500" ' +
      'PhysicalSizeXUnit="nm" PhysicalSizeY="0.5" PhysicalSizeZ="2"';
    const moved = volume.map((_, i) => volume[(i + 1) % 72]);
    file("sized.ome.tif", tiff(pages, plane, { tags: ome(sizes) }));
    file("moved.npy", npy("|u1", [3, ...plane], moved));
    const value = (more: string) =>
      run(`score --pred moved.npy --metric averageSymmetricSurfaceDistance --csv ${more}`)
        .stdout.split("\n")
        .filter((line) => line.startsWith("score"))
        .map((line) => line.split(",").at(-1));
    expect(value("--target sized.ome.tif")).toEqual(value("--target volume.npy --axes DHW --spacing 2,0.5,0.5"));
  });
});

describe("DICOM segmentations", () => {
  const mask = (z: number, segment: number) => volume.slice(24 * z, 24 * z + 24).map((v) => (v === segment ? 1 : 0)),
    frames = [2, 0, 1].flatMap((z) => [1, 2].map((segment) => ({ segment, z: 30 + 2 * z, mask: mask(z, segment) })));
  file("seg.dcm", dicomSeg(frames, plane));

  test("lie where the NIfTI lies", () => {
    expect(score("seg.dcm", "placed.nii")).toEqual({ status: 0, stderr: "", dice: perfect });
  });

  test("may leave out empty planes", () => {
    const taller = new Uint8Array(5 * 24);
    taller.set(volume, 24);
    file("taller.nii", placedNifti(-10, -20, 28, taller, 5));
    const { dice, stderr } = score("seg.dcm", "taller.nii");
    expect([dice, stderr]).toEqual([perfect, expect.stringMatching(/planes that one side leaves out/)]);
    expect(score("taller.nii", "seg.dcm").dice).toEqual(perfect);
    file(
      "shorter.dcm",
      dicomSeg(
        frames.filter(({ z }) => z > 30),
        plane,
      ),
    );
    // What the truth holds in the plane that the prediction leaves out is missed.
    expect(score("shorter.dcm", "seg.dcm").dice[0][1]).toBeLessThan(1);
  });

  test("may hold fractions: probabilities, or what is to be made clear", async () => {
    const fraction = (z: number, segment: number) => mask(z, segment).map((v, i) => (v ? 150 + (i % 3) : i % 5)),
      soft = [0, 1, 2].flatMap((z) =>
        [1, 2].map((segment) => ({ segment, z: 30 + 2 * z, mask: fraction(z, segment) })),
      );
    file("soft.dcm", dicomSeg(soft, plane, { fractions: "PROBABILITY" }));
    const read = await readVolume(join(folder, "soft.dcm"));
    expect([read.shape, read.axes, read.probabilities]).toEqual([[3, 3, ...plane], ["CDHW"], true]);
    const [one, two] = [1, 2].map((segment) => fraction(0, segment)[7] / 200);
    expect([read.data[72 + 7], read.data[144 + 7]]).toEqual([Math.fround(one), Math.fround(two)]);
    expect(read.data[7]).toBeCloseTo(1 - one - two, 6);
    // The largest probability is the label's, without an activation.
    expect(score("soft.dcm", "placed.nii")).toEqual({ status: 0, stderr: "", dice: perfect });
    const single = soft.filter(({ segment }) => segment === 1);
    file("covered.dcm", dicomSeg(single, plane, { fractions: "OCCUPANCY" }));
    expect(run("score --pred covered.dcm --target placed.nii --metric dice").stderr).toMatch(
      /probabilities or logits\?/,
    );
    file("above.dcm", dicomSeg([...soft, { ...soft[0], segment: 3 }], plane, { fractions: "PROBABILITY" }));
    await expect(readVolume(join(folder, "above.dcm"))).rejects.toThrow(/above 1 together/);
  });

  test("are refused where they are none, or overlap", () => {
    file("image.dcm", dicomSeg(frames, plane, { kind: "1.2.840.10008.5.1.4.1.1.2" }));
    expect(run("score --pred image.dcm --target volume.npy").stderr).toMatch(/is no DICOM segmentation/);
    file("overlap.dcm", dicomSeg([...frames, { segment: 3, z: 30, mask: mask(0, 1) }], plane));
    expect(run("score --pred overlap.dcm --target volume.npy").stderr).toMatch(/segments 1 and 3 over each other/);
  });
});

describe("refused, with the reason and the cure", () => {
  test.each<[string, string, Uint8Array, RegExp]>([
    ["JPEG", "a.jpg", Uint8Array.of(0xff, 0xd8), /image with losses.*save masks as PNG/],
    ["JPEG inside TIFF", "b.tif", tiff([labels], plane, { compression: 7 }), /compressed with losses \(JPEG\)/],
    ["TIFF with white as 0", "c.tif", tiff([labels], plane, { photometric: 0 }), /stores white as 0/],
    [
      "TIFF of colours",
      "d.tif",
      tiff([Uint8Array.from({ length: 72 }, (_, i) => i)], plane, { channels: 3 }),
      /holds colours.*--palette/,
    ],
    [
      "ImageJ's file without its pages",
      "e.tif",
      tiff([labels], plane, { tags: description("ImageJ=1.53\nimages=9\nslices=9\n") }),
      /tells of 9 images and holds 1/,
    ],
    ["cut TIFF", "f.tif", tiff([labels], plane).subarray(0, 60), /cut or broken/],
    [
      "cut NRRD",
      "g.nrrd",
      nrrd([...nrrdSpace, "encoding: raw"], volume.subarray(5)),
      /cut or broken.*72 numbers, it holds 67/,
    ],
    ["NRRD by bzip2", "h.nrrd", nrrd([...nrrdSpace, "encoding: bzip2"], volume), /encoded as bzip2/],
    [
      "overlapping segments",
      "i.seg.nrrd",
      nrrd([...nrrdSpace, "encoding: raw", "Segment0_Layer:=0", "Segment1_Layer:=1"], volume),
      /segments that overlap/,
    ],
    ["MHA as text", "j.mha", meta(["BinaryData = False", "ElementDataFile = LOCAL"], volume), /numbers as text/],
    ["MHA without numbers", "k.mha", meta(["ElementDataFile = LOCAL"]), /72 numbers, it holds 0/],
    [
      "two arrays in one NPY",
      "l.npy",
      Buffer.concat([npy("|u1", [2, 36], volume), npy("|u1", [2, 36], volume)]),
      /200 bytes longer than its header tells of \(72 numbers\): it is broken, or holds more than one array/,
    ],
    [
      "NIfTI that goes on",
      "m.nii",
      Buffer.concat([nifti(2, 8, [6, 4, 3], [1, 1, 1], volume), Buffer.alloc(7)]),
      /m\.nii: is 7 bytes longer than its header tells of/,
    ],
  ])("%s", (_, name, bytes, message) => {
    file(name, bytes);
    expect(run(`score --pred ${name} --target labels.npy`)).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(message),
    });
  });
});
