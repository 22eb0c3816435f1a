import { SegLossError } from "../errors.js";
import type { Values } from "../options/options.js";
import type { emptyCases } from "./common.js";
import type { EntryCounts, Found, Scene } from "./declaration.js";
import { meanOfDefined } from "./tables.js";

/** What entries get where a mask is empty. */
/** Which of an entry's masks are empty. */
export type EmptyCase = "target" | "pred" | "both" | undefined;
export const caseOf = (pred: boolean, target: boolean): EmptyCase =>
  pred ? (target ? undefined : "target") : target ? "pred" : "both";

type Given = Values<typeof emptyCases>["empty"] & object;

function readCases(scene: Scene, given: Given, emptyScore: unknown): (of: EmptyCase) => number | undefined {
  if (typeof emptyScore === "number" && !Number.isNaN(emptyScore) && given.both !== undefined)
    throw new SegLossError(
      "INVALID_OPTION",
      `${scene.what}: emptyScore ${emptyScore} and empty.both ${given.both} both say what an empty pair scores; give ` +
        "one of them",
    );
  const { spatial } = scene.geometry,
    diagonal = Math.hypot(...spatial.map((size, axis) => size * scene.spacing[axis]));
  return (of) => {
    const score = of && given[of];
    return score === "diagonal" ? diagonal : score;
  };
}

/** What was found, with the scores that the caller wants of empty masks; `cases` has one for each entry. */
export function withEmptyCases(
  found: Found,
  scene: Scene,
  options: Readonly<Record<string, unknown>>,
  cases: readonly EmptyCase[] | undefined,
): Found {
  const given = options.empty as Given | null | undefined;
  if (!given) return found;
  if (found.value !== undefined)
    throw new SegLossError(
      "INVALID_OPTION",
      `${scene.what}: value is a number of all classes at once, to which option empty says nothing; ` +
        `${"average" in options ? 'use average "classes"' : "leave it out"}`,
    );
  if (!cases) scene.unsupported("option empty is of classes' masks; ids have none: use emptyScore");
  const scoreOf = readCases(scene, given, options.emptyScore),
    perClass = found.perClass.map((score, at) => scoreOf(cases[at]) ?? score),
    // Tables of any metric: which it has, only their names tell.
    { tp, fp, fn, pooled } = found as unknown as Readonly<Record<string, Float64Array | undefined>>;
  // Objects are counted under the same names, with sums that say nothing of pixels.
  if (!tp || !fp || !fn || !pooled || !("tn" in found)) return { ...found, perClass };
  const columns = pooled.length,
    filled = (c: number, other: Float64Array) => tp.some((n, at) => at % columns === c && n + other[at] > 0),
    all = pooled.map((score, c) =>
      Number.isNaN(tp[c]) ? score : (scoreOf(caseOf(filled(c, fp), filled(c, fn))) ?? score),
    );
  return { ...found, perClass, pooled: all, pooledValue: meanOfDefined(all) };
}

export function countEntries(
  perClass: Float64Array,
  isIgnored: (at: number) => boolean,
  cases: readonly EmptyCase[] | undefined,
): EntryCounts {
  let [defined, none, infinite] = [0, 0, 0];
  for (const [at, score] of perClass.entries()) {
    if (isIgnored(at)) continue;
    if (Number.isNaN(score)) none++;
    else defined++;
    if (Math.abs(score) === Number.POSITIVE_INFINITY) infinite++;
  }
  return { defined, undefined: none, infinite, missed: cases?.filter((each) => each === "pred").length };
}
