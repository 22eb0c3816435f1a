import type { Components } from "./components.js";
import { growList } from "./dilate.js";
import { type Connectivity, Neighbourhood, reachOf, type Sizes } from "./grid.js";

/** Pixels of an image in rising order, and the number of each one's component. */
export interface ListedComponents extends Components {
  readonly pixels: Int32Array;
}

/**
 * The components of listed pixels after a dilation (dilate.ts). Time grows with the pixels that it reaches; `marks`, a
 * number for each pixel of the image, holds zeros before and after.
 */
export function componentsOfList(
  list: Int32Array,
  sizes: Sizes,
  { connectivity, dilation }: { readonly connectivity: Connectivity; readonly dilation: number },
  marks: Int32Array,
): ListedComponents {
  const reached = Array.from(list);
  for (const i of reached) marks[i] = 1;
  growList(reached, marks, sizes, dilation);
  const pixels = Int32Array.from(reached).sort(),
    numbers = new Int32Array(pixels.length),
    around = new Neighbourhood(sizes, reachOf[connectivity]);
  let count = 0;
  // A mark says where in the list the pixel stands.
  for (let k = 0; k < pixels.length; k++) marks[pixels[k]] = k + 1;
  for (let first = 0; first < pixels.length; first++) {
    if (numbers[first] !== 0) continue;
    const open = [first];
    numbers[first] = ++count;
    for (const k of open)
      around.each(pixels[k], (at) => {
        const other = marks[at] - 1;
        if (other < 0 || numbers[other] !== 0) return;
        numbers[other] = numbers[first];
        open.push(other);
      });
  }
  for (const i of pixels) marks[i] = 0;
  return { pixels, numbers, count };
}
