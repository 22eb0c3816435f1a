import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Image, readPicture, readVolume, show, stem, type Volume } from "./readers";

/** One prediction with its truth, ready for the losses. */
export interface Item {
  readonly name: string;
  readonly pred: { readonly data: Float32Array; readonly shape: readonly number[] };
  readonly target: { readonly data: Int32Array; readonly shape: readonly number[] };
  readonly spatial: readonly number[];
  readonly spacing?: readonly number[];
  readonly image?: Image;
  readonly activation: "softmax" | "sigmoid" | "none";
  readonly notes: readonly string[];
}

/** What the command line says of all items. */
export interface Settings {
  readonly activation?: Item["activation"];
  readonly ignoreIndex?: number;
}

const readable = /\.(png|npy|nii|nii\.gz)$/i;
const same = (a: readonly number[], b: readonly number[]) => show(a) === show(b);

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

/** A prediction's partner among others: the one of its name, or the only one where there is one of each. */
export function partner(pred: string, preds: readonly string[], others: readonly string[]): string | undefined {
  if (preds.length === 1 && others.length === 1) return others[0];
  const found = others.filter((path) => stem(path) === stem(pred));
  if (found.length > 1) throw new Error(`${pred}: ${found.join(" and ")} both have its name; give one of them`);
  return found[0];
}

/** Stems, or paths where several predictions share a stem. */
export const nameOf = (pred: string, preds: readonly string[]): string => (preds.filter((path) => stem(path) === stem(pred)).length > 1 ? pred : stem(pred));

/** Labels; a mask of 0 and 255 (or 65535) for one channel becomes 0 and 1, unless that number means void. */
function readLabels({ data }: Volume, path: string, classes: number, ignoreIndex: number | undefined, notes: string[]): Int32Array {
  const bad = data.findIndex((v: number) => !Number.isInteger(v) || Math.abs(v) >= 2 ** 31);
  if (bad >= 0) throw new Error(`${path}: a target holds labels, whole numbers of up to 31 bits; got ${data[bad]} at index ${bad}`);
  const labels = Int32Array.from(data),
    high = labels.find((v) => v !== 0);
  const mask = classes === 1 && (high === 255 || high === 65535) && high !== ignoreIndex && labels.every((v) => v === 0 || v === high);
  if (!mask) return labels;
  notes.push(`${path}: a mask of 0 and ${high}, read as 0 and 1`);
  return labels.map((v) => (v === 0 ? 0 : 1));
}

/** A prediction's numbers as the losses take them; grey levels become probabilities. */
function readNumbers({ data, top, indexed }: Volume, path: string, notes: string[]): Float32Array {
  if (indexed) throw new Error(`${path}: holds entries of a palette; a prediction as PNG must hold grey levels (probabilities)`);
  const numbers = top !== undefined ? Float32Array.from(data, (v) => v / top) : data instanceof Float32Array ? data : Float32Array.from(data);
  if (!numbers.every(Number.isFinite)) notes.push(`${path}: holds numbers that are not finite`);
  return numbers;
}

/** Where classes and pixels are: [...spatial], [C, ...spatial] or [1, C, ...spatial] for a target [...spatial] or [1, ...spatial]. */
function axesOf(pred: readonly number[], target: readonly number[]): { classes: number; spatial: readonly number[] } | undefined {
  for (const spatial of target.length > 1 && target[0] === 1 ? [target.slice(1), target] : [target]) {
    const more = pred.length - spatial.length;
    if (more < 0 || more > 2 || (more === 2 && pred[0] !== 1) || !same(pred.slice(more), spatial)) continue;
    return { classes: more === 0 ? 1 : pred[more - 1], spatial };
  }
  return undefined;
}

/** Reads a prediction and its target. */
export function readItem(name: string, predPath: string, targetPath: string, { activation, ignoreIndex }: Settings = {}): Item {
  const truth = readVolume(targetPath),
    volume = readVolume(predPath),
    found = axesOf(volume.shape, truth.shape),
    notes: string[] = [];
  if (!found) {
    const wanted = "[C, ...spatial] or [1, C, ...spatial]";
    throw new Error(`${predPath}: shape ${show(volume.shape)} does not fit labels ${show(truth.shape)} of ${targetPath} (expected ${wanted})`);
  }
  const { classes, spatial } = found,
    spacing = (truth.spacing ?? volume.spacing)?.slice(-spatial.length);
  return {
    name,
    pred: { data: readNumbers(volume, predPath, notes), shape: [1, classes, ...spatial] },
    target: { data: readLabels(truth, targetPath, classes, ignoreIndex, notes), shape: [1, ...spatial] },
    spatial,
    spacing,
    activation: activation ?? (volume.top !== undefined ? "none" : classes === 1 ? "sigmoid" : "softmax"),
    notes,
  };
}

export const withImage = (item: Item, path: string): Item => ({ ...item, image: readPicture(path, item.spatial) });
