import { padTo } from "../bindings/tile.js";
import { lazyTensor } from "../tensors/lazyTensor.js";
import type { Geometry, LabelArray, NumberTensor } from "../tensors/shape.js";
import { type Inputs, PreparedTarget } from "./inputs.js";

/** The label of pixels that do not count, where labels are made here. */
export const VOID = -1;

/** What `make` returns, once it is asked for. */
export function once<T>(make: () => T): () => T {
  let made: { readonly it: T } | undefined;
  return () => {
    made ??= { it: make() };
    return made.it;
  };
}

/** Marks of a call's pixels, a bit each: every sample's begin with a vector of their own. */
export const newMarks = ({ batch, pixels }: Geometry) => new Uint8Array((batch * padTo(pixels)) / 8);

/** A sample's pixels by eights, with a bit for each that has a mark. */
function eachEight(
  marks: Uint8Array,
  { batch, pixels }: Geometry,
  visit: (bits: number, from: number, count: number) => void,
): void {
  for (let b = 0; b < batch; b++) {
    const first = (b * padTo(pixels)) / 8;
    for (let at = 0; at < pixels; at += 8) {
      const bits = marks[first + at / 8];
      if (bits !== 0) visit(bits, b * pixels + at, Math.min(8, pixels - at));
    }
  }
}

/** Labels with one in place of those that do not count. VOID has all bits set. */
export function voidLabels(
  labels: LabelArray,
  marks: Uint8Array,
  geometry: Geometry,
  ignored: readonly number[],
): Int32Array {
  const own = new Int32Array(labels);
  // Without branches, as no processor can guess where a weight is 0.
  for (const label of ignored) for (let i = 0; i < own.length; i++) own[i] |= -Number(own[i] === label);
  eachEight(marks, geometry, (bits, from, count) => {
    for (let i = 0; i < count; i++) own[from + i] |= -((bits >> i) & 1);
  });
  return own;
}

/** A soft target with zeros at the marks. */
function voidSoft(soft: Float32Array, marks: Uint8Array, geometry: Geometry): Float32Array {
  const masked = soft.slice(),
    { classes, pixels, channelsLast } = geometry,
    [perClass, perPixel] = channelsLast ? [1, classes] : [pixels, 1];
  eachEight(marks, geometry, (bits, from, count) => {
    const sample = Math.floor(from / pixels) * classes * pixels;
    for (let i = 0; i < count; i++) {
      if (((bits >> i) & 1) === 0) continue;
      const first = sample + ((from + i) % pixels) * perPixel;
      for (let c = 0; c < classes; c++) masked[first + c * perClass] = 0;
    }
  });
  return masked;
}

/**
 * The target without the pixels of weight 0. A kept target keeps it while those pixels are the same, and so are the
 * maps that are made of it; as weights themselves may change, it is made of their marks.
 */
export function leaveOut(
  { labels, soft, geometry, ignoreIndex, prepared }: Inputs,
  weightless: Uint8Array,
): { readonly data: () => NumberTensor["data"]; readonly target: PreparedTarget } {
  const { batch, spatial, channelsLast } = geometry,
    ignored = ignoreIndex === null || ignoreIndex === VOID ? [] : [ignoreIndex],
    shape = labels ? [batch, ...spatial] : prepared.tensor.shape;
  return prepared.keepMarked(`${spatial} ${labels ? ignored : channelsLast}`, weightless, () => {
    const data = once<NumberTensor["data"]>(
      labels
        ? () => voidLabels(labels(), weightless, geometry, ignored)
        : () => voidSoft((soft as () => Float32Array)(), weightless, geometry),
    );
    return { data, target: new PreparedTarget(lazyTensor(data, shape)) };
  });
}
