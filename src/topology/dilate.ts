import { Neighbourhood, type Sizes } from "./grid.js";

/** Across faces and edges: to 8 neighbours in an image, to 18 in a volume. */
const REACH = 2;

/**
 * Adds to a list of pixels all that are so many steps across faces and edges away, in the image; `marks` is 1 at the
 * pixels of the list, and 0 elsewhere. Each pixel is gone out from once, so that time grows with what is reached, not
 * with the number of steps.
 */
export function growList(pixels: number[], marks: Uint8Array | Int32Array, sizes: Sizes, steps: number): void {
  const around = new Neighbourhood(sizes, REACH);
  for (let step = 0, from = 0; step < steps && from < pixels.length; step++) {
    const end = pixels.length;
    for (; from < end; from++)
      around.each(pixels[from], (at) => {
        if (marks[at] !== 0) return;
        marks[at] = 1;
        pixels.push(at);
      });
  }
}

/** A mask of 1 and 0, and all that is so many steps across faces and edges away. */
export function dilate(mask: Uint8Array, sizes: Sizes, steps: number): Uint8Array {
  const out = mask.slice(),
    pixels: number[] = [];
  for (let i = 0; i < mask.length; i++) if (mask[i] !== 0) pixels.push(i);
  growList(pixels, out, sizes, steps);
  return out;
}
