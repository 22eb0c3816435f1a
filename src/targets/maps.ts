import type { Kernels } from "../bindings/kernels.js";
import { loadClass } from "../bindings/masks/classes.js";
import { type DistanceFormula, distanceMap, type MapTaker } from "../bindings/masks/distance.js";
import type { TargetArrays } from "../tensors/conventions.js";
import { type ExtraInput, readFloats } from "../tensors/extras.js";
import type { Geometry } from "../tensors/shape.js";

/** What maps of all classes are made with; pixels of ignoreIndex lie outside every object. */
export interface MapContext {
  readonly kernels: Kernels;
  readonly geometry: Geometry;
  /** The samples whose maps are made. */
  readonly samples: { readonly first: number; readonly end: number };
  readonly spacing: readonly number[];
  readonly ignoreIndex: number | null;
}

/** A map of every class, [B, C, pixels]; zeros in the samples that are left out. */
export function classMaps(target: TargetArrays, context: MapContext, formula: DistanceFormula): Float32Array {
  const { kernels, geometry, samples, spacing, ignoreIndex } = context,
    { batch, classes, spatial, pixels } = geometry,
    length = batch * classes * pixels,
    { memory } = kernels,
    all = memory.borrow(length + 3, "maps of classes"), // what whole vectors write beyond the last
    near = all.buffer === memory.f32.buffer ? all.byteOffset : undefined, // asked later, it is 0 if memory has grown
    maps = memory.pin(all.subarray(0, length)),
    source = { ...context, target },
    // Of two classes one is what the other is not, if every pixel counts.
    both = classes === 2 && target.labels !== undefined && ignoreIndex === null;
  for (let b = samples.first; b < samples.end; b++) {
    const taker = (c: number): MapTaker => {
      const first = (b * classes + c) * pixels;
      if (near !== undefined) return { at: near + 4 * first };
      return { read: (map) => maps().set(memory.f32.subarray(map >>> 2, (map >>> 2) + pixels), first) };
    };
    for (let c = 0; c < (both ? 1 : classes); c++)
      distanceMap(
        kernels,
        spatial,
        spacing,
        formula,
        (at) => loadClass(source, b, c, at),
        taker(c),
        both ? taker(1) : undefined,
      );
  }
  maps()
    .fill(0, 0, samples.first * classes * pixels)
    .fill(0, samples.end * classes * pixels);
  return maps();
}

/** A map of every class: planes [B, C, pixels], or [B, pixels, C]. */
export interface ClassMap {
  readonly data: Float32Array;
  readonly channelsLast?: boolean;
}

/** A map that was made for a call, in whose memory it may lie, or for several, in whose memory it soon has a copy. */
export function liveMap({ memory, near }: Kernels, map: Float32Array): ClassMap {
  const live = memory.pin(near.of(map));
  return {
    get data() {
      return live();
    },
  };
}

/** An extra input of pred's shape and layout, which stays where it is. */
export function givenMap(
  what: string,
  given: () => ExtraInput | undefined,
  { batch, classes, spatial, channelsLast }: Geometry,
): ClassMap {
  const shape = channelsLast ? [batch, ...spatial, classes] : [batch, classes, ...spatial],
    read = () => readFloats(what, given() as ExtraInput, shape, { as: "pred's shape" }).data;
  read();
  return {
    get data() {
      return read();
    },
    channelsLast,
  };
}
