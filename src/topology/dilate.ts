import type { Sizes } from "./grid.js";

/** Steps across faces and edges: to 8 neighbours in an image, to 18 in a volume. */
function edgeSteps(): readonly (readonly [dz: number, dy: number, dx: number])[] {
  const around = [-1, 0, 1],
    all = around.flatMap((dz) => around.flatMap((dy) => around.map((dx) => [dz, dy, dx] as const)));
  return all.filter(([dz, dy, dx]) => [1, 2].includes(Math.abs(dz) + Math.abs(dy) + Math.abs(dx)));
}

/**
 * A mask and all that is so many steps across faces and edges away, in the image. Each pixel is gone out from once, so
 * that time grows with what is reached, not with the number of steps.
 */
export function dilate(mask: Uint8Array, [depth, height, width]: Sizes, steps: number): Uint8Array {
  const out = mask.slice(),
    ways = edgeSteps();
  let front: number[] = [];
  for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) front.push(i);
  for (let step = 0; step < steps && front.length > 0; step++) {
    const next: number[] = [];
    for (const i of front) {
      const x = i % width,
        row = (i - x) / width,
        y = row % height,
        z = (row - y) / height;
      for (const [dz, dy, dx] of ways) {
        const c = z + dz,
          b = y + dy,
          a = x + dx;
        if (c < 0 || b < 0 || a < 0 || c >= depth || b >= height || a >= width) continue;
        const at = (c * height + b) * width + a;
        if (out[at] !== 0) continue;
        out[at] = 1;
        next.push(at);
      }
    }
    front = next;
  }
  return out;
}
