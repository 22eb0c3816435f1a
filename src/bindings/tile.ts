import { structures } from "../../dist/kernels.js";

/** Tiles are of whole blocks. */
const BLOCK = 256;
/**
 * Pixels of a block, which stay in a cache between the steps that work on them: up to four classes in the first level,
 * others in the second. They read half a page of each plane in a row (of 21 classes 0.88 of the time of 256 pixels, as
 * a processor that fetches ahead loses a plane's track at each change); two planes have room for a page.
 */
export const blockPixels = (classes: number): number => (classes <= 2 ? 4 : 2) * BLOCK;
/** Numbers that a selection reads at a time. */
export const CHUNK = 16384;
export const PLANES = ["pred", "prob", "slope", "grad", "target", "units", "unitWeights"] as const;
export type PlaneSet = (typeof PLANES)[number];
export type Area = PlaneSet | "bins" | "labels" | "rows" | "classTable" | "sums" | "options" | "source";

/**
 * Pixels of a tile: 16,384 while a set of planes stays within 512 KB (of 8,192 each call took 5 % longer: measured with
 * up to four classes), and 4,096 while it stays within 4 MB, as to copy a plane's pixels takes a time of its own,
 * however few they are (0.85 of the time of 2,048 with 64 to 150 classes). The shape alone decides, so sums never
 * depend on how data arrived.
 */
export function tilePixels(classes: number): number {
  const within = (numbers: number) => Math.floor(numbers / classes / BLOCK) * BLOCK;
  return Math.max(BLOCK, Math.min(16384, Math.max(within(131072), Math.min(4096, within(1048576)))));
}

/** Pixels that steps run over: whole vectors, four at a time. */
export const padTo = (count: number): number => Math.ceil(count / 16) * 16;

/**
 * Up to this many labels are counted one after the other, 16 pixels at a time: 2 times faster than one by one at 21.
 */
export const FEW_LABELS = 24;

/**
 * The next address that lies 176 bytes into a page of 4,096. On AMD's Zen 3 a copy to where is 1 to 31 bytes further
 * into its page than where from takes 6 times as long (measured), and large arrays begin 16 bytes into one, shared ones
 * 0: planes that follow each other 64 bytes further into their pages keep clear of both up to 60 classes.
 */
export const afterPage = (at: number): number => Math.ceil((at - 176) / 4096) * 4096 + 176;

/** Whole cache lines of 64 bytes, so that areas of memory share none. */
export const wholeLines = (bytes: number) => Math.ceil(bytes / 64) * 64;

/** Where fields stand in an array of numbers of so many bytes. */
const numbersOf = <K extends string>(fields: Readonly<Record<K, number>>, bytes: number): Record<K, number> =>
  Object.fromEntries(Object.entries<number>(fields).map(([name, at]) => [name, at / bytes])) as Record<K, number>;

/**
 * Where the numbers of the row stand that a score reads and leaves its slopes in (assembly/overlap/row.ts, class
 * Row): float64.
 */
export const ROW = numbersOf(structures.Row, 8);

/** A member's own fields, where one comes back (assembly/losses/robustT.ts). */
export const ROBUST_T = numbersOf(structures.RobustT, 8);

/** A class's sums: hits, misses, false alarms, squared misses, squared false alarms. */
export const SUMS = ROW.target;

/** A class's slopes: no, yes, byTarget. */
export const SLOPES = ROW.bytes - ROW.no;
