import { join } from "node:path";
import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import { readVolume } from "../cli/readers/registry";
import { workshop } from "./support/files";

const { folder, file, run } = workshop(),
  [height, width] = [4, 6];
const json = (name: string, value: unknown) => file(name, Buffer.from(JSON.stringify(value)));
/** Ids as a panoptic PNG has them, a sign for each pixel. */
function png(name: string, rows: string, ids: Readonly<Record<string, number>>, [h, w] = [height, width]) {
  const colours = [...rows.replaceAll(" ", "")].flatMap((sign) => {
    const id = ids[sign] ?? 0;
    return [id % 256, Math.floor(id / 256) % 256, Math.floor(id / 65536)];
  });
  return file(name, encode({ data: Uint8Array.from(colours), width: w, height: h, channels: 3, depth: 8 }));
}

const images = [
    { id: 7, file_name: "val/a.jpg", height, width },
    { id: 9, file_name: "val/b.jpg", height, width },
  ],
  categories = [
    { id: 1, name: "cat", isthing: 1 },
    { id: 2, name: "dog", isthing: 1 },
    { id: 40, name: "sky", isthing: 0 },
  ];
/** Above the 8 and 16 bits of a single channel. */
const ids = { a: 5, b: 5 + 256 * 7, s: 65536 * 9 + 3 };
const segment = (id: number, category_id: number, more: object = {}) => ({ id, category_id, iscrowd: 0, ...more });
// Two cats side by side under the sky, and a column that nobody labelled.
const truth = "sssss. aabbs. aabbs. aabbs.",
  annotation = (more: object = {}) => ({
    ...{ image_id: 7, file_name: "a.png" },
    segments_info: [segment(ids.a, 1, { area: 6 }), segment(ids.b, 1), segment(ids.s, 40, { area: 8 })],
    ...more,
  });
const other = { image_id: 9, file_name: "b.png", segments_info: [segment(1, 2)] };
json("panoptic_val.json", { images, categories, annotations: [annotation(), other] });
png("panoptic_val/a.png", truth, ids);
png("panoptic_val/b.png", "dd....dd................", { d: 1 });
// The cats are one, and the column is sky; no images or categories, as results of models have it.
const predicted = {
  ...{ image_id: 7, file_name: "a.png" },
  segments_info: [
    { id: 11, category_id: 1 },
    { id: 70000, category_id: 40 },
  ],
};
json("results/predictions.json", { annotations: [predicted, other] });
png("results/a.png", "ssssss aaaass aaaass aaaass", { a: 11, s: 70000 });
png("results/b.png", "dd....dd................", { d: 1 });

const score = (line: string) => {
  const { stdout, stderr, status } = run(`score ${line} --json`);
  const { results } = JSON.parse(stdout) as { results: { item: string; metric: string; perClass: object }[] };
  return { stderr, status, perClass: results.map(({ perClass }) => perClass) };
};

describe("a panoptic COCO data set", () => {
  test("holds categories as labels and segments as objects", async () => {
    const { data, shape, objects, notes } = await readVolume(join(folder, "panoptic_val.json::val/a.jpg"));
    const expected = (of: Readonly<Record<string, number>>) =>
      Int32Array.from(truth.replaceAll(" ", ""), (sign) => of[sign] ?? 0);
    expect([data, shape, notes]).toEqual([expected({ a: 1, b: 1, s: 40 }), [height, width], []]);
    expect(objects?.labels).toEqual([1, 2, 40]);
    expect(objects?.of(1)).toEqual(expected({ a: 1, b: 2 }));
    expect(objects?.of(40)).toEqual(expected({ s: 3 }));
  });

  test("is scored against results, whose PNGs lie beside them", () => {
    expect(score("--pred results/predictions.json --target panoptic_val.json --metric iou")).toEqual({
      ...{ stderr: "", status: 0 },
      perClass: [
        { "0": 0, "1": 1, "2": "NaN", "40": 8 / 12 },
        { "0": 1, "1": "NaN", "2": 1, "40": "NaN" },
      ],
    });
  });

  test("is scored segment by segment, without the pixels that nobody labelled", () => {
    const metric = 'panopticQuality:{"instances":"labels"}',
      { perClass, stderr } = score(`--pred results/predictions.json --target panoptic_val.json --metric ${metric}`);
    expect(stderr).toBe("");
    // The one cat is of neither: half of it is of each. The sky is right wherever something is known.
    expect(perClass).toEqual([
      { "1": 0, "2": "NaN", "40": 1 },
      { "1": "NaN", "2": 1, "40": "NaN" },
    ]);
  });

  test("is scored against masks, and leaves out what --categories does", () => {
    const grey = (name: string, of: string) =>
      file(name, encode({ data: Uint8Array.from(of, Number), width, height, channels: 1, depth: 8 }));
    grey("masks/a.png", "000000111100111100111100");
    grey("masks/b.png", "0".repeat(24));
    expect(score("--pred masks --target panoptic_val.json --categories 1=cat --metric iou").perClass).toEqual([
      { "0": 1, "1": 1 },
      { "0": 1, "1": "NaN" },
    ]);
  });

  test("has its PNGs where --panoptic says", () => {
    json("lists/truth.json", { images: images.slice(1), categories, annotations: [other] });
    const line = "--pred lists/truth.json --target lists/truth.json --metric iou";
    expect(score(`${line} --panoptic lists/truth.json=results`)).toEqual({
      ...{ stderr: "", status: 0 },
      perClass: [{ "0": 1, "2": 1 }],
    });
    expect(run(`score ${line}`).stderr).toMatch(/lists.b\.png: no such file; .*--panoptic JSON=FOLDER/);
    expect(run(`score ${line} --panoptic other.json=results`).stderr).toMatch(
      /other\.json, which is none of the files/,
    );
    expect(run(`score ${line} --panoptic results`).stderr).toMatch(/must be a JSON file and its folder/);
    expect(run(`score ${line} --panoptic lists/truth.json=nowhere`).stderr).toMatch(/nowhere is no folder/);
  });

  test("counts crowds as pixels of their category, but as no objects", async () => {
    const crowd = segment(ids.b, 1, { iscrowd: 1 });
    json("crowd.json", {
      ...{ images, categories },
      annotations: [annotation({ segments_info: [segment(ids.a, 1), crowd, segment(ids.s, 40)] })],
    });
    png("crowd/a.png", truth, ids);
    const { data, objects } = await readVolume(join(folder, "crowd.json::val/a.jpg"));
    expect([data[6], data[8]]).toEqual([1, 1]);
    expect([...(objects?.of(1) ?? [])].slice(6, 12)).toEqual([1, 1, -1, -1, 0, 0]);
  });

  test("tells of an area that the PNG does not have", async () => {
    json("area.json", {
      ...{ images, categories },
      annotations: [
        annotation({ segments_info: [segment(ids.a, 1, { area: 9 }), segment(ids.b, 1), segment(ids.s, 40)] }),
      ],
    });
    png("area/a.png", truth, ids);
    const { notes } = await readVolume(join(folder, "area.json::val/a.jpg"));
    expect(notes).toEqual([expect.stringMatching(/annotation of image 7: segment 5 has an area of 9, but 6 pixels/)]);
  });
});

describe("what does not fit is refused", () => {
  const segments = annotation().segments_info;
  test.each<[string, object, RegExp]>([
    [
      "an id without a segment",
      { segments_info: segments.slice(1) },
      /a\.png: has id 5 at index 6, which the annotation/,
    ],
    [
      "a segment without pixels",
      { segments_info: [...segments, segment(8, 2)] },
      /annotation of image 7 has segment 8, which stands at no pixel of .*a\.png/,
    ],
    ["an id twice", { segments_info: [...segments, segment(5, 2)] }, /image 7 has two segments of id 5/],
    ["id 0", { segments_info: [...segments, segment(0, 2)] }, /segments_info\[3\] must have an id from 1 to 16777215/],
    [
      "an unknown category",
      { segments_info: [...segments, segment(8, 3)] },
      /segment 8 is of category 3, which is unknown/,
    ],
    [
      "an annotation without its PNG's name",
      { file_name: undefined },
      /must have file_name, its PNG, and segments_info/,
    ],
    ["a PNG that is not there", { file_name: "c.png" }, /c\.png: no such file; .*--panoptic/],
    ["a PNG of another size", { file_name: "small.png" }, /small\.png: is of size \[2, 2\], its image of \[4, 6\]/],
    ["a PNG of greys", { file_name: "grey.png" }, /grey\.png: must hold segments' ids as colours/],
    ["an image without an annotation", { image_id: 9 }, /has no annotation of image 7/],
  ])("%s", async (name, more, message) => {
    const path = `wrong-${name.replace(/\W+/g, "-")}`;
    json(`${path}.json`, { images, categories, annotations: [annotation(more)] });
    png(`${path}/a.png`, truth, ids);
    png(`${path}/small.png`, "ssss", ids, [2, 2]);
    file(`${path}/grey.png`, encode({ data: new Uint8Array(height * width), width, height, channels: 1, depth: 8 }));
    await expect(readVolume(join(folder, `${path}.json::val/a.jpg`))).rejects.toThrow(message);
  });

  test("two annotations of one image", async () => {
    json("twice.json", { images, categories, annotations: [annotation(), annotation()] });
    await expect(readVolume(join(folder, "twice.json::val/a.jpg"))).rejects.toThrow(/several annotations of image 7/);
  });

  test("results without the data set that they are of", async () => {
    const path = join(folder, "results/predictions.json::val/a.jpg");
    await expect(readVolume(path)).rejects.toThrow(/without images and categories.*COCO data set as --target/);
  });
});
