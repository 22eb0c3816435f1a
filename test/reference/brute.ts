/** Coordinates of pixel i. */
export function place(i: number, spatial: readonly number[]): number[] {
  const at = spatial.map(() => 0);
  for (let axis = spatial.length - 1, rest = i; axis >= 0; axis--) {
    at[axis] = rest % spatial[axis];
    rest = Math.floor(rest / spatial[axis]);
  }
  return at;
}

/** Coordinates of all pixels, in their order. */
export const places = (spatial: readonly number[]): number[][] =>
  Array.from({ length: spatial.reduce((a, b) => a * b, 1) }, (_, i) => place(i, spatial));

/** Steps from one pixel to another along each axis. */
export function steps(i: number, j: number, spatial: readonly number[]): number[] {
  const [a, b] = [place(i, spatial), place(j, spatial)];
  return a.map((x, axis) => Math.abs(x - b[axis]));
}

export const sum = (list: readonly number[]) => list.reduce((a, b) => a + b, 0);

/** Length of so many steps along each axis. */
export const lengthOf = (offsets: readonly number[], spacing: readonly number[]) =>
  Math.hypot(...offsets.map((n, axis) => n * spacing[axis]));
