import { firstLabel, type TargetArrays } from "../../tensors/conventions.js";
import type { Geometry, LabelArray } from "../../tensors/shape.js";
import type { Kernels } from "../kernels.js";
import { channel, planeBytes } from "../planes/planes.js";
import { padTo, tilePixels } from "../tile.js";
import { FRAME } from "../tileMemory.js";
import { distanceInside } from "./distance.js";

/** A target, and what reading it takes. */
export interface TargetSource {
  readonly kernels: Kernels;
  readonly geometry: Geometry;
  readonly target: TargetArrays;
  readonly ignoreIndex: number | null;
}

/** A target that is prepared for any prediction has 0 classes; its labels take a plane. */
function layOut({ tile }: Kernels, { classes }: Geometry): number {
  tile.layOut(Math.max(1, classes));
  return tile.classes;
}

/**
 * Calls `work` with each tile of a sample. The tile's labels are the target's, -1 where they do not count; of a soft
 * target 1 where channel c is above 1/2, and 0 elsewhere.
 */
function eachTile(
  { kernels, geometry, target, ignoreIndex }: TargetSource,
  b: number,
  c: number,
  work: (first: number, count: number) => void,
): void {
  const { pixels } = geometry,
    { labels, soft } = target,
    size = tilePixels(layOut(kernels, geometry));
  kernels.labels.ignore(ignoreIndex ?? undefined, labels);
  for (let first = 0; first < pixels; first += size) {
    const count = Math.min(size, pixels - first);
    if (labels) kernels.labels.stage(labels, b * pixels + first, count);
    else if (soft) {
      kernels.tile.stage("target", channel(soft, b, c, first, count, geometry), 0, count, 0, count, false, 1);
      kernels.exports.labelsAbove(count, padTo(count));
    }
    work(first, count);
  }
}

/** The label of a class in the tiles. */
const labelOf = ({ target, geometry }: TargetSource, c: number): number =>
  target.labels ? c + firstLabel(geometry.classes) : 1;

/** Bytes for `loadClass` to write. */
const classBytes = (pixels: number): number => pixels + 16;

/** A class's mask in one sample, a byte a pixel: t > 0.5, and 0 where a pixel does not count. Returns its size. */
export function loadClass(source: TargetSource, b: number, c: number, at: number): number {
  const { exports } = source.kernels,
    label = labelOf(source, c);
  let size = 0;
  eachTile(source, b, c, (first, count) => {
    size += exports.pushClass(count, label, label, at + first);
  });
  return size;
}

/** A class's target in one sample as a plane: t, 1 or 0 of labels, and 0 where a pixel does not count. */
export function loadTarget(source: TargetSource, b: number, c: number, plane: number): void {
  const { kernels, geometry, target } = source;
  kernels.tile.set(FRAME.soft, target.soft ? 1 : 0);
  kernels.tile.set(FRAME.firstLabel, firstLabel(geometry.classes));
  eachTile(source, b, c, (first, count) =>
    kernels.calls.pushPlanes({ count, channel: c, p: 0, t: plane + 4 * first, error: 0, coded: 0, valid: 0 }),
  );
}

/** Bytes before and behind a plane of labels that steps read. */
const MARGIN = 128;

/** Calls `work` with a sample's labels as a plane of int32, and as many bytes. */
function withLabels<T>(source: TargetSource, b: number, c: number, work: (labels: number, marks: number) => T): T {
  const { kernels, geometry } = source,
    { pixels } = geometry;
  layOut(kernels, geometry);
  return kernels.memory.with([4 * pixels + 2 * MARGIN, classBytes(pixels)], "a target's labels", (area, marks) => {
    const labels = area + MARGIN;
    eachTile(source, b, c, (first, count) => kernels.exports.pushLabels(count, labels + 4 * first));
    // What whole vectors read beyond the end does not count.
    kernels.memory.i32.fill(-1, (labels >>> 2) + pixels, (labels >>> 2) + pixels + 4);
    return work(labels, marks);
  });
}

/**
 * How many pixels of each label of a sample have a neighbour of another label, or the image's end, across a face; of a
 * soft target, of the answers no and yes to channel c.
 */
export function countBoundaries(source: TargetSource, b: number, c: number): Int32Array {
  const { kernels, geometry } = source,
    { exports, memory } = kernels,
    { spatial, pixels, classes } = geometry,
    range = classes + 2, // a single class is label 1
    [depth, height, width] = [...Array<number>(3 - spatial.length).fill(1), ...spatial];
  return withLabels(source, b, c, (labels, marks) => {
    kernels.calls.interior({ labels, marks, axes: spatial.length, depth, height, width, border: false });
    return memory.with([4 * range], "counts of boundaries", (counts) => {
      const first = counts >>> 2;
      memory.i32.fill(0, first, first + range);
      exports.countUnmarked(labels, marks, counts, pixels);
      return memory.i32.slice(first + 1, first + range); // the first is of what does not count
    });
  });
}

/** How many pixels each label of a sample has. */
export function countLabels({ kernels, geometry, target, ignoreIndex }: TargetSource, b: number): Float64Array {
  const { pixels, classes } = geometry,
    labels = target.labels as LabelArray;
  kernels.tile.layOut(classes);
  kernels.labels.ignore(ignoreIndex ?? undefined, labels);
  return kernels.labels.count(labels, b * pixels, pixels, classes + firstLabel(classes)).subarray(1);
}

/** The mask that `loadClass` leaves, and its size. */
export function classMask(source: TargetSource, b: number, c: number, mask: Uint8Array): number {
  const { memory } = source.kernels;
  layOut(source.kernels, source.geometry);
  return memory.with([classBytes(mask.length)], "a mask", (at) => {
    const size = loadClass(source, b, c, at);
    mask.set(memory.u8.subarray(at, at + mask.length));
    return size;
  });
}

/**
 * At the pixels of each of some labels, base - scale d, d the distance to the nearest pixel of another label that
 * counts; `line` says both from the least and the largest d of a label. Other pixels keep their numbers in `out`.
 */
export function fromDistances(
  source: TargetSource,
  b: number,
  present: readonly number[],
  spacing: readonly number[],
  out: () => Float32Array,
  line: (least: number, most: number) => { readonly base: number; readonly scale: number },
): void {
  const { kernels, geometry } = source,
    { exports, memory } = kernels,
    { pixels, spatial } = geometry;
  withLabels(source, b, 0, (labels) =>
    memory.with([planeBytes(pixels)], "a map of distances", (map) => {
      memory.f32.set(out(), map >>> 2);
      for (const label of present) {
        const load = (at: number) =>
          eachTile(source, b, 0, (first, count) => exports.pushClass(count, label, -1, at + first));
        distanceInside(kernels, spatial, spacing, load, (squared) => {
          const root = (least: boolean) => Math.sqrt(exports.extremeOf(squared, labels, label, least, pixels));
          const { base, scale } = line(root(true), root(false));
          kernels.calls.penalties({ weights: map, squared, labels, label, a: base, scale, count: pixels });
        });
      }
      out().set(memory.f32.subarray(map >>> 2, (map >>> 2) + pixels));
    }),
  );
}

/**
 * Squared distances to a sample's boundary between labels (the pixels whose label differs from the one below or to the
 * right, and those that do not count, which become -1); Infinity if no pixel that counts is of them.
 */
export function boundarySquares(source: TargetSource, b: number, out: () => Float32Array): void {
  const { kernels, geometry } = source,
    { exports, memory } = kernels,
    { pixels, spatial } = geometry,
    [height, width] = spatial;
  withLabels(source, b, 0, (labels, marks) => {
    if (!exports.awayFromBoundary(labels, marks, height, width)) {
      out().fill(Number.POSITIVE_INFINITY);
      return;
    }
    const load = (at: number) => memory.u8.copyWithin(at, marks, marks + pixels);
    distanceInside(kernels, spatial, [1, 1], load, (squared) => {
      exports.markVoid(squared, labels, pixels);
      out().set(memory.f32.subarray(squared >>> 2, (squared >>> 2) + pixels));
    });
  });
}
