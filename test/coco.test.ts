import { join } from "node:path";
import { encode } from "fast-png";
import { describe, expect, test } from "vitest";
import { gatherCases } from "../cli/cases";
import { readVolume } from "../cli/readers/registry";
import { encodeRle } from "../dist/masks.js";
import { workshop } from "./support/files";
import { seg } from "./support/library";

const { folder, file, run } = workshop(),
  [height, width] = [6, 8],
  size = [height, width];
const json = (name: string, value: unknown) => file(name, Buffer.from(JSON.stringify(value)));
/** A rectangle's pixels, as far as x and y without them. */
const box = (x: number, y: number, toX: number, toY: number) =>
  Uint8Array.from({ length: height * width }, (_, i) => {
    const [row, column] = [Math.floor(i / width), i % width];
    return row >= y && row < toY && column >= x && column < toX ? 1 : 0;
  });
const rle = (mask: Uint8Array, compressed = true) =>
  encodeRle({ data: mask, shape: size }, { compressed } as { compressed: true });
const polygon = (x: number, y: number, toX: number, toY: number) => [[x, y, toX, y, toX, toY, x, toY]];
const paint = (...parts: readonly (readonly [number, Uint8Array])[]) => {
  const labels = new Uint8Array(height * width);
  for (const [label, mask] of parts) for (const [i, inside] of mask.entries()) if (inside) labels[i] = label;
  return labels;
};

const images = [
    { id: 7, file_name: "val/a.jpg", height, width },
    { id: 9, file_name: "val/b.jpg", height, width },
  ],
  categories = [
    { id: 1, name: "cat" },
    { id: 2, name: "dog" },
  ],
  of = (image_id: number, category_id: number, segmentation: unknown, more: object = {}) => ({
    ...{ image_id, category_id, segmentation },
    ...more,
  });
// Two cats side by side, and a dog.
const truth = [
  of(7, 1, polygon(0, 0, 3, 3)),
  of(7, 1, rle(box(3, 0, 6, 3))),
  of(7, 2, rle(box(0, 4, 4, 6), false)),
  of(9, 2, polygon(1, 1, 5, 5)),
];
json("truth.json", { images, categories, annotations: truth });
// One cat where there are two; the dog is right; nothing in the other image.
const found = [of(7, 1, rle(box(0, 0, 6, 3)), { score: 0.9 }), of(7, 2, rle(box(0, 4, 4, 6)), { score: 0.8 })],
  doubtful = of(9, 1, rle(box(0, 0, 2, 2)), { score: 0.3 });
json("pred.json", { images, categories, annotations: found });
json("list.json", [...found, doubtful]);
const png = (labels: Uint8Array) => encode({ data: labels, width, height, channels: 1, depth: 8 });
file("pngs/a.png", png(paint([1, box(0, 0, 6, 3)], [2, box(0, 4, 4, 6)])));
file("pngs/b.png", png(paint()));

const score = (line: string) => {
  const { stdout, stderr, status } = run(`score ${line} --json`);
  const { results } = JSON.parse(stdout) as { results: { item: string; metric: string; perClass: object }[] };
  return { stderr, status, results: results.map(({ item, metric, perClass }) => ({ item, metric, perClass })) };
};

describe("a COCO data set", () => {
  const dice = (pred: Uint8Array, target: Uint8Array) =>
    Object.fromEntries(
      Array.from(
        seg.metrics.dice({ data: pred, shape: [1, ...size] }, { data: target, shape: [1, ...size] }, { numClasses: 3 })
          .perClass,
        (value, label) => [String(label), Number.isNaN(value) ? "NaN" : value],
      ),
    );
  const targets = [paint([1, box(0, 0, 6, 3)], [2, box(0, 4, 4, 6)]), paint([2, box(1, 1, 5, 5)])],
    expected = [targets[0], paint()].map((pred, i) => ({
      ...{ item: "ab"[i], metric: "dice", perClass: dice(pred, targets[i]) },
    }));

  test.each([
    ["another", "--pred pred.json"],
    ["a folder of PNGs", "--pred pngs"],
    ["a list of detections", "--pred list.json --min-score 0.5"],
  ])("is scored against %s, objects of a category together", (_, pred) => {
    expect(score(`${pred} --target truth.json --metric dice`)).toEqual({ stderr: "", status: 0, results: expected });
  });

  test("tells objects apart, category by category", () => {
    const metric = 'panopticQuality:{"instances":"labels"}',
      { results } = score(`--pred list.json --min-score 0 --target truth.json --metric ${metric}`);
    // One object over two is no partner of either; a cat is none of a dog.
    expect(results.map(({ perClass }) => perClass)).toEqual([
      { "1": 0, "2": 1 },
      { "1": 0, "2": 0 },
    ]);
  });

  test("gives labels as --categories says, and leaves out others", async () => {
    const { data } = await readVolume(join(folder, "truth.json::val/a.jpg"), { categories: new Map([[5, ["dog"]]]) });
    expect(data).toEqual(Int32Array.from(paint([5, box(0, 4, 4, 6)])));
  });

  test("does not count crowds among objects", async () => {
    const annotations = [of(7, 1, rle(box(0, 0, 2, 2))), of(7, 1, rle(box(1, 1, 5, 5), false), { iscrowd: 1 })];
    json("crowd.json", { images, categories, annotations });
    const { objects, data } = await readVolume(join(folder, "crowd.json::val/a.jpg")),
      ids = objects?.of(1) as Int32Array;
    expect([ids[0], ids[1 + width], ids[4 + 4 * width], ids[7]]).toEqual([1, 1, -1, 0]);
    expect(data[4 + 4 * width]).toBe(1);
  });
});

describe("what is ambiguous is refused", () => {
  const dataset = join(folder, "truth.json"),
    overlapping = [of(7, 1, rle(box(0, 0, 4, 4))), of(7, 2, rle(box(3, 3, 6, 6))), of(7, 1, rle(box(0, 0, 2, 2)))];
  json("overlap.json", { images, categories, annotations: overlapping });

  test("a pixel of two categories, or of two objects of one", async () => {
    const path = join(folder, "overlap.json::val/a.jpg"),
      volume = await readVolume(path);
    expect(volume.fault).toMatch(/categories 1 and 2 overlap at column 3, row 3.*--overlap last/);
    expect(() => volume.objects?.of(1)).toThrow(/objects of category 1 overlap at column 0, row 0.*--overlap last/);
    const last = await readVolume(path, { overlap: "last" });
    expect([last.fault, last.data[3 + 3 * width], last.objects?.of(1)[0]]).toEqual([undefined, 2, 2]);
    expect(run("score --pred overlap.json --target truth.json --metric dice").stderr).toMatch(
      /error: .*--overlap last/,
    );
  });

  const set = (more: object) => ({ images, categories, annotations: [], ...more });
  test.each<[string, unknown, RegExp, object?]>([
    ["detections without --min-score", found, /say which count with --min-score/, { dataset }],
    ["detections without their data set", found, /give their COCO data set as --target/],
    ["a detection without a score", [of(7, 1, rle(box(0, 0, 1, 1)))], /has no score/, { dataset, minScore: 0 }],
    ["category 0", set({ categories: [{ id: 0, name: "cat" }] }), /would be background.*--categories 1=cat/],
    [
      "a category that is not there",
      set({}),
      /no category "cow".*1 cat, 2 dog/,
      { categories: new Map([[1, ["cow"]]]) },
    ],
    ["an image that is not there", set({ annotations: [of(1, 1, rle(box(0, 0, 1, 1)))] }), /image 1, which images/],
    ["boxes without masks", set({ annotations: [of(7, 1, undefined)] }), /has no segmentation, only a box/],
    [
      "a mask of another size",
      set({ annotations: [of(7, 1, { size: [2, 2], counts: [0, 4] })] }),
      /is of size \[2, 2\], its image of \[6, 8\]/,
    ],
    ["images of one name", set({ images: [images[0], { ...images[1], file_name: "val/a.jpg" }] }), /two images "val/],
    ["another JSON", { a: 1 }, /is no COCO data set/],
  ])("%s", async (name, content, message, reading = {}) => {
    const path = json(`${name.replaceAll(" ", "-")}.json`, content);
    await expect(readVolume(join(folder, `${path}::val/a.jpg`), reading)).rejects.toThrow(message);
  });

  test("categories of one id and two names", async () => {
    json("named.json", set({ categories: [{ id: 1, name: "dog" }] }));
    const options = { pred: [join(folder, "named.json")], target: [dataset] };
    await expect(gatherCases(options, () => {})).rejects.toThrow(/category 1 is cat, but dog in .*--categories/);
  });

  test("--map beside categories", () => {
    expect(run("score --pred pred.json --target truth.json --metric dice --map 1=1,2").stderr).toMatch(
      /rename them with --categories in place of --map/,
    );
  });
});
