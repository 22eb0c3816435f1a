import { mapInto } from "../tensors/mapInto.js";
import type { Both } from "./both.js";
import { type Numbers, show } from "./readers/volume.js";
import { ignoredOf, type Settings } from "./settings.js";
import { isFloating, together, type Values, valuesOf } from "./values.js";

/** What the numbers of one side mean, decided once for all its files. */
export interface Side {
  /** The number that stands for 1 in a mask of 0 and that. */
  readonly mask?: number;
  /** The least number of the foreground. */
  readonly threshold?: number;
}

/** What the files of both sides hold. */
export interface Contents {
  readonly target: Side;
  /** Of predictions with one number per pixel: labels of a side, or scores. */
  readonly pred: Side | "scores";
  /** Labels that occur, or those that --classes says, without the ignored ones. */
  readonly labels: readonly number[];
}

/** Numbers that programs write for the foreground of a mask. */
const maskNumbers = [127, 128, 255, 32767, 32768, 65535];

/** What the survey wants to know of one case: plain data. */
export interface Finding {
  readonly paths: Both["paths"];
  readonly classes: number;
  /** Of predictions with one number per pixel. */
  readonly pred?: Values;
  /** True where those are grey levels of a byte. */
  readonly grey: boolean;
  /** Of targets that are label maps. */
  readonly target?: Values;
}

export const findingOf = ({ volume, truth, classes, multiHot, paths }: Both, { activation }: Settings): Finding => ({
  paths,
  classes,
  pred: classes > 1 || activation || volume.probabilities ? undefined : valuesOf(volume.data),
  grey: volume.top === 255 && !volume.indexed,
  target: multiHot ? undefined : valuesOf(truth.data),
});

/** What all files hold, as they are looked at one after the other. */
export class Survey {
  #pred?: Values;
  #target?: Values;
  readonly #targetCounts = new Map<number, string>();
  #brokenPred = "";
  #predPath = "";
  #targetPath = "";
  /** Where grey levels of a byte are largest: they may be probabilities. */
  #grey?: { readonly path: string; readonly most: number };
  #many = false;
  /** Where predictions have more channels than a mask has answers. */
  #several = "";

  constructor(readonly settings: Settings) {}

  add({ paths, classes, grey, pred, target }: Finding): void {
    if (classes > 1) this.#many = true;
    if (classes > 2) this.#several ||= paths.pred;
    if (pred) {
      if (pred.broken && !this.#brokenPred) this.#brokenPred = paths.pred;
      this.#predPath ||= paths.pred;
      if (grey && pred.most > (this.#grey?.most ?? 0)) this.#grey = { path: paths.pred, most: pred.most };
      this.#pred = together(this.#pred, pred);
    }
    if (!target) return;
    if (target.broken && this.settings.threshold === undefined) {
      const { value, index } = target.broken;
      throw new Error(
        `${paths.target}: a target holds labels, whole numbers; got ${value} at index ${index} ` +
          "(--threshold makes a mask of numbers)",
      );
    }
    this.#targetPath ||= paths.target;
    for (const label of target.counts?.keys() ?? [])
      if (!this.#targetCounts.has(label)) this.#targetCounts.set(label, paths.target);
    this.#target = together(this.#target, target);
  }

  /** What is meant; an error where that is not clear. */
  decide(): Contents {
    const { settings } = this;
    if (settings.threshold !== undefined && this.#several)
      throw new Error(`${this.#several}: --threshold makes masks of one channel; this prediction has several`);
    const predScores = this.#pred === undefined || this.#arePredictedScores(this.#pred),
      pred = predScores ? undefined : this.#pred;
    // Masks face masks: 255 beside other labels is void more often.
    const [own, theirs] = [pred && this.#foreground(pred), this.#target && this.#foreground(this.#target)],
      bothMasks = (!pred || own !== undefined) && !this.#many && (settings.classes ?? 2) <= 2;
    if (settings.threshold !== undefined && predScores && theirs !== undefined && theirs <= 1)
      throw new Error(
        `${this.#targetPath}: --threshold ${settings.threshold} changes nothing: this side is a mask of 0 and 1 as ` +
          "it is, and predictions are read as scores, which count from probability 1/2 on; leave --threshold out, or " +
          "--activation to threshold the predictions' numbers themselves",
      );
    // With --threshold a side of 0 and 1 is done, whatever the other one needs.
    const done = (mask: number | undefined) => settings.threshold !== undefined && mask !== undefined && mask <= 1,
      target = this.#side(this.#target, this.#targetPath, bothMasks || done(theirs) ? theirs : undefined),
      ownMask = (bothMasks && theirs !== undefined) || done(own) ? own : undefined,
      side = pred && this.#side(pred, this.#predPath, ownMask);
    this.#checkVoid(target, pred, side);
    const labels = this.#labels(target, pred, side);
    if (side && pred) this.#checkGrey(side, target);
    return { target, pred: side ?? "scores", labels };
  }

  #arePredictedScores({ broken, least, most }: Values): boolean {
    if (!broken || this.settings.threshold !== undefined) return false;
    if (least >= -1e-3 && most <= 1 + 1e-3 && least <= most)
      throw new Error(
        `${this.#brokenPred}: holds numbers within [0, 1] in one channel (${broken.value} at index ${broken.index}): ` +
          "probabilities or logits? Give --activation none for probabilities, --activation sigmoid for logits",
      );
    // A network's logits are below 0 somewhere; blended labels and percentages are not.
    if (least >= -1e-3)
      throw new Error(
        `${this.#brokenPred}: holds numbers from ${least} to ${most} in one channel, none below 0 and not all whole ` +
          `(${broken.value} at index ${broken.index}): labels that were interpolated, or logits? Resample labels to ` +
          "the nearest, or give --threshold N for a mask of the numbers from N on, --activation sigmoid for logits",
      );
    return true;
  }

  /** The one number beside 0, if it stands for foreground; 0 where there is nothing but 0. */
  #foreground({ counts }: Values): number | undefined {
    const ignored = ignoredOf(this.settings),
      others = [...(counts?.keys() ?? [])].filter((label) => label !== 0 && !ignored.includes(label));
    if (!counts || others.length > 1) return undefined;
    const [label = 0] = others;
    return label <= 1 || maskNumbers.includes(label) ? label : undefined;
  }

  #side(values: Values | undefined, path: string, mask: number | undefined): Side {
    const { threshold } = this.settings;
    const isMask = mask !== undefined && mask >= 0;
    if (isMask && (threshold === undefined || mask <= 1 || (threshold > 0 && threshold <= mask)))
      return mask > 1 ? { mask } : {};
    if (threshold === undefined || !values) return {};
    if (!(values.least < threshold && values.most >= threshold))
      throw new Error(
        `${path}: --threshold ${threshold} leaves nothing to tell apart: ` +
          `its numbers go from ${values.least} to ${values.most}`,
      );
    return { threshold };
  }

  /** A label far above the others, or below 0, may be void: whether its pixels count is for the user to say. */
  #checkVoid(target: Side, pred: Values | undefined, side: Side | undefined): void {
    const { settings } = this,
      ignored = ignoredOf(settings);
    if (settings.ignore === "none") return;
    const check = (values: Values | undefined, own: Side, path: string, other: Values | undefined) => {
      if (!values?.counts || own.mask !== undefined || own.threshold !== undefined) return;
      const labels = [...values.counts.keys()].filter((label) => !ignored.includes(label)).sort((a, b) => b - a),
        [most = 0, second = 0] = labels;
      const usual = (most === 255 || most === 65535) && second < most - 1,
        far = most >= 100 && most > 10 * (second + 1) && other !== undefined && !other.counts?.has(most);
      const odd = path === this.#predPath ? undefined : labels.find((label) => label < 0);
      if (odd === undefined && !(usual || far)) return;
      if (odd === undefined && settings.classes !== undefined && settings.classes > most) return;
      this.#refuseVoid(values, odd ?? most, odd === undefined ? second : undefined, path);
    };
    check(this.#target, target, this.#targetPath, pred);
    if (pred && side) check(pred, side, this.#predPath, undefined);
  }

  #refuseVoid({ counts }: Values, label: number, second: number | undefined, side: string): never {
    const path = (side === this.#targetPath && this.#targetCounts.get(label)) || side,
      between = [...(counts?.keys() ?? [])].filter((v) => v > 0 && v < label).length,
      where = second === undefined ? "below 0" : `far above the others (up to ${second})`;
    const mask =
      label === 255 || label === 65535
        ? `; --threshold ${(label + 1) / 2} if it is a mask${between > 0 ? " with soft edges" : ""}`
        : "";
    throw new Error(
      `${path}: label ${label}, ${where}, stands at ${counts?.get(label)} pixels of this side's files; ` +
        `give --ignore-index ${label} if it is void, --ignore-index none if it is a class${mask}`,
    );
  }

  #labels(target: Side, pred: Values | undefined, side: Side | undefined): number[] {
    const { classes } = this.settings;
    if (classes !== undefined) return classes === 1 ? [1] : Array.from({ length: classes }, (_, label) => label);
    const labels = new Set<number>(),
      ignored = ignoredOf(this.settings);
    const add = (values: Values | undefined, { mask, threshold }: Side) => {
      if (threshold !== undefined) for (const label of [0, 1]) labels.add(label);
      else
        for (const label of values?.counts?.keys() ?? []) labels.add(mask !== undefined && label === mask ? 1 : label);
    };
    add(this.#target, target);
    if (pred && side) add(pred, side);
    return [...labels].filter((label) => !ignored.includes(label)).sort((a, b) => a - b);
  }

  /** Grey levels above all labels of the targets may be probabilities. */
  #checkGrey(side: Side, target: Side): void {
    if (!this.#grey || side.mask !== undefined || side.threshold !== undefined || this.settings.classes !== undefined)
      return;
    const known = target.mask !== undefined || target.threshold !== undefined ? 1 : (this.#target?.most ?? 0),
      { path, most } = this.#grey;
    if (most <= Math.max(known, 1) || ignoredOf(this.settings).includes(most)) return;
    throw new Error(
      `${path}: holds grey levels up to ${most}, but labels go up to ${Math.max(known, 1)}; ` +
        "give --activation none if they are probabilities, --threshold 128 if a mask with soft edges, " +
        "--classes N if labels",
    );
  }
}

/** Throws where numbers cannot be labels. */
function checkLabels(data: Numbers, path: string): void {
  // Whole numbers of one and two bytes are.
  if (!isFloating({ data }) && data.BYTES_PER_ELEMENT < 4) return;
  const { broken, least, most } = valuesOf(data);
  if (broken) throw new Error(`${path}: holds labels, whole numbers; got ${broken.value} at index ${broken.index}`);
  if (least < -(2 ** 31) || most >= 2 ** 31)
    throw new Error(`${path}: labels must be below 2^31, got ${least < -(2 ** 31) ? least : most}`);
}

/** The label that each of a side's numbers stands for, as decided. */
export function labelling(data: Numbers, { mask, threshold }: Side, path: string): (number: number) => number {
  if (threshold !== undefined) return (v) => (v >= threshold ? 1 : 0);
  if (mask !== undefined) return (v) => (v === 0 ? 0 : 1);
  checkLabels(data, path);
  return Math.round;
}

/** Numbers of a side as labels, as decided. */
export const toLabels = (data: Numbers, side: Side, path: string): Int32Array =>
  mapInto(new Int32Array(data.length), data, labelling(data, side, path));

interface Scoring {
  readonly volume: Both["volume"];
  readonly paths: { readonly pred: string };
  readonly spatial: readonly number[];
}

/** A prediction's numbers as metrics and losses take them; grey levels become probabilities. */
export function toScores({ volume, paths, spatial }: Scoring, notes: string[]): Float32Array {
  const { data, top, indexed } = volume;
  if (indexed)
    throw new Error(
      `${paths.pred}: holds entries of a palette or labels of colours, ${show(spatial)}; ` +
        "as scores, a PNG must hold grey levels (probabilities)",
    );
  const numbers =
    top !== undefined
      ? mapInto(new Float32Array(data.length), data, (v: number) => v / top)
      : data instanceof Float32Array
        ? data
        : Float32Array.from(data);
  if (isFloating(volume) && !numbers.every(Number.isFinite))
    notes.push(`${paths.pred}: holds numbers that are not finite`);
  return numbers;
}

/** What a mask's numbers were taken for, in words. */
export const maskNote = (path: string, { mask, threshold }: Side): string[] =>
  mask !== undefined
    ? [`${path}: a mask of 0 and ${mask}, read as 0 and 1`]
    : threshold !== undefined
      ? [`${path}: numbers of at least ${threshold} read as 1, others as 0`]
      : [];
