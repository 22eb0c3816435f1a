import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { readVolume, stem, type Volume } from "./readers";

/** One prediction with its truth, ready for the losses. */
export interface Item {
  readonly name: string;
  readonly pred: { readonly data: Float32Array; readonly shape: readonly number[] };
  readonly target: { readonly data: Int32Array; readonly shape: readonly number[] };
  readonly spatial: readonly number[];
  readonly spacing?: readonly number[];
  readonly image?: Volume;
  readonly activation: "softmax" | "sigmoid" | "none";
  readonly notes: readonly string[];
}

type Activation = Item["activation"];
const readable = /\.(png|npy|nii|nii\.gz)$/i;
const show = (shape: readonly number[]) => `[${shape.join(", ")}]`;

/** Files as given; a folder stands for the readable files in it. */
export function listFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
    const files = readdirSync(path)
      .filter((name) => readable.test(name))
      .sort();
    if (files.length === 0) throw new Error(`${path}: no .png, .npy, .nii or .nii.gz files in this folder`);
    return files.map((name) => join(path, name));
  });
}

/** Finds each prediction's partner: by name, or the only one where there is one of each. */
export function pairUp(preds: readonly string[], others: readonly string[]): { pred: string; other?: string }[] {
  if (preds.length === 1 && others.length === 1) return [{ pred: preds[0], other: others[0] }];
  const byStem = new Map(others.map((path) => [stem(path), path]));
  return preds.map((pred) => ({ pred, other: byStem.get(stem(pred)) }));
}

/** A prediction as [1, C, ...spatial] for a target of this many dimensions; a PNG is a map of probabilities. */
function readPrediction(path: string, targetRank: number): { data: Float32Array; shape: readonly number[]; probabilities: boolean } {
  const { data, shape, kind } = readVolume(path);
  if (kind === "png") {
    const top = data instanceof Uint16Array ? 65535 : 255;
    return { data: Float32Array.from(data, (v) => v / top), shape: [1, 1, ...shape], probabilities: true };
  }
  const floats = data instanceof Float32Array ? data : Float32Array.from(data);
  const full = shape.length === targetRank ? [1, 1, ...shape] : shape.length === targetRank + 1 ? [1, ...shape] : shape;
  if (full.length !== targetRank + 2 || full[0] !== 1) {
    throw new Error(`${path}: expected logits of shape [C, ...spatial] or [1, C, ...spatial] with ${targetRank} spatial dimensions, got ${show(shape)}`);
  }
  return { data: floats, shape: full, probabilities: false };
}

/** Labels as [...spatial]; a mask of 0 and 255 for one channel becomes 0 and 1. */
function readLabels(path: string): Volume & { readonly data: Int32Array } {
  const volume = readVolume(path),
    { data } = volume,
    shape = volume.shape.length > 1 && volume.shape[0] === 1 ? volume.shape.slice(1) : volume.shape;
  const bad = data.findIndex((v) => !Number.isInteger(v));
  if (bad >= 0) throw new Error(`${path}: a target holds labels, whole numbers; got ${data[bad]} at index ${bad}`);
  return { ...volume, shape, data: Int32Array.from(data) };
}

export function readItem(predPath: string, targetPath: string, imagePath: string | undefined, given: Activation | undefined): Item {
  const labels = readLabels(targetPath),
    pred = readPrediction(predPath, labels.shape.length),
    notes: string[] = [];
  if (show(pred.shape.slice(2)) !== show(labels.shape)) {
    throw new Error(`${predPath}: is ${show(pred.shape.slice(2))} in space, but ${targetPath} is ${show(labels.shape)}`);
  }
  const classes = pred.shape[1],
    activation = given ?? (pred.probabilities ? "none" : classes === 1 ? "sigmoid" : "softmax");
  let { data } = labels;
  if (classes === 1 && data.some((v) => v === 255) && data.every((v) => v === 0 || v === 255)) {
    data = data.map((v) => (v === 255 ? 1 : 0));
    notes.push(`${targetPath}: a mask of 0 and 255, read as 0 and 1`);
  }
  const spacing = labels.spacing ?? undefined;
  return {
    name: stem(predPath),
    pred,
    target: { data, shape: [1, ...labels.shape] },
    spatial: labels.shape,
    spacing,
    image: imagePath === undefined ? undefined : readVolume(imagePath),
    activation,
    notes,
  };
}
