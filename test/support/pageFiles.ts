import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { decode, encode } from "fast-png";
import { encodeRle } from "../../dist/masks.js";

/** 1 where the logits of an NPY file of float16 are above 0. */
function predictedBy(path: string): Uint8Array {
  const bytes = readFileSync(path),
    halves = new Uint16Array(new Uint8Array(bytes.subarray(10 + bytes.readUInt16LE(8))).buffer);
  return Uint8Array.from(halves, (half) => (half > 0 && half < 0x8000 ? 1 : 0));
}

/** A folder with the files that the command lines of the pages name, made of the nuclei. */
export function pageFiles(root: string, folder: string): void {
  const nuclei = join(root, "data/nuclei"),
    names = readdirSync(join(nuclei, "masks")).slice(0, 4),
    inside = (path: string) => join(folder, path);
  for (const each of ["new", "old", "truth", "images", "results", "panoptic_val2017"])
    mkdirSync(inside(each), { recursive: true });
  symlinkSync(join(root, "data"), inside("data"));
  symlinkSync(inside("truth"), inside("masks"));
  const annotations: object[] = [],
    detections: object[] = [],
    panoptic = { results: [] as object[], panoptic_val2017: [] as object[] },
    rows = ["pred,target,scanner"];
  for (const [n, name] of names.entries()) {
    const { data, width, height } = decode(readFileSync(join(nuclei, "masks", name))),
      truth = Uint8Array.from(data, (v) => (v > 0 ? 1 : 0)),
      predicted = (stage: string) => predictedBy(join(nuclei, stage, name.replace(".png", ".npy")));
    const put = (path: string, labels: Uint8Array) =>
      writeFileSync(inside(path), encode({ data: labels, width, height, channels: 1, depth: 8 }));
    const rle = (mask: Uint8Array) => encodeRle({ data: mask, shape: [height, width] });
    put(`truth/${name}`, truth);
    put(`new/${name}`, predicted("late"));
    put(`old/${name}`, predicted("early"));
    writeFileSync(inside(`images/${name}`), readFileSync(join(nuclei, "images", name)));
    annotations.push({ id: n + 1, image_id: n + 1, category_id: 1, iscrowd: 0, segmentation: rle(truth) });
    detections.push({ image_id: n + 1, category_id: 1, score: 0.9, segmentation: rle(predicted("late")) });
    for (const [to, mask] of Object.entries({ results: predicted("late"), panoptic_val2017: truth })) {
      // One segment, of id 1: red 1.
      const colours = Uint8Array.from({ length: 3 * mask.length }, (_, i) => (i % 3 === 0 ? mask[i / 3] : 0));
      writeFileSync(inside(`${to}/${name}`), encode({ data: colours, width, height, channels: 3, depth: 8 }));
      const segments = mask.includes(1) ? [{ id: 1, category_id: 1 }] : [];
      panoptic[to as keyof typeof panoptic].push({ image_id: n + 1, file_name: name, segments_info: segments });
    }
    rows.push(`new/${name},truth/${name},${n % 2 ? "first" : "second"}`);
  }
  const sizes = decode(readFileSync(join(nuclei, "masks", names[0]))),
    images = names.map((name, n) => ({ id: n + 1, file_name: name, width: sizes.width, height: sizes.height })),
    dataset = { images, annotations, categories: [{ id: 1, name: "nucleus" }] };
  writeFileSync(inside("instances_val2017.json"), JSON.stringify(dataset));
  writeFileSync(inside("detections.json"), JSON.stringify(detections));
  writeFileSync(
    inside("panoptic_val2017.json"),
    JSON.stringify({ ...dataset, annotations: panoptic.panoptic_val2017 }),
  );
  writeFileSync(inside("results/predictions.json"), JSON.stringify({ annotations: panoptic.results }));
  writeFileSync(inside("cases.csv"), `${rows.join("\n")}\n`);
}
