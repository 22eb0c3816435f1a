import { withImagePersistence } from "../bindings/planes/imagePersistence.js";
import { type Persistence, withPersistence } from "../bindings/planes/persistence.js";
import type { FieldContext } from "../engine/plan.js";
import { type ClassAverage, ratios } from "./classAverage.js";
import { type Add, costOfMatching } from "./inducedMatching.js";

interface Topological {
  readonly matching: "longest" | "induced";
  readonly average: ClassAverage;
  readonly dimensions: readonly number[];
  readonly minPersistence: number;
  /** Keeps the target's Betti numbers. */
  readonly keep: (make: () => Int32Array) => Int32Array;
}

/** A class of a sample. */
interface Member {
  readonly b: number;
  readonly c: number;
  readonly weight: number;
}

/** A pair of pixels; no death is the end, at the value 0. */
interface Pair {
  readonly birth: number;
  readonly death?: number;
  readonly persistence: number;
}

/** The pairs of a dimension that begin and end at different values. */
function lasting(of: Persistence, dimension: number, pixels: number): Pair[] {
  const ends = of.pairs(dimension),
    found: Pair[] = [];
  for (let i = 0; i < ends.length; i += 2) {
    const [birth, last] = [ends[i], ends[i + 1]],
      death = last < pixels ? last : undefined,
      persistence = of.p(birth) - (death === undefined ? 0 : of.p(death));
    if (persistence > 0) found.push({ birth, death, persistence });
  }
  return found;
}

/** The longest first; of equals that with the earlier birth, then with the earlier death. */
function byPersistence(of: Persistence) {
  const at = (pixel: number | undefined) => (pixel === undefined ? Number.POSITIVE_INFINITY : of.position(pixel));
  return (a: Pair, b: Pair) =>
    b.persistence - a.persistence || at(a.birth) - at(b.birth) || (at(a.death) < at(b.death) ? -1 : 1);
}

/**
 * What the pairs of a channel cost: as many as the target has are to last from 1 to 0, the others to vanish. `add`
 * takes their derivatives by p.
 */
function cost(of: Persistence, pairs: readonly Pair[], wanted: number, minPersistence: number, add: Add): number {
  let value = 0;
  for (const [k, { birth, death, persistence }] of pairs.entries()) {
    if (k < wanted) {
      const missing = of.q(birth),
        left = death === undefined ? 0 : of.p(death);
      value += missing ** 2 + left ** 2;
      add(birth, -2 * missing);
      if (death !== undefined) add(death, 2 * left);
    } else if (persistence > minPersistence) {
      value += persistence ** 2 / 2;
      add(birth, persistence);
      if (death !== undefined) add(death, -persistence);
    }
  }
  return value;
}

/** What a channel costs; NaN where its numbers cannot be ordered. `add` takes derivatives by p. */
type ChannelLoss = (b: number, c: number, add: Add) => number;

/** The average of the classes' losses, and the derivatives in the place of the field. */
function averageOf(
  average: ClassAverage,
  members: readonly Member[],
  context: FieldContext,
  lossOf: ChannelLoss,
): number {
  const { geometry, statistics, field, gradient, weight, labels, ignoreIndex } = context,
    { batch, classes, pixels } = geometry,
    present = ({ b, c }: Member) => statistics.total[b * classes + c] > 0,
    counting = members.filter((each) => average.classes !== "present" || present(each)),
    total = counting.reduce((sum, each) => sum + each.weight, 0),
    divisor = average.reduction === "sum" ? 1 : total;
  const slopes = new Float64Array(gradient ? batch * classes * pixels : 0);
  let value = 0;
  for (const each of counting) {
    const { b, c } = each,
      factor = total > 0 && (average.classes !== "zeroAbsent" || present(each)) ? each.weight / divisor : 0;
    if (factor === 0) {
      if (each.weight > 0) context.ofClass?.(b, c, 0);
      continue;
    }
    const known = labels?.(),
      first = (b * classes + c) * pixels;
    const loss = lossOf(b, c, (pixel, slope) => {
      if (gradient && (ignoreIndex === undefined || known?.[b * pixels + pixel] !== ignoreIndex))
        slopes[first + pixel] += weight * factor * slope;
    });
    if (!Number.isNaN(loss)) context.ofClass?.(b, c, loss);
    value += factor * loss;
  }
  if (gradient) field().set(slopes);
  return value;
}

/** Persistence pairs of the probabilities against the target's topology, class by class (topological). */
export function evaluateTopological(
  { matching, average, dimensions, minPersistence, keep }: Topological,
  context: FieldContext,
): number {
  const { geometry, statistics } = context,
    { batch, classes, pixels } = geometry,
    plain = context.activation === "none",
    members = ratios(average, statistics, geometry).flatMap(({ members: [{ b, c }], weight }) => ({ b, c, weight }));
  const sumOf = (of: (dimension: number) => number) => dimensions.reduce((sum, k) => sum + of(k), 0);
  if (matching === "induced")
    return withImagePersistence(context, plain, (of) =>
      averageOf(average, members, context, (b, c, add) =>
        of.load(b, c) ? sumOf((k) => costOfMatching(of, k, minPersistence, add)) : Number.NaN,
      ),
    );
  return withPersistence(context, plain, (of) => {
    const betti = keep(() => {
      const numbers = new Int32Array(2 * batch * classes);
      for (const { b, c } of members) {
        of.load(b, c, "target");
        for (const k of dimensions) numbers[2 * (b * classes + c) + k] = lasting(of, k, pixels).length;
      }
      return numbers;
    });
    return averageOf(average, members, context, (b, c, add) => {
      if (!of.load(b, c, "prediction")) return Number.NaN;
      return sumOf((k) => {
        const pairs = lasting(of, k, pixels).sort(byPersistence(of));
        return cost(of, pairs, betti[2 * (b * classes + c) + k], minPersistence, add);
      });
    });
  });
}
