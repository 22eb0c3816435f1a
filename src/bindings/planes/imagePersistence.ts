import { VOID } from "./lovaszSoftmax.js";
import { readCoded } from "./persistence.js";
import { dimensions, loadPlanes, type PlaneSource, planeBytes } from "./planes.js";

/** All pairs [birth, death] of pixels of an image, those that last no time among them. */
interface Barcodes {
  /** Those of the image itself; a death of no pixel (as many as there are) is the end. */
  readonly own: Int32Array;
  /**
   * Those of its image in the union: births of the image, deaths of the union. Dimension 0: the k-th dies with the k-th
   * of any other image in the union, but for the last. Dimension 1: the k-th is born with the image's own k-th.
   */
  readonly image: Int32Array;
}

/** A channel's prediction, its target, and their union: the larger of both at each pixel. */
export interface ImagePersistence {
  /** Loads a channel; false where a number is NaN. */
  readonly load: (b: number, c: number) => boolean;
  /** p of a pixel, and 1 - p without cancellation. */
  readonly p: (pixel: number) => number;
  readonly q: (pixel: number) => number;
  /** By what pixels are ordered, equal ones by their number. They stay where they are until the next load. */
  readonly levels: () => Readonly<Record<"prediction" | "target" | "union", Float32Array>>;
  readonly barcodes: (dimension: number) => Readonly<Record<"prediction" | "target", Barcodes>>;
}

/** Calls `work` with room for one channel's three images (assembly/losses/topological.ts): 76 bytes a pixel. */
export function withImagePersistence<T>(source: PlaneSource, plain: boolean, work: (of: ImagePersistence) => T): T {
  const { kernels, geometry } = source,
    { memory, exports } = kernels,
    { pixels } = geometry,
    [depth, height, width] = dimensions(geometry.spatial),
    plane = planeBytes(pixels),
    count = Math.ceil(pixels / 4) * 4;
  const image = [plane, plane, plane],
    pairs = 2 * plane;
  return memory.with(
    [...image, ...image, ...image, plane, plane, pairs, pairs, pairs, pairs],
    "the matching of persistence pairs",
    (...[p, t, union, orderP, orderT, orderU, placeP, placeT, placeU, coded, parents, ...found]) => {
      const prediction = { values: p, order: orderP, positions: placeP },
        target = { values: t, order: orderT, positions: placeT },
        both = { values: union, order: orderU, positions: placeU };
      type Image = typeof both;
      const levels = ({ values }: Image) => memory.f32.subarray(values >>> 2, (values >>> 2) + pixels);
      const run = ({ order }: Image, { positions }: Image, at: number, dimension: number) => {
        const length = 2 * exports.persistence(order, positions, parents, at, dimension, true);
        return memory.i32.subarray(at >>> 2, (at >>> 2) + length);
      };
      // Holes are components of what is out, of which the union has less: there the union lies in the image.
      const barcodes = (of: Image, own: number, image: number, dimension: number): Barcodes => ({
        own: run(of, of, own, dimension),
        image: dimension === 0 ? run(both, of, image, dimension) : run(of, both, image, dimension),
      });
      return work({
        load: (b, c) => {
          loadPlanes(source, b, c, { p, coded, t });
          const [ours, theirs, larger] = [prediction, target, both].map(levels);
          for (let i = 0; i < pixels; i++) larger[i] = Math.max(ours[i], theirs[i]);
          exports.setGrid(depth, height, width);
          return [prediction, target, both].every(({ values, order, positions }) => {
            memory.i32.fill(VOID, (values >>> 2) + pixels, (values >>> 2) + count);
            return exports.orderPixels(values, found[0], found[1], count, order, positions);
          });
        },
        ...readCoded(memory, coded, () => !plain),
        levels: () => ({ prediction: levels(prediction), target: levels(target), union: levels(both) }),
        barcodes: (dimension) => ({
          prediction: barcodes(prediction, found[0], found[1], dimension),
          target: barcodes(target, found[2], found[3], dimension),
        }),
      });
    },
  );
}
