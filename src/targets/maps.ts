import type { Kernels } from "../bindings/kernels.js";
import { loadClass } from "../bindings/masks/classes.js";
import { type DistanceFormula, distanceMap } from "../bindings/masks/distance.js";
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
  const { kernels, geometry, samples, spacing } = context,
    { batch, classes, spatial, pixels } = geometry,
    maps = new Float32Array(batch * classes * pixels),
    source = { ...context, target };
  for (let b = samples.first; b < samples.end; b++)
    for (let c = 0; c < classes; c++)
      distanceMap(
        kernels,
        spatial,
        spacing,
        formula,
        (at) => loadClass(source, b, c, at),
        (map) => {
          const at = map >>> 2;
          maps.set(kernels.memory.f32.subarray(at, at + pixels), (b * classes + c) * pixels);
        },
      );
  return maps;
}

/** A map of every class: planes [B, C, pixels], or [B, pixels, C]. */
export interface ClassMap {
  readonly data: Float32Array;
  readonly channelsLast?: boolean;
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
