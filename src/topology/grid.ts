/** Which pixels touch: across faces, also across edges, or also across corners. */
export type Connectivity = "face" | "edge" | "full";

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
