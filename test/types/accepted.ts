// What must compile, strict and not.
import { type ComponentWiseOptions, type Extra, type LabelData, load, type TensorLike } from "segloss";
import {
  decodePolygons,
  decodeRle,
  imageFromLabels,
  type LabelMap,
  labelsFromImage,
  type Palette,
} from "segloss/masks";
import { createPool } from "segloss/workers";

const seg = await load();
const logits = { data: new Float32Array(8), shape: [1, 2, 2, 2] },
  labels = { data: Uint8Array.of(0, 1, 1, 0), shape: [1, 2, 2] };

// Palettes, options and shapes as variables, with the types that come by themselves.
const list = ["#000", "#800000"],
  named = { 0: "#000000", 255: [224, 224, 192] },
  lists = [[0, 0, 0], [["#fff", "red"]][0]],
  chosen: Palette = "voc";
const palettes: Palette[] = [list, named, lists, chosen];
const picture = imageFromLabels(labels, { palette: list });
imageFromLabels(labels, { palette: named });
const read: LabelMap = labelsFromImage(picture, { palette: list, unknown: 255 });
labelsFromImage(picture, { palette: named });

// Labels are one type with the methods of arrays.
const argmax = seg.argmax(logits).data;
const each: LabelData[] = [read.data, argmax, new Uint8Array(2), new Uint16Array(2), new Int32Array(2)];
for (const data of each) {
  const sum: number = data.reduce((total, label) => total + label, 0),
    plain: number = data.reduce((a, b) => Math.max(a, b)),
    counts: Map<number, number> = data.reduce((m, label) => m.set(label, 1), new Map<number, number>()),
    text: string = data.map((label) => label + 1).join(" "),
    some: boolean = data.some((label) => label > 1) && data.every((label) => label < 9) && data.includes(3),
    found: number | undefined = data.find((label) => label === 255),
    at: number = data.findIndex((label) => label > 99) + data.indexOf(1) + data.lastIndexOf(1),
    kept: number = data.filter((label) => label !== 255).length + data.slice(1).length + data.subarray(1, 2).length;
  data.forEach((label, i, all) => {
    all[i] = label;
  });
  const unique = new Set(data),
    all: number[] = [...data, ...Array.from(data), data.at(-1) as number, data[0]],
    copied = Float32Array.from(data),
    bytes = data.byteLength + data.buffer.byteLength;
  data.set(data.slice().fill(1).sort());
  if (data instanceof Uint8Array) data.toString();
  console.log(sum, plain, counts, text, some, found, at, kept, unique, all, copied, bytes);
}

// They go back in.
seg.dice().value(logits, read);
seg.metrics.dice(seg.argmax(logits), labels, { numClasses: 2 });
const masks: TensorLike[] = [
  decodeRle({ size: [2, 2], counts: [4] }),
  decodePolygons([[0, 0, 2, 0, 2, 2]], { size: [2, 2] }),
];

// Extra inputs by name.
const extra: Extra = { pixelWeights: new Float32Array(4), out: new Float32Array(8) };
seg.crossEntropy().valueAndGrad(logits, labels, extra);
seg.boundary().value(logits, labels, { distanceMap: { data: new Float32Array(8), shape: [1, 2, 2, 2] } });
const pool = await createPool({ workers: 1 });
await pool.crossEntropy().value(logits, labels, { ...extra, signal: new AbortController().signal, transfer: true });
console.log(palettes, masks);

// Options of the loss that another evaluates; dice, where it is not named.
const inner = ["dice", "iou"] as const;
for (const loss of inner) seg.componentWise({ loss, connectivity: "face" });
seg.componentWise({ lossOptions: { smooth: 1, reduction: "sum" }, ignoreIndex: 255 });
seg.componentWise({ loss: undefined, lossOptions: null, activation: "sigmoid" });
seg.create("deepSupervision", { loss: "tversky", lossOptions: { alpha: 0.3 }, weights: [1, 0.5] });
export const blobs: ComponentWiseOptions = { loss: "focal", lossOptions: { gamma: 1 } };
seg.deepSupervision({
  loss: "componentWise",
  lossOptions: { loss: "dice", lossOptions: { smooth: 1 }, connectivity: "full" },
});
