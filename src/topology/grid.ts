/** Which pixels touch: across faces, also across edges, or also across corners. */
export type Connectivity = "face" | "edge" | "full";

/** Along how many axes at most two pixels that touch differ. */
export const reachOf = { face: 1, edge: 2, full: 3 } as const satisfies Record<Connectivity, number>;

/** Sizes as [depth, height, width], with 1 where there is no axis. */
export type Sizes = readonly [depth: number, height: number, width: number];

export function sizesOf(spatial: readonly number[]): Sizes {
  const [width = 1, height = 1, depth = 1] = [...spatial].reverse();
  return [depth, height, width];
}

/** A mask as 1 and 0, or the reverse, with one ring of pixels around it that are outside. */
export function pad(mask: ArrayLike<number>, sizes: Sizes, inside: 0 | 1 = 1): { data: Uint8Array; sizes: Sizes } {
  const [depth, height, width] = sizes,
    padded = [depth + 2, height + 2, width + 2] as const,
    data = new Uint8Array(padded[0] * padded[1] * padded[2]).fill(1 - inside);
  for (let z = 0, i = 0; z < depth; z++)
    for (let y = 0; y < height; y++) {
      const row = ((z + 1) * padded[1] + y + 1) * padded[2] + 1;
      for (let x = 0; x < width; x++, i++) data[row + x] = mask[i] === 0 ? 1 - inside : inside;
    }
  return { data, sizes: padded };
}

/** The pixels around one that differ from it along so many axes at most. */
export class Neighbourhood {
  readonly #sizes: Sizes;
  readonly #steps: readonly (readonly [dz: number, dy: number, dx: number])[];
  readonly #offsets: Int32Array;

  constructor(sizes: Sizes, reach: number) {
    const around = [-1, 0, 1],
      all = around.flatMap((dz) => around.flatMap((dy) => around.map((dx) => [dz, dy, dx] as const))),
      [, height, width] = sizes;
    this.#sizes = sizes;
    this.#steps = all.filter((step) => {
      const axes = step.filter((d) => d !== 0).length;
      return axes > 0 && axes <= reach && step.every((d, axis) => d === 0 || sizes[axis] > 1);
    });
    this.#offsets = Int32Array.from(this.#steps, ([dz, dy, dx]) => (dz * height + dy) * width + dx);
  }

  /** Visits those in the image. */
  each(i: number, visit: (at: number) => void): void {
    const [depth, height, width] = this.#sizes,
      offsets = this.#offsets,
      x = i % width,
      row = (i - x) / width,
      y = row % height,
      z = (row - y) / height,
      inside = (n: number, size: number) => size === 1 || (n > 0 && n < size - 1);
    if (inside(x, width) && inside(y, height) && inside(z, depth)) {
      for (let k = 0; k < offsets.length; k++) visit(i + offsets[k]);
      return;
    }
    for (const [k, [dz, dy, dx]] of this.#steps.entries()) {
      const [c, b, a] = [z + dz, y + dy, x + dx];
      if (c >= 0 && b >= 0 && a >= 0 && c < depth && b < height && a < width) visit(i + offsets[k]);
    }
  }
}
