import type { Options, Values } from "../options/options.js";
import type { Found, Scene, Scorer } from "./declaration.js";
import type { MaskPair } from "./pair.js";

/** The mean of the numbers that are defined. */
export function meanOfDefined(scores: ArrayLike<number>): number {
  let sum = 0,
    count = 0;
  for (let i = 0; i < scores.length; i++) {
    if (Number.isNaN(scores[i])) continue;
    sum += scores[i];
    count++;
  }
  return sum / count;
}

/** Numbers per sample and class, NaN where none is set. */
export const table = ({ geometry, labels }: Pick<Scene, "geometry" | "labels">, each = 1): Float64Array =>
  new Float64Array(geometry.batch * labels.length * each).fill(Number.NaN);

/** Sums over the samples of [B, C'] numbers. */
function sumSamples(numbers: Float64Array, classes: number): Float64Array {
  const sums = new Float64Array(classes);
  for (let i = 0; i < numbers.length; i++) sums[i % classes] += numbers[i];
  return sums;
}

/** Sums over the samples of some tables of [B, C'] numbers, one after another. */
export const joinSums = (tables: readonly Float64Array[], classes: number): Float64Array =>
  Float64Array.from(tables.flatMap((numbers) => [...sumSamples(numbers, classes)]));

/** The numbers of column c in `kinds` lists of so many columns. */
export const columnOf = <K extends string>(kinds: readonly K[], sums: Float64Array, columns: number, c: number) =>
  Object.fromEntries(kinds.map((kind, k) => [kind, sums[k * columns + c]])) as Record<K, number>;

/** A score with further numbers, each a result of its name. */
type Scored<K extends string> = Readonly<Record<"score" | K, number>>;

/** Scores each pair by itself; further numbers become results [B, C']. */
export function byPair<O extends Options, K extends string = never>(
  further: readonly K[],
  score: (pair: MaskPair, options: Values<O>, c: number, scene: Scene) => Scored<K>,
  check: (scene: Scene, options: Values<O>) => void = () => {},
): (scene: Scene, options: Values<O>) => Scorer {
  return (scene, options) => {
    check(scene, options);
    const perClass = table(scene),
      others = Object.fromEntries(further.map((name) => [name, table(scene)])) as Record<K, Float64Array>;
    return {
      pair(b, c, pair) {
        const found = score(pair, options, c, scene),
          at = b * scene.labels.length + c;
        perClass[at] = found.score;
        for (const name of further) others[name][at] = found[name];
      },
      found: (): Found => ({ perClass, ...others }),
    };
  };
}
