import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Activation, Settings } from "./arguments";
import { type Image, readPicture, readVolume, show, stem, type Volume } from "./readers";

/** One prediction with its truth, ready for the losses. */
export interface Item {
  readonly name: string;
  readonly pred: { readonly data: Float32Array; readonly shape: readonly number[] };
  readonly target: { readonly data: Int32Array; readonly shape: readonly number[] };
  readonly spatial: readonly number[];
  readonly spacing?: readonly number[];
  readonly image?: Image;
  readonly activation: Activation;
  readonly notes: readonly string[];
}

const readable = /\.(png|npy|nii|nii\.gz)$/i;
const same = (a: readonly number[], b: readonly number[]) => show(a) === show(b);

/** Paths, and which of them share a name without its endings. */
export interface Files {
  readonly paths: readonly string[];
  readonly byStem: ReadonlyMap<string, readonly string[]>;
}

/** Files as given; a folder stands for the readable files in it. */
export function listFiles(given: readonly string[]): Files {
  const paths = given.flatMap((path) => {
    if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) return [path];
    const files = readdirSync(path)
      .filter((name) => readable.test(name))
      .sort();
    if (files.length === 0) throw new Error(`${path}: no .png, .npy, .nii or .nii.gz files in this folder`);
    return files.map((name) => join(path, name));
  });
  const byStem = new Map<string, string[]>();
  for (const path of paths) byStem.set(stem(path), [...(byStem.get(stem(path)) ?? []), path]);
  return { paths, byStem };
}

/** A prediction's partner among others: the one of its name, or the only one where there is one of each. */
export function partner(pred: string, preds: Files, others: Files): string | undefined {
  if (preds.paths.length === 1 && others.paths.length === 1) return others.paths[0];
  const found = others.byStem.get(stem(pred)) ?? [];
  if (found.length > 1) throw new Error(`${pred}: ${found.join(" and ")} both have its name; give one of them`);
  return found[0];
}

/** Stems, or paths where several predictions share a stem. */
export const nameOf = (pred: string, preds: Files): string =>
  (preds.byStem.get(stem(pred)) ?? []).length > 1 ? pred : stem(pred);

export type LabelArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array;

/** The number that stands for 1 in a mask of 0 and 255 (or 65535), unless that number means void. */
export function maskValue({ data }: Volume, ignoreIndex: number | undefined): number | undefined {
  const high = data.find((v: number) => v !== 0);
  return (high === 255 || high === 65535) && high !== ignoreIndex && data.every((v: number) => v === 0 || v === high)
    ? high
    : undefined;
}

/** Labels as they are, or as 32-bit integers; where a mask may stand for them, its two numbers become 0 and 1. */
export function readLabels(
  volume: Volume,
  path: string,
  maybeMask: boolean,
  ignoreIndex: number | undefined,
  notes: string[],
): LabelArray {
  const { data } = volume,
    high = maybeMask ? maskValue(volume, ignoreIndex) : undefined;
  if (high !== undefined) {
    notes.push(`${path}: a mask of 0 and ${high}, read as 0 and 1`);
    return Uint8Array.from(data, (v) => (v === 0 ? 0 : 1));
  }
  if (!(data instanceof Float32Array || data instanceof Float64Array || data instanceof Uint32Array)) return data;
  const bad = data.findIndex((v: number) => !Number.isInteger(v) || Math.abs(v) >= 2 ** 31);
  if (bad >= 0)
    throw new Error(`${path}: a target holds labels, whole numbers of up to 31 bits; got ${data[bad]} at index ${bad}`);
  return new Int32Array(data);
}

/** A prediction's numbers as the losses take them; grey levels become probabilities. */
export function readNumbers({ data, top, indexed }: Volume, path: string, notes: string[]): Float32Array {
  if (indexed)
    throw new Error(`${path}: holds entries of a palette; a prediction as PNG must hold grey levels (probabilities)`);
  const numbers =
    top !== undefined
      ? Float32Array.from(data, (v) => v / top)
      : data instanceof Float32Array
        ? data
        : Float32Array.from(data);
  if (!numbers.every(Number.isFinite)) notes.push(`${path}: holds numbers that are not finite`);
  return numbers;
}

/**
 * Where classes and pixels are: [...spatial], [C, ...spatial] or [1, C, ...spatial] for a target [...spatial] or [1,
 * ...spatial].
 */
function axesOf(
  pred: readonly number[],
  target: readonly number[],
): { classes: number; spatial: readonly number[] } | undefined {
  for (const spatial of target.length > 1 && target[0] === 1 ? [target.slice(1), target] : [target]) {
    const more = pred.length - spatial.length;
    if (more < 0 || more > 2 || (more === 2 && pred[0] !== 1) || !same(pred.slice(more), spatial)) continue;
    return { classes: more === 0 ? 1 : pred[more - 1], spatial };
  }
  return undefined;
}

/** What the files of a prediction and its target hold. */
export interface Both {
  readonly volume: Volume;
  readonly truth: Volume;
  /** Channels of the prediction. */
  readonly classes: number;
  readonly spatial: readonly number[];
  readonly spacing?: readonly number[];
}

export function readBoth(predPath: string, targetPath: string): Both {
  const truth = readVolume(targetPath),
    volume = readVolume(predPath),
    found = axesOf(volume.shape, truth.shape);
  if (!found) {
    const wanted = "[C, ...spatial] or [1, C, ...spatial]";
    throw new Error(
      `${predPath}: shape ${show(volume.shape)} does not fit labels ${show(truth.shape)} of ${targetPath} (expected ${wanted})`,
    );
  }
  return { volume, truth, ...found, spacing: (truth.spacing ?? volume.spacing)?.slice(-found.spatial.length) };
}

/** What turns a file's numbers into probabilities, where nothing is said of it. */
export const usualActivation = ({ volume, classes }: Both): Activation =>
  volume.top !== undefined ? "none" : classes === 1 ? "sigmoid" : "softmax";

/** Reads a prediction and its target. */
export function readItem(
  name: string,
  predPath: string,
  targetPath: string,
  { activation, ignoreIndex }: Settings = {},
): Item {
  const both = readBoth(predPath, targetPath),
    { volume, truth, classes, spatial, spacing } = both,
    notes: string[] = [],
    // With several channels, 255 is void more often than the second class.
    labels = readLabels(truth, targetPath, classes === 1, ignoreIndex, notes);
  return {
    name,
    pred: { data: readNumbers(volume, predPath, notes), shape: [1, classes, ...spatial] },
    target: { data: new Int32Array(labels), shape: [1, ...spatial] },
    spatial,
    spacing,
    activation: activation ?? usualActivation(both),
    notes,
  };
}

export const withImage = (item: Item, path: string): Item => ({ ...item, image: readPicture(path, item.spatial) });
