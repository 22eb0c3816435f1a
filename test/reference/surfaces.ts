import { lengthOf, place, steps, sum } from "./brute";

/** Distances from each surface pixel of one mask to the other's. */
export function surfaces(
  a: readonly number[],
  b: readonly number[],
  spatial: readonly number[],
  spacing: readonly number[],
) {
  const surface = (mask: readonly number[]) =>
    mask.flatMap((inside, i) => {
      const border = place(i, spatial).some((x, axis) => x === 0 || x === spatial[axis] - 1);
      return inside && (border || mask.some((other, j) => !other && sum(steps(i, j, spatial)) === 1)) ? [i] : [];
    });
  const [p, t] = [surface(a), surface(b)],
    from = (one: readonly number[], other: readonly number[]) =>
      one.map((i) => Math.min(...other.map((j) => lengthOf(steps(i, j, spatial), spacing))));
  return [from(p, t), from(t, p)];
}

export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b),
    at = ((sorted.length - 1) * q) / 100,
    low = Math.floor(at);
  return sorted[low] + (at - low) * (sorted[Math.min(low + 1, sorted.length - 1)] - sorted[low]);
}
