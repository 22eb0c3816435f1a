import { places } from "./brute";

/** Float64 definitions of the boundary losses' fields, by brute force: small images only. */
export interface Field {
  /** Probabilities and targets of one sample and class, and 1 where a pixel counts. */
  readonly p: readonly number[];
  readonly t: readonly number[];
  readonly m: readonly number[];
  readonly spatial: readonly number[];
  readonly spacing: readonly number[];
}

/** Distance of each pixel to the nearest with the other value; 0 everywhere if there is none. */
function distancesAcross(mask: readonly number[], { spatial, spacing }: Field): number[] {
  const at = places(spatial);
  return at.map((a, i) => {
    let nearest = Number.POSITIVE_INFINITY;
    for (const [j, b] of at.entries())
      if (mask[j] !== mask[i])
        nearest = Math.min(nearest, Math.hypot(...a.map((x, axis) => (x - b[axis]) * spacing[axis])));
    return nearest === Number.POSITIVE_INFINITY ? 0 : nearest;
  });
}

export const maskOf = ({ t, m }: Field) => t.map((x, i) => (x > 0.5 && m[i] ? 1 : 0));

export function signedDistance(field: Field, insideOffset: number): number[] {
  const mask = maskOf(field),
    constant = mask.every((x) => x === mask[0]);
  return distancesAcross(mask, field).map((d, i) => (constant ? 0 : mask[i] ? insideOffset - d : d));
}

export function rectified(field: Field): number[] {
  const mask = maskOf(field),
    distances = distancesAcross(mask, field),
    largest = Math.max(...distances.filter((_, i) => mask[i]));
  return distances.map((d, i) => (mask[i] ? (mask.every((x) => x) ? -1 : -d / largest) : 1));
}

/** (p - t)^2 (d_t^alpha + d_p^alpha). */
export function hausdorffDistances(field: Field, alpha: number, oneSided: boolean): number[] {
  const { p, t, m } = field,
    target = distancesAcross(maskOf(field), field),
    own = distancesAcross(
      p.map((x, i) => (x > 0.5 && m[i] ? 1 : 0)),
      field,
    );
  return p.map((x, i) => (x - t[i]) ** 2 * (target[i] ** alpha + (oneSided ? 0 : own[i] ** alpha)));
}

/** One number of an image, 0 beyond its border. */
function look(image: readonly number[], spatial: readonly number[], at: readonly number[]): number {
  if (at.some((x, axis) => x < 0 || x >= spatial[axis])) return 0;
  return image[at.reduce((index, x, axis) => index * spatial[axis] + x, 0)];
}

/** The sum over k of k^alpha e_k. */
export function hausdorffErosions(
  { p, t, m, spatial }: Field,
  o: { erosions: number; threshold: number; alpha: number; scaling: string },
): number[] {
  const at = places(spatial),
    total = p.map(() => 0);
  let e = p.map((x, i) => m[i] * (x - t[i]) ** 2);
  for (let k = 1; k <= o.erosions; k++) {
    const s = at.map((a, i) => {
      let sum = e[i];
      for (const axis of a.keys()) for (const step of [-1, 1]) sum += look(e, spatial, a.with(axis, a[axis] + step));
      return m[i] * Math.max(0, sum / (2 * a.length + 1) - o.threshold);
    });
    const lo = Math.min(...s),
      hi = Math.max(...s);
    e = s.map((x, i) =>
      o.scaling === "none"
        ? x
        : o.scaling === "fixed"
          ? x / (1 - o.threshold)
          : hi > lo
            ? (m[i] * (x - lo)) / (hi - lo)
            : x,
    );
    for (const [i, x] of e.entries()) total[i] += k ** o.alpha * x;
  }
  return total;
}

export function hausdorffConvolutions(
  { p, t, m, spatial }: Field,
  o: { radii: readonly number[]; threshold: number; alpha: number },
): number[] {
  const at = places(spatial),
    f = (x: number) => Math.max(0, x - o.threshold),
    total = p.map(() => 0);
  for (const radius of o.radii) {
    const reach = Math.floor(radius),
      offsets = places(spatial.map(() => 2 * reach + 1))
        .map((a) => a.map((x) => x - reach))
        .filter((a) => Math.hypot(...a) <= radius + 1e-9);
    const mean = (image: readonly number[], a: readonly number[]) =>
      offsets.reduce(
        (sum, o) =>
          sum +
          look(
            image,
            spatial,
            a.map((x, axis) => x + o[axis]),
          ),
        0,
      ) / offsets.length;
    const inP = p.map((x, i) => m[i] * x),
      inT = t.map((x, i) => m[i] * x);
    for (const [i, where] of at.entries()) {
      const a = mean(inP, where),
        b = mean(inT, where);
      total[i] +=
        radius ** o.alpha * (inP[i] - inT[i]) ** 2 * (inP[i] * (f(1 - b) + f(a)) + inT[i] * (f(b) + f(1 - a)));
    }
  }
  return total;
}

/** How many pixels of a mask have a face neighbour outside it, or lie at the image's border. */
export function boundarySize(mask: readonly number[], spatial: readonly number[]): number {
  return places(spatial).filter(
    (a, i) => mask[i] && a.some((x, axis) => [-1, 1].some((step) => !look(mask, spatial, a.with(axis, x + step)))),
  ).length;
}

/** The bin of each pixel; each positive label is an object. */
export function bins(
  labels: ArrayLike<number>,
  ignoreIndex: number,
  count: number,
  truncation: number,
  { spatial, spacing }: Pick<Field, "spatial" | "spacing">,
): number[] {
  const at = places(spatial),
    objects = Array.from(labels, (label) => (label === ignoreIndex ? 0 : label));
  const inner = at.map(
    (a, i) =>
      objects[i] > 0 &&
      a.every((x, axis) =>
        [-1, 1].every(
          (step) =>
            x + step < 0 ||
            x + step >= spatial[axis] ||
            labels[i] === look(Array.from(labels), spatial, a.with(axis, x + step)),
        ),
      ),
  );
  return at.map((a, i) => {
    if (!inner[i]) return 0;
    let nearest = Number.POSITIVE_INFINITY;
    for (const [j, b] of at.entries())
      if (!inner[j]) nearest = Math.min(nearest, Math.hypot(...a.map((x, axis) => (x - b[axis]) * spacing[axis])));
    return Math.floor((Math.min(Math.ceil(nearest - 1e-6), truncation) * (count - 1)) / truncation + 0.5);
  });
}
